// args/: the words that the program was called with.
#include "namespaces.hpp"

#include "base/utf8.hpp"
#include "native/outside.hpp"

namespace qi::stdlib {

namespace {

/// {:flags (…) :options {…} :args (…)}: `--k=v` and `--k v` are options, `--k` before another flag or the end is a
/// flag,
/// `-ab` the flags a and b, and `--` ends them all.
Value parse(Call call) {
    Store& store = call.store();
    std::vector<std::string> words;
    for (const std::string& word : call.arguments()) words.push_back(utf8::repaired(word));
    std::vector<Value> flags, rest;
    Value options = empty_map(store);
    const auto text = [&](std::string_view s) { return make_string(store, s); };
    bool ended = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string_view word = words[i];
        if (ended || word.size() < 2 || word[0] != '-') {
            rest.push_back(text(word));
        } else if (word == "--") {
            ended = true;
        } else if (word.starts_with("--")) {
            const std::size_t equals = word.find('=');
            if (equals != std::string_view::npos)
                options = map_assoc(store, options, key_from_outside(store, word.substr(2, equals - 2)),
                                    text(word.substr(equals + 1)));
            else if (i + 1 < words.size() && !words[i + 1].starts_with('-'))
                options = map_assoc(store, options, key_from_outside(store, word.substr(2)), text(words[++i]));
            else
                flags.push_back(text(word.substr(2)));
        } else {
            for (std::size_t at = 1, from = 1; from < word.size(); from = at) {
                utf8::decode(word, at);
                flags.push_back(text(word.substr(from, at - from)));
            }
        }
    }
    Value result = empty_map(store);
    result = map_assoc(store, result, store.keyword("flags"), make_list(store, flags));
    result = map_assoc(store, result, store.keyword("options"), options);
    return map_assoc(store, result, store.keyword("args"), make_list(store, rest));
}

constexpr Native args_natives[] = {
    native("args/all",
           "The words of the command line: the program, the script, its arguments. What isn't UTF-8 in them becomes "
           "U+FFFD.\n(list? (args/all)) ;=> true",
           [](Call call) {
               std::vector<Value> words;
               for (const std::string& word : call.arguments())
                   words.push_back(make_string_from_outside(call.store(), word));
               return make_list(call.store(), words);
           }),
    native("args/get index default?",
           "Word number index of the command line (2 is the script's first argument), else default or nil.\n(args/get "
           "99 \"none\") ;=> \"none\"",
           [](Call call, std::int64_t index, std::optional<Value> otherwise) {
               if (index < 0 || static_cast<std::size_t>(index) >= call.arguments().size())
                   return otherwise.value_or(Value::nil());
               return make_string_from_outside(call.store(), call.arguments()[static_cast<std::size_t>(index)]);
           }),
    native("args/count", "How many words the command line has.\n(integer? (args/count)) ;=> true",
           [](Call call) { return static_cast<std::int64_t>(call.arguments().size()); }),
    native("args/parse",
           "The command line as {:flags (…) :options {…} :args (…)}. --k=v is an option, and so is --k v: --k takes "
           "the next word, unless that begins with - or is missing: then it is a flag. -ab are the flags a and b; a "
           "single -, everything after --, and all other words are :args, the program and the script first. Options "
           "have keywords as names (strings where keyword would refuse them) and strings as values, the last one "
           "counts; flags are strings. So write a flag after a plain word, or as -f.\n"
           "(map? (args/parse)) ;=> true",
           [](Call call) { return parse(call); }),
};

} // namespace

void define_args(Setup setup) { setup.define(args_natives); }

} // namespace qi::stdlib

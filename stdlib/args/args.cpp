// args/: the words that the program was called with.
#include "namespaces.hpp"

#include "args/declared.hpp"
#include "args/messages.hpp"

#include "base/messages.hpp"
#include "base/utf8.hpp"
#include "data/print.hpp"
#include "data/type_name.hpp"
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

/// What the person has typed behind the script.
std::vector<std::string> words_typed(Call call) {
    std::vector<std::string> words;
    for (std::size_t i = 2; i < call.arguments().size(); ++i) words.push_back(utf8::repaired(call.arguments()[i]));
    return words;
}

Result<Value> parse_as(Call call, Value declaration, std::optional<Value> given) {
    const auto line = declared_line(call, declaration);
    if (!line) return line.error();
    if (!given) return parse_declared(call, *line, words_typed(call));
    std::vector<std::string> words;
    const auto wrong = [&] {
        return failure_at(1, kind::type, msg::argument_type,
                          {msg::args_texts.text(), describe_value(call.store(), *given)});
    };
    if (!is_sequential(*given)) return wrong();
    for (const Value word : items_of(*given)) {
        if (!is_string(word)) return wrong();
        words.emplace_back(text_of(word));
    }
    return parse_declared(call, *line, words);
}

Result<Value> parse_or_exit(Call call, Value declaration) {
    constexpr int wrong_usage = 2; // as shells and most programs have it
    const auto line = declared_line(call, declaration);
    if (!line) return line.error();
    const Value parsed = parse_declared(call, *line, words_typed(call));
    const auto in = [&](Value map, std::string_view key) {
        const Value found = map_get(map, call.store().keyword(key));
        return found.is_absent() ? Value::nil() : found;
    };
    if (const Value error = in(parsed, "error"); !error.is_nil()) {
        call.err().write(format(msg::args_try_help, {line->program, text_of(error)}));
        return call.exit(wrong_usage);
    }
    const Value options = in(parsed, "options");
    const auto asked = [&](std::string_view name) {
        return line->added(name) == nullptr ? Value::nil() : in(options, name);
    };
    const Value shell = asked("completion");
    if (asked("help").is_truthy())
        call.out().write(usage_of(call, *line));
    else if (is_string(shell))
        call.out().write(completion_of(*line, text_of(shell)).value_or(""));
    else
        return parsed;
    return call.exit(0);
}

Result<Value> completion(Call call, Value declaration, Value shell) {
    const auto line = declared_line(call, declaration);
    if (!line) return line.error();
    const auto text = completion_of(*line, is_keyword(shell) ? as_symbol(shell)->text() : "");
    if (!text)
        return failure_at(1, kind::value, msg::args_bad_declaration,
                          {"shell", msg::args_a_shell.text(), shortened(call.store(), shell)});
    return make_string(call.store(), *text);
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
    native(
        "args/parse declaration? words?",
        "The command line, or words, as declaration says: {:options {…} :args […]}. The declaration is a vector of "
        "maps, one for each option, or a map with those as :options. --name v, --name=v, -n v and -nv give an option "
        "its value, -ab are the flags a and b, options and other words may come in any order, and everything after "
        "-- is another word. An option that isn't given is left out, a flag false, one with :many []. --help and "
        "--completion are always there, unless the declaration has its own. An error map, :kind :usage, for a command "
        "line that doesn't fit. Fails with "
        ":value for a wrong declaration.\n"
        "Without a declaration: {:flags (…) :options {…} :args (…)}. --k=v is an option, and so is --k v: --k takes "
        "the next word, unless that begins with - or is missing: then it is a flag. -ab are the flags a and b; a "
        "single -, everything after --, and all other words are :args, the program and the script first. Options "
        "have keywords as names (strings where keyword would refuse them) and strings as values, the last one "
        "counts; flags are strings. So write a flag after a plain word, or as -f.\n"
        "(args/parse [{:name :port :short \"p\" :type :int} {:name :quiet :type :flag}]\n"
        "            [\"-p\" \"80\" \"x\"]) ;=> {:options {:port 80 :quiet false :help false} :args [\"x\"]}",
        [](Call call, std::optional<Value> declaration, std::optional<Value> words) {
            return declaration ? parse_as(call, *declaration, words) : Result<Value>(parse(call));
        }),
    native("args/parse-or-exit declaration",
           "The command line as (args/parse declaration) gives it. If it doesn't fit, says so on stderr and ends the "
           "program with status 2; with --help it writes args/usage, with --completion SHELL args/completion, and ends "
           "it with 0; one of these that declaration has itself is an option like the others. Fails with :value for a "
           "wrong declaration.\n"
           "(map? (args/parse-or-exit [])) ;=> true",
           [](Call call, Value declaration) { return parse_or_exit(call, declaration); }),
    native("args/usage declaration",
           "What a program with this declaration, as args/parse takes it, says of its command line. Fails with :value "
           "for a wrong declaration.\n"
           "(str/contains? (args/usage [{:name :port :value \"N\" :help \"where to listen\"}]) \"--port N\") ;=> true",
           [](Call call, Value declaration) -> Result<std::string> {
               const auto line = declared_line(call, declaration);
               if (!line) return line.error();
               return usage_of(call, *line);
           }),
    native("args/completion declaration shell",
           "A script that completes the options of declaration, as args/parse takes it, in :bash, :zsh or :fish. Fails "
           "with :value for another shell or a wrong declaration.\n"
           "(str/contains? (args/completion {:program \"app\" :options [{:name :port}]} :fish) \"-l port\") ;=> true",
           [](Call call, Value declaration, Value shell) { return completion(call, declaration, shell); }),
};

} // namespace

void define_args(Setup setup) {
    setup.define(args_natives);
    for (const std::string_view name : {"args/parse", "args/parse-or-exit", "args/usage", "args/completion"})
        setup.declare_options(name, 0, declaration_docs);
}

} // namespace qi::stdlib

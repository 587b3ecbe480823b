// Looking into strings, taking them apart and putting them together.
#include "str/parts.hpp"
#include "str/messages.hpp"
#include "str/str.hpp"
#include "str/unicode.hpp"

#include "data/hashing.hpp"
#include "data/type_name.hpp"

#include <algorithm>

namespace qi::stdlib {

std::string_view slice(const String* s, std::int64_t from, std::int64_t to) noexcept {
    const auto length = static_cast<std::int64_t>(s->code_points);
    from = std::clamp<std::int64_t>(from, 0, length);
    to = std::clamp<std::int64_t>(to, from, length);
    const std::string_view text = s->text();
    if (s->is_ascii()) return text.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
    const std::size_t begin = utf8::offset_of(text, static_cast<std::size_t>(from));
    return text.substr(begin, utf8::offset_of(text.substr(begin), static_cast<std::size_t>(to - from)));
}

bool append_times(Call call, std::string& out, std::string_view unit, std::int64_t n) {
    constexpr std::size_t between_looks = 1 << 16; // bytes, or what one unit has
    if (unit.empty() || n <= 0) return true;
    out.reserve(out.size() + unit.size() * static_cast<std::size_t>(n));
    std::string block;
    const auto each = static_cast<std::int64_t>(std::max<std::size_t>(1, between_looks / unit.size()));
    for (std::int64_t i = std::min(n, each); i > 0; --i) block += unit;
    for (; n > 0; n -= each) {
        if (n >= each && call.should_stop()) return false;
        out += n < each ? std::string_view(block).substr(0, unit.size() * static_cast<std::size_t>(n))
                        : std::string_view(block);
    }
    return true;
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (end != std::string_view::npos && line.ends_with('\r')) line.remove_suffix(1);
        lines.push_back(line);
    }
    return lines;
}

void Strings::add(std::string_view text) {
    Store& store = call_.store();
    if (first_.size() < few) return first_.push_back(make_string(store, text));
    if (all_.is_nil()) {
        all_ = make_vector(store, first_);
        last_.resize(remembered);
    }
    Value once;
    Value& string = text.size() > longest ? once : last_[(hash_bytes(text) >> 1) % remembered];
    if (string.is_nil() || text_of(string) != text) string = make_string(store, text);
    all_ = vector_push_own(store, all_, string);
}

Value Strings::vector() const { return all_.is_nil() ? make_vector(call_.store(), first_) : all_.shared(); }

Value make_strings(Call call, std::span<const std::string_view> texts) {
    Strings strings(call);
    for (const auto text : texts) strings.add(text);
    return strings.vector();
}

std::vector<std::string_view> characters_of(std::string_view text) {
    std::vector<std::string_view> characters;
    for (std::size_t at = 0; at < text.size();) {
        characters.push_back(utf8::character_at(text, at));
        at += characters.back().size();
    }
    return characters;
}

namespace {

template <typename Take>
void each_part(std::string_view text, std::string_view separator, Take take) {
    if (separator.empty()) { // every character, and nothing at both ends
        take(std::string_view());
        for (const auto character : characters_of(text)) take(character);
        take(std::string_view());
        return;
    }
    for (;;) {
        const std::size_t at = text.find(separator);
        take(text.substr(0, at));
        if (at == std::string_view::npos) return;
        text.remove_prefix(at + separator.size());
    }
}

Value split(Call call, std::string_view text, std::string_view separator) {
    Strings parts(call);
    each_part(text, separator, [&](std::string_view part) { parts.add(part); });
    return parts.vector();
}

Value position(Call call, std::string_view text, std::size_t at) {
    return at == std::string_view::npos
               ? Value::nil()
               : make_integer(call.store(), static_cast<std::int64_t>(utf8::count(text.substr(0, at))));
}

std::string replace(std::string_view text, std::string_view from, std::string_view to) {
    std::string out;
    bool first = true;
    each_part(text, from, [&](std::string_view part) {
        if (!first) out += to;
        first = false;
        out += part;
    });
    return out;
}

std::string replace_first(std::string_view text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    if (at == std::string_view::npos) return std::string(text);
    return std::string(text.substr(0, at)).append(to).append(text.substr(at + from.size()));
}

std::string squish(std::string_view text) {
    std::string out;
    unicode::each_word(text, [&](std::string_view word) {
        if (!out.empty()) out += ' ';
        out += word;
    });
    return out;
}

Result<Value> repeated(Call call, std::string_view text, std::int64_t n) {
    if (n < 0) return failure_at(1, kind::range, msg::argument_range, {"n", "≥ 0", std::to_string(n)});
    if (!text.empty() && static_cast<std::uint64_t>(n) > largest_text / text.size())
        return failure_at(1, kind::limit, msg::result_too_large, {std::to_string(largest_text)});
    std::string out;
    if (!append_times(call, out, text, n)) return call.stop();
    return make_string(call.store(), std::move(out));
}

std::string reversed(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    const auto characters = characters_of(text);
    for (auto it = characters.rbegin(); it != characters.rend(); ++it) out += *it;
    return out;
}

constexpr Native str_parts_natives[] = {
    native("str/trim s", "s without white space at its ends.\n(str/trim \"  a b \\n\") ;=> \"a b\"",
           [](Call call, std::string_view s) { return make_string(call.store(), unicode::trim(s)); }),
    native("str/trim-left s", "s without white space at its beginning.\n(str/trim-left \" a \") ;=> \"a \"",
           [](Call call, std::string_view s) { return make_string(call.store(), unicode::trim_left(s)); }),
    native("str/trim-right s", "s without white space at its end.\n(str/trim-right \" a \") ;=> \" a\"",
           [](Call call, std::string_view s) { return make_string(call.store(), unicode::trim_right(s)); }),
    native("str/squish s",
           "s trimmed, with each run of white space as one space.\n(str/squish \" a \\n b \") ;=> \"a b\"",
           [](Call, std::string_view s) { return squish(s); }),
    native("str/index-of s t", "Position of the first t in s, or nil.\n(str/index-of \"日本語\" \"語\") ;=> 2",
           [](Call call, std::string_view s, std::string_view t) { return position(call, s, s.find(t)); }),
    native("str/last-index-of s t", "Position of the last t in s, or nil.\n(str/last-index-of \"abab\" \"ab\") ;=> 2",
           [](Call call, std::string_view s, std::string_view t) { return position(call, s, s.rfind(t)); }),
    native("str/slice s from to?",
           "The characters from one position up to another, which is excluded; positions outside s are "
           "ignored.\n(str/slice \"héllo\" 1 3) ;=> \"él\"",
           [](Call call, const String* s, std::int64_t from, std::optional<std::int64_t> to) {
               return make_string(call.store(), slice(s, from, to.value_or(INT64_MAX)));
           }),
    native("str/take-str n s", "The first n characters of s.\n(str/take-str 2 \"héllo\") ;=> \"hé\"",
           [](Call call, std::int64_t n, const String* s) { return make_string(call.store(), slice(s, 0, n)); }),
    native(
        "str/drop-str n s", "All but the first n characters of s.\n(str/drop-str 2 \"héllo\") ;=> \"llo\"",
        [](Call call, std::int64_t n, const String* s) { return make_string(call.store(), slice(s, n, INT64_MAX)); }),
    native("str/sub-before s d",
           "The text of s before the first d; all of s if it has no d.\n(str/sub-before \"a=b=c\" \"=\") ;=> \"a\"",
           [](Call call, std::string_view s, std::string_view d) {
               return make_string(call.store(), s.substr(0, s.find(d)));
           }),
    native("str/sub-after s d",
           "The text of s after the first d; \"\" if s has no d.\n(str/sub-after \"a=b=c\" \"=\") ;=> \"b=c\"",
           [](Call call, std::string_view s, std::string_view d) {
               const std::size_t at = s.find(d);
               return make_string(call.store(),
                                  at == std::string_view::npos ? std::string_view() : s.substr(at + d.size()));
           }),
    native("str/replace s from to",
           "s with every text from replaced by to.\n(str/replace \"a-b-c\" \"-\" \"+\") ;=> \"a+b+c\"",
           [](Call, std::string_view s, std::string_view from, std::string_view to) { return replace(s, from, to); }),
    native("str/replace-first s from to",
           "s with the first text from replaced by to.\n"
           "(str/replace-first \"a-b-c\" \"-\" \"+\") ;=> \"a+b-c\"",
           [](Call, std::string_view s, std::string_view from, std::string_view to) {
               return replace_first(s, from, to);
           }),
    native("str/splice s from to t",
           "s with the characters from one position up to another replaced by t.\n(str/splice \"hello\" 1 3 \"ipp\") "
           ";=> \"hipplo\"",
           [](Call, const String* s, std::int64_t from, std::int64_t to, std::string_view t) {
               const auto cut = slice(s, from, to);
               const auto before = static_cast<std::size_t>(cut.data() - s->text().data());
               return std::string(s->text().substr(0, before)).append(t).append(s->text().substr(before + cut.size()));
           }),
    native(
        "split s separator",
        "The parts of s between the separators, as a vector; with \"\" as separator every character, and \"\" at both "
        "ends.\n"
        "(split \"a,b\" \",\") ;=> [\"a\" \"b\"]",
        [](Call call, std::string_view s, std::string_view separator) { return split(call, s, separator); }),
    native("str/split s separator",
           "The same as (split s separator).\n(str/split \"a,b,\" \",\") ;=> [\"a\" \"b\" \"\"]",
           [](Call call, std::string_view s, std::string_view separator) { return split(call, s, separator); }),
    native("str/lines s",
           "The lines of s, as a vector; an empty one at the end doesn't count.\n(str/lines \"a\\r\\nb\\n\") ;=> "
           "[\"a\" \"b\"]",
           [](Call call, std::string_view s) { return make_strings(call, lines_of(s)); }),
    native("str/words s", "The parts of s between white space, as a vector.\n(str/words \" a  b \") ;=> [\"a\" \"b\"]",
           [](Call call, std::string_view s) {
               Strings words(call);
               unicode::each_word(s, [&](std::string_view word) { words.add(word); });
               return words.vector();
           }),
    native("str/chars s", "The characters of s, as a vector of strings.\n(str/chars \"日本\") ;=> [\"日\" \"本\"]",
           [](Call call, std::string_view s) { return make_strings(call, characters_of(s)); }),
    native("str/repeat s n",
           "s n times. Fails with :range if n is negative, and with :limit if the text would be too long.\n"
           "(str/repeat \"ab\" 2) ;=> \"abab\"",
           [](Call call, std::string_view s, std::int64_t n) { return repeated(call, s, n); }),
    native("str/reverse s", "The characters of s from last to first.\n(str/reverse \"añb\") ;=> \"bña\"",
           [](Call, std::string_view s) { return reversed(s); }),
    native("str/chars-count s", "The number of characters (code points) of s.\n(str/chars-count \"日本\") ;=> 2",
           [](Call, const String* s) { return std::int64_t{s->code_points}; }),
    native("str/bytes-count s", "The number of bytes of s in UTF-8.\n(str/bytes-count \"日本\") ;=> 6",
           [](Call, const String* s) { return std::int64_t{s->length}; }),
    native("str/word-count s", "The number of words of s.\n(str/word-count \" a  b \") ;=> 2",
           [](Call, std::string_view s) {
               std::int64_t count = 0;
               unicode::each_word(s, [&](std::string_view) { ++count; });
               return count;
           }),
    native("%join-lines xs", "Lines with newlines between; what map-lines makes.",
           [](Call call, Sequence xs) -> Result<std::string> {
               std::string out;
               bool first = true;
               for (const Value x : items_of(xs)) {
                   if (!is_string(x))
                       return failure_at(0, kind::type, msg::argument_type,
                                         {msg::type_string.text(), describe_value(call.store(), x)});
                   if (!first) out += '\n';
                   first = false;
                   out += text_of(x);
               }
               return out;
           }),
};

} // namespace

void define_str_parts(Setup setup) { setup.define(str_parts_natives); }

} // namespace qi::stdlib

// Text laid out: padded, indented, wrapped, cut, filled into templates.
#include "str/messages.hpp"
#include "str/parts.hpp"
#include "str/str.hpp"
#include "str/unicode.hpp"

#include "data/print.hpp"
#include "data/type_name.hpp"

#include <algorithm>

namespace qi::stdlib {

namespace {

enum class Padding { Left, Right, Both };

/// At whether the program is to stop: about once in 64 KiB, where each step adds so many bytes.
bool is_time_to_look(std::size_t step, std::size_t bytes) noexcept {
    constexpr std::size_t between_looks = 1 << 16;
    return step % (between_looks / std::min(bytes + 1, between_looks)) == 0;
}

Result<Value> padded(Call call, const String* s, std::int64_t width, std::optional<const String*> filler,
                     Padding where) {
    if (filler && (*filler)->code_points != 1)
        return failure_at(2, kind::range, msg::argument_range,
                          {"c", msg::one_character.text(), "\"" + std::string((*filler)->text()) + "\""});
    const std::string_view unit = filler ? (*filler)->text() : " ";
    if (width <= static_cast<std::int64_t>(s->code_points)) return make_string(call.store(), s->text());
    const std::int64_t missing = width - static_cast<std::int64_t>(s->code_points);
    if (static_cast<std::uint64_t>(missing) > largest_text / unit.size())
        return failure_at(1, kind::limit, msg::result_too_large, {std::to_string(largest_text)});
    const std::int64_t left = where == Padding::Left ? missing : where == Padding::Right ? 0 : missing / 2;
    std::string out;
    if (!append_times(call, out, unit, left)) return call.stop();
    out += s->text();
    if (!append_times(call, out, unit, missing - left)) return call.stop();
    return make_string(call.store(), std::move(out));
}

Result<Value> indented(Call call, std::string_view text, std::int64_t n, std::string_view unit) {
    if (n < 0) return failure_at(1, kind::range, msg::argument_range, {"n", "≥ 0", std::to_string(n)});
    const auto lines = lines_of(text);
    const std::size_t prefixes = std::max<std::size_t>(1, lines.size() * unit.size());
    if (static_cast<std::uint64_t>(n) > largest_text / prefixes)
        return failure_at(1, kind::limit, msg::result_too_large, {std::to_string(largest_text)});
    std::string prefix, out;
    if (!append_times(call, prefix, unit, n)) return call.stop();
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (is_time_to_look(i, prefix.size()) && call.should_stop()) return call.stop();
        if (i > 0) out += '\n';
        if (!lines[i].empty()) out.append(prefix).append(lines[i]);
    }
    return make_string(call.store(), std::move(out));
}

Result<std::string> wrapped(std::string_view text, std::int64_t width) {
    if (width < 1) return failure_at(1, kind::range, msg::argument_range, {"width", "≥ 1", std::to_string(width)});
    std::string out;
    std::size_t column = 0;
    unicode::each_word(text, [&](std::string_view word) {
        const std::size_t size = utf8::count(word);
        if (out.empty()) {
            column = size;
        } else if (column + 1 + size <= static_cast<std::size_t>(width)) {
            out += ' ';
            column += 1 + size;
        } else {
            out += '\n';
            column = size;
        }
        out += word;
    });
    return out;
}

Result<Value> expanded(Call call, std::string_view text, std::int64_t n) {
    if (n < 0) return failure_at(1, kind::range, msg::argument_range, {"n", "≥ 0", std::to_string(n)});
    const auto tabs = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\t'));
    if (static_cast<std::uint64_t>(n) > largest_text / std::max<std::size_t>(1, tabs))
        return failure_at(1, kind::limit, msg::result_too_large, {std::to_string(largest_text)});
    std::string out;
    std::size_t met = 0;
    for (const char c : text) {
        if (c != '\t') {
            out += c;
            continue;
        }
        if (is_time_to_look(met++, static_cast<std::size_t>(n)) && call.should_stop()) return call.stop();
        out.append(static_cast<std::size_t>(n), ' ');
    }
    return make_string(call.store(), std::move(out));
}

/// Where the suffix alone would be too long, there is none.
std::string truncated(const String* s, std::int64_t n, std::string_view suffix) {
    if (static_cast<std::int64_t>(s->code_points) <= n) return std::string(s->text());
    const auto ending = static_cast<std::int64_t>(utf8::count(suffix));
    return ending > n ? std::string(slice(s, 0, n)) : std::string(slice(s, 0, n - ending)).append(suffix);
}

std::string truncated_words(std::string_view text, std::int64_t n, std::string_view suffix) {
    std::string out;
    std::int64_t count = 0;
    unicode::each_word(text, [&](std::string_view word) {
        if (count++ >= n) return;
        if (!out.empty()) out += ' ';
        out += word;
    });
    return count <= n ? std::string(text) : out.append(suffix);
}

/// {} takes the arguments in turn, {n} a certain one; a brace around anything else is a brace.
std::string filled(Call call, std::string_view pattern, Rest arguments) {
    std::string out;
    std::size_t next = 0;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const std::size_t end = pattern[i] == '{' ? pattern.find('}', i) : std::string_view::npos;
        if (end == std::string_view::npos) {
            out += pattern[i];
            continue;
        }
        const std::string_view inner = pattern.substr(i + 1, end - i - 1);
        const bool digits =
            inner.size() < 10 && std::all_of(inner.begin(), inner.end(), [](char c) { return c >= '0' && c <= '9'; });
        const std::size_t index = !digits         ? arguments.size()
                                  : inner.empty() ? next++
                                                  : static_cast<std::size_t>(*parse_integer(inner));
        if (index >= arguments.size()) {
            out += '{';
            continue;
        }
        append_display(call.store(), out, arguments[index]);
        i = end;
    }
    return out;
}

constexpr Native str_layout_natives[] = {
    native("str/pad-left s width c?",
           "s with c (a space) before it until it has width characters. Fails with :range unless c is one character, "
           "and with "
           ":limit if width is too large.\n"
           "(str/pad-left \"7\" 3 \"0\") ;=> \"007\"",
           [](Call call, const String* s, std::int64_t width, std::optional<const String*> c) {
               return padded(call, s, width, c, Padding::Left);
           }),
    native(
        "str/pad-right s width c?",
        "s with c (a space) after it until it has width characters. Fails with :range unless c is one character, and "
        "with "
        ":limit if width is too large.\n"
        "(str/pad-right \"日\" 3 \".\") ;=> \"日..\"",
        [](Call call, const String* s, std::int64_t width, std::optional<const String*> c) {
            return padded(call, s, width, c, Padding::Right);
        }),
    native("str/pad s width c?",
           "s with c (a space) on both sides until it has width characters; an odd one goes to the right. "
           "Fails with "
           ":range unless c is one character, and with :limit if width is too large.\n"
           "(str/pad \"ab\" 5 \"*\") ;=> \"*ab**\"",
           [](Call call, const String* s, std::int64_t width, std::optional<const String*> c) {
               return padded(call, s, width, c, Padding::Both);
           }),
    native(
        "str/indent s n unit?",
        "s with n times unit (a space) before each line that isn't empty. Fails with :range if n is negative, and with "
        ":limit if the text would be too long.\n"
        "(str/indent \"a\\n\\nb\\n\" 2) ;=> \"  a\\n\\n  b\"",
        [](Call call, std::string_view s, std::int64_t n, std::optional<std::string_view> unit) {
            return indented(call, s, n, unit.value_or(" "));
        }),
    native("str/wrap s width",
           "The words of s in lines of at most width characters; a longer word gets its own line. Fails with "
           ":range unless "
           "width is positive.\n"
           "(str/wrap \"a bc def\" 4) ;=> \"a bc\\ndef\"",
           [](Call, std::string_view s, std::int64_t width) { return wrapped(s, width); }),
    native(
        "str/expand-tabs s n?",
        "s with n (4) spaces for each tab. Fails with :range if n is negative, and with :limit if the text would be "
        "too long.\n"
        "(str/expand-tabs \"a\\tb\" 2) ;=> \"a  b\"",
        [](Call call, std::string_view s, std::optional<std::int64_t> n) { return expanded(call, s, n.value_or(4)); }),
    native("str/truncate s n suffix?",
           "s cut to n characters, the suffix (\"...\") included, if it is longer; without a suffix that is longer "
           "than n itself.\n(str/truncate \"abcdefgh\" 6) ;=> \"abc...\"",
           [](Call, const String* s, std::int64_t n, std::optional<std::string_view> suffix) {
               return truncated(s, n, suffix.value_or("..."));
           }),
    native(
        "str/trunc-words s n suffix?",
        "The first n words of s and the suffix (\"...\") if it has more.\n(str/trunc-words \"a b c\" 2) ;=> \"a b...\"",
        [](Call, std::string_view s, std::int64_t n, std::optional<std::string_view> suffix) {
            return truncated_words(s, n, suffix.value_or("..."));
        }),
    native("str/format template x...",
           "The template with {} replaced by each x in turn and {0}, {1} … by their numbers.\n"
           "(str/format \"{1}-{0}\" \"x\" \"y\") ;=> \"y-x\"",
           [](Call call, std::string_view pattern, Rest xs) { return filled(call, pattern, xs); }),
};

} // namespace

void define_str_layout(Setup setup) { setup.define(str_layout_natives); }

} // namespace qi::stdlib

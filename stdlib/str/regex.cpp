// Regular expressions: RE2's, in time that grows with the text alone. The pattern comes first, the text last.
#include "str/messages.hpp"
#include "str/parts.hpp"
#include "str/str.hpp"

#include "base/utf8.hpp"
#include "data/print.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <cstdio>
#include <list>
#include <memory>
#include <unictype.h>

namespace qi::stdlib {

namespace {

/// Whether the pattern has a \C, RE2's "any byte", whose matches would be no text.
bool matches_bytes(std::string_view pattern) {
    for (std::size_t i = 0; i + 1 < pattern.size(); ++i) {
        if (pattern[i] != '\\') continue;
        const char escaped = pattern[++i];
        if (escaped == 'C') return true;
        if (escaped != 'Q') continue;
        const std::size_t end = pattern.find("\\E", i); // \Q … \E: text as it is
        if (end == std::string_view::npos) return false;
        i = end + 1;
    }
    return false;
}

// What \w has of Unicode, where RE2 has [0-9A-Za-z_]: letters, marks, digits, and what joins words (UTS #18, annex C).
constexpr std::string_view word_class = "\\p{L}\\p{M}\\p{Nd}\\p{Nl}\\p{Pc}\\x{200C}\\x{200D}";

/// All else, as ranges: inside brackets RE2 has no way to say "none of these".
const std::string& other_ranges() {
    static const std::string ranges = [] {
        const auto is_word = [](std::uint32_t c) {
            return c == 0x200C || c == 0x200D || uc_is_general_category(c, UC_LETTER) ||
                   uc_is_general_category(c, UC_MARK) || uc_is_general_category(c, UC_DECIMAL_DIGIT_NUMBER) ||
                   uc_is_general_category(c, UC_LETTER_NUMBER) || uc_is_general_category(c, UC_CONNECTOR_PUNCTUATION);
        };
        std::string out;
        char range[32];
        for (std::uint32_t from = 0, to; from <= 0x10FFFF; from = to + 1) {
            to = from;
            if (is_word(from)) continue;
            while (to < 0x10FFFF && !is_word(to + 1)) ++to;
            std::snprintf(range, sizeof range, "\\x{%X}-\\x{%X}", from, to);
            out += range;
        }
        return out;
    }();
    return ranges;
}

/// The pattern with \w, \d, \W and \D as classes of Unicode, which RE2 lacks.
std::string with_unicode_classes(std::string_view pattern) {
    std::string out;
    bool in_brackets = false;
    std::size_t first = 0; // in brackets: where a ] would be a character
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const char c = pattern[i];
        if (c == '\\' && i + 1 < pattern.size()) {
            const char escaped = pattern[++i];
            if (escaped == 'Q' && !in_brackets) {
                const std::size_t end = std::min(pattern.find("\\E", i), pattern.size());
                out += pattern.substr(i - 1, end - i + 1);
                i = end - 1;
            } else if (escaped == 'd' || escaped == 'D') {
                out += escaped == 'd' ? "\\p{Nd}" : "\\P{Nd}";
            } else if (escaped == 'w') {
                out.append(in_brackets ? "" : "[").append(word_class).append(in_brackets ? "" : "]");
            } else if (escaped == 'W') {
                if (in_brackets)
                    out += other_ranges();
                else
                    out.append("[^").append(word_class).append("]");
            } else {
                out.append(1, c).append(1, escaped);
            }
            continue;
        }
        if (in_brackets) {
            const std::size_t posix =
                c == '[' && pattern.substr(i + 1, 1) == ":" ? pattern.find(":]", i + 2) : std::string_view::npos;
            if (posix != std::string_view::npos) {
                out += pattern.substr(i, posix + 2 - i);
                i = posix + 1;
                continue;
            }
            if (c == ']' && i != first) in_brackets = false;
        } else if (c == '[') {
            in_brackets = true;
            first = i + (pattern.substr(i + 1, 1) == "^" ? 2 : 1);
        }
        out += c;
    }
    return out;
}

/// Its sentence, and of which part of the pattern it is.
std::string reason(const RE2& pattern) {
    const std::string_view part = pattern.error_arg();
    std::string_view sentence = pattern.error();
    if (part.empty() || !sentence.ends_with(part)) return translated(sentence, msg::regex_sentences);
    sentence.remove_suffix(part.size());
    if (sentence.ends_with(": ")) sentence.remove_suffix(2);
    return format(msg::regex_because, {translated(sentence, msg::regex_sentences), part});
}

/// The patterns used last, compiled. One cache for each interpreter thread.
class Patterns {
public:
    Result<const RE2*> compiled(Call call, Value pattern) {
        const std::string_view text = text_of(pattern);
        for (auto it = recent_.begin(); it != recent_.end(); ++it)
            if (it->first == text) {
                recent_.splice(recent_.begin(), recent_, it);
                return recent_.front().second.get();
            }
        RE2::Options options;
        options.set_log_errors(false);
        auto made = std::make_unique<RE2>(with_unicode_classes(text), options);
        if (!made->ok()) { // what is wrong is said of the pattern as it was written
            auto written = std::make_unique<RE2>(re2::StringPiece(text.data(), text.size()), options);
            if (!written->ok()) made = std::move(written);
        }
        if (!made->ok())
            return failure_at(0, kind::value, msg::bad_regex, {shortened(call.store(), pattern), reason(*made)});
        if (matches_bytes(text)) {
            const std::string why = translated("invalid escape sequence", msg::regex_sentences);
            return failure_at(0, kind::value, msg::bad_regex,
                              {shortened(call.store(), pattern), format(msg::regex_because, {why, "\\C"})});
        }
        recent_.emplace_front(std::string(text), std::move(made));
        if (recent_.size() > most) recent_.pop_back();
        return recent_.front().second.get();
    }

private:
    static constexpr std::size_t most = 32;
    std::list<std::pair<std::string, std::unique_ptr<RE2>>> recent_;
};

Result<const RE2*> compiled(Call call, Value pattern) {
    static thread_local Patterns patterns;
    return patterns.compiled(call, pattern);
}

using Groups = std::vector<re2::StringPiece>;

/// Calls `take` with the groups of each match, from left to right, none overlapping. An empty match directly behind
/// another one is none. `take` says whether to go on.
template <typename Take>
void each_match(const RE2& pattern, std::string_view text, int groups, Take take) {
    const re2::StringPiece all(text.data(), text.size());
    Groups found(static_cast<std::size_t>(groups) + 1);
    std::size_t at = 0, last_end = std::string_view::npos;
    while (at <= text.size() && pattern.Match(all, at, text.size(), RE2::UNANCHORED, found.data(), groups + 1)) {
        const auto begin = static_cast<std::size_t>(found[0].data() - text.data());
        const std::size_t end = begin + found[0].size();
        const bool repeated = found[0].empty() && begin == last_end;
        last_end = end;
        if (!repeated && !take(found, begin, end)) return;
        at = end;
        if (found[0].empty()) at += std::max<std::size_t>(1, utf8::character_at(text, end).size());
    }
}

std::string_view view(const re2::StringPiece& piece) { return {piece.data(), piece.size()}; }
Value optional_string(Call call, const re2::StringPiece& piece) {
    return piece.data() == nullptr ? Value::nil() : make_string(call.store(), view(piece));
}

/// A replacement taken apart: text, or the number of a group.
struct Piece {
    std::string text;
    int group = -1;
};

Result<std::vector<Piece>> pieces_of(const RE2& pattern, std::string_view replacement) {
    std::vector<Piece> pieces;
    std::string text;
    for (std::size_t i = 0; i < replacement.size(); ++i) {
        const char next = i + 1 < replacement.size() ? replacement[i + 1] : '\0';
        if (replacement[i] != '$' || (next != '$' && next != '{' && (next < '0' || next > '9'))) {
            text += replacement[i];
            continue;
        }
        if (next == '$') {
            text += '$';
            ++i;
            continue;
        }
        std::size_t begin = i + 1, end = begin;
        if (next == '{') {
            end = replacement.find('}', ++begin);
            if (end == std::string_view::npos)
                return failure_at(1, kind::value, msg::no_such_group, {replacement.substr(i)});
            i = end;
        } else {
            while (end < replacement.size() && replacement[end] >= '0' && replacement[end] <= '9') ++end;
            i = end - 1;
        }
        const std::string name(replacement.substr(begin, end - begin));
        int group = -1;
        if (const auto number = name.starts_with('+') ? std::nullopt : parse_integer(name))
            group = *number >= 0 && *number <= pattern.NumberOfCapturingGroups() ? static_cast<int>(*number) : -1;
        if (const auto named = pattern.NamedCapturingGroups().find(name); named != pattern.NamedCapturingGroups().end())
            group = named->second;
        if (group < 0) return failure_at(1, kind::value, msg::no_such_group, {name});
        pieces.push_back({std::move(text), -1});
        pieces.push_back({"", group});
        text.clear();
    }
    pieces.push_back({std::move(text), -1});
    return pieces;
}

Result<std::string> replace(Call call, Value pattern, std::string_view replacement, std::string_view text) {
    const auto regex = compiled(call, pattern);
    if (!regex) return regex.error();
    const auto pieces = pieces_of(**regex, replacement);
    if (!pieces) return pieces.error();
    std::string out;
    std::size_t copied = 0;
    each_match(**regex, text, (*regex)->NumberOfCapturingGroups(),
               [&](const Groups& groups, std::size_t begin, std::size_t end) {
                   out += text.substr(copied, begin - copied);
                   for (const Piece& piece : *pieces)
                       out += piece.group < 0 ? std::string_view(piece.text)
                                              : view(groups[static_cast<std::size_t>(piece.group)]);
                   copied = end;
                   return true;
               });
    return out.append(text.substr(copied));
}

Result<Value> split(Call call, Value pattern, std::string_view text, std::optional<std::int64_t> limit) {
    if (limit && *limit < 1)
        return failure_at(2, kind::range, msg::argument_range, {"limit", "≥ 1", std::to_string(*limit)});
    const auto regex = compiled(call, pattern);
    if (!regex) return regex.error();
    std::vector<std::string_view> parts;
    std::size_t from = 0;
    const auto full = [&] { return limit && static_cast<std::int64_t>(parts.size()) + 1 >= *limit; };
    if (!full())
        each_match(**regex, text, 0, [&](const Groups&, std::size_t begin, std::size_t end) {
            parts.push_back(text.substr(from, begin - from));
            from = end;
            return !full();
        });
    parts.push_back(text.substr(from));
    return make_strings(call, parts);
}

Result<Value> groups_of(Call call, Value pattern, std::string_view text) {
    const auto regex = compiled(call, pattern);
    if (!regex) return regex.error();
    Value result;
    each_match(**regex, text, (*regex)->NumberOfCapturingGroups(), [&](const Groups& found, std::size_t, std::size_t) {
        std::vector<Value> groups;
        for (std::size_t i = 1; i < found.size(); ++i) groups.push_back(optional_string(call, found[i]));
        const Value values[] = {optional_string(call, found[0]), make_vector(call.store(), groups)};
        const Value keys[] = {call.store().keyword("match"), call.store().keyword("groups")};
        result = make_flat_map(call.store(), call.store().shapes.of(keys), values);
        return false;
    });
    return result;
}

constexpr Native str_regex_natives[] = {
    native("str/re-find pattern s",
           "The first match of pattern in s, or nil. Here and in all str/re- functions, \\w and \\d (and \\W, \\D) "
           "mean letters and digits of all "
           "of Unicode, while \\b and \\B look at ASCII words only. Fails with :value if pattern isn't valid.\n"
           "(str/re-find \"[a-z]+[0-9]\" \"..ab7cd\") ;=> \"ab7\"",
           [](Call call, StringValue pattern, std::string_view s) -> Result<Value> {
               const auto regex = compiled(call, pattern);
               if (!regex) return regex.error();
               Value found;
               each_match(**regex, s, 0, [&](const Groups& groups, std::size_t, std::size_t) {
                   found = optional_string(call, groups[0]);
                   return false;
               });
               return found;
           }),
    native("str/re-matches pattern s",
           "All matches of pattern in s, from left to right, as a list. Fails with :value if pattern isn't valid.\n"
           "(str/re-matches \"[0-9]+\" \"1 22 x 3\") ;=> (\"1\" \"22\" \"3\")",
           [](Call call, StringValue pattern, std::string_view s) -> Result<Value> {
               const auto regex = compiled(call, pattern);
               if (!regex) return regex.error();
               std::vector<Value> matches;
               each_match(**regex, s, 0, [&](const Groups& groups, std::size_t, std::size_t) {
                   matches.push_back(optional_string(call, groups[0]));
                   return true;
               });
               return make_list(call.store(), matches);
           }),
    native("str/re-match-groups pattern s",
           "The first match of pattern in s with what its groups matched (nil for those that took no part), as {:match "
           "text "
           ":groups [text …]}, or nil. Fails with :value if pattern isn't valid.\n"
           "(str/re-match-groups \"(\\\\w)=(\\\\d)\" \"a=1\") ;=> {:match \"a=1\" :groups [\"a\" \"1\"]}",
           [](Call call, StringValue pattern, std::string_view s) { return groups_of(call, pattern, s); }),
    native("str/re-replace pattern replacement s",
           "s with every match of pattern replaced; in replacement, $1, ${name} and $0 stand for groups and the match, "
           "$$ for a "
           "dollar. Fails with :value if pattern isn't valid.\n"
           "(str/re-replace \"(\\\\d)\" \"<$1>\" \"a1b2\") ;=> \"a<1>b<2>\"",
           [](Call call, StringValue pattern, std::string_view replacement, std::string_view s) {
               return replace(call, pattern, replacement, s);
           }),
    native("str/re-split pattern s limit?",
           "The parts of s between the matches of pattern, at most limit of them. Fails with :value if pattern isn't "
           "valid, and with :range unless limit is positive.\n"
           "(str/re-split \"\\\\s+\" \"a  b c\") ;=> [\"a\" \"b\" \"c\"]",
           [](Call call, StringValue pattern, std::string_view s, std::optional<std::int64_t> limit) {
               return split(call, pattern, s, limit);
           }),
};

} // namespace

void define_str_regex(Setup setup) { setup.define(str_regex_natives); }

} // namespace qi::stdlib

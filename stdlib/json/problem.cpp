#include "json/problem.hpp"

#include "json/messages.hpp"

namespace qi::stdlib {

std::string json_problem(std::string_view what) {
    constexpr std::string_view unexpected = "unexpected ", expected = "; expected ",
                               control = "invalid string: control character ", escaped = " must be escaped to ";
    if (const auto at = what.rfind("; last read:"); at != std::string_view::npos) what = what.substr(0, at);
    if (const auto at = what.find(" - "); at != std::string_view::npos) what.remove_prefix(at + 3);
    if (what.starts_with(control)) {
        what.remove_prefix(control.size());
        const auto at = what.find(escaped);
        if (at != std::string_view::npos) {
            const std::string_view ways = what.substr(at + escaped.size()); // "\u0009 or \t"
            return format(msg::json_control, {what.substr(0, at), ways.substr(0, ways.find(' '))});
        }
    }
    if (!what.starts_with(unexpected)) return translated(what, msg::json_sentences);
    what.remove_prefix(unexpected.size());
    const auto at = what.find(expected);
    if (at == std::string_view::npos) return format(msg::json_unexpected, {translated(what, msg::json_tokens)});
    return format(msg::json_unexpected_for, {translated(what.substr(0, at), msg::json_tokens),
                                             translated(what.substr(at + expected.size()), msg::json_tokens)});
}

} // namespace qi::stdlib

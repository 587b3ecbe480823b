#include "vm/held_warnings.hpp"

#include "base/messages.hpp"

#include <algorithm>
#include <string>

namespace qi {

void hold_warning(Output& err, std::string_view warning) { err.buffer().append(warning).append("\n"); }

void drop_warning_told_by(Output& err, std::string_view error) {
    // `place: error: text`, and nothing but the label is different.
    const std::string label = ": " + std::string(msg::label_error.text()) + ": ";
    const std::string_view first = error.substr(0, error.find('\n'));
    const std::size_t at = first.find(label);
    if (at == std::string_view::npos) return;
    std::string warning(first.substr(0, at));
    warning.append(": ")
        .append(msg::label_warning.text())
        .append(": ")
        .append(first.substr(at + label.size()))
        .append("\n");
    std::string& held = err.buffer();
    const std::size_t begin = held.starts_with(warning) ? 0 : held.find("\n" + warning) + 1;
    if (begin == 0 && !held.starts_with(warning)) return;
    // What belongs to it, excerpt and note, is indented.
    std::size_t end = begin + warning.size();
    while (end < held.size() && held[end] == ' ') end = std::min(held.find('\n', end), held.size() - 1) + 1;
    held.erase(begin, end - begin);
}

} // namespace qi

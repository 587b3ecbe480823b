#include "compiler/warnings.hpp"

#include "base/messages.hpp"
#include "base/utf8.hpp"

#include <algorithm>

namespace qi {

std::string describe(const Source& source, const Warning& warning) {
    std::string text = source.locate(warning.span.begin) + ": " + std::string(msg::label_warning.text()) + ": " +
                       warning.text + "\n" + source.excerpt(warning.span);
    if (warning.note.empty()) return utf8::visible(text);
    text += "\n  ";
    for (const char c : warning.note) text.append(1, c).append(c == '\n' ? "  " : "");
    return utf8::visible(text);
}

void Warnings::add(std::string_view code, Span span, std::string text, std::string note) {
    if (said_.emplace(span.begin, span.end, text).second)
        found_.push_back({span, std::move(text), std::move(note), code});
}

std::vector<Warning> Warnings::take() {
    std::vector<Warning> taken = std::move(found_);
    found_.clear();
    std::stable_sort(taken.begin(), taken.end(),
                     [](const Warning& a, const Warning& b) { return a.span.begin < b.span.begin; });
    return taken;
}

std::string signature(std::string_view name, std::string_view parameters, std::string_view doc) {
    std::string text = "(" + std::string(name);
    if (parameters.size() > 2) text += " " + std::string(parameters.substr(1, parameters.size() - 2));
    text += ")";
    if (const auto line = first_line(doc); !line.empty()) text += "\n" + std::string(line);
    return text;
}

std::string_view first_line(std::string_view doc) noexcept {
    std::string_view line = doc.substr(0, doc.find('\n'));
    if (const std::size_t example = line.find(";=>"); example != std::string_view::npos) {
        // The example's expression begins with a bracket behind the last full stop.
        const std::size_t stop = line.substr(0, example).rfind(". (");
        line = stop == std::string_view::npos ? std::string_view{} : line.substr(0, stop + 1);
    }
    for (std::size_t at = 0; (at = line.find(". ", at)) != std::string_view::npos; ++at)
        if (at + 2 < line.size() && line[at + 2] >= 'A' && line[at + 2] <= 'Z') line = line.substr(0, at + 1);
    while (!line.empty() && line.back() == ' ') line.remove_suffix(1);
    return line;
}

} // namespace qi

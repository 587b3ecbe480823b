#include "base/source.hpp"

#include "base/messages.hpp"
#include "base/utf8.hpp"

#include <algorithm>

namespace qi {

Source::Source(std::string name, std::string text, bool is_file) : name_(std::move(name)), text_(std::move(text)), is_file_(is_file) {
    starts_.push_back(0);
    for (std::uint32_t i = 0; i < text_.size(); ++i)
        if (text_[i] == '\n') starts_.push_back(i + 1);
}

Source::Place Source::place(std::uint32_t offset) const noexcept {
    offset = std::min(offset, static_cast<std::uint32_t>(text_.size()));
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
    const auto line = static_cast<std::uint32_t>(after - starts_.begin());
    const std::uint32_t start = starts_[line - 1];
    const auto column = static_cast<std::uint32_t>(utf8::count(text().substr(start, offset - start))) + 1;
    return {line, column};
}

std::string_view Source::line(std::uint32_t number) const noexcept {
    const std::uint32_t start = starts_[number - 1];
    const std::uint32_t end = number < starts_.size() ? starts_[number] - 1 : static_cast<std::uint32_t>(text_.size());
    std::string_view line = text().substr(start, end - start);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
}

std::string Source::locate(std::uint32_t offset) const {
    const Place at = place(offset);
    return name_ + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

std::string Source::excerpt(Span span) const {
    constexpr int widest = 100; // columns of source shown
    const Place at = place(span.begin);
    std::string_view shown = line(at.line);
    std::size_t before = utf8::offset_of(shown, at.column - 1);
    std::size_t length = std::min<std::size_t>(std::max<std::uint32_t>(span.end, span.begin + 1) - span.begin, shown.size() - before);
    std::string visible; // has a sign for each NUL, which would end the text for C
    if (shown.find('\0') != std::string_view::npos) {
        const auto with_signs = [](std::string_view text) {
            std::string out;
            for (const char c : text) c == '\0' ? out += "␀" : out += c;
            return out;
        };
        length = with_signs(shown.substr(before, length)).size();
        const std::string begin = with_signs(shown.substr(0, before));
        visible = begin + with_signs(shown.substr(before));
        before = begin.size();
        shown = visible;
    }
    // A very long line is cut to the part around the caret.
    std::string_view left_mark, right_mark;
    if (utf8::width(shown) > widest) {
        std::size_t from = before > 40 ? before - 40 : 0;
        while (from > 0 && (static_cast<unsigned char>(shown[from]) & 0xC0) == 0x80) --from;
        std::size_t to = std::min(shown.size(), from + widest);
        while (to < shown.size() && (static_cast<unsigned char>(shown[to]) & 0xC0) == 0x80) ++to;
        if (from > 0) left_mark = "… ";
        if (to < shown.size()) right_mark = " …";
        shown = shown.substr(from, to - from);
        before -= from;
        length = std::min(length, shown.size() - before);
    }
    std::string number = std::to_string(at.line);
    std::string out = "   ";
    out.append(number.size() < 4 ? 4 - number.size() : 0, ' ');
    const std::size_t gutter = out.size() + number.size() - 3;
    out += number;
    out += " | ";
    out += left_mark;
    out += shown;
    out += right_mark;
    out += "\n   ";
    out.append(gutter, ' ');
    out += " | ";
    out.append(static_cast<std::size_t>(utf8::width(left_mark)), ' ');
    for (std::size_t i = 0; i < before;) {
        if (shown[i] == '\t') {
            out += '\t';
            ++i;
            continue;
        }
        out.append(static_cast<std::size_t>(utf8::width(utf8::decode(shown, i))), ' ');
    }
    out.append(static_cast<std::size_t>(std::max(1, utf8::width(shown.substr(before, length)))), '^');
    return out;
}

std::string describe(const Source& source, const SyntaxError& error) {
    return source.locate(error.span.begin) + ": " + std::string(msg::label_syntax_error.text()) + ": " + error.error.text + "\n" +
           source.excerpt(error.span);
}

} // namespace qi

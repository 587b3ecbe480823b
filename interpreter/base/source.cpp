#include "base/source.hpp"

#include "base/descriptor.hpp"
#include "base/messages.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <unistd.h>

namespace qi {

Source::Source(std::string name, std::string text, bool is_file)
    : name_(std::move(name)), text_(std::move(text)), is_file_(is_file) {
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

namespace {

/// Columns of text, a tab counted as what it takes at most.
int columns_of(std::string_view text) {
    return utf8::width(text) + 7 * static_cast<int>(std::count(text.begin(), text.end(), '\t'));
}

/// The end of as much of the text, from its begin, as fits.
std::size_t fitting(std::string_view text, int columns) {
    std::size_t end = 0;
    for (std::size_t next = 0; next < text.size(); end = next) {
        utf8::decode(text, next);
        columns -= columns_of(text.substr(end, next - end));
        if (columns < 0) break;
    }
    return end;
}

/// The same from its end: where that begins.
std::size_t fitting_from_end(std::string_view text, int columns) {
    std::size_t begin = text.size();
    while (begin > 0) {
        std::size_t before = begin - 1;
        while (before > 0 && (static_cast<unsigned char>(text[before]) & 0xC0) == 0x80) --before;
        columns -= columns_of(text.substr(before, begin - before));
        if (columns < 0) break;
        begin = before;
    }
    return begin;
}

/// Columns of source that an excerpt shows: what a terminal has beside the gutter.
int widest_excerpt(int gutter) {
    constexpr int widest = 100, narrowest = 20;
    const int columns =
        terminal_columns(STDERR_FILENO) > 0 ? terminal_columns(STDERR_FILENO) : terminal_columns(STDOUT_FILENO);
    return columns > 0 ? std::clamp(columns - gutter, narrowest, widest) : widest;
}

} // namespace

std::string Source::excerpt(Span span) const {
    const Place at = place(span.begin);
    const std::string_view text = line(at.line);
    const std::size_t begin = utf8::offset_of(text, at.column - 1);
    const std::size_t end =
        begin +
        std::min<std::size_t>(std::max<std::uint32_t>(span.end, span.begin + 1) - span.begin, text.size() - begin);
    std::string number = std::to_string(at.line);
    number.insert(0, number.size() < 4 ? 4 - number.size() : 0, ' ');
    const int widest = widest_excerpt(static_cast<int>(number.size()) + 6);
    std::string before = utf8::visible(text.substr(0, begin)), marked = utf8::visible(text.substr(begin, end - begin)),
                after = utf8::visible(text.substr(end));
    // A very long line is cut to the part around the caret.
    if (constexpr std::string_view left_mark = "… ", right_mark = " …";
        columns_of(before) + columns_of(marked) + columns_of(after) > widest) {
        int room = widest - utf8::width(right_mark);
        const int wanted = std::max(widest * 2 / 5, room - columns_of(marked) - columns_of(after)); // before the caret
        if (const std::size_t from = fitting_from_end(before, wanted); from > 0) {
            before = std::string(left_mark).append(before, fitting_from_end(before, wanted - utf8::width(left_mark)));
        }
        room -= columns_of(before);
        if (const std::size_t most = fitting(marked, room); most < marked.size()) {
            marked.resize(most);
            after = right_mark;
        } else if (const std::size_t rest = fitting(after, room - columns_of(marked)); rest < after.size()) {
            after = after.substr(0, rest).append(right_mark);
        }
    }
    std::string out =
        "   " + number + " | " + before + marked + after + "\n   " + std::string(number.size(), ' ') + " | ";
    for (std::size_t i = 0; i < before.size();) {
        if (before[i] == '\t') {
            out += '\t';
            ++i;
            continue;
        }
        out.append(static_cast<std::size_t>(utf8::width(utf8::decode(before, i))), ' ');
    }
    out.append(static_cast<std::size_t>(std::max(1, utf8::width(marked))), '^');
    return out;
}

std::string describe(const Source& source, const SyntaxError& error) {
    return utf8::visible(source.locate(error.span.begin) + ": " + std::string(msg::label_syntax_error.text()) + ": " +
                         error.error.text() + "\n" + source.excerpt(error.span));
}

} // namespace qi

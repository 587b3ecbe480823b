#include "lsp/document.hpp"

#include "base/utf8.hpp"

#include <algorithm>

namespace qi::lsp {

void Document::find_lines() {
    starts_.assign(1, 0);
    for (std::size_t i = 0; i < text_.size(); ++i)
        if (text_[i] == '\n' || (text_[i] == '\r' && (i + 1 == text_.size() || text_[i + 1] != '\n')))
            starts_.push_back(i + 1);
}

Position Document::position(std::size_t offset) const noexcept {
    offset = std::min(offset, text_.size());
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
    const auto line = static_cast<std::size_t>(after - starts_.begin()) - 1;
    std::uint32_t character = 0;
    for (std::size_t at = starts_[line]; at < offset;) {
        const std::size_t length = utf8::sequence_length(static_cast<unsigned char>(text_[at]));
        if (at + length > offset) break;
        character += encoding_ == Encoding::Utf8 ? static_cast<std::uint32_t>(length) : length == 4 ? 2 : 1;
        at += length;
    }
    return {static_cast<std::uint32_t>(line), character};
}

std::size_t Document::offset(Position position) const noexcept {
    if (position.line >= starts_.size()) return text_.size();
    std::size_t at = starts_[position.line];
    const std::size_t end = position.line + 1 < starts_.size() ? starts_[position.line + 1] : text_.size();
    std::uint32_t character = 0;
    while (at < end && text_[at] != '\n' && text_[at] != '\r') {
        const std::size_t length = utf8::sequence_length(static_cast<unsigned char>(text_[at]));
        character += encoding_ == Encoding::Utf8 ? static_cast<std::uint32_t>(length) : length == 4 ? 2 : 1;
        if (character > position.character) break;
        at += length;
    }
    return std::min(at, text_.size());
}

void Document::replace(std::size_t begin, std::size_t end, std::string_view text) {
    if (end < begin) std::swap(begin, end);
    text_.replace(begin, end - begin, text);
    find_lines();
}

} // namespace qi::lsp

// A text that is open in the editor, and places in it as the protocol counts them. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace qi::lsp {

/// What `character` of a position counts (LSP 3.17, PositionEncodingKind).
enum class Encoding : std::uint8_t { Utf8, Utf16 };

struct Position {
    std::uint32_t line = 0;
    std::uint32_t character = 0;
};

class Document {
public:
    Document(std::string text, Encoding encoding) : text_(std::move(text)), encoding_(encoding) { find_lines(); }

    const std::string& text() const noexcept { return text_; }

    /// Of bytes; one within a character counts as its begin.
    Position position(std::size_t offset) const noexcept;
    /// A place after a line's end means that end, and one after the text the text's end.
    std::size_t offset(Position position) const noexcept;

    /// Puts other text in the place of what is there.
    void replace(std::size_t begin, std::size_t end, std::string_view text);

private:
    void find_lines();

    std::string text_;
    Encoding encoding_;
    std::vector<std::size_t> starts_; // of each line, which ends in \n, \r\n or \r
};

} // namespace qi::lsp

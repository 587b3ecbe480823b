// One token or comment after the other, with its place. Any thread.
#pragma once

#include "reader/lexer.hpp"

namespace qi::layout {

struct Word {
    TokenKind kind = TokenKind::End;
    bool comment = false;
    std::uint32_t begin = 0, end = 0;
    std::uint32_t column = 0;
    std::uint8_t newlines = 0; // before it: 0, 1, or 2 for any more
    bool wide_gap = false;     // more than one blank before it
};

/// The line for the system at the top counts as a comment, and what can't be read, in a text that is being written, as
/// a symbol.
class Words {
public:
    explicit Words(std::string_view text);

    /// The next one; its kind is End after the last.
    Word next();

private:
    std::uint32_t end_of_mistake(std::uint32_t begin, std::uint32_t mistake_end) const;
    void look_ahead();
    void move_to(std::uint32_t offset);

    std::string_view text_;
    Lexer lexer_;
    Word ahead_;           // the next token
    std::uint32_t at_ = 0; // up to here all was given
    std::uint32_t column_ = 0;
};

} // namespace qi::layout

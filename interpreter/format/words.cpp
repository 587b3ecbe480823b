#include "format/words.hpp"

#include "base/utf8.hpp"

#include <algorithm>

namespace qi::layout {

Words::Words(std::string_view text) : text_(text), lexer_(text, 0, static_cast<std::uint32_t>(text.size())) {
    if (text.starts_with("#!")) {
        const auto line = static_cast<std::uint32_t>(std::min(text.find('\n'), text.size()));
        lexer_ = Lexer(text, line, static_cast<std::uint32_t>(text.size()));
    }
    look_ahead();
}

/// Where what can't be read ends: a string on its line, anything else behind the mistake.
std::uint32_t Words::end_of_mistake(std::uint32_t begin, std::uint32_t mistake_end) const {
    const std::size_t quote = text_[begin] == 'f' && begin + 1 < text_.size() ? begin + 1 : begin;
    if (text_[quote] != '"') return std::max(mistake_end, begin + 1);
    std::size_t at = quote + 1;
    while (at < text_.size() && text_[at] != '"' && text_[at] != '\n') at += text_[at] == '\\' ? 2 : 1;
    return static_cast<std::uint32_t>(std::min(text_.size(), at < text_.size() && text_[at] == '"' ? at + 1 : at));
}

void Words::look_ahead() {
    Token token;
    const auto whole = static_cast<std::uint32_t>(text_.size());
    auto mistake = lexer_.next(token);
    ahead_ = {token.kind, false, token.span.begin, token.span.end, 0, 0, false};
    if (!mistake && token.kind == TokenKind::FStringOpen) {
        const bool triple = token.text.size() == 4;
        std::string ignored;
        for (bool code = true; code && !mistake;) {
            ignored.clear();
            mistake = lexer_.fstring_text(token.span, triple, ignored, code);
            if (!mistake && code) mistake = lexer_.fstring_code(token.span, ignored);
        }
        ahead_.end = lexer_.position();
    }
    if (!mistake) return;
    ahead_.kind = TokenKind::Symbol;
    ahead_.end = end_of_mistake(ahead_.begin, mistake->span.end);
    lexer_ = Lexer(text_, ahead_.end, whole);
}

void Words::move_to(std::uint32_t offset) {
    const std::string_view passed = text_.substr(at_, offset - at_);
    const std::size_t newline = passed.rfind('\n');
    if (newline == std::string_view::npos)
        column_ += static_cast<std::uint32_t>(utf8::width(passed));
    else
        column_ = static_cast<std::uint32_t>(utf8::width(passed.substr(newline + 1)));
    at_ = offset;
}

Word Words::next() {
    // What stands between two tokens is white space and comments.
    const std::string_view gap = text_.substr(at_, ahead_.begin - at_);
    const std::size_t mark = text_.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    const bool for_the_system = at_ == 0 && text_.substr(mark).starts_with("#!");
    const std::size_t semicolon = for_the_system ? mark : gap.find(';');
    const bool comment = semicolon != std::string_view::npos;
    const std::string_view space = gap.substr(0, comment ? semicolon : gap.size());
    const auto lines = std::count(space.begin(), space.end(), '\n');
    Word word = ahead_;
    word.newlines = static_cast<std::uint8_t>(std::min<std::ptrdiff_t>(lines, 2));
    word.wide_gap = lines == 0 && space.size() > 1;
    if (comment) {
        word.comment = true;
        word.kind = TokenKind::String;
        word.begin = at_ + static_cast<std::uint32_t>(semicolon);
        word.end = static_cast<std::uint32_t>(std::min(text_.find('\n', word.begin), text_.size()));
    }
    move_to(word.begin);
    word.column = column_;
    move_to(word.end);
    if (comment) {
        while (word.end > word.begin + 1 &&
               std::string_view(" \t\r\f\v").find(text_[word.end - 1]) != std::string_view::npos)
            --word.end;
    } else if (word.kind != TokenKind::End) {
        look_ahead();
    }
    return word;
}

} // namespace qi::layout

// Source text -> tokens. Interpreter thread only (a lexer itself touches nothing shared).
#pragma once

#include "base/source.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace qi {

enum class TokenKind : std::uint8_t {
    End,
    Open,   // ( [ { #{
    Close,  // ) ] }
    Prefix, // ' ` , ,@ @
    Pipe,   // |> |>? ||> ~>
    Integer,
    Float,
    String,
    FStringOpen, // f" or f""": the reader continues with `fstring_part`
    Symbol,      // also -> => ... |
    Keyword,     // text without the colon
};

struct Token {
    TokenKind kind = TokenKind::End;
    Span span;
    std::string_view text; // as written; of keywords without the colon
    std::int64_t integer = 0;
    double number = 0;
    std::string string; // of strings, with the escapes done
};

class Lexer {
public:
    /// `begin` to `end` of the text; offsets in tokens are those of the source.
    Lexer(std::string_view text, std::uint32_t begin, std::uint32_t end) : text_(text), at_(begin), end_(end) {}

    /// The next token, or the reason why there is none.
    std::optional<SyntaxError> next(Token& token);
    std::uint32_t position() const noexcept { return at_; }

    /// Inside an f-string: text up to a `{` or the closing quotes. `code` says which.
    std::optional<SyntaxError> fstring_text(Span opened, bool triple, std::string& out, bool& code);
    /// After a `{`: where its code ends; the position moves past the closing brace. The collected code, with
    /// `\"` turned into `"`, keeps its length when nothing was escaped.
    std::optional<SyntaxError> fstring_code(Span opened, std::string& code);

private:
    bool at_end() const noexcept { return at_ >= end_; }
    char peek(std::uint32_t ahead = 0) const noexcept { return at_ + ahead < end_ ? text_[at_ + ahead] : '\0'; }
    void skip_space();
    std::optional<SyntaxError> number(Token& token);
    std::optional<SyntaxError> string(Token& token);
    std::optional<SyntaxError> escape(std::string& out, bool fstring);
    bool is_name_start(std::uint32_t& length) const;
    bool is_name_part(std::uint32_t& length) const;
    std::optional<SyntaxError> hidden_character() const;
    SyntaxError unexpected(std::uint32_t length) const;

    std::string_view text_;
    std::uint32_t at_;
    std::uint32_t end_;
};

/// Whether what is printed of the keyword, or symbol, of this name reads as that again.
bool reads_as_keyword(std::string_view name);
bool reads_as_symbol(std::string_view name);

} // namespace qi

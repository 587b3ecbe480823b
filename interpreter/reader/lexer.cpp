#include "reader/lexer.hpp"

#include "base/messages.hpp"
#include "base/utf8.hpp"
#include "data/number.hpp"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <unictype.h>

namespace qi {

namespace {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_ascii_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_operator(char c) noexcept {
    return c != '\0' && std::string_view("+-*/%<>=!?_&$").find(c) != std::string_view::npos;
}
constexpr bool is_ascii_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// White_Space of the Unicode character database, beyond ASCII; and the byte order mark.
constexpr bool is_wide_space(char32_t c) noexcept {
    return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
           c == 0x202F || c == 0x205F || c == 0x3000 || c == 0xFEFF;
}

/// Punctuation that is typed by mistake for its ASCII twin (full-width brackets, quotes, commas): never part of a name.
constexpr bool is_wide_punctuation(char32_t c) noexcept {
    return (c >= 0x2010 && c <= 0x2027) || (c >= 0x3001 && c <= 0x3003) || (c >= 0x3008 && c <= 0x3011) ||
           (c >= 0xFF01 && c <= 0xFF0F) || (c >= 0xFF1A && c <= 0xFF20) || (c >= 0xFF3B && c <= 0xFF40) ||
           (c >= 0xFF5B && c <= 0xFF65);
}

/// Neither seen nor white space: two names that look alike could be different ones.
bool is_hidden(char32_t c) noexcept {
    return uc_is_general_category(c, UC_CONTROL) || uc_is_general_category(c, UC_FORMAT) ||
           uc_is_property_default_ignorable_code_point(c);
}

/// Of those, what changes how the character before it is written: joiners and variation selectors, as in emoji.
constexpr bool is_joiner(char32_t c) noexcept {
    return c == 0x200C || c == 0x200D || (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF);
}

bool is_mark(char32_t c) noexcept { return uc_is_general_category(c, UC_MARK); }

} // namespace

SyntaxError Lexer::unexpected(std::uint32_t length) const {
    const std::string_view found = text_[at_] == '\0' ? "\\0" : text_.substr(at_, length);
    return {failure(kind::syntax, msg::unexpected, {found}), {at_, at_ + length}};
}

void Lexer::skip_space() {
    while (!at_end()) {
        const char c = text_[at_];
        if (is_ascii_space(c)) {
            ++at_;
        } else if (c == ';') {
            const void* newline = std::memchr(text_.data() + at_, '\n', end_ - at_);
            at_ = newline == nullptr ? end_
                                     : static_cast<std::uint32_t>(static_cast<const char*>(newline) - text_.data());
        } else if (static_cast<unsigned char>(c) >= 0x80) {
            std::size_t next = at_;
            if (!is_wide_space(utf8::decode(text_, next))) return;
            at_ = static_cast<std::uint32_t>(next);
        } else {
            return;
        }
    }
}

bool Lexer::is_name_start(std::uint32_t& length) const {
    const char c = peek();
    length = 1;
    if (is_ascii_letter(c) || is_operator(c)) return true;
    if (static_cast<unsigned char>(c) < 0x80) return false;
    std::size_t next = at_;
    const char32_t point = utf8::decode(text_, next);
    length = static_cast<std::uint32_t>(next - at_);
    return !is_wide_space(point) && !is_wide_punctuation(point) && !is_hidden(point) && !is_mark(point);
}

bool Lexer::is_name_part(std::uint32_t& length) const {
    const char c = peek();
    if (is_digit(c) || c == '.' || c == ':') {
        length = 1;
        return true;
    }
    if (is_name_start(length)) return true;
    if (static_cast<unsigned char>(c) < 0x80 || at_ == 0 || text_[at_ - 1] == ':') return false;
    std::size_t next = at_;
    const char32_t point = utf8::decode(text_, next);
    if (is_joiner(point)) return static_cast<unsigned char>(text_[at_ - 1]) >= 0x80;
    return is_mark(point) && !is_hidden(point);
}

/// Where a name could begin or go on, but for a character that isn't allowed there.
std::optional<SyntaxError> Lexer::hidden_character() const {
    if (at_end() || static_cast<unsigned char>(peek()) < 0x80) return std::nullopt;
    std::size_t next = at_;
    const char32_t point = utf8::decode(text_, next);
    if (is_wide_space(point) || (!is_hidden(point) && !is_mark(point))) return std::nullopt;
    char number[16];
    std::snprintf(number, sizeof number, "U+%04X", static_cast<unsigned>(point));
    return SyntaxError{failure(kind::syntax, is_hidden(point) ? msg::hidden_character : msg::lone_mark, {number}),
                       {at_, static_cast<std::uint32_t>(next)}};
}

std::optional<SyntaxError> Lexer::next(Token& token) {
    skip_space();
    token.span = {at_, at_};
    if (at_end()) {
        token.kind = TokenKind::End;
        return std::nullopt;
    }
    const auto take = [&](TokenKind kind, std::uint32_t length) {
        token.kind = kind;
        token.text = text_.substr(at_, length);
        token.span = {at_, at_ + length};
        at_ += length;
        return std::nullopt;
    };
    const char c = peek();
    switch (c) {
    case '(':
    case '[':
    case '{': return take(TokenKind::Open, 1);
    case ')':
    case ']':
    case '}': return take(TokenKind::Close, 1);
    case '\'':
    case '`':
    case '@': return take(TokenKind::Prefix, 1);
    case ',': return take(TokenKind::Prefix, peek(1) == '@' ? 2 : 1);
    case '#':
        if (peek(1) == '{') return take(TokenKind::Open, 2);
        if (peek(1) == '(') return SyntaxError{failure(kind::syntax, msg::sharp_function), {at_, at_ + 2}};
        return unexpected(1);
    case '"': return string(token);
    case '|':
        if (peek(1) == '>') return take(TokenKind::Pipe, peek(2) == '?' ? 3 : 2);
        if (peek(1) == '|' && peek(2) == '>') return take(TokenKind::Pipe, 3);
        return take(TokenKind::Symbol, 1);
    case '~': return peek(1) == '>' ? std::optional<SyntaxError>(take(TokenKind::Pipe, 2)) : unexpected(1);
    case '.':
        if (peek(1) == '.' && peek(2) == '.') return take(TokenKind::Symbol, 3);
        if (is_digit(peek(1))) return SyntaxError{failure(kind::syntax, msg::leading_point), {at_, at_ + 1}};
        return unexpected(1);
    case '-':
        if (peek(1) == '>') return take(TokenKind::Symbol, 2);
        if (is_digit(peek(1))) return number(token);
        break;
    case '=':
        if (peek(1) == '>') return take(TokenKind::Symbol, 2);
        break;
    case 'f':
        if (peek(1) == '"') return take(TokenKind::FStringOpen, peek(2) == '"' && peek(3) == '"' ? 4 : 2);
        break;
    default: break;
    }
    if (is_digit(c)) return number(token);
    const std::uint32_t begin = at_;
    std::uint32_t length = 0;
    if (c == ':') {
        ++at_;
        while (!at_end() && is_name_part(length)) at_ += length;
        if (auto hidden = hidden_character()) return hidden;
        if (at_ == begin + 1) {
            --at_;
            return unexpected(1);
        }
        token.kind = TokenKind::Keyword;
        token.text = text_.substr(begin + 1, at_ - begin - 1);
        token.span = {begin, at_};
        return std::nullopt;
    }
    if (!is_name_start(length)) {
        if (auto hidden = hidden_character()) return hidden;
        std::size_t next = at_;
        const char32_t point = utf8::decode(text_, next);
        if (point < 0xFF01 || point > 0xFF5E) return unexpected(std::max<std::uint32_t>(length, 1));
        const char ascii = static_cast<char>(point - 0xFEE0);
        return SyntaxError{failure(kind::syntax, msg::full_width, {text_.substr(at_, length), {&ascii, 1}}),
                           {at_, at_ + length}};
    }
    while (!at_end() && is_name_part(length)) at_ += length;
    if (auto hidden = hidden_character()) return hidden;
    if (peek() == '#' && peek(1) != '{') ++at_; // a fresh name of a template: for the reader to judge
    token.kind = TokenKind::Symbol;
    token.text = text_.substr(begin, at_ - begin);
    token.span = {begin, at_};
    return std::nullopt;
}

std::optional<SyntaxError> Lexer::number(Token& token) {
    const std::uint32_t begin = at_;
    std::string digits;
    bool is_float = false;
    if (peek() == '-') {
        digits += '-';
        ++at_;
    }
    const auto run = [&] {
        while (is_digit(peek()) || (peek() == '_' && is_digit(peek(1)))) {
            if (peek() != '_') digits += peek();
            ++at_;
        }
    };
    run();
    if (peek() == '.' && !(peek(1) == '.' && peek(2) == '.')) {
        is_float = true;
        digits += '.';
        ++at_;
        run();
        if (digits.back() == '.') digits += '0';
    }
    if (peek() == 'e' || peek() == 'E') {
        const std::uint32_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
        if (is_digit(peek(1 + sign))) {
            is_float = true;
            digits += 'e';
            if (peek(1) == '-') digits += '-';
            at_ += 1 + sign;
            run();
        }
    }
    token.text = text_.substr(begin, at_ - begin);
    token.span = {begin, at_};
    // A letter glued to a number is neither a number nor a name. (A minus sign starts the next number.)
    std::uint32_t length = 0;
    if (peek() != '-' && is_name_part(length)) {
        while (is_name_part(length)) at_ += length;
        return SyntaxError{failure(kind::syntax, msg::bad_number, {text_.substr(begin, at_ - begin)}), {begin, at_}};
    }
    if (is_float) {
        token.kind = TokenKind::Float;
        token.number = *parse_float(digits);
        if (std::isinf(token.number))
            return SyntaxError{failure(kind::syntax, msg::float_range, {token.text}), token.span};
        return std::nullopt;
    }
    token.kind = TokenKind::Integer;
    const auto parsed = parse_integer(digits);
    if (!parsed) return SyntaxError{failure(kind::syntax, msg::integer_range, {digits}), token.span};
    token.integer = *parsed;
    return std::nullopt;
}

std::optional<SyntaxError> Lexer::escape(std::string& out, bool fstring) {
    const std::uint32_t begin = at_;
    ++at_;
    const char c = peek();
    switch (c) {
    case 'n': out += '\n'; break;
    case 't': out += '\t'; break;
    case 'r': out += '\r'; break;
    case '0': out += '\0'; break;
    case '\\':
    case '"': out += c; break;
    case '{':
    case '}':
        if (!fstring) goto unknown;
        out += c;
        break;
    case 'u': {
        if (peek(1) != '{') goto unknown;
        std::uint32_t length = 2;
        char32_t point = 0;
        while (at_ + length < end_ && text_[at_ + length] != '}') {
            const char h = text_[at_ + length];
            const int digit = is_digit(h)            ? h - '0'
                              : h >= 'a' && h <= 'f' ? h - 'a' + 10
                              : h >= 'A' && h <= 'F' ? h - 'A' + 10
                                                     : -1;
            if (digit < 0 || length > 9) goto unknown;
            point = point * 16 + static_cast<char32_t>(digit);
            ++length;
        }
        if (length == 2 || at_ + length >= end_) goto unknown;
        if (point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
            return SyntaxError{failure(kind::syntax, msg::bad_code_point, {text_.substr(begin, length + 2)}),
                               {begin, at_ + length + 1}};
        utf8::append(out, point);
        at_ += length;
        break;
    }
    default: goto unknown;
    }
    ++at_;
    return std::nullopt;
unknown:
    const auto length = static_cast<std::uint32_t>(at_end() ? 0 : utf8::sequence_length(static_cast<unsigned char>(c)));
    return SyntaxError{failure(kind::syntax, msg::bad_escape, {text_.substr(begin, 1 + length)}),
                       {begin, begin + 1 + length}};
}

std::optional<SyntaxError> Lexer::string(Token& token) {
    const std::uint32_t begin = at_;
    const bool triple = peek(1) == '"' && peek(2) == '"';
    at_ += triple ? 3 : 1;
    token.kind = TokenKind::String;
    token.string.clear();
    for (;;) {
        if (at_end())
            return SyntaxError{failure(kind::syntax, msg::unclosed, {msg::thing_string.text()}),
                               {begin, begin + (triple ? 3u : 1u)},
                               true};
        const char c = peek();
        if (c == '"' && (!triple || (peek(1) == '"' && peek(2) == '"'))) break;
        if (c == '\\') {
            if (at_ + 1 >= end_) {
                at_ = end_;
                continue;
            }
            if (auto error = escape(token.string, false)) return error;
            continue;
        }
        token.string += c;
        ++at_;
    }
    at_ += triple ? 3 : 1;
    token.text = text_.substr(begin, at_ - begin);
    token.span = {begin, at_};
    return std::nullopt;
}

std::optional<SyntaxError> Lexer::fstring_text(Span opened, bool triple, std::string& out, bool& code) {
    for (;;) {
        if (at_end())
            return SyntaxError{failure(kind::syntax, msg::unclosed, {msg::thing_fstring.text()}), opened, true};
        const char c = peek();
        if (c == '{') {
            ++at_;
            code = true;
            return std::nullopt;
        }
        if (c == '"' && (!triple || (peek(1) == '"' && peek(2) == '"'))) {
            at_ += triple ? 3 : 1;
            code = false;
            return std::nullopt;
        }
        if (c == '\\' && at_ + 1 < end_) {
            if (auto error = escape(out, true)) return error;
            continue;
        }
        out += c;
        ++at_;
    }
}

std::optional<SyntaxError> Lexer::fstring_code(Span opened, std::string& code) {
    int depth = 1;
    bool in_string = false;
    for (;;) {
        if (at_end()) return SyntaxError{failure(kind::syntax, msg::unclosed, {msg::thing_code.text()}), opened, true};
        const char c = peek();
        if (c == '"' || (c == '\\' && peek(1) == '"')) {
            if (c == '\\') ++at_;
            in_string = !in_string;
            code += '"';
        } else if (in_string && c == '\\') {
            code += c;
            ++at_;
            code += peek();
        } else {
            if (!in_string && c == '{') ++depth;
            if (!in_string && c == '}' && --depth == 0) {
                ++at_;
                return std::nullopt;
            }
            code += c;
        }
        ++at_;
    }
}

namespace {

/// Whether the text is one token of this kind, whose name is `name`.
bool is_token_of(TokenKind kind, std::string_view text, std::string_view name) {
    Lexer lexer(text, 0, static_cast<std::uint32_t>(text.size()));
    Token token;
    return !lexer.next(token) && token.kind == kind && token.text == name && lexer.position() == text.size();
}

} // namespace

bool reads_as_keyword(std::string_view name) {
    return is_token_of(TokenKind::Keyword, std::string(":").append(name), name);
}

bool reads_as_symbol(std::string_view name) {
    return is_token_of(TokenKind::Symbol, name, name) && name != "nil" && name != "true" && name != "false" &&
           name.back() != '#';
}

} // namespace qi

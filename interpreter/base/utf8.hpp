// UTF-8: checking, decoding, counting. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace qi::utf8 {

/// True for well-formed UTF-8 (Unicode 15, table 3-7: no surrogates, no overlong forms, at most U+10FFFF).
bool valid(std::string_view bytes) noexcept;

/// Length of the longest well-formed prefix, in bytes; `bytes.size()` when all of it is.
std::size_t valid_prefix(std::string_view bytes) noexcept;

/// The same, and how many code points are in it.
struct Checked {
    std::size_t bytes = 0;
    std::size_t code_points = 0;
};
Checked check(std::string_view bytes) noexcept;

/// More bytes could make well-formed text of these, which end within a sequence: fewer than four, and not well-formed.
bool is_begun(std::string_view bytes) noexcept;

/// Bytes from outside as text: those that aren't UTF-8 become U+FFFD.
std::string repaired(std::string_view bytes);

/// Code points in well-formed text.
std::size_t count(std::string_view text) noexcept;

/// Bytes of the sequence that starts with `lead` (1 to 4); 1 for a byte that starts none.
constexpr std::size_t sequence_length(unsigned char lead) noexcept {
    return lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/// The character at `at`: empty at the end, and never past it, for any text.
constexpr std::string_view character_at(std::string_view text, std::size_t at) noexcept {
    return at < text.size() ? text.substr(at, sequence_length(static_cast<unsigned char>(text[at])))
                            : std::string_view{};
}

/// The code point at `text[at]`, and `at` moved to the next. Of what isn't well-formed U+FFFD, or any other code point;
/// `at` never gets past the end.
char32_t decode(std::string_view text, std::size_t& at) noexcept;

void append(std::string& out, char32_t code_point);

/// Byte offset of code point number `index`, or `text.size()` past the end.
std::size_t offset_of(std::string_view text, std::size_t index) noexcept;

/// The text with its control characters, except \n and \t, as a program would write them, \u{1b}: what a terminal must
/// not obey. Those of C1 (U+0080 to U+009F) are among them.
std::string visible(std::string_view text);
/// Appends it to `out`.
void append_visible(std::string& out, std::string_view text);
/// Whether a control character, other than \n and \t, begins at `text[at]`: its bytes, or 0.
std::size_t control_length(std::string_view text, std::size_t at) noexcept;

/// The text as one line of at most `bytes` bytes, with an ellipsis where something was cut.
std::string shortened(std::string_view text, std::size_t bytes);

/// Columns that a terminal gives a code point, as libunistring knows them: 0 for combining marks, 2 for wide East Asian
/// characters and emoji, else 1.
int width(char32_t code_point) noexcept;
int width(std::string_view text) noexcept;

} // namespace qi::utf8

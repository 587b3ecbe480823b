#include "repl/screen.hpp"

#include "base/descriptor.hpp"

#include <cwchar>
#include <cwctype>

namespace qi {

std::wstring widened(std::string_view utf8) {
    std::wstring text;
    text.reserve(utf8.size());
    for (std::size_t i = 0; i < utf8.size();) {
        const auto first = static_cast<unsigned char>(utf8[i]);
        const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        char32_t c = length == 1 ? first : first & (0xFFu >> (length + 1));
        for (std::size_t k = 1; k < length && i + k < utf8.size(); ++k)
            c = (c << 6) | (static_cast<unsigned char>(utf8[i + k]) & 0x3Fu);
        text += static_cast<wchar_t>(c);
        i += length;
    }
    return text;
}

std::string narrowed(std::wstring_view text) {
    std::string utf8;
    utf8.reserve(text.size());
    for (const wchar_t wide : text) {
        const auto c = static_cast<char32_t>(wide);
        if (c < 0x80) {
            utf8 += static_cast<char>(c);
        } else if (c < 0x800) {
            utf8 += static_cast<char>(0xC0 | (c >> 6));
            utf8 += static_cast<char>(0x80 | (c & 0x3F));
        } else if (c < 0x10000) {
            utf8 += static_cast<char>(0xE0 | (c >> 12));
            utf8 += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
            utf8 += static_cast<char>(0x80 | (c & 0x3F));
        } else {
            utf8 += static_cast<char>(0xF0 | (c >> 18));
            utf8 += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
            utf8 += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
            utf8 += static_cast<char>(0x80 | (c & 0x3F));
        }
    }
    return utf8;
}

ScreenPlace place_after(std::wstring_view text, ScreenPlace at, int width) {
    for (const wchar_t c : text) {
        if (c == L'\n') {
            ++at.row;
            at.column = 0;
            continue;
        }
        int columns = ::wcwidth(c);
        if (c == L'\t')
            columns = 8 - at.column % 8;
        else if (c < 0x20 || c == 0x7F)
            columns = 2; // ^X
        else if (columns < 0)
            columns = c > 0xFFFF ? 9 : 8; // \U+1234
        if (at.column + columns > width) {
            ++at.row;
            at.column = 0;
        }
        at.column += columns;
        if (at.column >= width) {
            ++at.row;
            at.column = 0;
        }
    }
    return at;
}

int columns_of(std::string_view utf8) {
    int columns = 0;
    bool escape = false;
    for (const wchar_t c : widened(utf8)) {
        if (c == L'\033') {
            escape = true;
        } else if (escape) {
            escape = std::iswalpha(static_cast<wint_t>(c)) == 0;
        } else {
            columns += std::max(0, ::wcwidth(c));
        }
    }
    return columns;
}

int terminal_width(int descriptor) noexcept {
    const int columns = terminal_columns(descriptor);
    return columns > 1 ? columns : 80;
}

} // namespace qi

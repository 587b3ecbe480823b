#include "str/unicode.hpp"

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <new>

#include <unicase.h>
#include <unictype.h>

namespace qi::unicode {

namespace {

using Mapping = std::uint8_t* (*)(const std::uint8_t*, std::size_t, const char*, uninorm_t, std::uint8_t*,
                                  std::size_t*);

std::string mapped(Mapping mapping, std::string_view text) {
    std::size_t size = 0;
    // Without a language, and without normalising what comes out.
    const std::unique_ptr<std::uint8_t, void (*)(void*)> result(
        mapping(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), "", nullptr, nullptr, &size),
        std::free);
    if (result == nullptr && errno == EILSEQ) return mapped(mapping, utf8::repaired(text));
    if (result == nullptr && !text.empty()) throw std::bad_alloc();
    return std::string(reinterpret_cast<const char*>(result.get()), size);
}

bool is_ascii(std::string_view text) noexcept {
    for (const char c : text)
        if (static_cast<unsigned char>(c) >= 0x80) return false;
    return true;
}

std::string ascii(std::string_view text, char from, char to) {
    std::string out(text);
    for (char& c : out)
        if (c >= from && c <= to) c = static_cast<char>(c ^ 0x20);
    return out;
}

} // namespace

std::string upper(std::string_view text) { return is_ascii(text) ? ascii(text, 'a', 'z') : mapped(u8_toupper, text); }
std::string lower(std::string_view text) { return is_ascii(text) ? ascii(text, 'A', 'Z') : mapped(u8_tolower, text); }

std::string capitalized(std::string_view text) {
    const std::string_view first = utf8::character_at(text, 0);
    return mapped(u8_totitle, first).append(text.substr(first.size()));
}

bool is_space(char32_t c) noexcept {
    if (c < 0x80) return c == ' ' || (c >= '\t' && c <= '\r');
    return uc_is_property_white_space(c);
}
bool is_letter(char32_t c) noexcept { return uc_is_property_alphabetic(c); }
bool is_letter_or_digit(char32_t c) noexcept {
    return uc_is_property_alphabetic(c) || uc_is_general_category(c, UC_NUMBER);
}
bool is_lower(char32_t c) noexcept { return uc_is_property_lowercase(c); }
bool is_upper(char32_t c) noexcept { return uc_is_property_uppercase(c); }

std::string_view trim_left(std::string_view text) noexcept {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t here = at;
        if (!is_space(utf8::decode(text, at))) return text.substr(here);
    }
    return text.substr(text.size());
}

std::string_view trim_right(std::string_view text) noexcept {
    while (!text.empty()) {
        std::size_t last = text.size() - 1;
        while (last > 0 && (static_cast<unsigned char>(text[last]) & 0xC0) == 0x80) --last;
        std::size_t at = last;
        if (!is_space(utf8::decode(text, at))) break;
        text.remove_suffix(text.size() - last);
    }
    return text;
}

} // namespace qi::unicode

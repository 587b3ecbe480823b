// Text in other clothes: base64, hexadecimal digits, addresses, HTML.
#include "str/hex.hpp"
#include "str/messages.hpp"
#include "str/str.hpp"

#include "base/base64.hpp"
#include "base/utf8.hpp"
#include "data/print.hpp"
#include "entities.hpp"

#include <algorithm>

namespace qi::stdlib {

namespace {

constexpr char upper_hex[] = "0123456789ABCDEF";

Result<std::string> decoded(Call call, Value text) {
    auto bytes = base64::decode(text_of(text));
    if (!bytes) return failure_at(0, kind::value, msg::bad_base64, {shortened(call.store(), text)});
    return std::move(*bytes);
}

Result<std::string> as_text(Result<std::string> bytes) {
    if (bytes && !utf8::valid(*bytes)) return failure_at(0, kind::value, msg::decoded_not_utf8);
    return bytes;
}

Result<Value> bytes_from_base64(Call call, Value text) {
    auto bytes = decoded(call, text);
    if (!bytes) return bytes.error();
    return make_bytes(call.store(), std::move(*bytes));
}

Result<Value> bytes_from_hex(Call call, Value text) {
    auto bytes = hex::decode(text_of(text));
    if (!bytes) return failure_at(0, kind::value, msg::bad_hex, {shortened(call.store(), text)});
    return make_bytes(call.store(), std::move(*bytes));
}

/// RFC 3986, 2.3: all but the unreserved characters.
std::string url_encode(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                           c == '_' || c == '.' || c == '~';
        if (plain) {
            out += c;
            continue;
        }
        out += '%';
        out += upper_hex[static_cast<unsigned char>(c) >> 4];
        out += upper_hex[c & 15];
    }
    return out;
}

Result<std::string> url_decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? hex::digit(text[i + 1]) : -1,
                  low = high < 0 ? -1 : hex::digit(text[i + 2]);
        if (low < 0) {
            std::size_t end = i + 1;
            for (int each = 0; each < 2; ++each) end += utf8::character_at(text, end).size();
            return failure_at(0, kind::value, msg::bad_percent, {text.substr(i, end - i)});
        }
        out += static_cast<char>(high << 4 | low);
        i += 2;
    }
    if (!utf8::valid(out)) return failure_at(0, kind::value, msg::decoded_not_utf8);
    return out;
}

std::string html_encode(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        default: out += c;
        }
    }
    return out;
}

/// What an entity (without & and ;) stands for; empty if it is none.
std::string entity(std::string_view name) {
    if (!name.starts_with('#')) {
        const auto found = std::lower_bound(std::begin(html_entities), std::end(html_entities), name,
                                            [](const HtmlEntity& a, std::string_view b) { return a.name < b; });
        return found != std::end(html_entities) && found->name == name ? std::string(found->text) : "";
    }
    name.remove_prefix(1);
    const bool hexadecimal = name.starts_with('x') || name.starts_with('X');
    if (hexadecimal) name.remove_prefix(1);
    if (name.empty()) return "";
    char32_t c = 0;
    for (const char digit : name) {
        const int value = hex::digit(digit);
        if (value < 0 || (!hexadecimal && value > 9)) return "";
        c = std::min<char32_t>(c * (hexadecimal ? 16 : 10) + static_cast<char32_t>(value), 0x110000);
    }
    // The HTML standard, 13.2.5.80: what is no character is U+FFFD, and numbers of C1 mean what windows-1252 has there.
    static constexpr char32_t windows_1252[] = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                                0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
    if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) c = 0xFFFD;
    if (c >= 0x80 && c <= 0x9F) c = windows_1252[c - 0x80];
    std::string out;
    utf8::append(out, c);
    return out;
}

std::string html_decode(std::string_view text) {
    constexpr std::size_t longest_name = 32;
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::size_t end = text[i] == '&' ? text.substr(i, longest_name).find(';') : std::string_view::npos;
        const std::string meant = end == std::string_view::npos ? "" : entity(text.substr(i + 1, end - 1));
        if (meant.empty()) {
            out += text[i];
            continue;
        }
        out += meant;
        i += end;
    }
    return out;
}

constexpr Native str_encodings_natives[] = {
    native("str/to-base64 s",
           "The UTF-8 of s, or the bytes that it is, in base64.\n(str/to-base64 \"añb\") ;=> \"YcOxYg==\"",
           [](Call, TextOrBytes s) { return base64::encode(text_of(s)); }),
    native("str/from-base64 s",
           "The text that s encodes in base64. Fails with :value if s isn't base64, or the text isn't UTF-8.\n"
           "(str/from-base64 \"YcOxYg==\") ;=> \"añb\"",
           [](Call call, StringValue s) { return as_text(decoded(call, s)); }),
    native("bytes/from-base64 s",
           "The bytes that s encodes in base64. Fails with :value if s isn't base64.\n"
           "(bytes/to-vec (bytes/from-base64 \"SP8=\")) ;=> [72 255]",
           [](Call call, StringValue s) { return bytes_from_base64(call, s); }),
    native("bytes/to-base64 b", "b in base64.\n(bytes/to-base64 (bytes [72 255])) ;=> \"SP8=\"",
           [](Call, BytesValue b) { return base64::encode(text_of(b)); }),
    native("bytes/to-hex b",
           "b in hexadecimal, two lower-case digits a byte.\n(bytes/to-hex (bytes [72 255])) ;=> \"48ff\"",
           [](Call, BytesValue b) { return hex::encode(text_of(b)); }),
    native("bytes/from-hex s",
           "The bytes that s has in hexadecimal, two digits a byte. Fails with :value if s isn't that.\n"
           "(bytes/to-vec (bytes/from-hex \"48ff\")) ;=> [72 255]",
           [](Call call, StringValue s) { return bytes_from_hex(call, s); }),
    native("bytes/from-string s",
           "The UTF-8 of s.\n"
           "(bytes/to-vec (bytes/from-string \"é\")) ;=> [195 169]",
           [](Call call, std::string_view s) { return make_bytes(call.store(), s); }),
    native("bytes/to-string b",
           "The text whose UTF-8 is b. Fails with :value if b isn't UTF-8.\n"
           "(bytes/to-string (bytes [195 169])) ;=> \"é\"",
           [](Call, BytesValue b) { return as_text(std::string(text_of(b))); }),
    native("str/url-encode s",
           "s with all but letters, digits and - _ . ~ as %XX.\n(str/url-encode \"a b&é\") ;=> \"a%20b%26%C3%A9\"",
           [](Call, std::string_view s) { return url_encode(s); }),
    native(
        "str/url-decode s",
        "The text that str/url-encode turned into s. Fails with :value if there is no such text, or it isn't UTF-8.\n"
        "(str/url-decode \"a%20b\") ;=> \"a b\"",
        [](Call, std::string_view s) { return url_decode(s); }),
    native("str/html-encode s", "s with & < > as entities.\n(str/html-encode \"a<b\") ;=> \"a&lt;b\"",
           [](Call, std::string_view s) { return html_encode(s); }),
    native("str/html-decode s",
           "s with HTML's entities, named and numeric, as characters.\n(str/html-decode \"&lt;&eacute;&#x65e5;\") ;=> "
           "\"<é日\"",
           [](Call, std::string_view s) { return html_decode(s); }),
};

} // namespace

void define_str_encodings(Setup setup) { setup.define(str_encodings_natives); }

} // namespace qi::stdlib

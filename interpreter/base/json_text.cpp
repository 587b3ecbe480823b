#include "base/json_text.hpp"

#include "base/utf8.hpp"

namespace qi {

void append_json_string(std::string& out, std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += '"';
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (const std::size_t at = std::string_view("\b\f\n\r\t").find(c); at != std::string_view::npos) {
            out += '\\';
            out += "bfnrt"[at];
        } else if (const std::size_t length = utf8::control_length(text, i); length != 0) {
            i += length - 1;
            const auto byte = static_cast<unsigned char>(text[i]); // of U+0080 to U+009F the second byte is the number
            out += "\\u00";
            out += digits[byte >> 4];
            out += digits[byte & 15];
        } else {
            out += c;
        }
    }
    out += '"';
}

} // namespace qi

#include "ws/transport/http/exposition.hpp"

#include <charconv>

namespace qi::ws {

namespace {

/// What would end the line, or the value in quotes, stands behind a backslash.
void append_escaped(std::string& out, std::string_view text, bool quoted) {
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '\\' || (quoted && c == '"')) out += '\\';
        out += c;
    }
}

} // namespace

void Exposition::begin(std::string_view name, Kind kind, std::string_view help) {
    name_ = name;
    text_ += "# HELP " + name_ + " ";
    append_escaped(text_, help, false);
    text_ += "\n# TYPE " + name_ + (kind == Kind::Counter ? " counter\n" : " gauge\n");
}

void Exposition::add(std::uint64_t value) { text_ += name_ + " " + std::to_string(value) + "\n"; }

void Exposition::add(double value) {
    char digits[32]; // not printf, which follows the locale
    const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
    text_ += name_ + " ";
    text_.append(digits, end);
    text_ += '\n';
}

void Exposition::add(std::string_view label, std::string_view which, std::uint64_t value) {
    text_ += name_ + "{";
    text_ += label;
    text_ += "=\"";
    append_escaped(text_, which, true);
    text_ += "\"} " + std::to_string(value) + "\n";
}

} // namespace qi::ws

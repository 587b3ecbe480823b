#include "base/message.hpp"

#include "base/utf8.hpp"

namespace qi {

std::string translated(std::string_view english, std::span<const Message> catalogue) {
    for (const Message& known : catalogue)
        if (known.english == english) return std::string(known.text());
    return std::string(english);
}

std::string format(const Message& message, std::initializer_list<std::string_view> arguments) {
    return format(language(), message, arguments);
}

std::string format(Language in, const Message& message, std::initializer_list<std::string_view> arguments) {
    return format(in, message, std::span(arguments.begin(), arguments.size()));
}

std::string format(const Message& message, std::span<const std::string_view> arguments) {
    return format(language(), message, arguments);
}

std::string about_call(std::string_view callee, std::string_view text) {
    return std::string(callee).append(": ").append(text);
}

std::string format(Language in, const Message& message, std::span<const std::string_view> arguments) {
    const std::string_view text = message.text(in);
    std::string out;
    out.reserve(text.size() + 32);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool placeholder =
            text[i] == '{' && i + 2 < text.size() && text[i + 2] == '}' && text[i + 1] >= '0' && text[i + 1] <= '9';
        if (!placeholder) {
            out += text[i];
            continue;
        }
        const auto argument = static_cast<std::size_t>(text[i + 1] - '0');
        if (argument < arguments.size()) {
            // A message is UTF-8 whatever it quotes: that may come from outside, or be cut inside of a character. Nor
            // does a terminal obey it.
            const std::string_view quoted = arguments[argument];
            if (utf8::valid(quoted))
                utf8::append_visible(out, quoted);
            else
                utf8::append_visible(out, utf8::repaired(quoted));
        }
        i += 2;
    }
    return out;
}

} // namespace qi

#include "ws/transport/wire/extensions.hpp"

#include "ws/transport/wire/ascii.hpp"

namespace qi::ws {

namespace {

class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool at_end() {
        skip_space();
        return rest_.empty();
    }
    bool take(char c) {
        skip_space();
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    std::optional<std::string> token() {
        skip_space();
        const std::string_view found = rest_.substr(0, rest_.find_first_of(" \t,;=\""));
        if (!is_token(found)) return std::nullopt;
        rest_.remove_prefix(found.size());
        return std::string(found);
    }
    /// A quoted value must be a token once unquoted (RFC 6455, 9.1).
    std::optional<std::string> value() {
        if (!take('"')) return token();
        std::string text;
        while (!rest_.empty() && rest_.front() != '"') {
            if (rest_.front() == '\\') rest_.remove_prefix(1);
            if (rest_.empty()) return std::nullopt;
            text += rest_.front();
            rest_.remove_prefix(1);
        }
        if (!take('"') || !is_token(text)) return std::nullopt;
        return text;
    }

private:
    void skip_space() {
        while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) rest_.remove_prefix(1);
    }
    std::string_view rest_;
};

} // namespace

std::optional<std::vector<Extension>> parse_extensions(std::string_view header) {
    std::vector<Extension> found;
    Reader reader(header);
    while (!reader.at_end()) {
        if (reader.take(',')) continue; // empty elements are allowed (RFC 9110, 5.6.1)
        auto name = reader.token();
        if (!name) return std::nullopt;
        Extension extension{std::move(*name), {}};
        while (reader.take(';')) {
            auto parameter = reader.token();
            if (!parameter) return std::nullopt;
            std::optional<std::string> value;
            if (reader.take('=')) {
                value = reader.value();
                if (!value) return std::nullopt;
            }
            extension.parameters.push_back({std::move(*parameter), std::move(value)});
        }
        found.push_back(std::move(extension));
        if (!reader.at_end() && !reader.take(',')) return std::nullopt;
    }
    return found;
}

} // namespace qi::ws

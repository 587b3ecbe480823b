#include "doc/options.hpp"

#include "reader/lexer.hpp"

#include <algorithm>
#include <optional>

namespace qi {

namespace {

/// A bracket that is open where a text ends.
struct Open {
    bool is_map;
    std::string_view first; // the form in it, if that is one word
    std::string_view last;
    std::size_t forms = 0;

    void add(std::string_view form) {
        if (forms++ == 0) first = form;
        last = form;
    }
};

/// Moves the lexer to the end of the f-string that has begun; false: the text ends before.
bool skip_fstring(Lexer& lexer, const Token& opened) {
    const bool triple = opened.text.ends_with("\"\"\"");
    for (bool code = true; code;) {
        std::string text;
        if (lexer.fstring_text(opened.span, triple, text, code)) return false;
        if (code && lexer.fstring_code(opened.span, text)) return false;
    }
    return true;
}

/// From the outermost to the innermost; nothing if the text ends in a string, or can't be read.
std::optional<std::vector<Open>> open_brackets(std::string_view text) {
    std::vector<Open> open{{false, {}, {}, 0}};
    Lexer lexer(text, 0, static_cast<std::uint32_t>(text.size()));
    Token token;
    while (true) {
        if (lexer.next(token)) return std::nullopt;
        switch (token.kind) {
        case TokenKind::End: return open;
        case TokenKind::Prefix:
        case TokenKind::Pipe: break;
        case TokenKind::Open: open.push_back({token.text == "{", {}, {}, 0}); break;
        case TokenKind::Close:
            if (open.size() == 1) return std::nullopt;
            open.pop_back();
            open.back().add({});
            break;
        case TokenKind::FStringOpen:
            if (!skip_fstring(lexer, token)) return std::nullopt;
            open.back().add({});
            break;
        case TokenKind::Symbol:
        case TokenKind::Keyword: open.back().add(token.text); break;
        default: open.back().add({});
        }
    }
}

} // namespace

std::vector<OptionDoc> options_of(const Vm& vm, std::string_view function, Language in) {
    auto taken = vm.options.of(function, in);
    return taken.empty() ? std::vector<OptionDoc>() : std::move(taken.front().options);
}

const OptionDoc* find_option(std::span<const OptionDoc> options, std::string_view name) noexcept {
    for (const OptionDoc& option : options)
        if (option.name == name) return &option;
    for (const OptionDoc& option : options)
        if (const OptionDoc* inside = find_option(option.inside, name)) return inside;
    return nullptr;
}

std::vector<std::string_view> names_of(std::span<const OptionDoc> options) {
    std::vector<std::string_view> names;
    for (const OptionDoc& option : options) {
        names.push_back(option.name);
        for (const std::string_view inside : names_of(option.inside)) names.push_back(inside);
    }
    return names;
}

std::vector<OptionDoc> options_at(const Vm& vm, std::string_view text) {
    const auto open = open_brackets(text);
    if (!open || !open->back().is_map || open->back().forms % 2 != 0) return {};
    // The keys that lead from the call to the innermost map.
    std::vector<std::string_view> keys;
    std::size_t at = open->size() - 2;
    for (; (*open)[at].is_map; --at) keys.insert(keys.begin(), (*open)[at].last);
    const Open& call = (*open)[at];
    for (TakenOptions& taken : vm.options.of(call.first)) {
        if (taken.argument + 1 != call.forms) continue;
        std::vector<OptionDoc> options = std::move(taken.options);
        for (const std::string_view key : keys) {
            const auto found = std::find_if(options.begin(), options.end(), [&](const OptionDoc& each) {
                return std::string_view(each.name).substr(1) == key;
            });
            auto inside = found == options.end() ? std::vector<OptionDoc>() : std::move(found->inside);
            options = std::move(inside);
        }
        return options;
    }
    return {};
}

} // namespace qi

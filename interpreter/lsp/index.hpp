// What the language server has to know about a text: what its names mean (format/scopes.hpp), which call a place is in,
// where code ends and text begins. Nothing runs. One thread.
#pragma once

#include "format/scopes.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace qi::lsp {

using layout::Binding;
using layout::BindingKind;
using layout::is_name_byte;
using layout::Occurrence;
using layout::UsedModule;

class Index {
public:
    explicit Index(std::string text);
    Index(const Index&) = delete;

    const std::string& text() const noexcept { return text_; }
    const layout::Scopes& scopes() const noexcept { return scopes_; }

    std::string_view text_of(const Occurrence& occurrence) const noexcept {
        return std::string_view(text_).substr(occurrence.begin, occurrence.end - occurrence.begin);
    }

    /// The call around a place: where its head is, and which argument the place is in.
    struct Call {
        std::string_view head;
        std::uint32_t head_begin;
        int argument;
    };
    std::vector<Call> call_at(std::size_t offset) const; // none or one

    /// Whether the place is in a string or a comment, but not in an f-string's code.
    bool in_text(std::size_t offset) const noexcept;

    /// All keywords of the text, without repetition.
    std::vector<std::string_view> keywords() const;

private:
    struct Span {
        std::uint32_t begin, end;
    };

    std::string text_;
    layout::Tree tree_;
    layout::Scopes scopes_;
    std::vector<Span> texts_; // strings and comments; of f-strings what isn't code
    std::vector<Span> keywords_;
};

} // namespace qi::lsp

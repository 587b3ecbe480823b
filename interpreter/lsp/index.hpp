// What the names of a text mean: what defines each, where it may be used, and where it is. Made of tokens alone, so
// that a text that is being written has one too; nothing runs. One thread.
#pragma once

#include "format/tree.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace qi::lsp {

enum class BindingKind : std::uint8_t { Function, Value, Macro, Local };

struct Binding {
    std::string name;
    BindingKind kind = BindingKind::Local;
    bool global = false;
    bool hidden = false;                          // defn-
    std::uint32_t begin = 0, end = 0;             // the name where it is bound
    std::uint32_t scope_begin = 0, scope_end = 0; // where it may be used
    std::uint32_t form_begin = 0, form_end = 0;   // the definition, with its brackets
    std::string parameters;                       // of a function or macro: `[a & more]`
    std::string doc;
};

struct Occurrence {
    std::uint32_t begin, end;
    int binding; // of `bindings`, or -1: something of the library, or unknown
};

/// `(use m :as x)` and its like.
struct UsedModule {
    std::string module;
    std::string prefix; // `x/`; empty if the names have no prefix
    bool bare = false;
    std::uint32_t begin, end;
};

class Index {
public:
    explicit Index(std::string text);
    Index(const Index&) = delete;

    const std::string& text() const noexcept { return text_; }
    const std::vector<Binding>& bindings() const noexcept { return bindings_; }
    const std::vector<Occurrence>& occurrences() const noexcept { return occurrences_; } // by their places
    const std::vector<UsedModule>& modules() const noexcept { return modules_; }

    /// The name at the place, or null. Just after its end counts.
    const Occurrence* at(std::size_t offset) const noexcept;
    std::string_view text_of(const Occurrence& occurrence) const noexcept {
        return std::string_view(text_).substr(occurrence.begin, occurrence.end - occurrence.begin);
    }
    /// The place of the global of that name, or null.
    const Binding* global(std::string_view name) const noexcept;
    /// Whether a file that uses this one may use the global.
    bool is_public(const Binding& binding) const noexcept;

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
    friend class Walk;
    struct Span {
        std::uint32_t begin, end;
    };

    std::string text_;
    layout::Tree tree_;
    std::vector<Binding> bindings_;
    std::vector<Occurrence> occurrences_;
    std::vector<UsedModule> modules_;
    std::vector<std::string> exports_;
    bool exports_some_ = false;
    std::vector<Span> texts_; // strings and comments; of f-strings what isn't code
    std::vector<Span> keywords_;
    std::unordered_map<std::string, int> globals_;
};

/// A character that may be in a name.
bool is_name_byte(char c) noexcept;

} // namespace qi::lsp

// What the standard library and the special forms say of themselves, and where they are defined if the sources are at
// hand. Interpreter thread only.
#pragma once

#include "doc/entries.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace qi::lsp {

class Library {
public:
    explicit Library(Vm& vm);

    const std::vector<DocEntry>& entries() const noexcept { return entries_; }
    /// Null if the name doesn't exist.
    const DocEntry* find(std::string_view name) const noexcept;

    struct Place {
        std::string path;
        std::string text; // of the file
        std::size_t offset;
        std::size_t length;
    };
    /// Where a name is defined; nothing if this program doesn't lie in its source tree.
    std::optional<Place> place_of(const DocEntry& entry) const;

private:
    std::vector<DocEntry> entries_;
    std::unordered_map<std::string_view, const DocEntry*> by_name_;
};

/// As Markdown: how it is called, what it does, an example.
std::string as_markdown(const DocEntry& entry);

} // namespace qi::lsp

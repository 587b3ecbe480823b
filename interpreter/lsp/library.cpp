#include "lsp/library.hpp"

#include "doc/layout.hpp"
#include "vm/modules/loader.hpp"

#include <filesystem>

namespace qi::lsp {

Library::Library(Vm& vm) : entries_(doc_entries(vm)) {
    for (const DocEntry& entry : entries_) by_name_.emplace(entry.name, &entry);
}

const DocEntry* Library::find(std::string_view name) const noexcept {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
}

std::optional<Library::Place> Library::place_of(const DocEntry& entry) const {
    namespace fs = std::filesystem;
    if (entry.place.empty()) return std::nullopt;
    std::error_code error;
    // The build folder lies in the source tree.
    const fs::path path = fs::read_symlink("/proc/self/exe", error).parent_path().parent_path() / entry.place;
    if (error || !fs::is_regular_file(path, error)) return std::nullopt;
    auto text = read_file(path.string());
    if (!text) return std::nullopt;
    const std::string& name = entry.alias_of.empty() ? entry.name : entry.alias_of;
    for (const std::string& definition : {"(defn " + name, "native(\"" + name, "\"" + name})
        for (std::size_t at = 0; (at = text->find(definition, at)) != std::string::npos; ++at) {
            const std::size_t end = at + definition.size();
            if (end < text->size() && std::string_view(" \n\"").find((*text)[end]) != std::string_view::npos)
                return Place{path.string(), std::move(*text), end - name.size(), name.size()};
        }
    return std::nullopt;
}

std::string as_markdown(const DocEntry& entry) {
    std::string out = "```qi\n";
    for (const std::string& usage : entry.usage) out += usage + "\n";
    out += "```\n\n" + entry.text;
    if (!entry.options.empty()) out += "\n\n" + as_table(entry.options, language());
    if (!entry.example.empty()) out += "\n\n```qi\n" + entry.example + "\n```";
    return out;
}

} // namespace qi::lsp

// The part of the standard library that is written in Qi. Each definition is compiled when a program first refers to
// its name, so that a program pays for what it uses and starting costs nothing. Interpreter thread only.
#pragma once

#include "compiler/globals.hpp"

#include <span>
#include <string_view>
#include <unordered_map>

namespace qi {

class Vm;

/// One `(defn name …)` of the library.
struct LibraryEntry {
    std::string_view file;
    std::string_view name;
    std::string_view text;
};

/// Another name for something in the library.
struct LibraryAlias {
    std::string_view name;
    std::string_view meaning;
};

class Library final : public NameSource {
public:
    Library(Vm& vm, std::span<const LibraryEntry> entries, std::span<const LibraryAlias> aliases);

    bool provide(Value symbol) override;
    void offer_names(NearNames& near) const override;
    std::vector<std::string_view> names() const override;

private:
    void compile(const LibraryEntry& entry, Value symbol);

    Vm& vm_;
    std::unordered_map<std::string_view, const LibraryEntry*> entries_;
    std::unordered_map<std::string_view, std::string_view> aliases_;
};

} // namespace qi

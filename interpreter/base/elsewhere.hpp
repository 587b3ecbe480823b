// The names of other languages for what Qi has under another name: for `lambda` a message suggests `fn`. Any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace qi {

struct Elsewhere {
    std::string_view name; // there
    std::string_view here; // Qi that does it
};

std::span<const Elsewhere> names_elsewhere() noexcept;

/// How Qi writes it; empty: the name isn't one of another language.
std::string_view here(std::string_view name) noexcept;

/// The line below an unknown name: how Qi writes what other languages call so, else those near to it. Empty: no idea.
std::string name_hint(std::string_view name, const std::vector<std::string>& near);

} // namespace qi

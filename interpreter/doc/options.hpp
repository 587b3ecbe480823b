// The options that functions take, for those who write a program or read about it. Interpreter thread only.
#pragma once

#include "vm/vm.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace qi {

/// Those of the function of that name; none if it takes no map of options.
std::vector<OptionDoc> options_of(const Vm& vm, std::string_view function, Language in = language());

/// The option of that name, or the one in the map of another; null: there is none.
const OptionDoc* find_option(std::span<const OptionDoc> options, std::string_view name) noexcept;

/// Their names, also of those in maps of others.
std::vector<std::string_view> names_of(std::span<const OptionDoc> options);

/// The options that fit where the text ends: before a key of a map that a function takes. None elsewhere.
std::vector<OptionDoc> options_at(const Vm& vm, std::string_view text);

} // namespace qi

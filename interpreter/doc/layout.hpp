// Entries as text for a terminal, and as pages of Markdown.
#pragma once

#include "doc/entries.hpp"

#include <span>
#include <string>

namespace qi {

/// Usage, text, example, and where it is defined; wrapped at this many columns.
std::string as_text(const DocEntry& entry, std::size_t columns);

/// A line for each: its usage and what it is for, cut at this many columns.
std::string as_listing(std::span<const DocEntry> entries, std::size_t columns);

/// The page of a namespace, whose entries these are.
std::string as_page(std::string_view space, std::span<const DocEntry> entries);

} // namespace qi

// Entries as text for a terminal, and as pages of Markdown.
#pragma once

#include "doc/entries.hpp"

#include <span>
#include <string>

namespace qi {

/// Usage, text, options, example, and where it is defined; wrapped at this many columns.
std::string as_text(const DocEntry& entry, std::size_t columns);

/// What an option takes, and what counts without it.
std::string values_of(const OptionDoc& option);

/// What each of the options takes, what counts without it, and what it means; wrapped at this many columns.
std::string as_text(std::span<const OptionDoc> options, std::size_t columns, std::size_t indent = 2);

/// A table of the options in Markdown.
std::string as_table(std::span<const OptionDoc> options, Language in);

/// The same of one option, without a table.
std::string as_markdown(const OptionDoc& option);

/// A line for each: its usage and what it is for, cut at this many columns.
std::string as_listing(std::span<const DocEntry> entries, std::size_t columns);

/// The page of a namespace, whose entries these are.
std::string as_page(std::string_view space, std::span<const DocEntry> entries);

} // namespace qi

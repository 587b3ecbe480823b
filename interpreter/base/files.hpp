// Files to read: those of the system, and those that are bundled with the program (base/bundle.hpp). Whoever reads a
// file that a script names asks here. All may be called from any thread; errors are errno's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

struct stat;

namespace qi::files {

/// A descriptor to read from, closed in children; -1 and errno. `flags` are further ones of open(2).
int open(const std::string& path, int flags = 0) noexcept;

/// The same without a copy of what is bundled: then `offset` is where it begins in the program, and its size is what
/// status says. 0 for any other file.
int open_in_place(const std::string& path, int flags, std::uint64_t& offset) noexcept;

/// As stat(2): 0, or -1 and errno.
int status(const std::string& path, struct stat& into) noexcept;

/// The path without links and dots; empty and errno if there is nothing.
std::string real_path(const std::string& path);

bool is_bundled(const std::string& path);

/// The names in a bundled folder; nothing for a path that isn't bundled.
std::optional<std::vector<std::string>> bundled_names(const std::string& folder);

} // namespace qi::files

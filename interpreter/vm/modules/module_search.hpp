// Where the file of a module is looked for. Knows paths and folders only. Interpreter thread only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace qi {

/// The folder that a file is in; "." for a bare name.
std::string folder_of(const std::string& file);
/// `path` as seen from the folder, without needless dots.
std::string join_path(const std::string& folder, std::string_view path);

/// The files that (use name) may mean, best first: as `/`, `./` and `../` say, from the
/// file that uses it or else from the program, with .qi or else without; `std/x` in ./std and next to the
/// executable; else next to the file that uses it, next to the program, in the standard folders, among the project's
/// packages and, newest version first, the user's.
std::vector<std::string> module_candidates(std::string_view name, const std::string& user, const std::string& program);

/// The files that (load path) may mean, best first: next to the file that has the call.
std::vector<std::string> load_candidates(std::string_view path, const std::string& user);

bool is_readable_file(const std::string& file);

/// The name that a module has if it doesn't say another: "lib/shapes.qi" is shapes.
std::string module_name(std::string_view file);

/// Whether version a is newer than b: numbers by size, a release after its own pre-releases.
bool is_newer_version(std::string_view a, std::string_view b);

} // namespace qi

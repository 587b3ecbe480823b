// Which files the tools work on.
#pragma once

#include "base/result.hpp"

#include <span>
#include <string>
#include <vector>

namespace qi {

/// The .qi files among the paths and below the folders among them (of the working directory if there are none), each
/// once, sorted within each path. Folders whose names begin with a dot, and node_modules, are passed over. A path that
/// doesn't exist is an error.
Result<std::vector<std::string>> qi_files(std::span<const std::string> paths);

/// "1 file", "2 files": the message that fits, with the number.
std::string counted(std::size_t number, const Message& one, const Message& many);

} // namespace qi

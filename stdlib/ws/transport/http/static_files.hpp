// A folder's files as answers to GET and HEAD: types, caching, ranges, and no way out of the folder. The service
// thread; opens files, no sockets.
#pragma once

#include "ws/transport/http/request.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace qi::ws {

struct FileAnswer {
    int status = 200;
    Headers headers;
    std::uint64_t length = 0; // of the body
    int file = -1;            // where it is read from, from `offset` on; the taker closes it. -1: no body
    std::uint64_t offset = 0;
};

/// nullopt: there is no such file. The folder is as realpath() gives it.
std::optional<FileAnswer> find_file(const std::string& folder, const Request& request);

} // namespace qi::ws

// redis://[user:password@]host[:port]. Any thread.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>

namespace qi::ws {

struct RedisUrl {
    std::string host;
    std::uint16_t port = 6379;
    std::string user;
    std::string password;
    /// Without the password.
    std::string shown() const;
};

/// Error :invalid-url.
Result<RedisUrl> parse_redis_url(const std::string& text);

} // namespace qi::ws

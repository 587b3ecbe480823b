// The two ends of a socket in words, and whether it was reset. Any thread.
#pragma once

#include <string>

struct sockaddr_storage;

namespace qi::ws {

/// "ip:port", "[ip]:port"; empty where there is none.
std::string endpoint_of(const sockaddr_storage& address);
std::string local_endpoint(int socket);
std::string remote_endpoint(int socket);

/// The other side of TCP has reset it, rather than finished.
bool is_reset(int socket) noexcept;

} // namespace qi::ws

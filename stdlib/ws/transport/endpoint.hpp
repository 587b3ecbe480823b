// The two ends of a socket in words. Any thread.
#pragma once

#include <string>

namespace qi::ws {

/// "ip:port", "[ip]:port"; empty where there is none.
std::string local_endpoint(int socket);
std::string remote_endpoint(int socket);

} // namespace qi::ws

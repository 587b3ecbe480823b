// The requests that ask for a WebSocket: RFC 6455, 4. Any thread.
#pragma once

#include "ws/transport/http/request.hpp"
#include "ws/transport/http/url.hpp"
#include "ws/transport/options.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qi::ws {

/// As much of a handshake's head as a client sends.
inline constexpr std::size_t largest_client_head = 64 * 1024;

/// It asks for a WebSocket; whatever else it is, it isn't a plain request.
bool wants_upgrade(const Request& request);
/// nullopt when such a request is a sound one, else the status of the refusal: 405, 426, 400.
std::optional<int> upgrade_fault(const ParsedRequest& head);

/// The head that libwebsockets gets to see in place of the client's: only what an upgrade needs.
std::string upgrade_head(const Request& request);

/// The head of a client's handshake, made around the key that libwebsockets chose.
std::string client_head(const Url& url, std::string_view key, const std::vector<std::string>& protocols,
                        const std::optional<std::string>& origin, const DeflateWish& deflate, const Headers& headers);

} // namespace qi::ws

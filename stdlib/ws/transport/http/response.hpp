// The heads of answers. Any thread.
#pragma once

#include "ws/transport/options.hpp"

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace qi::ws {

/// The head of a response with the usual headers; Content-Length, Date and Connection: close are added.
std::string response_head(int status, const Headers& headers, std::uint64_t length);
/// A date as HTTP writes it (RFC 9110, 5.6.7), and back.
std::string http_date(std::time_t time);
std::optional<std::time_t> parse_http_date(const std::string& text);
std::string_view status_text(int status) noexcept;

} // namespace qi::ws

// Durations and sizes as people write them: 1500, "1m30s", "500ms"; 65536, "64KiB".
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace qi {

using Duration = std::chrono::nanoseconds;

/// `ms`, `s`, `m`, `h` with integers or decimals, largest unit first: "1m30s". Empty for anything else, and for more
/// than a thousand years.
std::optional<Duration> parse_duration(std::string_view text) noexcept;
/// From milliseconds; empty if negative, not a number, or more than a thousand years.
std::optional<Duration> duration_from_ms(double ms) noexcept;

/// Bytes: a number with `B`, `KiB`, `MiB`, `GiB` (powers of 1024) or `KB`, `MB`, `GB` (of 1000) after it.
std::optional<std::uint64_t> parse_size(std::string_view text) noexcept;

} // namespace qi

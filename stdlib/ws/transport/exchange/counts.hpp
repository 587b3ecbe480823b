// What is counted of all connections together, from the start of the service on. Each count has one thread that writes
// it; both read them, and so does whoever answers a request for them (peers/metrics.cpp).
#pragma once

#include "base/vitals.hpp"
#include "ws/transport/exchange/event.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace qi::ws {

/// Why somebody who came to a listener didn't get what they came for.
enum class Refusal : std::uint8_t {
    MaxConnections,
    MaxPerIp,
    Path,
    Origin,
    Authorize,
    BadRequest,
    Http,
    Timeout,
    Tls,
    Memory,
    Stopping,
    Descriptors
};
/// As a program and a monitor see them, in that order.
inline constexpr std::array<std::string_view, 12> refusal_names{
    "max-connections", "max-per-ip", "path",   "origin",   "authorize",  "bad-request", "http",
    "timeout",         "tls",        "memory", "stopping", "descriptors"};

/// How often connections ended with which code. There are so many that a peer may send, and 1005, 1006 (RFC 6455, 7.4).
class CloseCounts {
public:
    void add(std::uint16_t code) noexcept {
        if (const std::size_t place = place_of(code); place < counts_.size()) counts_[place].add(1);
    }
    std::vector<std::pair<std::uint16_t, std::uint64_t>> all() const {
        std::vector<std::pair<std::uint16_t, std::uint64_t>> found;
        for (std::size_t i = 0; i < counts_.size(); ++i)
            if (const std::uint64_t count = counts_[i].get(); count > 0)
                found.emplace_back(static_cast<std::uint16_t>(i < protocol ? 1000 + i : 3000 + (i - protocol)), count);
        return found;
    }

private:
    static constexpr std::size_t protocol = 16, others = 2000; // 1000 to 1015; 3000 to 4999
    static std::size_t place_of(std::uint16_t code) noexcept {
        if (code >= 1000 && code < 1000 + protocol) return code - 1000u;
        return code >= 3000 && code < 3000 + others ? protocol + code - 3000u : protocol + others;
    }
    std::array<Tally, protocol + others> counts_;
};

/// The service thread writes these.
struct ServiceCounts {
    Tally accepted;  // connections of listeners that were opened
    Tally connected; // those that the program opened; one that comes back isn't counted again
    Tally ended;     // of both, each behind its close code:
    CloseCounts closed;
    std::array<Tally, refusal_names.size()> refused;
    Tally messages, bytes; // received
    Tally dropped;         // messages that a rate limit threw away
    Tally settled;         // bytes of messages that were queued and no longer are
    Tally watched;         // sockets on the loop
    void refuse(Refusal why) noexcept { refused[static_cast<std::size_t>(why)].add(1); }
};

/// The interpreter's thread writes these.
struct ProgramCounts {
    Tally messages, bytes; // that it sent
    Tally queued;          // bytes of those that weren't written at once
    Tally slow;            // connections closed for it
    Tally skipped;         // published messages that slow ones missed
    Tally published;       // to topics, here and from other nodes
};

struct Counts {
    alignas(64) ServiceCounts service; // apart: neither thread takes the other's line
    alignas(64) ProgramCounts program;
};

/// All of it at one time.
struct Statistics {
    std::uint64_t open = 0, accepted = 0, connected = 0;
    std::array<std::uint64_t, refusal_names.size()> refused{};
    std::vector<std::pair<std::uint16_t, std::uint64_t>> closed; // code and count
    std::uint64_t slow = 0, skipped = 0, dropped = 0, published = 0;
    Traffic sent, received;
    std::uint64_t buffered = 0; // bytes
    std::uint64_t descriptors = 0, descriptor_limit = 0;
};

/// Any thread. The same time, however many connections there are.
Statistics statistics_of(const Counts& counts);

} // namespace qi::ws

// The addresses of one host, which are tried one after the other within a time that they share. The service thread.
#pragma once

#include "ws/transport/net/timers.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace qi::ws {

/// Those of a host for which nobody has to be asked; empty: it is a name for the resolver.
std::vector<std::string> known_addresses(const std::string& host);

class Addresses {
public:
    Addresses() = default;
    explicit Addresses(std::vector<std::string> addresses) noexcept : all_(std::move(addresses)) {}

    bool has_next() const noexcept { return next_ < all_.size(); }
    /// The next one's turn. There has to be one.
    const std::string& next() noexcept { return all_[next_++]; }
    /// Whose turn it is.
    const std::string& current() const noexcept { return all_[next_ - 1]; }
    /// Until when that may connect: while others are left it gets its share of the time, but no less than a slow
    /// handshake of TCP.
    TimePoint turn_ends(TimePoint now, TimePoint deadline) const noexcept {
        const auto waiting = static_cast<TimePoint::rep>(all_.size() - next_);
        if (waiting == 0) return deadline;
        return std::min(now + std::max((deadline - now) / (waiting + 1), shortest_share), deadline);
    }

private:
    static constexpr std::chrono::milliseconds shortest_share{250};

    std::vector<std::string> all_; // in numbers
    std::size_t next_ = 0;
};

} // namespace qi::ws

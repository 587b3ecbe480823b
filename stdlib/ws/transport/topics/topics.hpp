// Who listens to which topic on this node. The interpreter's thread.
#pragma once

#include "base/sip_hash.hpp"
#include "ws/transport/exchange/event.hpp"

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace qi::ws {

class Topics {
public:
    /// True if the topic had nobody before.
    bool add(std::string_view topic, Id id);
    /// True if nobody is left.
    bool remove(std::string_view topic, Id id);
    /// In the order of their ids. Valid until the next change.
    std::span<const Id> members(std::string_view topic) const;
    std::vector<std::string> names() const;

private:
    // Sorted: connections come in ascending order mostly, and are found again by halving.
    std::unordered_map<std::string, std::vector<Id>, SecretHash, std::equal_to<>> members_;
};

} // namespace qi::ws

// Who listens to which topic on this node. The interpreter's thread.
#pragma once

#include "base/sip_hash.hpp"
#include "ws/transport/exchange/event.hpp"
#include "ws/transport/exchange/topic_board.hpp"

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace qi::ws {

class Topics {
public:
    /// What is counted of them is kept there.
    explicit Topics(TopicBoard& board) noexcept : board_(board) {}

    /// True if the topic had nobody before.
    bool add(std::string_view topic, Id id);
    /// True if nobody is left.
    bool remove(std::string_view topic, Id id);
    /// In the order of their ids. Valid until the next change.
    std::span<const Id> members(std::string_view topic) const;
    /// Something was published there, if anybody subscribes to it.
    void note_published(std::string_view topic) noexcept;
    std::vector<std::string> names() const;
    /// Calls `visit(name, subscribers, publications)` for each, in no order.
    template <typename Visit>
    void each(Visit visit) const {
        for (const auto& [name, topic] : topics_) visit(name, topic.members.size(), topic.counts->publications.get());
    }

private:
    struct Topic {
        std::vector<Id> members; // sorted: connections come in ascending order mostly, and are found again by halving
        TopicCounts* counts = nullptr;
    };
    TopicBoard& board_;
    std::unordered_map<std::string, Topic, SecretHash, std::equal_to<>> topics_;
};

} // namespace qi::ws

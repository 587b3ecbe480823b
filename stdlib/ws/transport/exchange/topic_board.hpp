// What is known of each topic that somebody here subscribes to, for whoever asks on another thread. The interpreter's
// thread writes: a topic comes with its first subscriber and goes with its last one; between these, counting takes no
// lock.
#pragma once

#include "base/mutex.hpp"
#include "base/vitals.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace qi::ws {

struct TopicCounts {
    explicit TopicCounts(std::string_view its_name) : name(its_name) {}
    const std::string name;
    Tally subscribers;
    Tally publications; // since it is there
};

class TopicBoard {
public:
    TopicCounts& add(std::string_view name) QI_EXCLUDES(mutex_) {
        auto made = std::make_shared<TopicCounts>(name);
        TopicCounts& counts = *made;
        const Lock lock(mutex_);
        topics_.emplace(&counts, std::move(made));
        return counts;
    }
    void remove(const TopicCounts& counts) QI_EXCLUDES(mutex_) {
        const Lock lock(mutex_);
        topics_.erase(&counts);
    }
    /// Any thread. In no order.
    std::vector<std::shared_ptr<const TopicCounts>> all() const QI_EXCLUDES(mutex_) {
        const Lock lock(mutex_);
        std::vector<std::shared_ptr<const TopicCounts>> found;
        found.reserve(topics_.size());
        for (const auto& [key, counts] : topics_) found.push_back(counts);
        return found;
    }

private:
    mutable Mutex mutex_;
    std::unordered_map<const TopicCounts*, std::shared_ptr<const TopicCounts>> topics_ QI_GUARDED_BY(mutex_);
};

} // namespace qi::ws

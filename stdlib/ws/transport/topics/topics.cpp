#include "ws/transport/topics/topics.hpp"

#include <algorithm>

namespace qi::ws {

bool Topics::add(std::string_view name, Id id) {
    auto entry = topics_.find(name);
    const bool fresh = entry == topics_.end();
    if (fresh) entry = topics_.emplace(std::string(name), Topic{{}, &board_.add(name)}).first;
    std::vector<Id>& ids = entry->second.members;
    const auto place = std::lower_bound(ids.begin(), ids.end(), id);
    if (place == ids.end() || *place != id) ids.insert(place, id);
    entry->second.counts->subscribers.set(ids.size());
    return fresh;
}

bool Topics::remove(std::string_view name, Id id) {
    const auto entry = topics_.find(name);
    if (entry == topics_.end()) return false;
    std::vector<Id>& ids = entry->second.members;
    const auto place = std::lower_bound(ids.begin(), ids.end(), id);
    if (place != ids.end() && *place == id) ids.erase(place);
    entry->second.counts->subscribers.set(ids.size());
    if (!ids.empty()) return false;
    board_.remove(*entry->second.counts);
    topics_.erase(entry);
    return true;
}

std::span<const Id> Topics::members(std::string_view name) const {
    const auto entry = topics_.find(name);
    return entry == topics_.end() ? std::span<const Id>{} : std::span<const Id>(entry->second.members);
}

void Topics::note_published(std::string_view name) noexcept {
    if (const auto entry = topics_.find(name); entry != topics_.end()) entry->second.counts->publications.add(1);
}

std::vector<std::string> Topics::names() const {
    std::vector<std::string> names;
    for (const auto& [name, topic] : topics_) names.push_back(name);
    return names;
}

} // namespace qi::ws

#include "ws/transport/topics/topics.hpp"

#include <algorithm>

namespace qi::ws {

bool Topics::add(std::string_view topic, Id id) {
    auto entry = members_.find(topic);
    const bool fresh = entry == members_.end();
    if (fresh) entry = members_.emplace(std::string(topic), std::vector<Id>{}).first;
    std::vector<Id>& ids = entry->second;
    const auto place = std::lower_bound(ids.begin(), ids.end(), id);
    if (place == ids.end() || *place != id) ids.insert(place, id);
    return fresh;
}

bool Topics::remove(std::string_view topic, Id id) {
    const auto entry = members_.find(topic);
    if (entry == members_.end()) return false;
    std::vector<Id>& ids = entry->second;
    const auto place = std::lower_bound(ids.begin(), ids.end(), id);
    if (place != ids.end() && *place == id) ids.erase(place);
    if (!ids.empty()) return false;
    members_.erase(entry);
    return true;
}

std::span<const Id> Topics::members(std::string_view topic) const {
    const auto entry = members_.find(topic);
    return entry == members_.end() ? std::span<const Id>{} : std::span<const Id>(entry->second);
}

std::vector<std::string> Topics::names() const {
    std::vector<std::string> names;
    for (const auto& [name, ids] : members_) names.push_back(name);
    return names;
}

} // namespace qi::ws

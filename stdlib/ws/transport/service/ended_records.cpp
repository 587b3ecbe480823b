#include "ws/transport/service/ended_records.hpp"

#include <utility>

namespace qi::ws {

void EndedRecords::add(Id id, std::size_t unread) {
    Entry& entry = entries_[id];
    if (unread == 0) return settle(id);
    entry.unread = next_++;
    entry.bytes = unread;
    bytes_ += unread;
    unread_.emplace(entry.unread, id);
}

void EndedRecords::settle(Id id) {
    const auto found = entries_.find(id);
    if (found == entries_.end() || found->second.settled != 0) return;
    found->second.settled = next_++;
    settled_.emplace(found->second.settled, id);
}

void EndedRecords::take(Id id, std::size_t bytes) noexcept {
    const auto found = entries_.find(id);
    if (found == entries_.end() || found->second.unread == 0) return;
    Entry& entry = found->second;
    if (bytes >= entry.bytes) return forget_unread(entry);
    entry.bytes -= bytes;
    bytes_ -= bytes;
}

void EndedRecords::forget_unread(Entry& entry) noexcept {
    bytes_ -= std::exchange(entry.bytes, 0);
    unread_.erase(std::exchange(entry.unread, 0));
}

void EndedRecords::remove(Id id) noexcept {
    const auto found = entries_.find(id);
    if (found == entries_.end()) return;
    forget_unread(found->second);
    settled_.erase(found->second.settled);
    entries_.erase(found);
}

std::optional<Id> EndedRecords::surplus() {
    std::optional<Id> oldest;
    if (settled_.size() > most_settled)
        oldest = settled_.begin()->second;
    else if (unread_.size() > most_unread || bytes_ > most_unread_bytes)
        oldest = unread_.begin()->second;
    if (oldest) remove(*oldest);
    return oldest;
}

} // namespace qi::ws

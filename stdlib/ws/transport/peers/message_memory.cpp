#include "ws/transport/peers/message_memory.hpp"

#include <algorithm>
#include <fstream>
#include <unistd.h>

namespace qi::ws {

std::uint64_t default_memory_limit() noexcept {
    auto memory =
        static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGE_SIZE));
    for (const char* file : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
        std::uint64_t limit = 0; // "max": none
        if (std::ifstream(file) >> limit && limit > 0) memory = std::min(memory, limit);
    }
    return memory / 4;
}

void MemoryShare::hold(std::size_t bytes) noexcept {
    if (memory_ == nullptr || bytes == bytes_) return;
    auto& holders = memory_->holders_;
    const bool grows = bytes > bytes_;
    memory_->held_ += bytes;
    memory_->held_ -= bytes_;
    if (bytes_ == 0) {
        place_ = holders.size();
        holders.push_back(this);
    }
    bytes_ = bytes;
    if (bytes == 0) {
        holders[place_] = holders.back();
        holders[place_]->place_ = place_;
        holders.pop_back();
    }
    // Who gives up comes back here with less: that is no reason to look again.
    while (grows && memory_->held_ > memory_->limit_ && !holders.empty()) {
        MemoryShare* most =
            *std::max_element(holders.begin(), holders.end(),
                              [](const MemoryShare* a, const MemoryShare* b) { return a->bytes_ < b->bytes_; });
        most->user_.on_over_memory();
        most->hold(0);
    }
}

} // namespace qi::ws

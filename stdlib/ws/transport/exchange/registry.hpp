// What belongs to an id. Ids come from a counter, so they are looked up in pages: two loads, no hashing.
// One thread; each side of the transport has registries of its own.
#pragma once

#include "ws/transport/exchange/event.hpp"

#include <array>
#include <cassert>
#include <cstddef>
#include <memory>
#include <vector>

namespace qi::ws {

template <typename T>
class Registry {
public:
    T* find(Id id) const noexcept {
        const auto page = static_cast<std::size_t>(id) / page_size;
        if (id < 0 || page >= pages_.size() || pages_[page] == nullptr) return nullptr;
        return pages_[page]->entries[static_cast<std::size_t>(id) % page_size].get();
    }

    /// `id` has no entry yet.
    T& insert(Id id, std::unique_ptr<T> entry) {
        const auto page = static_cast<std::size_t>(id) / page_size;
        if (page >= pages_.size()) pages_.resize(page + 1);
        if (pages_[page] == nullptr) pages_[page] = std::make_unique<Page>();
        auto& slot = pages_[page]->entries[static_cast<std::size_t>(id) % page_size];
        assert(slot == nullptr && entry != nullptr);
        slot = std::move(entry);
        ++pages_[page]->used;
        ++size_;
        return *slot;
    }

    /// The entry, no longer in the registry; nullptr if there was none.
    std::unique_ptr<T> remove(Id id) noexcept {
        if (find(id) == nullptr) return nullptr;
        auto& page = pages_[static_cast<std::size_t>(id) / page_size];
        auto entry = std::move(page->entries[static_cast<std::size_t>(id) % page_size]);
        --size_;
        if (--page->used == 0) page = nullptr;
        return entry;
    }

    std::size_t size() const noexcept { return size_; }

    /// Calls `visit(id, entry)` in the order of ids. It must not insert or remove.
    template <typename Visit>
    void each(Visit visit) const {
        for (std::size_t page = 0; page < pages_.size(); ++page) {
            if (pages_[page] == nullptr) continue;
            for (std::size_t i = 0; i < page_size; ++i)
                if (auto& entry = pages_[page]->entries[i]) visit(static_cast<Id>(page * page_size + i), *entry);
        }
    }

    std::vector<Id> ids() const {
        std::vector<Id> found;
        found.reserve(size_);
        each([&](Id id, T&) { found.push_back(id); });
        return found;
    }

private:
    static constexpr std::size_t page_size = 64;
    struct Page {
        std::array<std::unique_ptr<T>, page_size> entries;
        std::size_t used = 0;
    };
    std::vector<std::unique_ptr<Page>> pages_;
    std::size_t size_ = 0;
};

} // namespace qi::ws

#include "heap/nursery.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <sys/mman.h>
#include <sys/resource.h>

namespace qi {

namespace {

/// Addresses cost nothing, except where the system limits them (`ulimit -v`): there a small share must do.
std::size_t modest_reservation() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return Nursery::largest;
    const std::size_t share = static_cast<std::size_t>(limit.rlim_cur) / 64 / Nursery::step * Nursery::step;
    return std::clamp(share, 2 * Nursery::step, Nursery::largest);
}

} // namespace

Nursery::Nursery() {
    for (reserved_ = modest_reservation(); base_ == nullptr; reserved_ = reserved_ / 2 / step * step) {
        if (reserved_ == 0) throw std::bad_alloc();
        void* memory = ::mmap(nullptr, reserved_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED) continue;
        base_ = static_cast<char*>(memory);
        break;
    }
    top = limit = base_;
    extend();
}

Nursery::~Nursery() { ::munmap(base_, reserved_); }

void Nursery::extend() {
    if (chunks_.empty() && limit < base_ + reserved_) {
        const auto next = static_cast<std::size_t>(limit - base_) + step;
        if (next > committed_) {
            if (::mprotect(limit, step, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
            committed_ = next;
        }
        limit += step; // and `top` stays: objects may lie across
        return;
    }
    chunks_.push_back(std::unique_ptr<char[]>(new char[step]));
    top = chunks_.back().get();
    limit = top + step;
}

void Nursery::empty(std::size_t wanted) noexcept {
    chunks_.clear();
    top = base_;
    limit = base_ + step;
    // A collection comes one step after it was wanted.
    if (committed_ > std::max(wanted, step) + step) shrink(committed_ - step);
}

/// A new mapping: the pages go, and what the system counts against a limit, while the addresses stay.
void Nursery::shrink(std::size_t size) noexcept {
    if (::mmap(base_ + size, committed_ - size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
               0) != MAP_FAILED)
        committed_ = size;
}

std::size_t Nursery::extent() const noexcept {
    return chunks_.empty() ? static_cast<std::size_t>(limit - base_) : reserved_ + chunks_.size() * step;
}

void Nursery::poison() noexcept {
    std::memset(base_, 0xDB, chunks_.empty() ? static_cast<std::size_t>(top - base_) : reserved_);
    for (const auto& chunk : chunks_) std::memset(chunk.get(), 0xDB, step);
}

} // namespace qi

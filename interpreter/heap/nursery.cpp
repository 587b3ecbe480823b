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

bool Nursery::extend() {
    if (limit == base_ + reserved_) return false;
    if (const std::size_t next = extent() + step; next > committed_) {
        if (::mprotect(limit, step, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
        committed_ = next;
    }
    limit += step; // and `top` stays: objects may lie across
    return true;
}

void Nursery::empty(std::size_t wanted) noexcept {
    touched_ = std::max(touched_, used());
    top = base_;
    limit = base_ + step;
    // Natives that make much between two safepoints come again and again.
    if (committed_ > 2 * std::max(wanted, step)) shrink(committed_ - step);
}

/// A new mapping: the pages go, and what the system counts against a limit, while the addresses stay.
void Nursery::shrink(std::size_t size) noexcept {
    if (::mmap(base_ + size, committed_ - size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
               0) != MAP_FAILED)
        committed_ = size;
}

void Nursery::rest() noexcept {
    constexpr std::size_t page = 4096;
    if (has_surplus()) shrink(static_cast<std::size_t>(limit - base_));
    const std::size_t from = (used() + page - 1) / page * page;
    const std::size_t end = std::min((touched_ + page - 1) / page * page, committed_);
    if (from < end) ::madvise(base_ + from, end - from, MADV_DONTNEED);
    touched_ = 0;
}

void Nursery::poison() noexcept { std::memset(base_, 0xDB, static_cast<std::size_t>(top - base_)); }

} // namespace qi

#include "heap/old_space.hpp"

#include "heap/heap.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <sys/mman.h>

namespace qi {

int OldSpace::class_of(std::size_t size) noexcept {
    if (size <= 256) return static_cast<int>(size / 16) - 1;
    // Four classes to each doubling above 256 bytes, so that at most a fifth of a cell is wasted.
    const int log = 63 - __builtin_clzll(size - 1);
    const std::size_t step = std::size_t{1} << (log - 2);
    const auto quarter = static_cast<int>((size - 1 - (std::size_t{1} << log)) / step);
    return 16 + (log - 8) * 4 + quarter;
}

std::size_t OldSpace::cell_size_of(int size_class) noexcept {
    if (size_class < 16) return static_cast<std::size_t>(size_class + 1) * 16;
    const int log = (size_class - 16) / 4 + 8;
    return (std::size_t{1} << log) +
           (std::size_t{1} << (log - 2)) * static_cast<std::size_t>((size_class - 16) % 4 + 1);
}

OldSpace::~OldSpace() {
    for (SizeClass& size_class : classes_)
        for (const Block& block : size_class.blocks) munmap(block.cells, block_size);
    give_back(spare_.size());
    for (Object* object : large_) std::free(object);
}

char* OldSpace::take_block() {
    if (spare_.empty()) {
        void* memory = mmap(nullptr, block_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) throw std::bad_alloc();
        return static_cast<char*>(memory);
    }
    char* const cells = spare_.back();
    spare_.pop_back();
    untouched_ = std::min(untouched_, spare_.size());
    return cells;
}

/// A heap grows to 7/4 of what lived, here and off the heap, before it is marked again: so much more is soon needed,
/// and no peak gets higher.
std::size_t OldSpace::most_spare() const noexcept {
    constexpr std::size_t always = 4 * 1024 * 1024;
    return std::max(always, (bytes_ + external_bytes) / 4 * 3) / block_size;
}

void OldSpace::give_back(std::size_t blocks) noexcept {
    for (; blocks > 0 && !spare_.empty(); --blocks) {
        munmap(spare_.back(), block_size);
        spare_.pop_back();
    }
    untouched_ = std::min(untouched_, spare_.size());
}

void OldSpace::rest() noexcept { give_back(std::min((spare_.size() + 1) / 2, most_at_once)); }

void OldSpace::end_sweep() noexcept {
    sweeping_ = false;
    give_back(std::min(untouched_ / 2, most_at_once));
    untouched_ = spare_.size();
}

void OldSpace::add_block(SizeClass& size_class, std::size_t cell_size) {
    Block block{take_block(), static_cast<std::uint32_t>(cell_size), static_cast<std::uint32_t>(block_size / cell_size),
                true};
    for (std::uint32_t i = block.count; i-- > 0;) {
        auto* cell = reinterpret_cast<FreeCell*>(block.cells + i * cell_size);
        cell->header = Object{ObjectKind::Free, Object::Old, 0, 0};
        cell->next = size_class.free;
        size_class.free = cell;
    }
    size_class.blocks.push_back(block);
}

void* OldSpace::allocate(std::size_t size) {
    if (size > largest_cell) {
        void* memory = std::malloc(size);
        if (memory == nullptr) {
            give_back(spare_.size());
            memory = std::malloc(size);
        }
        if (memory == nullptr) throw std::bad_alloc();
        large_.push_back(static_cast<Object*>(memory));
        large_sizes_.push_back(size);
        bytes_ += size;
        return memory;
    }
    const int index = class_of(size);
    SizeClass& size_class = classes_[index];
    if (size_class.free == nullptr && sweeping_)
        while (size_class.free == nullptr && sweep_one(size_class)) {
        }
    if (size_class.free == nullptr) add_block(size_class, cell_size_of(index));
    FreeCell* cell = size_class.free;
    size_class.free = cell->next;
    bytes_ += cell_size_of(index);
    return cell;
}

void OldSpace::start_sweep(std::uint8_t colour, const KindTable& kinds) {
    colour_ = colour;
    kinds_ = &kinds;
    sweeping_ = true;
    sweep_class_ = 0;
    for (SizeClass& size_class : classes_) {
        size_class.free = nullptr; // rebuilt block by block
        size_class.next_unswept = 0;
        for (Block& block : size_class.blocks) block.swept = false;
    }
    sweep_large();
}

bool OldSpace::reap(Object* object) noexcept {
    if ((object->space & colour_) != 0) return false;
    const KindTraits& traits = (*kinds_)[object->kind];
    if (traits.finalize != nullptr) {
        external_bytes -= traits.external(object);
        traits.finalize(object);
    }
    return true;
}

void OldSpace::sweep_large() {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < large_.size(); ++i) {
        if (reap(large_[i])) {
            bytes_ -= large_sizes_[i];
            std::free(large_[i]);
        } else {
            large_[kept] = large_[i];
            large_sizes_[kept++] = large_sizes_[i];
        }
    }
    large_.resize(kept);
    large_sizes_.resize(kept);
}

/// Sweeps the next unswept block of the class; false when there is none.
bool OldSpace::sweep_one(SizeClass& size_class) {
    while (size_class.next_unswept < size_class.blocks.size()) {
        const std::size_t index = size_class.next_unswept;
        Block& block = size_class.blocks[index];
        if (block.swept) {
            ++size_class.next_unswept;
            continue;
        }
        FreeCell* const before = size_class.free;
        std::uint32_t used = 0;
        for (std::uint32_t i = block.count; i-- > 0;) {
            auto* object = reinterpret_cast<Object*>(block.cells + std::size_t{i} * block.cell_size);
            if (object->kind != ObjectKind::Free) {
                if (!reap(object)) {
                    ++used;
                    continue;
                }
                bytes_ -= block.cell_size;
            }
            auto* cell = reinterpret_cast<FreeCell*>(object);
            cell->header = Object{ObjectKind::Free, Object::Old, 0, 0};
            cell->next = size_class.free;
            size_class.free = cell;
        }
        if (used == 0) {
            size_class.free = before; // its cells go with it
            spare_.push_back(block.cells);
            // A heap that has become much smaller: two for each that was swept.
            if (spare_.size() > most_spare()) give_back(2);
            size_class.blocks[index] = size_class.blocks.back();
            size_class.blocks.pop_back();
        } else {
            block.swept = true;
            ++size_class.next_unswept;
        }
        return true;
    }
    return false;
}

bool OldSpace::sweep(std::size_t blocks) {
    while (sweep_class_ < class_count) {
        if (blocks == 0) return false;
        if (sweep_one(classes_[sweep_class_]))
            --blocks;
        else
            ++sweep_class_;
    }
    if (sweeping_) end_sweep();
    return true;
}

void OldSpace::finalize_all(const KindTable& kinds) {
    const auto finalize = [&](Object* object) {
        if (object->kind != ObjectKind::Free && kinds[object->kind].finalize != nullptr)
            kinds[object->kind].finalize(object);
    };
    for (SizeClass& size_class : classes_)
        for (const Block& block : size_class.blocks)
            for (std::uint32_t i = 0; i < block.count; ++i)
                finalize(reinterpret_cast<Object*>(block.cells + std::size_t{i} * block.cell_size));
    for (Object* object : large_) finalize(object);
}

} // namespace qi

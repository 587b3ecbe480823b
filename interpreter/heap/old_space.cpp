#include "heap/old_space.hpp"

#include "heap/kind_table.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <new>
#include <sys/mman.h>

namespace qi {

namespace {

/// Room for one more in each case, so that adding it can't fail.
template <typename T>
void make_room(std::vector<T>& vector, std::size_t size) {
    if (vector.capacity() < size) vector.reserve(std::max(size, vector.capacity() * 2));
}

} // namespace

int OldSpace::class_of(std::size_t size) noexcept {
    if (size <= largest_fine) return static_cast<int>(size / 16) - 1;
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
    for (Region& region : regions_)
        if (region.memory != nullptr) unmap(region);
    for (const Large& large : large_) std::free(large.object);
}

// --- Regions and blocks

void OldSpace::add_region() {
    // Everything that could fail before the memory is taken.
    make_room(regions_, regions_.size() + 1);
    for (auto* list : {&with_spare_, &with_clean_, &unused_}) make_room(*list, regions_.size() + 1);
    unsigned blocks = region_blocks;
    const auto map = [&] {
        return ::mmap(nullptr, blocks * block_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    };
    void* memory = map();
    if (memory == MAP_FAILED) {
        blocks = 1; // where memory ends
        memory = map();
    }
    if (memory == MAP_FAILED) throw std::bad_alloc();
    auto number = static_cast<std::uint32_t>(regions_.size());
    if (unused_.empty()) {
        regions_.push_back({});
    } else {
        number = unused_.back();
        unused_.pop_back();
    }
    Region& region = regions_[number];
    region.memory = static_cast<char*>(memory);
    region.all = region.clean = (1u << blocks) - 1;
    region.spare = 0;
    if (!region.has_clean) with_clean_.push_back(number);
    region.has_clean = true;
}

void OldSpace::unmap(Region& region) noexcept {
    ::munmap(region.memory, static_cast<std::size_t>(std::popcount(region.all)) * block_size);
    region.memory = nullptr;
    region.all = region.spare = region.clean = 0;
}

OldSpace::Block OldSpace::take_block() {
    for (;;) {
        const bool dirty = spare_ != 0;
        std::vector<std::uint32_t>& list = dirty ? with_spare_ : with_clean_;
        if (list.empty()) add_region();
        const std::uint32_t number = list.back();
        Region& region = regions_[number];
        std::uint32_t& blocks = dirty ? region.spare : region.clean;
        if (blocks == 0) {
            list.pop_back();
            (dirty ? region.has_spare : region.has_clean) = false;
            continue;
        }
        const auto index = static_cast<unsigned>(std::countr_zero(blocks));
        blocks &= blocks - 1;
        if (dirty) --spare_;
        untouched_ = std::min(untouched_, spare_);
        ++blocks_;
        return {region.memory + index * block_size, nullptr, 0, number, true};
    }
}

void OldSpace::release_block(const Block& block) noexcept {
    Region& region = regions_[block.region];
    region.spare |= 1u << (static_cast<std::size_t>(block.cells - region.memory) / block_size);
    if (!region.has_spare) with_spare_.push_back(block.region);
    region.has_spare = true;
    ++spare_;
    --blocks_;
}

/// A heap grows to about 7/4 of what lived, here and off the heap, before marking it has ended: so much more is soon
/// needed, and no peak gets higher.
std::size_t OldSpace::most_spare() const noexcept {
    constexpr std::size_t always = 4 * 1024 * 1024;
    return std::max(always, (bytes_ + external_bytes) / 4 * 3) / block_size;
}

/// Pages at least, and addresses where nothing of a region is in use.
void OldSpace::give_back(std::size_t blocks) noexcept {
    while (blocks > 0 && spare_ > 0) {
        const std::uint32_t number = with_spare_.back();
        Region& region = regions_[number];
        if (region.spare == 0) {
            region.has_spare = false;
            with_spare_.pop_back();
            continue;
        }
        if ((region.spare | region.clean) == region.all) {
            const auto gone = static_cast<std::size_t>(std::popcount(region.spare));
            unmap(region);
            unused_.push_back(number);
            spare_ -= gone;
            blocks -= std::min(blocks, gone);
            continue;
        }
        const auto index = static_cast<unsigned>(std::countr_zero(region.spare));
        ::madvise(region.memory + index * block_size, block_size, MADV_DONTNEED);
        region.spare &= region.spare - 1;
        region.clean |= 1u << index;
        if (!region.has_clean) with_clean_.push_back(number);
        region.has_clean = true;
        --spare_;
        --blocks;
    }
    untouched_ = std::min(untouched_, spare_);
}

void OldSpace::rest() noexcept { give_back(std::min((spare_ + 1) / 2, most_at_once)); }

void OldSpace::end_sweep() noexcept {
    sweeping_ = false;
    give_back(std::min(untouched_ / 2, most_at_once));
    untouched_ = spare_;
}

// --- Allocation

void OldSpace::add_block(SizeClass& size_class, std::size_t cell_size) {
    make_room(size_class.blocks, size_class.blocks.size() + 1);
    Block block = take_block();
    block.cell_size = static_cast<std::uint32_t>(cell_size);
    block.end = block.cells + block_size / cell_size * cell_size;
    size_class.blocks.push_back(block);
    size_class.fresh = block.cells;
    size_class.fresh_end = block.end;
}

void* OldSpace::refill(SizeClass& size_class, std::size_t cell_size) {
    // Not until one is found: where everything lives, that would be the whole class in one pause. And where nearly
    // everything does, a new block saves a sweep for each of the next few objects.
    for (int blocks = 2; sweeping_ && blocks > 0; --blocks)
        if (!sweep_one(size_class)) break;
    std::size_t wanted = block_size / cell_size / 4;
    for (const FreeCell* cell = size_class.free; cell != nullptr && wanted > 0; cell = cell->next) --wanted;
    if (wanted > 0) add_block(size_class, cell_size);
    return size_class.take(cell_size);
}

void* OldSpace::allocate_coarse(std::size_t size) {
    if (size > largest_cell) {
        Object* object = allocate_large(size);
        keep_large(object, size);
        return object;
    }
    const int index = class_of(size);
    const std::size_t cell_size = cell_size_of(index);
    void* cell = classes_[index].take(cell_size);
    if (cell == nullptr) cell = refill(classes_[index], cell_size);
    bytes_ += cell_size;
    return cell;
}

Object* OldSpace::allocate_large(std::size_t size) {
    make_room(large_, large_.size() + young_large_ + 1);
    void* memory = std::malloc(size);
    if (memory == nullptr) {
        give_back(spare_);
        memory = std::malloc(size);
    }
    if (memory == nullptr) throw std::bad_alloc();
    ++young_large_;
    bytes_ += size;
    return static_cast<Object*>(memory);
}

void OldSpace::keep_large(Object* object, std::size_t size) noexcept {
    large_.push_back({object, size}); // for which there is room
    --young_large_;
}

void OldSpace::free_large(Object* object, std::size_t size) noexcept {
    std::free(object);
    bytes_ -= size;
    --young_large_;
}

// --- Sweeping

void OldSpace::start_sweep(std::uint8_t colour, const KindTable& kinds) {
    colour_ = colour;
    kinds_ = &kinds;
    sweeping_ = true;
    sweep_class_ = 0;
    next_large_ = 0;
    for (SizeClass& size_class : classes_) {
        size_class.free = nullptr; // rebuilt block by block
        size_class.next_unswept = 0;
        for (Block& block : size_class.blocks) block.swept = false;
    }
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

/// False when `blocks` are used up: a share of one for each, and more for memory that goes back to the system.
bool OldSpace::sweep_large(std::size_t& blocks) {
    constexpr std::size_t for_one = 8 * 1024;
    std::size_t left = blocks * block_size;
    while (next_large_ < large_.size()) {
        const Large large = large_[next_large_];
        std::size_t cost = for_one;
        if (reap(large.object)) {
            bytes_ -= large.size;
            std::free(large.object);
            large_[next_large_] = large_.back();
            large_.pop_back();
            cost += large.size / 2;
        } else {
            ++next_large_;
        }
        if (cost >= left) {
            blocks = 0;
            return next_large_ == large_.size();
        }
        left -= cost;
    }
    blocks = left / block_size;
    return true;
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
        const std::size_t cell_size = block.cell_size;
        char* const end = size_class.used_end(block);
        FreeCell* const before = size_class.free;
        FreeCell** last = &size_class.free;
        bool is_empty = true;
        for (char* at = block.cells; at < end; at += cell_size) {
            auto* cell = reinterpret_cast<FreeCell*>(at);
            if (cell->header.kind != ObjectKind::Free) {
                if (!reap(&cell->header)) {
                    is_empty = false;
                    continue;
                }
                bytes_ -= cell_size;
                cell->header = Object{ObjectKind::Free, Object::Old, 0, 0};
            }
            *last = cell;
            last = &cell->next;
        }
        *last = before;
        if (is_empty) {
            size_class.free = before; // its cells go with it
            if (size_class.fresh_end == block.end) size_class.fresh = size_class.fresh_end = nullptr;
            release_block(block);
            // A heap that has become much smaller: two for each that was swept.
            if (spare_ > most_spare()) give_back(2);
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
    if (sweeping_ && !sweep_large(blocks)) return false;
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
            for (char* at = block.cells; at < size_class.used_end(block); at += block.cell_size)
                finalize(reinterpret_cast<Object*>(at));
    for (const Large& large : large_) finalize(large.object);
}

} // namespace qi

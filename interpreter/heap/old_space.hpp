// The old space: objects that don't move, in blocks of one cell size each, or allocated one by one when
// large. Blocks are cut from regions, which the system gives; cells are taken from a new block one after the other, and
// from lists once it has been swept. Swept a few blocks at a time. A block that is empty is kept for the next need:
// giving pages back and taking them again is dear, on virtual machines above all. What wasn't needed for long goes back
// to the system. Interpreter thread only.
#pragma once

#include "value/object.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace qi {

struct KindTable;

class OldSpace {
public:
    OldSpace() = default;
    ~OldSpace();
    OldSpace(const OldSpace&) = delete;
    OldSpace& operator=(const OldSpace&) = delete;

    static constexpr std::size_t largest_cell = 8 * 1024;
    static constexpr std::size_t block_size = 64 * 1024;

    /// Memory for an object of `size` bytes (a multiple of 16). Throws std::bad_alloc.
    void* allocate(std::size_t size) {
        if (size > largest_fine) return allocate_coarse(size);
        SizeClass& size_class = classes_[size / 16 - 1];
        void* cell = size_class.take(size);
        if (cell == nullptr) [[unlikely]]
            cell = refill(size_class, size);
        bytes_ += size;
        return cell;
    }
    /// A large object of its own, which isn't swept before it is kept.
    Object* allocate_large(std::size_t size);
    void keep_large(Object* object, std::size_t size) noexcept;
    void free_large(Object* object, std::size_t size) noexcept;

    std::size_t bytes() const noexcept { return bytes_; }
    /// Of empty blocks that were kept.
    std::size_t spare_bytes() const noexcept { return spare_ * block_size; }
    /// Blocks in use.
    std::size_t blocks() const noexcept { return blocks_; }
    /// Gives back half of the empty blocks: nothing is being done that could need them.
    void rest() noexcept;
    /// What the objects here own off the heap; sweeping subtracts what it gives back.
    std::size_t external_bytes = 0;

    /// Starts a sweep: from here on, objects without `colour` are garbage.
    void start_sweep(std::uint8_t colour, const KindTable& kinds);
    /// Sweeps what is worth up to `blocks` blocks; true when all is swept.
    bool sweep(std::size_t blocks);
    bool sweeping() const noexcept { return sweeping_; }
    /// Off-heap objects' finalizers run for everything that remains. Before destruction.
    void finalize_all(const KindTable& kinds);

private:
    static constexpr unsigned region_blocks = 16;
    static constexpr std::size_t largest_fine = 256; // classes in steps of 16 bytes
    static constexpr std::size_t most_at_once = 256; // blocks given back, in a millisecond or two
    static constexpr int class_count = 16 + 20;      // 16 … 256 by 16, then four to the doubling up to 8 KiB

    struct FreeCell {
        Object header;
        FreeCell* next;
    };
    struct Block {
        char* cells;
        char* end; // of the last cell
        std::uint32_t cell_size;
        std::uint32_t region;
        bool swept;
    };
    struct SizeClass {
        FreeCell* free = nullptr; // of swept blocks
        char* fresh = nullptr;    // in the newest block: from here on nothing has been yet
        char* fresh_end = nullptr;
        std::vector<Block> blocks;
        std::size_t next_unswept = 0;

        void* take(std::size_t cell_size) noexcept {
            if (FreeCell* cell = free) {
                free = cell->next;
                __builtin_prefetch(free, 1);
                return cell;
            }
            if (fresh == fresh_end) return nullptr;
            char* const cell = fresh;
            fresh += cell_size;
            return cell;
        }
        /// The end of those cells of a block that have been used.
        char* used_end(const Block& block) const noexcept { return fresh_end == block.end ? fresh : block.end; }
    };
    /// Memory from the system, cut in blocks. Those that aren't in use have a bit in one of two sets.
    struct Region {
        char* memory; // null: this number isn't in use
        std::uint32_t all;
        std::uint32_t spare; // with pages
        std::uint32_t clean; // without: given back, or never touched
        bool has_spare;      // is in with_spare_
        bool has_clean;      // is in with_clean_
    };
    struct Large {
        Object* object;
        std::size_t size;
    };

    static int class_of(std::size_t size) noexcept;
    static std::size_t cell_size_of(int size_class) noexcept;
    void* allocate_coarse(std::size_t size);
    void* refill(SizeClass& size_class, std::size_t cell_size);
    void add_block(SizeClass& size_class, std::size_t cell_size);
    void add_region();
    Block take_block();
    void release_block(const Block& block) noexcept;
    void unmap(Region& region) noexcept;
    std::size_t most_spare() const noexcept;
    void give_back(std::size_t blocks) noexcept;
    void end_sweep() noexcept;
    bool sweep_one(SizeClass& size_class);
    bool sweep_large(std::size_t& blocks);
    bool reap(Object* object) noexcept;

    SizeClass classes_[class_count];
    std::vector<Region> regions_;
    // Numbers of regions, each at most once. Some of them may have become full since.
    std::vector<std::uint32_t> with_spare_;
    std::vector<std::uint32_t> with_clean_;
    std::vector<std::uint32_t> unused_; // of regions that were given back
    std::size_t blocks_ = 0;            // in use
    std::size_t spare_ = 0;             // not in use, with pages
    std::size_t untouched_ = 0;         // of them, as many as have lain there since the last sweep ended
    std::vector<Large> large_;
    std::size_t young_large_ = 0; // allocated, neither kept nor freed
    std::size_t next_large_ = 0;  // to be swept
    const KindTable* kinds_ = nullptr;
    std::size_t bytes_ = 0;
    int sweep_class_ = 0;
    std::uint8_t colour_ = 0;
    bool sweeping_ = false;
};

} // namespace qi

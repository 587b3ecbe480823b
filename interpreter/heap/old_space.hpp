// The old space: objects that don't move, in blocks of one cell size each, or allocated one by one when
// large. Swept a few blocks at a time. A block that is empty is kept for the next need: giving pages back
// and taking them again is dear, on virtual machines above all. What wasn't needed for long goes back to the system.
// Interpreter thread only.
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

    /// Memory for an object of `size` bytes (a multiple of 16).
    void* allocate(std::size_t size);
    std::size_t bytes() const noexcept { return bytes_; }
    /// Of empty blocks that were kept.
    std::size_t spare_bytes() const noexcept { return spare_.size() * block_size; }
    /// Gives back half of them: nothing is being done that could need them.
    void rest() noexcept;
    /// What the objects here own off the heap; sweeping subtracts what it gives back.
    std::size_t external_bytes = 0;

    /// Starts a sweep: from here on, objects without `colour` are garbage.
    void start_sweep(std::uint8_t colour, const KindTable& kinds);
    /// Sweeps up to `blocks` blocks; true when all is swept.
    bool sweep(std::size_t blocks);
    bool sweeping() const noexcept { return sweeping_; }
    /// Off-heap objects' finalizers run for everything that remains. Before destruction.
    void finalize_all(const KindTable& kinds);

private:
    static constexpr std::size_t block_size = 64 * 1024;
    static constexpr std::size_t largest_cell = 8 * 1024;
    static constexpr std::size_t most_at_once = 256; // blocks given back, in a millisecond or two
    static constexpr int class_count = 16 + 20;      // 16 … 256 by 16, then four to the doubling up to 8 KiB

    struct FreeCell {
        Object header;
        FreeCell* next;
    };
    struct Block {
        char* cells;
        std::uint32_t cell_size;
        std::uint32_t count;
        bool swept;
    };
    struct SizeClass {
        FreeCell* free = nullptr;
        std::vector<Block> blocks;
        std::size_t next_unswept = 0;
    };

    static int class_of(std::size_t size) noexcept;
    static std::size_t cell_size_of(int size_class) noexcept;
    void add_block(SizeClass& size_class, std::size_t cell_size);
    char* take_block();
    std::size_t most_spare() const noexcept;
    void give_back(std::size_t blocks) noexcept;
    void end_sweep() noexcept;
    bool sweep_one(SizeClass& size_class);
    void sweep_large();
    bool reap(Object* object) noexcept;

    SizeClass classes_[class_count];
    std::vector<char*> spare_;  // empty blocks
    std::size_t untouched_ = 0; // of them, as many as have lain there since the last sweep ended
    std::vector<Object*> large_;
    std::vector<std::size_t> large_sizes_;
    const KindTable* kinds_ = nullptr;
    std::size_t bytes_ = 0;
    int sweep_class_ = 0;
    std::uint8_t colour_ = 0;
    bool sweeping_ = false;
};

} // namespace qi

// Where objects are born: one range of addresses, reserved once, of which memory is taken as it is needed. Interpreter
// thread only.
#pragma once

#include "value/value.hpp"

#include <cstddef>
#include <cstdint>

namespace qi {

class Nursery {
public:
    static constexpr std::size_t step = std::size_t{512} * 1024;
    static constexpr std::size_t largest = 128 * step;

    /// Throws std::bad_alloc if not even one step can be had.
    Nursery();
    ~Nursery();
    Nursery(const Nursery&) = delete;
    Nursery& operator=(const Nursery&) = delete;

    char* top = nullptr;   // where the next object begins
    char* limit = nullptr; // up to where there is memory

    /// Room for an object that didn't fit, of at most a step; false if that is beyond the range. Throws std::bad_alloc.
    bool extend();
    /// Nothing in it is needed any more. Memory for `wanted` bytes stays, the rest goes, one step each time.
    void empty(std::size_t wanted) noexcept;
    /// Memory that isn't in use.
    bool has_surplus() const noexcept { return limit < base_ + committed_; }
    /// Gives it back, and the pages behind what is in use.
    void rest() noexcept;
    /// Bytes that objects take.
    std::size_t used() const noexcept { return static_cast<std::size_t>(top - base_); }
    /// Bytes that `top` has gone through, or may go through until `limit`.
    std::size_t extent() const noexcept { return static_cast<std::size_t>(limit - base_); }
    /// How much it holds at most.
    std::size_t capacity() const noexcept { return reserved_; }

    bool contains(const Object* object) const noexcept {
        return reinterpret_cast<std::uintptr_t>(object) - reinterpret_cast<std::uintptr_t>(base_) < reserved_;
    }
    /// A reference to an object in the range.
    bool contains(Value value) const noexcept { return value.address_beyond(base_) < reserved_; }
    /// Overwrites what is in use.
    void poison() noexcept;

private:
    void shrink(std::size_t size) noexcept;

    char* base_ = nullptr;
    std::size_t reserved_ = 0;
    std::size_t committed_ = 0; // from base_ on: may be written to
    std::size_t touched_ = 0;   // from base_ on: may have pages, apart from what is in use
};

} // namespace qi

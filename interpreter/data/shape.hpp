// Shapes: the keys of flat maps. Maps made by one literal, one call site or one native share a shape, so that
// a lookup is a comparison of shapes and a load. A shape is immutable; the table remembers which shape follows
// when a key is added, weakly and in bounded space.
// Interpreter thread only.
#pragma once

#include "heap/heap.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace qi {

struct Shape : Object { // length: number of keys; flags: which kinds of keys are among them, which hash
    static constexpr std::uint16_t Strings = 1;
    static constexpr std::uint16_t Keywords = 2;
    static constexpr std::uint16_t Others = 8;
    static constexpr std::uint16_t Secret = 4; // the index goes by the secret hash: the fast one crowded it
    static constexpr std::uint32_t max_keys = 64;
    static constexpr std::uint32_t indexed_from = 9; // shorter ones are searched one by one

    std::uint64_t id;         // never used twice: what inline caches compare
    std::uint64_t index_mask; // of the hash index after the keys; 0: none
    Value* keys() noexcept { return reinterpret_cast<Value*>(this + 1); }
    const Value* keys() const noexcept { return reinterpret_cast<const Value*>(this + 1); }

    const std::uint8_t* index() const noexcept { return reinterpret_cast<const std::uint8_t*>(keys() + length); }
    std::uint8_t* index() noexcept { return reinterpret_cast<std::uint8_t*>(keys() + length); }
    static std::uint32_t index_size(std::uint32_t keys) noexcept {
        return keys < indexed_from ? 0 : keys <= 16 ? 32 : keys <= 32 ? 64 : 128;
    }
    static std::size_t size_of(std::uint32_t keys) noexcept {
        return sizeof(Shape) + keys * sizeof(Value) + index_size(keys);
    }
    /// Position of the key, or -1.
    int find(Value key) const noexcept;
    /// The same for a string key with this text.
    int find_string(std::string_view text) const noexcept;
};

class ShapeTable final : public Roots {
public:
    explicit ShapeTable(Heap& heap);
    ~ShapeTable() override;

    Shape* empty() const noexcept { return empty_; }
    /// The shape with `key`, which `shape` doesn't have, after its keys. Shared by keys that are equal and look the
    /// same.
    Shape* extend(Shape* shape, Value key);
    /// The shape that `extend` gives for a string key with this text, if that is remembered; else null. A shape that is
    /// remembered doesn't have the key.
    Shape* extended(Shape* shape, std::string_view key);
    /// The same for a keyword.
    Shape* extended(Shape* shape, Value keyword);
    /// The shape of these keys, all different.
    Shape* of(std::span<const Value> keys);

    void trace_young(Tracer& tracer) override;
    void trace_all(Tracer& tracer) override { tracer.visit(empty_); }
    void after_minor(Heap& heap) override;
    void after_mark(Heap& heap) override;

private:
    struct Step {
        Shape* from = nullptr;
        Value key;
        Shape* to = nullptr;
    };
    static constexpr std::uint32_t kept_steps = 16; // keys
    Shape* make(std::uint32_t length);
    Step& step_for(const Shape* shape, std::uint32_t hash_of_key);
    static void index_last(Shape* shape, const Shape* shorter);

    Heap& heap_;
    Shape* empty_ = nullptr;
    std::uint64_t next_id_ = 1;
    std::array<Step, 1024> steps_;
};

} // namespace qi

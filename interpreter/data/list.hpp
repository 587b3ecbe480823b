// Lists: persistent and linked. What is put in front of a list makes a cell; a list that is made at once is unrolled:
// its items lie side by side in chunks, which cost a quarter of the memory of cells and of the collector's time. Only
// `identical?` can tell them apart: `rest` of a chunk makes a new object each time. Each list knows how many items it
// has. The empty one is a value of its own.
#pragma once

#include "data/store.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace qi {

constexpr std::uint32_t most_counted = 0xFFFFFFFFu; // lengths of lists say no more

struct Cell : Object { // length: items from here on
    Value first;
    Value rest;
};

struct ListChunk : Object {                   // length: items
    static constexpr std::uint32_t most = 30; // 256 bytes in all, which is a size of cells in the old space

    Value rest; // the list behind them
    Value* items() noexcept { return &rest + 1; }
    const Value* items() const noexcept { return &rest + 1; }
    static std::size_t size_of(std::size_t count) noexcept { return sizeof(ListChunk) + count * sizeof(Value); }
};

struct ChunkedList : Object { // length: items from here on; flags: the index of the first one in the chunk
    ListChunk* chunk;

    std::span<const Value> items() const noexcept { return {chunk->items() + flags, chunk->length - flags}; }
};

/// A list that isn't empty.
QI_INLINE bool is_nonempty_list(Value v) noexcept {
    return v.is_object() && (v.object()->kind == ObjectKind::Cell || v.object()->kind == ObjectKind::ChunkedList);
}
QI_INLINE bool is_list(Value v) noexcept { return is_nonempty_list(v) || v.is_empty_list(); }
inline std::size_t list_count(Value list) noexcept { return list.is_empty_list() ? 0 : list.object()->length; }

/// Both begin at the same place of the same chunk.
inline bool is_same_list(Value a, Value b) noexcept {
    if (!a.is(ObjectKind::ChunkedList) || !b.is(ObjectKind::ChunkedList)) return false;
    const auto *x = static_cast<const ChunkedList*>(a.object()), *y = static_cast<const ChunkedList*>(b.object());
    return x->chunk == y->chunk && x->flags == y->flags;
}

/// As many items of a list that isn't empty as lie side by side from the first one on.
inline std::span<const Value> list_run(Value list) noexcept {
    if (list.object()->kind == ObjectKind::ChunkedList) return static_cast<const ChunkedList*>(list.object())->items();
    return {&static_cast<const Cell*>(list.object())->first, 1};
}
/// The list behind those.
inline Value list_behind_run(Value list) noexcept {
    if (list.object()->kind == ObjectKind::ChunkedList)
        return static_cast<const ChunkedList*>(list.object())->chunk->rest;
    return static_cast<const Cell*>(list.object())->rest;
}

/// Of a list that isn't empty.
QI_INLINE Value list_first(Value list) noexcept {
    if (list.object()->kind == ObjectKind::Cell) return static_cast<const Cell*>(list.object())->first;
    const auto* const chunked = static_cast<const ChunkedList*>(list.object());
    return chunked->chunk->items()[chunked->flags];
}

inline std::uint32_t counted(std::size_t count) noexcept {
    return static_cast<std::uint32_t>(std::min<std::size_t>(count, most_counted));
}

inline Value make_cell(Store& store, Value first, Value rest) {
    auto* cell = store.heap.make<Cell>(ObjectKind::Cell, sizeof(Cell), counted(list_count(rest) + 1));
    cell->first = first;
    cell->rest = rest;
    return Value{cell};
}

/// The list that begins at an index in a chunk.
inline Value list_at(Store& store, ListChunk* chunk, std::uint32_t index, std::uint32_t count) {
    auto* list = store.heap.make<ChunkedList>(ObjectKind::ChunkedList, sizeof(ChunkedList), count);
    list->flags = static_cast<std::uint16_t>(index);
    list->chunk = chunk;
    return Value{list};
}

/// Without the first `count` items of those that lie side by side.
inline Value list_within_run(Store& store, Value list, std::size_t count) {
    const auto* const chunked = static_cast<const ChunkedList*>(list.object());
    ListChunk* const chunk = chunked->chunk;
    const auto index = static_cast<std::uint32_t>(chunked->flags + count);
    return list_at(store, chunk, index,
                   chunked->length != most_counted ? chunked->length - static_cast<std::uint32_t>(count)
                                                   : counted(chunk->length - index + list_count(chunk->rest)));
}

/// Of a list that isn't empty.
QI_INLINE Value list_rest(Store& store, Value list) {
    if (list.object()->kind == ObjectKind::Cell) return static_cast<const Cell*>(list.object())->rest;
    const auto* const chunked = static_cast<const ChunkedList*>(list.object());
    if (chunked->flags + 1u == chunked->chunk->length) return chunked->chunk->rest;
    return list_within_run(store, list, 1);
}

/// The list without its first `count` items; empty if it hasn't more.
inline Value list_from(Store& store, Value list, std::size_t count) {
    while (count > 0 && !list.is_empty_list()) {
        const std::size_t run = list_run(list).size();
        if (count < run) return list_within_run(store, list, count);
        count -= run;
        list = list_behind_run(list);
    }
    return list;
}

/// The item at an index that the list has.
inline Value list_get(Value list, std::size_t index) noexcept {
    for (;; list = list_behind_run(list)) {
        const auto run = list_run(list);
        if (index < run.size()) return run[index];
        index -= run.size();
    }
}

/// A list of `count` items, `item(index)` each, in front of `rest`.
template <typename Item>
Value make_list(Store& store, std::size_t count, Item item, Value rest) {
    for (std::size_t end = count; end > 0;) {
        const std::size_t begin = (end - 1) / ListChunk::most * ListChunk::most;
        const auto length = static_cast<std::uint32_t>(end - begin);
        const std::size_t all = list_count(rest) + length;
        auto* chunk = store.heap.make<ListChunk>(ObjectKind::ListChunk, ListChunk::size_of(length), length);
        chunk->rest = rest;
        for (std::size_t i = begin; i < end; ++i) chunk->items()[i - begin] = item(i);
        rest = list_at(store, chunk, 0, counted(all));
        end = begin;
    }
    return rest;
}

inline Value make_list(Store& store, std::span<const Value> items, Value rest = Value::empty_list()) {
    if (items.size() == 1) return make_cell(store, items[0], rest);
    return make_list(
        store, items.size(), [&](std::size_t i) { return items[i]; }, rest);
}

} // namespace qi

// Lists: persistent, singly linked, each cell knowing how many follow. The empty list is a separate value.
#pragma once

#include "data/store.hpp"

#include <span>

namespace qi {

struct Cell : Object { // length: items from here on, saturating at 2^32 - 1
    Value first;
    Value rest;
};

QI_INLINE bool is_cell(Value v) noexcept { return v.is(ObjectKind::Cell); }
QI_INLINE bool is_list(Value v) noexcept { return is_cell(v) || v.is_empty_list(); }
inline const Cell* as_cell(Value v) noexcept { return static_cast<const Cell*>(v.object()); }
inline std::size_t list_count(Value v) noexcept { return is_cell(v) ? v.object()->length : 0; }

inline Value make_cell(Store& store, Value first, Value rest) {
    const std::size_t count = list_count(rest);
    auto* cell = store.heap.make<Cell>(ObjectKind::Cell, sizeof(Cell),
                                       static_cast<std::uint32_t>(count < 0xFFFFFFFFu ? count + 1 : count));
    cell->first = first;
    cell->rest = rest;
    return Value{cell};
}

inline Value make_list(Store& store, std::span<const Value> items, Value rest = Value::empty_list()) {
    for (std::size_t i = items.size(); i-- > 0;) rest = make_cell(store, items[i], rest);
    return rest;
}

} // namespace qi

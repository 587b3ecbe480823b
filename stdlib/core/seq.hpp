// What the sequence functions have in common: anything seqable as items, and results of the input's kind.
#pragma once

#include "base/utf8.hpp"
#include "native/native.hpp"

#include <vector>

namespace qi::stdlib {

/// Items of a list or vector, entries of a map as [key value], members of a set, characters of a string; none of nil.
inline std::vector<Value> items_of_seqable(Vm& vm, Value v) {
    std::vector<Value> items;
    if (is_sequential(v)) return items_of(v);
    if (is_map(v)) {
        MapCursor cursor(v);
        for (Value pair[2]; cursor.next(pair[0], pair[1]);) items.push_back(make_vector(vm.store, {pair, 2}));
    } else if (is_set(v)) {
        MapCursor cursor(set_members(v));
        for (Value key, value; cursor.next(key, value);) items.push_back(key);
    } else if (is_string(v)) {
        const auto text = text_of(v);
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t length = utf8::sequence_length(static_cast<unsigned char>(text[at]));
            items.push_back(make_string(vm.store, text.substr(at, length), 1));
            at += length;
        }
    }
    return items;
}

/// A vector for a vector, a list for everything else.
inline Value like(Vm& vm, Value model, std::span<const Value> items) {
    return is_vector(model) ? make_vector(vm.store, items) : make_list(vm.store, items);
}

inline std::size_t count_of(Value v) noexcept {
    if (v.is_nil()) return 0;
    if (is_string(v) || is_bytes(v)) return as_string(v)->code_points;
    if (is_set(v)) return map_count(set_members(v));
    if (is_map(v)) return map_count(v);
    return sequence_count(v);
}

} // namespace qi::stdlib

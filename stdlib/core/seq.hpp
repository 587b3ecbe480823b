// What the sequence functions have in common: anything seqable as items, and results of the input's kind.
#pragma once

#include "base/utf8.hpp"
#include "native/native.hpp"

#include <algorithm>
#include <vector>

namespace qi::stdlib {

inline std::size_t count_of(Value v) noexcept {
    if (v.is_nil()) return 0;
    if (is_string(v) || is_bytes(v)) return as_string(v)->code_points;
    if (is_set(v)) return map_count(set_members(v));
    if (is_map(v)) return map_count(v);
    return sequence_count(v);
}

/// Items of a list or vector, entries of a map as [key value], members of a set, characters of a string; none of nil.
/// Those from index `from` up to but without `to`, as far as there are any; no others are made.
inline std::vector<Value> items_between(Call call, Value v, std::size_t from, std::size_t to) {
    std::vector<Value> items;
    to = std::min(to, count_of(v));
    if (from >= to) return items;
    items.reserve(to - from);
    if (is_vector(v)) {
        while (from < to) {
            std::size_t first = 0;
            const auto run = vector_run(v, from, first);
            const std::size_t end = std::min(to - first, run.size());
            items.insert(items.end(), run.begin() + static_cast<std::ptrdiff_t>(from - first),
                         run.begin() + static_cast<std::ptrdiff_t>(end));
            from = first + end;
        }
    } else if (is_list(v)) {
        for (std::size_t first = 0; first < to; v = list_behind_run(v)) {
            const auto run = list_run(v);
            const std::size_t end = std::min(to - first, run.size());
            for (std::size_t i = from > first ? from - first : 0; i < end; ++i) items.push_back(run[i]);
            first += run.size();
        }
    } else if (is_map(v)) {
        MapCursor cursor(v);
        Value pair[2];
        for (std::size_t i = 0; i < to && cursor.next(pair[0], pair[1]); ++i)
            if (i >= from) items.push_back(make_vector(call.store(), {pair, 2}));
    } else if (is_set(v)) {
        MapCursor cursor(set_members(v));
        Value key, value;
        for (std::size_t i = 0; i < to && cursor.next(key, value); ++i)
            if (i >= from) items.push_back(key);
    } else if (is_string(v)) {
        const auto text = text_of(v);
        std::size_t at = as_string(v)->is_ascii() ? from : utf8::offset_of(text, from);
        for (; from < to && at < text.size(); ++from) {
            const std::string_view character = utf8::character_at(text, at);
            items.push_back(make_string(call.store(), character, 1));
            at += character.size();
        }
    }
    return items;
}

inline std::vector<Value> items_of_seqable(Call call, Value v) { return items_between(call, v, 0, count_of(v)); }

/// The item at an index, of bytes, too; absent past the end.
inline Value item_at(Call call, Value v, std::size_t index) {
    if (is_vector(v)) return index < vector_count(v) ? vector_get(v, index) : Value::absent();
    if (is_bytes(v))
        return index < text_of(v).size() ? Value::small(static_cast<unsigned char>(text_of(v)[index]))
                                         : Value::absent();
    if (is_list(v)) {
        if (index >= list_count(v)) return Value::absent();
        return list_get(v, index);
    }
    const auto items = items_between(call, v, index, index + 1);
    return items.empty() ? Value::absent() : items.front();
}

/// A vector for a vector, a list for everything else.
inline Value like(Call call, Value model, std::span<const Value> items) {
    return is_vector(model) ? make_vector(call.store(), items) : make_list(call.store(), items);
}

/// The items from `from` up to but without `to` as a list, which shares the end of one.
inline Value list_between(Call call, Value v, std::size_t from, std::size_t to) {
    if (!is_list(v) || to < list_count(v)) return make_list(call.store(), items_between(call, v, from, to));
    return list_from(call.store(), v, from);
}

/// A vector with `item` at the index `key`, or after its end. `argument`, of the native `name`, is where the key is
/// from.
Result<Value> assoc_item(Call call, int argument, Value vector, Value key, Value item);

} // namespace qi::stdlib

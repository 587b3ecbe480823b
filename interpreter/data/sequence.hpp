// Lists and vectors seen alike: what the language calls sequential.
#pragma once

#include "data/list.hpp"
#include "data/vector.hpp"

#include <span>
#include <vector>

namespace qi {

QI_INLINE bool is_sequential(Value v) noexcept { return is_list(v) || is_vector(v); }
QI_INLINE std::size_t sequence_count(Value v) noexcept { return is_vector(v) ? vector_count(v) : list_count(v); }

/// Walks the items of a list or vector, which must not move during the walk: no safepoint in between.
class SequenceCursor {
public:
    explicit SequenceCursor(Value sequence) noexcept : sequence_(sequence) {
        if (is_vector(sequence)) remaining_ = vector_count(sequence);
    }
    bool next(Value& item) noexcept {
        if (is_cell(sequence_)) {
            item = as_cell(sequence_)->first;
            sequence_ = as_cell(sequence_)->rest;
            return true;
        }
        if (remaining_ == 0) return false;
        if (position_ == run_.size()) {
            std::size_t first = 0;
            run_ = vector_run(sequence_, index_, first);
            position_ = index_ - first;
        }
        item = run_[position_++];
        ++index_;
        --remaining_;
        return true;
    }

private:
    Value sequence_;
    std::span<const Value> run_;
    std::size_t position_ = 0;
    std::size_t index_ = 0;
    std::size_t remaining_ = 0;
};

inline std::vector<Value> items_of(Value sequence) {
    std::vector<Value> items;
    items.reserve(sequence_count(sequence));
    SequenceCursor cursor(sequence);
    for (Value item; cursor.next(item);) items.push_back(item);
    return items;
}

} // namespace qi

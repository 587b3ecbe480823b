// Lists and vectors seen alike: what the language calls sequential.
#pragma once

#include "data/list.hpp"
#include "data/vector.hpp"

#include <algorithm>
#include <span>
#include <vector>

namespace qi {

QI_INLINE bool is_sequential(Value v) noexcept { return is_list(v) || is_vector(v); }
QI_INLINE std::size_t sequence_count(Value v) noexcept { return is_vector(v) ? vector_count(v) : list_count(v); }

/// Walks the items of a list or vector, which must not move during the walk: no safepoint in between.
class SequenceCursor {
public:
    explicit SequenceCursor(Value sequence) noexcept : sequence_(sequence) {}
    bool next(Value& item) noexcept {
        if (position_ == run_.size() && !next_run()) return false;
        item = run_[position_++];
        return true;
    }

private:
    bool next_run() noexcept {
        position_ = 0;
        if (is_vector(sequence_)) {
            const std::size_t count = vector_count(sequence_);
            if (index_ == count) {
                run_ = {};
                return false;
            }
            std::size_t first = 0;
            run_ = vector_run(sequence_, index_, first);
            run_ = run_.subspan(index_ - first);
            run_ = run_.first(std::min(run_.size(), count - index_));
            index_ += run_.size();
            return true;
        }
        if (!is_nonempty_list(sequence_)) {
            run_ = {};
            return false;
        }
        run_ = list_run(sequence_);
        sequence_ = list_behind_run(sequence_);
        return true;
    }

    Value sequence_; // a vector, or the list behind the run
    std::span<const Value> run_;
    std::size_t position_ = 0; // in the run
    std::size_t index_ = 0;    // in the vector, behind the run
};

inline std::vector<Value> items_of(Value sequence) {
    std::vector<Value> items;
    items.reserve(sequence_count(sequence));
    SequenceCursor cursor(sequence);
    for (Value item; cursor.next(item);) items.push_back(item);
    return items;
}

} // namespace qi

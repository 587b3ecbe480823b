// A first-in first-out queue that costs nothing while empty, unlike std::deque: there is one for each
// connection. One thread.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace qi::ws {

template <typename T>
class Queue {
public:
    bool empty() const noexcept { return head_ == items_.size(); }
    std::size_t size() const noexcept { return items_.size() - head_; }
    const T* begin() const noexcept { return items_.data() + head_; }
    const T* end() const noexcept { return items_.data() + items_.size(); }
    T& front() noexcept { return items_[head_]; }
    void push(T&& item) { items_.push_back(std::move(item)); }
    void push(const T& item) { items_.push_back(item); }

    T pop() {
        T item = std::move(items_[head_]); // which holds nothing then
        advance();
        return item;
    }

    void drop() {
        // Replaced at once, so that what the item holds is freed.
        T* const item = &items_[head_];
        std::destroy_at(item);
        std::construct_at(item);
        advance();
    }

    void clear() noexcept {
        items_.clear();
        head_ = 0;
    }

private:
    static constexpr std::size_t keep = 128; // items' worth of memory kept by an empty queue

    void advance() {
        ++head_;
        if (head_ == items_.size()) {
            items_.clear();
            head_ = 0;
            if (items_.capacity() > keep) items_.shrink_to_fit();
        } else if (head_ >= 64 && head_ * 2 >= items_.size()) {
            items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(head_));
            head_ = 0;
        }
    }

    std::vector<T> items_;
    std::size_t head_ = 0;
};

} // namespace qi::ws

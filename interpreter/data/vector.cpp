#include "data/vector.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace qi {

namespace {

constexpr std::size_t width = 32;

void copy(Value* to, const Value* from, std::size_t count) noexcept {
    if (count != 0) std::memcpy(static_cast<void*>(to), from, count * sizeof(Value));
}

Array* array_of(Store& store, const Value* items, std::size_t count, std::size_t capacity) {
    Array* array = make_array(store, capacity);
    copy(array->items(), items, count);
    return array;
}

Array* as_array(Value v) noexcept { return static_cast<Array*>(v.object()); }

/// A branch down to `level` that ends in `leaf`.
Array* new_path(Store& store, std::uint64_t level, Array* leaf) {
    while (level > 0) {
        Array* node = make_array(store, 1);
        node->items()[0] = Value{leaf};
        leaf = node;
        level -= 5;
    }
    return leaf;
}

/// `node` with `leaf` hung in as the leaf that holds item `index`, the last of the trie.
Array* push_leaf(Store& store, std::uint64_t level, Array* node, std::size_t index, Array* leaf) {
    const std::size_t slot = (index >> level) & (width - 1);
    Array* copied = array_of(store, node->items(), node->length, slot < node->length ? node->length : slot + 1);
    if (level == 5)
        copied->items()[slot] = Value{leaf};
    else if (slot < node->length)
        copied->items()[slot] = Value{push_leaf(store, level - 5, as_array(node->items()[slot]), index, leaf)};
    else
        copied->items()[slot] = Value{new_path(store, level - 5, leaf)};
    return copied;
}

struct Trie { // of a vector that is being made
    std::uint64_t start;
    std::uint64_t end; // index in the trie behind the last item
    std::uint64_t shift;
    Array* root;
    Array* tail;
};

Trie trie_of(const TrieVector* v) noexcept { return {v->start, v->start + v->length, v->shift(), v->root, v->tail}; }

Value make_trie(Store& store, const Trie& trie) {
    auto* v = store.heap.make<TrieVector>(ObjectKind::TrieVector, sizeof(TrieVector),
                                          static_cast<std::uint32_t>(trie.end - trie.start));
    v->flags = static_cast<std::uint16_t>(trie.shift);
    v->start = trie.start;
    v->root = trie.root;
    v->tail = trie.tail;
    return Value{v};
}

/// The tail, which is full, becomes a leaf.
void hang_in_tail(Store& store, Trie& trie) {
    const std::size_t index = trie.end - width;
    if (index >> trie.shift < width) {
        trie.root = push_leaf(store, trie.shift, trie.root, index, trie.tail);
        return;
    }
    Array* root = make_array(store, 2); // the trie is full as well: one level more
    root->items()[0] = Value{trie.root};
    root->items()[1] = Value{new_path(store, trie.shift, trie.tail)};
    trie.root = root;
    trie.shift += 5;
}

/// `node` without the leaves before the one with item `index`.
Array* without_before(Store& store, std::uint64_t level, const Array* node, std::size_t index) {
    const std::size_t slot = (index >> level) & (width - 1);
    Array* copied = array_of(store, node->items(), node->length, node->length);
    std::fill(copied->items(), copied->items() + slot, Value::nil());
    if (level > 5)
        copied->items()[slot] = Value{without_before(store, level - 5, as_array(node->items()[slot]), index)};
    return copied;
}

/// `node` without the leaves behind the one with item `index`.
Array* without_behind(Store& store, std::uint64_t level, const Array* node, std::size_t index) {
    const std::size_t slot = (index >> level) & (width - 1);
    Array* copied = array_of(store, node->items(), slot + 1, slot + 1);
    if (level > 5)
        copied->items()[slot] = Value{without_behind(store, level - 5, as_array(node->items()[slot]), index)};
    return copied;
}

Array* set_in(Store& store, std::uint64_t level, Array* node, std::size_t index, Value item) {
    Array* copied = array_of(store, node->items(), node->length, node->length);
    const std::size_t slot = (index >> level) & (width - 1);
    copied->items()[slot] =
        level == 0 ? item : Value{set_in(store, level - 5, as_array(node->items()[slot]), index, item)};
    return copied;
}

} // namespace

Array* make_array(Store& store, std::size_t count) {
    return store.heap.make<Array>(ObjectKind::Array, Array::size_of(count), static_cast<std::uint32_t>(count));
}

std::span<const Value> vector_run(Value vector, std::size_t index, std::size_t& first) noexcept {
    if (vector.object()->kind == ObjectKind::Vector) {
        const auto* flat = static_cast<const Vector*>(vector.object());
        first = 0;
        return {flat->items(), flat->length};
    }
    const auto* trie = static_cast<const TrieVector*>(vector.object());
    const std::uint64_t at = trie->start + index;
    const Array* node = trie->tail;
    if (at < trie->tail_offset()) {
        node = trie->root;
        for (std::uint64_t level = trie->shift(); level > 0; level -= 5)
            node = as_array(node->items()[(at >> level) & (width - 1)]);
    }
    const std::uint64_t leaf = at & ~(width - 1);
    const std::size_t before =
        leaf < trie->start ? trie->start - leaf : 0; // items of the leaf that aren't the vector's
    first = leaf + before - trie->start;
    return {node->items() + before, node->length - before};
}

Value make_vector(Store& store, std::span<const Value> items) {
    if (items.size() <= Vector::max_items) {
        auto* v = store.heap.make<Vector>(ObjectKind::Vector, Vector::size_of(items.size()),
                                          static_cast<std::uint32_t>(items.size()));
        copy(v->items(), items.data(), items.size());
        return Value{v};
    }
    // Bottom up: leaves, then each level above them until one node is left.
    const std::size_t tail_offset = (items.size() - 1) & ~(width - 1);
    Array* tail = array_of(store, items.data() + tail_offset, items.size() - tail_offset, items.size() - tail_offset);
    std::vector<Value> level;
    for (std::size_t i = 0; i < tail_offset; i += width)
        level.emplace_back(array_of(store, items.data() + i, width, width));
    std::uint64_t shift = 0;
    do {
        std::vector<Value> above;
        for (std::size_t i = 0; i < level.size(); i += width) {
            const std::size_t count = std::min(width, level.size() - i);
            above.emplace_back(array_of(store, level.data() + i, count, count));
        }
        level.swap(above);
        shift += 5;
    } while (level.size() > 1);
    return make_trie(store, {0, items.size(), shift, as_array(level.front()), tail});
}

Value vector_push(Store& store, Value vector, Value item) { return vector_append(store, vector, {&item, 1}); }

Value vector_append(Store& store, Value vector, std::span<const Value> items) {
    if (items.empty()) return vector;
    if (vector.object()->kind == ObjectKind::Vector) {
        const auto* flat = static_cast<const Vector*>(vector.object());
        if (flat->length + items.size() <= Vector::max_items) {
            const auto count = static_cast<std::uint32_t>(flat->length + items.size());
            auto* v = store.heap.make<Vector>(ObjectKind::Vector, Vector::size_of(count), count);
            copy(v->items(), flat->items(), flat->length);
            copy(v->items() + flat->length, items.data(), items.size());
            return Value{v};
        }
        std::vector<Value> all(flat->items(), flat->items() + flat->length);
        all.insert(all.end(), items.begin(), items.end());
        return make_vector(store, all);
    }
    Trie trie = trie_of(static_cast<const TrieVector*>(vector.object()));
    while (!items.empty()) {
        std::size_t full = trie.tail->length;
        if (full == width) {
            hang_in_tail(store, trie);
            full = 0;
        }
        const std::size_t more = std::min(items.size(), width - full);
        Array* tail = array_of(store, trie.tail->items(), full, full + more);
        copy(tail->items() + full, items.data(), more);
        trie.tail = tail;
        trie.end += more;
        items = items.subspan(more);
    }
    return make_trie(store, trie);
}

Value vector_slice(Store& store, Value vector, std::size_t from, std::size_t to) {
    const std::size_t count = to - from;
    if (count == vector_count(vector)) return vector;
    if (count <= Vector::max_items) {
        auto* v =
            store.heap.make<Vector>(ObjectKind::Vector, Vector::size_of(count), static_cast<std::uint32_t>(count));
        for (std::size_t done = 0; done < count;) {
            std::size_t first = 0;
            const auto run = vector_run(vector, from + done, first);
            const std::size_t skipped = from + done - first, more = std::min(count - done, run.size() - skipped);
            copy(v->items() + done, run.data() + skipped, more);
            done += more;
        }
        return Value{v};
    }
    // More items than a leaf has: the trie holds at least one of them, besides those in the tail.
    const auto* whole = static_cast<const TrieVector*>(vector.object());
    Trie trie = trie_of(whole);
    trie.start += from;
    trie.end = whole->start + to;
    const std::uint64_t tail_offset = (trie.end - 1) & ~(width - 1);
    if (to < whole->length) {
        std::size_t first = 0;
        const auto run = vector_run(vector, tail_offset - whole->start, first);
        trie.tail = array_of(store, run.data(), trie.end - tail_offset, trie.end - tail_offset);
    }
    if (tail_offset != whole->tail_offset()) trie.root = without_behind(store, trie.shift, trie.root, tail_offset - 1);
    if (trie.start / width != whole->start / width)
        trie.root = without_before(store, trie.shift, trie.root, trie.start);
    // A root with one branch left isn't needed.
    while (trie.shift > 5 && trie.start >> trie.shift == (tail_offset - 1) >> trie.shift) {
        const std::uint64_t branch = trie.start >> trie.shift;
        trie.root = as_array(trie.root->items()[branch]);
        trie.start -= branch << trie.shift;
        trie.end -= branch << trie.shift;
        trie.shift -= 5;
    }
    return make_trie(store, trie);
}

Value vector_set(Store& store, Value vector, std::size_t index, Value item) {
    if (vector.object()->kind == ObjectKind::Vector) {
        const auto* flat = static_cast<const Vector*>(vector.object());
        auto* v = store.heap.make<Vector>(ObjectKind::Vector, Vector::size_of(flat->length), flat->length);
        copy(v->items(), flat->items(), flat->length);
        v->items()[index] = item;
        return Value{v};
    }
    Trie trie = trie_of(static_cast<const TrieVector*>(vector.object()));
    const std::uint64_t at = trie.start + index, tail_offset = (trie.end - 1) & ~(width - 1);
    if (at >= tail_offset) {
        trie.tail = array_of(store, trie.tail->items(), trie.tail->length, trie.tail->length);
        trie.tail->items()[at - tail_offset] = item;
    } else {
        trie.root = set_in(store, trie.shift, trie.root, at, item);
    }
    return make_trie(store, trie);
}

} // namespace qi

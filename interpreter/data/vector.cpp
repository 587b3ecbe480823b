#include "data/vector.hpp"

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

TrieVector* make_trie(Store& store, std::size_t count, std::uint64_t shift, Array* root, Array* tail) {
    auto* v = store.heap.make<TrieVector>(ObjectKind::TrieVector, sizeof(TrieVector), static_cast<std::uint32_t>(count));
    v->shift = shift;
    v->root = root;
    v->tail = tail;
    return v;
}

Array* set_in(Store& store, std::uint64_t level, Array* node, std::size_t index, Value item) {
    Array* copied = array_of(store, node->items(), node->length, node->length);
    const std::size_t slot = (index >> level) & (width - 1);
    copied->items()[slot] = level == 0 ? item : Value{set_in(store, level - 5, as_array(node->items()[slot]), index, item)};
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
    const Array* node = trie->tail;
    if (index < trie->tail_offset()) {
        node = trie->root;
        for (std::uint64_t level = trie->shift; level > 0; level -= 5) node = as_array(node->items()[(index >> level) & (width - 1)]);
    }
    first = index & ~(width - 1);
    return {node->items(), node->length};
}

Value make_vector(Store& store, std::span<const Value> items) {
    if (items.size() <= Vector::max_items) {
        auto* v = store.heap.make<Vector>(ObjectKind::Vector, Vector::size_of(items.size()), static_cast<std::uint32_t>(items.size()));
        copy(v->items(), items.data(), items.size());
        return Value{v};
    }
    // Bottom up: leaves, then each level above them until one node is left.
    const std::size_t tail_offset = (items.size() - 1) & ~(width - 1);
    Array* tail = array_of(store, items.data() + tail_offset, items.size() - tail_offset, items.size() - tail_offset);
    std::vector<Value> level;
    for (std::size_t i = 0; i < tail_offset; i += width) level.emplace_back(array_of(store, items.data() + i, width, width));
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
    return Value{make_trie(store, items.size(), shift, as_array(level.front()), tail)};
}

Value vector_push(Store& store, Value vector, Value item) {
    if (vector.object()->kind == ObjectKind::Vector) {
        const auto* flat = static_cast<const Vector*>(vector.object());
        if (flat->length < Vector::max_items) {
            auto* v = store.heap.make<Vector>(ObjectKind::Vector, Vector::size_of(flat->length + 1), flat->length + 1);
            copy(v->items(), flat->items(), flat->length);
            v->items()[flat->length] = item;
            return Value{v};
        }
        Array* root = make_array(store, 1);
        root->items()[0] = Value{array_of(store, flat->items(), width, width)};
        return Value{make_trie(store, width + 1, 5, root, array_of(store, &item, 1, 1))};
    }
    const auto* trie = static_cast<const TrieVector*>(vector.object());
    if (trie->tail->length < width) {
        Array* tail = array_of(store, trie->tail->items(), trie->tail->length, trie->tail->length + 1);
        tail->items()[trie->tail->length] = item;
        return Value{make_trie(store, trie->length + 1, trie->shift, trie->root, tail)};
    }
    // The tail is full: it becomes a leaf.
    const std::size_t leaf_index = trie->length - width;
    Array* tail = array_of(store, &item, 1, 1);
    if (leaf_index >> trie->shift >= width) { // and the trie is full as well: one level more
        Array* root = make_array(store, 2);
        root->items()[0] = Value{trie->root};
        root->items()[1] = Value{new_path(store, trie->shift, trie->tail)};
        return Value{make_trie(store, trie->length + 1, trie->shift + 5, root, tail)};
    }
    Array* root = push_leaf(store, trie->shift, trie->root, leaf_index, trie->tail);
    return Value{make_trie(store, trie->length + 1, trie->shift, root, tail)};
}

Value vector_set(Store& store, Value vector, std::size_t index, Value item) {
    if (vector.object()->kind == ObjectKind::Vector) {
        const auto* flat = static_cast<const Vector*>(vector.object());
        auto* v = store.heap.make<Vector>(ObjectKind::Vector, Vector::size_of(flat->length), flat->length);
        copy(v->items(), flat->items(), flat->length);
        v->items()[index] = item;
        return Value{v};
    }
    const auto* trie = static_cast<const TrieVector*>(vector.object());
    if (index >= trie->tail_offset()) {
        Array* tail = array_of(store, trie->tail->items(), trie->tail->length, trie->tail->length);
        tail->items()[index - trie->tail_offset()] = item;
        return Value{make_trie(store, trie->length, trie->shift, trie->root, tail)};
    }
    return Value{make_trie(store, trie->length, trie->shift, set_in(store, trie->shift, trie->root, index, item), trie->tail)};
}

} // namespace qi

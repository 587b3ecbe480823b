#include "data/vector.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace qi {

namespace {

constexpr std::size_t width = 32;

Array* array_of(Store& store, const Value* items, std::size_t count, std::size_t capacity) {
    Array* array = make_array(store, capacity);
    copy_values(array->items(), items, count);
    return array;
}

Array* as_array(Value v) noexcept { return static_cast<Array*>(v.object()); }

/// A copy whose children have several parents from now on.
Array* copy_branch(Store& store, const Array* node, std::size_t capacity) {
    Array* copied = make_array(store, capacity);
    for (std::size_t i = 0; i < node->length; ++i) copied->items()[i] = node->items()[i].shared();
    return copied;
}

/// A branch down to `level` that ends in `leaf`.
Value new_path(Store& store, std::uint64_t level, Value leaf) {
    while (level > 0) {
        Array* node = make_array(store, 1);
        node->items()[0] = leaf;
        leaf = Value::unique(node);
        level -= 5;
    }
    return leaf;
}

/// `node` with `leaf` hung in as the leaf that holds item `index`, the last of the trie. `own`: it may be changed.
Array* push_leaf(Store& store, std::uint64_t level, Array* node, bool own, std::size_t index, Value leaf) {
    const std::size_t slot = (index >> level) & (width - 1);
    const bool longer = slot == node->length;
    const std::size_t length = longer ? slot + 1 : node->length;
    Array* changed = node;
    if (!own)
        changed = copy_branch(store, node, length);
    else if (longer)
        changed = array_of(store, node->items(), slot, length);
    Value& child = changed->items()[slot];
    if (level == 5)
        child = leaf;
    else if (longer)
        child = new_path(store, level - 5, leaf);
    else
        child = Value::unique(push_leaf(store, level - 5, as_array(child), own && child.is_unique(), index, leaf));
    store.heap.wrote(changed, child);
    return changed;
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

/// The tail, which is full, becomes a leaf. `own`: the root may be changed.
void hang_in_tail(Store& store, Trie& trie, bool own, Value tail) {
    const std::size_t index = trie.end - width;
    if (index >> trie.shift < width) {
        trie.root = push_leaf(store, trie.shift, trie.root, own, index, tail);
        return;
    }
    Array* root = make_array(store, 2); // the trie is full as well: one level more
    root->items()[0] = own ? Value::unique(trie.root) : Value{trie.root};
    root->items()[1] = new_path(store, trie.shift, tail);
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

/// The vector itself if it may be changed, else a copy that may, of which no part is its own yet.
TrieVector* own_head(Store& store, Value vector) {
    auto* trie = static_cast<TrieVector*>(vector.object());
    return vector.is_unique() ? trie : static_cast<TrieVector*>(make_trie(store, trie_of(trie)).object());
}

/// A tail with room for 32 items, that may be changed.
void own_tail(Store& store, TrieVector* v, std::size_t count) {
    if ((v->flags & TrieVector::TailIsOwn) != 0) return;
    Array* tail = array_of(store, v->tail->items(), count, width);
    std::fill(tail->items() + count, tail->items() + width, Value::nil());
    v->tail = tail;
    v->flags |= TrieVector::TailIsOwn;
    store.heap.wrote(v, Value{tail});
}

/// The leaf that holds the item at `at` in the trie, if all nodes on the way may be changed; else null.
Array* leaf_that_is_own(const TrieVector* v, std::uint64_t at) noexcept {
    if ((v->flags & TrieVector::RootIsOwn) == 0) return nullptr;
    Array* node = v->root;
    for (unsigned level = v->shift(); level > 0; level -= 5) {
        const Value child = node->items()[(at >> level) & (width - 1)];
        if (!child.is_unique()) return nullptr;
        node = as_array(child);
    }
    return node;
}

/// The leaf that holds the item at `at` in the trie, which may be changed from now on.
[[gnu::noinline]] Array* make_own_leaf(Store& store, TrieVector* v, std::uint64_t at) {
    if ((v->flags & TrieVector::RootIsOwn) == 0) {
        v->root = copy_branch(store, v->root, v->root->length);
        v->flags |= TrieVector::RootIsOwn;
        store.heap.wrote(v, Value{v->root});
    }
    Array* node = v->root;
    for (std::uint64_t level = v->shift(); level > 0; level -= 5) {
        Value& child = node->items()[(at >> level) & (width - 1)];
        if (!child.is_unique()) {
            const Array* below = as_array(child);
            child = Value::unique(level > 5 ? copy_branch(store, below, below->length)
                                            : array_of(store, below->items(), below->length, below->length));
            store.heap.wrote(node, child);
        }
        node = as_array(child);
    }
    return node;
}

} // namespace

Array* make_array(Store& store, std::size_t count) {
    return store.heap.make<Array>(ObjectKind::Array, Array::size_of(count), static_cast<std::uint32_t>(count));
}

Value trie_get(const TrieVector* trie, std::size_t index) noexcept {
    const std::uint64_t at = trie->start + index;
    const Array* node = trie->tail;
    if (at < trie->tail_offset()) {
        node = trie->root;
        for (std::uint64_t level = trie->shift(); level > 0; level -= 5)
            node = as_array(node->items()[(at >> level) & (width - 1)]);
    }
    return node->items()[at & (width - 1)];
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
    std::size_t count = trie->tail_count();
    if (at < trie->tail_offset()) {
        node = trie->root;
        for (std::uint64_t level = trie->shift(); level > 0; level -= 5)
            node = as_array(node->items()[(at >> level) & (width - 1)]);
        count = width;
    }
    const std::uint64_t leaf = at & ~(width - 1);
    const std::size_t before =
        leaf < trie->start ? trie->start - leaf : 0; // items of the leaf that aren't the vector's
    first = leaf + before - trie->start;
    return {node->items() + before, count - before};
}

Value make_vector(Store& store, std::span<const Value> items) {
    if (items.size() <= Vector::max_items) {
        auto* v = store.heap.make<Vector>(ObjectKind::Vector, Vector::size_of(items.size()),
                                          static_cast<std::uint32_t>(items.size()));
        copy_values(v->items(), items.data(), items.size());
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
            copy_values(v->items(), flat->items(), flat->length);
            copy_values(v->items() + flat->length, items.data(), items.size());
            return Value{v};
        }
        std::vector<Value> all(flat->items(), flat->items() + flat->length);
        all.insert(all.end(), items.begin(), items.end());
        return make_vector(store, all);
    }
    Trie trie = trie_of(static_cast<const TrieVector*>(vector.object()));
    while (!items.empty()) {
        std::size_t full = ((trie.end - 1) & (width - 1)) + 1;
        if (full == width) {
            hang_in_tail(store, trie, false, Value{trie.tail});
            full = 0;
        }
        const std::size_t more = std::min(items.size(), width - full);
        Array* tail = array_of(store, trie.tail->items(), full, full + more);
        copy_values(tail->items() + full, items.data(), more);
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
            copy_values(v->items() + done, run.data() + skipped, more);
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
        copy_values(v->items(), flat->items(), flat->length);
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

Value vector_push_own(Store& store, Value vector, Value item) {
    if (vector.object()->kind == ObjectKind::Vector) {
        auto* flat = static_cast<Vector*>(vector.object());
        const std::uint32_t count = flat->length;
        if (count == Vector::max_items) {
            Value all[Vector::max_items + 1];
            copy_values(all, flat->items(), count);
            all[count] = item;
            return Value::unique(make_vector(store, all).object());
        }
        if (!vector.is_unique() || count >= flat->flags) {
            // What has been pushed to before will be pushed to again. An odd number of items leaves no gap.
            const std::uint32_t room = std::min((vector.is_unique() ? 2 * count : count) | 1, Vector::max_items);
            auto* longer = store.heap.make<Vector>(ObjectKind::Vector, Vector::size_of(std::max(room, count + 1)));
            longer->flags = static_cast<std::uint16_t>(std::max(room, count + 1));
            copy_values(longer->items(), flat->items(), count);
            flat = longer;
        }
        flat->items()[count] = item;
        flat->length = count + 1;
        store.heap.wrote(flat, item);
        return Value::unique(flat);
    }
    TrieVector* v = own_head(store, vector);
    std::size_t count = v->tail_count();
    if (count == width) {
        Trie trie = trie_of(v);
        const bool own = (v->flags & TrieVector::RootIsOwn) != 0;
        hang_in_tail(store, trie, own,
                     (v->flags & TrieVector::TailIsOwn) != 0 ? Value::unique(v->tail) : Value{v->tail});
        v->root = trie.root;
        v->flags = static_cast<std::uint16_t>(trie.shift | TrieVector::RootIsOwn);
        store.heap.wrote(v, Value{v->root});
        count = 0;
    }
    own_tail(store, v, count);
    v->tail->items()[count] = item;
    store.heap.wrote(v->tail, item);
    ++v->length;
    return Value::unique(v);
}

Value vector_set_own(Store& store, Value vector, std::size_t index, Value item) {
    if (vector.object()->kind == ObjectKind::Vector) {
        if (!vector.is_unique()) return Value::unique(vector_set(store, vector, index, item).object());
        auto* flat = static_cast<Vector*>(vector.object());
        flat->items()[index] = item;
        store.heap.wrote(flat, item);
        return vector;
    }
    TrieVector* v = vector.is_unique() ? static_cast<TrieVector*>(vector.object()) : own_head(store, vector);
    const std::uint64_t at = v->start + index;
    Array* leaf = nullptr;
    if (at >= v->tail_offset()) {
        own_tail(store, v, v->tail_count());
        leaf = v->tail;
    } else {
        leaf = leaf_that_is_own(v, at);
        if (leaf == nullptr) leaf = make_own_leaf(store, v, at);
    }
    leaf->items()[at & (width - 1)] = item;
    if (item.is_object()) store.heap.wrote(leaf, item);
    return Value::unique(v);
}

} // namespace qi

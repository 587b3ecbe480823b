#include "data/hash_map.hpp"

#include "data/equality.hpp"
#include "data/hashing.hpp"
#include "data/string.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace qi {

namespace {

// Levels are counted by the bits of both hashes that lie above them.
constexpr unsigned level_bits = 5;
constexpr unsigned fast_end = 35;           // 32 bits, and what is missing to seven levels
constexpr unsigned all_end = fast_end + 65; // 64 bits, and what is missing to thirteen

std::uint32_t bit_of(std::uint64_t hash, unsigned shift) noexcept { return std::uint32_t{1} << ((hash >> shift) & 31); }

/// A key and its way down. The strong hash is made when a level asks for it.
class Path {
public:
    explicit Path(Value key) : key_(key), fast_(hash_value(key)) {}
    Value key() const noexcept { return key_; }
    std::uint32_t bit(unsigned shift) {
        if (shift < fast_end) [[likely]]
            return bit_of(fast_, shift);
        if (!has_strong_) {
            strong_ = strong_hash(key_);
            has_strong_ = true;
        }
        return bit_of(strong_, shift - fast_end);
    }

private:
    Value key_;
    std::uint32_t fast_;
    bool has_strong_ = false;
    std::uint64_t strong_ = 0;
};

/// x86-64 has counted bits since 2008, but not from its beginning: compilers leave that out unless a function says that
/// it may.
template <bool ByProcessor>
QI_INLINE std::uint32_t bits_in(std::uint32_t bits) noexcept {
    if constexpr (ByProcessor) return static_cast<std::uint32_t>(__builtin_popcount(bits));
    return bit_count(bits);
}

template <bool ByProcessor = false>
QI_INLINE std::uint32_t below(std::uint32_t bitmap, std::uint32_t bit) noexcept {
    return bits_in<ByProcessor>(bitmap & (bit - 1));
}

/// Where the child of this branch is: the children are the last slots.
template <bool ByProcessor = false>
QI_INLINE std::uint32_t child_slot(const HashNode* node, std::uint32_t bit) noexcept {
    return node->length - bits_in<ByProcessor>(node->children & (0 - bit));
}

/// `more`: slots that it has room for besides.
HashNode* make_node(Store& store, std::uint32_t entries, std::uint32_t children, std::uint32_t more = 0) {
    const std::uint32_t slots = 2 * bit_count(entries) + bit_count(children);
    auto* node = store.heap.make<HashNode>(ObjectKind::HashNode, HashNode::size_of(slots + more), slots);
    if (more != 0) node->flags = static_cast<std::uint16_t>(slots + more);
    node->entries = entries;
    node->children = children;
    return node;
}

/// The same for references to children, which have several parents from now on; unless the old parent isn't used again.
void copy_children(Value* to, const Value* from, std::size_t count, bool moved) noexcept {
    if (moved) return copy_values(to, from, count);
    for (std::size_t i = 0; i < count; ++i) to[i] = from[i].shared();
}

HashNode* clone(Store& store, const HashNode* node) {
    HashNode* copied = make_node(store, node->entries, node->children);
    const std::size_t entry_slots = 2 * node->entry_count();
    copy_values(copied->slots(), node->slots(), entry_slots);
    copy_children(copied->slots() + entry_slots, node->slots() + entry_slots, node->length - entry_slots, false);
    return copied;
}

HashBucket* make_bucket(Store& store, std::uint32_t slots) {
    return store.heap.make<HashBucket>(ObjectKind::HashBucket, HashBucket::size_of(slots), slots);
}

/// A node (or bucket) that holds two entries whose paths agree up to `shift`.
Object* pair(Store& store, unsigned shift, Path& a, Value va, Path& b, Value vb) {
    if (shift >= all_end) {
        HashBucket* bucket = make_bucket(store, 4);
        bucket->slots()[0] = a.key();
        bucket->slots()[1] = va;
        bucket->slots()[2] = b.key();
        bucket->slots()[3] = vb;
        return bucket;
    }
    const std::uint32_t bit_a = a.bit(shift), bit_b = b.bit(shift);
    if (bit_a == bit_b) {
        HashNode* node = make_node(store, 0, bit_a);
        node->slots()[0] = Value::unique(pair(store, shift + level_bits, a, va, b, vb));
        return node;
    }
    HashNode* node = make_node(store, bit_a | bit_b, 0);
    const bool a_first = bit_a < bit_b;
    node->slots()[0] = a_first ? a.key() : b.key();
    node->slots()[1] = a_first ? va : vb;
    node->slots()[2] = a_first ? b.key() : a.key();
    node->slots()[3] = a_first ? vb : va;
    return node;
}

Object* assoc_bucket(Store& store, const HashBucket* bucket, Value key, Value value, bool& added) {
    std::uint32_t at = 0;
    while (at < bucket->length && !same_key(bucket->slots()[at], key)) at += 2;
    added = at == bucket->length;
    HashBucket* copied = make_bucket(store, bucket->length + (added ? 2 : 0));
    copy_values(copied->slots(), bucket->slots(), bucket->length);
    if (added) copied->slots()[at] = key;
    copied->slots()[at + 1] = value;
    return copied;
}

/// The node with an entry more. `own`: it may be changed, and isn't used again.
HashNode* with_entry(Store& store, HashNode* node, bool own, std::uint32_t bit, Value key, Value value) {
    constexpr std::uint32_t room = 4; // for two entries more, in a node that is changed in place
    const std::uint32_t entry_slots = 2 * node->entry_count();
    const std::uint32_t at = 2 * below(node->entries, bit), after = entry_slots - at, children = node->child_count();
    HashNode* longer = node;
    if (own && node->length + 2u <= node->flags) {
        Value* const slots = node->slots();
        std::copy_backward(slots + at, slots + node->length, slots + node->length + 2);
        node->entries |= bit;
        node->length += 2;
    } else {
        longer = make_node(store, node->entries | bit, node->children, own ? room : 0);
        copy_values(longer->slots(), node->slots(), at);
        copy_values(longer->slots() + at + 2, node->slots() + at, after);
        copy_children(longer->slots() + entry_slots + 2, node->slots() + entry_slots, children, own);
    }
    longer->slots()[at] = key;
    longer->slots()[at + 1] = value;
    store.heap.wrote(longer, key);
    store.heap.wrote(longer, value);
    return longer;
}

/// The node with the entry of this branch moved into a child, where there is another one.
HashNode* with_child(Store& store, const HashNode* node, bool own, std::uint32_t bit, Object* child) {
    const std::uint32_t entry_slots = 2 * node->entry_count(), at = 2 * below(node->entries, bit);
    HashNode* moved = make_node(store, node->entries & ~bit, node->children | bit);
    const std::uint32_t child_at = below(moved->children, bit);
    copy_values(moved->slots(), node->slots(), at);
    copy_values(moved->slots() + at, node->slots() + at + 2, entry_slots - at - 2);
    Value* const children = moved->slots() + entry_slots - 2;
    copy_children(children, node->slots() + entry_slots, child_at, own);
    children[child_at] = Value::unique(child);
    copy_children(children + child_at + 1, node->slots() + entry_slots + child_at, node->child_count() - child_at, own);
    return moved;
}

/// The node with the entry. `own`: it may be changed, and isn't used again. What is given back is no other trie's.
Object* assoc_in(Store& store, Object* object, bool own, unsigned shift, Path& path, Value value, bool& added) {
    if (object->kind == ObjectKind::HashBucket)
        return assoc_bucket(store, static_cast<HashBucket*>(object), path.key(), value, added);
    auto* const node = static_cast<HashNode*>(object);
    const std::uint32_t bit = path.bit(shift);
    if ((node->entries & bit) != 0) {
        const std::uint32_t at = 2 * below(node->entries, bit);
        if (same_key(node->slots()[at], path.key())) {
            HashNode* const changed = own ? node : clone(store, node);
            changed->slots()[at + 1] = value;
            store.heap.wrote(changed, value);
            return changed;
        }
        // Two entries want this branch: both move one level down.
        added = true;
        Path other(node->slots()[at]);
        return with_child(store, node, own, bit,
                          pair(store, shift + level_bits, other, node->slots()[at + 1], path, value));
    }
    if ((node->children & bit) != 0) {
        const std::uint32_t at = child_slot(node, bit);
        const Value child = node->slots()[at];
        Object* const new_child =
            assoc_in(store, child.object(), own && child.is_unique(), shift + level_bits, path, value, added);
        HashNode* const changed = own ? node : clone(store, node);
        changed->slots()[at] = Value::unique(new_child);
        store.heap.wrote(changed, changed->slots()[at]);
        return changed;
    }
    added = true;
    return with_entry(store, node, own, bit, path.key(), value);
}

bool is_single_entry(const Object* object) noexcept {
    if (object->kind == ObjectKind::HashBucket) return object->length == 2;
    const auto* node = static_cast<const HashNode*>(object);
    return node->children == 0 && node->entry_count() == 1;
}

const Value* slots_of(const Object* object) noexcept {
    return object->kind == ObjectKind::HashBucket ? static_cast<const HashBucket*>(object)->slots()
                                                  : static_cast<const HashNode*>(object)->slots();
}

Object* dissoc_in(Store& store, Object* object, unsigned shift, Path& path) {
    if (object->kind == ObjectKind::HashBucket) {
        const auto* bucket = static_cast<HashBucket*>(object);
        std::uint32_t at = 0;
        while (!same_key(bucket->slots()[at], path.key())) at += 2;
        HashBucket* shorter = make_bucket(store, bucket->length - 2);
        copy_values(shorter->slots(), bucket->slots(), at);
        copy_values(shorter->slots() + at, bucket->slots() + at + 2, bucket->length - at - 2);
        return shorter;
    }
    const auto* node = static_cast<HashNode*>(object);
    const std::uint32_t bit = path.bit(shift);
    const std::uint32_t entry_slots = 2 * node->entry_count();
    if ((node->entries & bit) != 0) {
        const std::uint32_t at = 2 * below(node->entries, bit);
        HashNode* shorter = make_node(store, node->entries & ~bit, node->children);
        copy_values(shorter->slots(), node->slots(), at);
        copy_values(shorter->slots() + at, node->slots() + at + 2, node->length - at - 2);
        return shorter;
    }
    const std::uint32_t child_at = below(node->children, bit);
    Object* child = dissoc_in(store, node->slots()[entry_slots + child_at].object(), shift + level_bits, path);
    if (!is_single_entry(child)) {
        HashNode* copied = clone(store, node);
        copied->slots()[entry_slots + child_at] = Value{child};
        return copied;
    }
    // A child with one entry left dissolves into its parent, so that equal maps have equal trees.
    HashNode* merged = make_node(store, node->entries | bit, node->children & ~bit);
    const std::uint32_t at = 2 * below(merged->entries, bit);
    copy_values(merged->slots(), node->slots(), at);
    copy_values(merged->slots() + at, slots_of(child), 2);
    copy_values(merged->slots() + at + 2, node->slots() + at, entry_slots - at);
    copy_values(merged->slots() + entry_slots + 2, node->slots() + entry_slots, child_at);
    copy_values(merged->slots() + entry_slots + 2 + child_at, node->slots() + entry_slots + child_at + 1,
                node->child_count() - child_at - 1);
    return merged;
}

Value make_map(Store& store, std::size_t count, Object* root) {
    auto* map = store.heap.make<HashMap>(ObjectKind::HashMap, sizeof(HashMap), static_cast<std::uint32_t>(count));
    map->root = static_cast<HashNode*>(root);
    return Value{map};
}

struct Entry {
    std::uint64_t hash; // the fast one; deep down the strong one
    Value key, value;
};

/// Of equal keys the first one stays, with the last one's value. Costs nothing unless all hashes are equal; and of
/// different keys with one hash looks at a few alone, since further down they part.
std::span<Entry> without_repetitions(std::span<Entry> entries) {
    constexpr std::ptrdiff_t few = 8;
    if (!std::all_of(entries.begin(), entries.end(), [&](const Entry& e) { return e.hash == entries.front().hash; }))
        return entries;
    auto kept = entries.begin();
    for (auto entry = entries.begin(); entry != entries.end(); ++entry) {
        const auto known =
            std::find_if(entries.begin(), kept, [&](const Entry& e) { return same_key(e.key, entry->key); });
        if (known != kept) {
            known->value = entry->value;
        } else if (kept - entries.begin() == few) {
            kept = std::copy(entry, entries.end(), kept);
            break;
        } else {
            *kept++ = *entry;
        }
    }
    return {entries.begin(), kept};
}

/// The bucket of entries whose hashes are all equal.
Object* build_bucket(Store& store, std::span<const Entry> entries, std::size_t& count) {
    Object* bucket = make_bucket(store, 0);
    for (const Entry& entry : entries) {
        bool added = false;
        bucket = assoc_bucket(store, static_cast<HashBucket*>(bucket), entry.key, entry.value, added);
    }
    count += bucket->length / 2;
    return bucket;
}

/// The node (or bucket) of entries whose paths agree up to `shift`; `scratch` has room for as many.
Object* build(Store& store, std::span<Entry> entries, Entry* scratch, unsigned shift, std::size_t& count) {
    if (shift >= all_end) return build_bucket(store, entries, count);
    if (shift == fast_end)
        for (Entry& entry : entries) entry.hash = strong_hash(entry.key);
    const unsigned down = shift < fast_end ? shift : shift - fast_end;
    const auto branch_of = [&](const Entry& e) { return (e.hash >> down) & 31; };
    std::array<std::size_t, 33> starts{};
    for (const Entry& e : entries) ++starts[branch_of(e) + 1];
    for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
    auto next = starts;
    for (const Entry& e : entries) scratch[next[branch_of(e)]++] = e;
    std::copy(scratch, scratch + entries.size(), entries.begin());
    std::array<std::span<Entry>, 32> branches;
    std::uint32_t single = 0, several = 0;
    for (std::size_t i = 0; i < branches.size(); ++i) {
        if (starts[i] == starts[i + 1]) continue;
        branches[i] = without_repetitions(entries.subspan(starts[i], starts[i + 1] - starts[i]));
        (branches[i].size() == 1 ? single : several) |= std::uint32_t{1} << i;
    }
    HashNode* node = make_node(store, single, several);
    Value* entry = node->slots();
    Value* child = entry + 2 * node->entry_count();
    count += node->entry_count();
    for (const auto& branch : branches) {
        if (branch.size() == 1) {
            *entry++ = branch.front().key;
            *entry++ = branch.front().value;
        } else if (!branch.empty()) {
            *child++ = Value::unique(build(store, branch, scratch, shift + level_bits, count));
        }
    }
    return node;
}

struct Found {
    Value* entry = nullptr; // the key, with its value behind it; null: there is none
    Object* node = nullptr; // that holds it
    bool own = false;       // nothing else refers to that
};

/// The entry with the key of this hash that `is_it` is true of. `strong` makes the strong hash, where that is needed.
template <bool ByProcessor, typename Test, typename Strong>
QI_INLINE Found search(Value map, std::uint32_t hash, Test is_it, Strong strong) noexcept {
    auto* const head = static_cast<HashMap*>(map.object());
    Object* object = head->root;
    bool own = map.is_unique() && (head->flags & HashMap::RootIsOwn) != 0;
    // One level: true when the search is over, with the entry found in `entry`.
    Value* entry = nullptr;
    const auto found = [&]() -> Found { return {entry, object, own}; };
    const auto ends = [&](std::uint32_t bit) __attribute__((always_inline)) {
        auto* const node = static_cast<HashNode*>(object);
        if ((node->entries & bit) != 0) {
            Value* at = node->slots() + 2 * below<ByProcessor>(node->entries, bit);
            if (is_it(*at)) entry = at;
            return true;
        }
        if ((node->children & bit) == 0) return true;
        const Value child = node->slots()[child_slot<ByProcessor>(node, bit)];
        own = own && child.is_unique();
        object = child.object();
        // The second line of what is probably not in the cache: the next step reads the first, and then perhaps this.
        __builtin_prefetch(reinterpret_cast<const char*>(object) + 64);
        return false;
    };
    for (unsigned shift = 0; shift < fast_end; shift += level_bits)
        if (ends(bit_of(hash, shift))) return found();
    const std::uint64_t rest = strong();
    for (unsigned shift = 0; shift < all_end - fast_end; shift += level_bits)
        if (ends(bit_of(rest, shift))) return found();
    Value* const slots = static_cast<HashBucket*>(object)->slots();
    for (std::uint32_t i = 0; i < object->length && entry == nullptr; i += 2)
        if (is_it(slots[i])) entry = slots + i;
    return found();
}

#ifdef __x86_64__
template <typename Test, typename Strong>
[[gnu::target("popcnt")]] Found search_by_processor(Value map, std::uint32_t hash, Test is_it, Strong strong) noexcept {
    return search<true>(map, hash, is_it, strong);
}
#endif

/// By the processor where it can: the count is what each level of a search waits for.
template <typename Test, typename Strong>
Found find_entry(Value map, std::uint32_t hash, Test is_it, Strong strong) noexcept {
#ifdef __x86_64__
    if (__builtin_cpu_supports("popcnt")) return search_by_processor(map, hash, is_it, strong);
#endif
    return search<false>(map, hash, is_it, strong);
}

Found find_entry(Value map, Value key) noexcept {
    return find_entry(
        map, hash_value(key), [&](Value other) { return same_key(other, key); }, [&] { return strong_hash(key); });
}

/// Its content can't change: a collection that is unique could be another key when the entry is asked for again.
bool stays_the_same(Value key) noexcept { return !key.is_object() || is_string(key) || compares_by_identity(key); }

} // namespace

Value empty_hash_map(Store& store) { return make_map(store, 0, make_node(store, 0, 0)); }

Value hash_map_get(Value map, Value key) noexcept {
    const Value* entry = find_entry(map, key).entry;
    return entry == nullptr ? Value::absent() : entry[1];
}

namespace {

template <bool ByProcessor>
QI_INLINE Value get_and_note(Store& store, Value map, Value key) noexcept {
    const Found found = search<ByProcessor>(
        map, hash_value(key), [&](Value other) { return same_key(other, key); }, [&] { return strong_hash(key); });
    if (found.entry == nullptr) return Value::absent();
    if (found.own && stays_the_same(key))
        store.last_entry = {map.object(), key, found.entry, found.node, store.heap.collections()};
    return found.entry[1];
}

#ifdef __x86_64__
[[gnu::target("popcnt")]] Value get_and_note_by_processor(Store& store, Value map, Value key) noexcept {
    return get_and_note<true>(store, map, key);
}
#endif

} // namespace

/// What loops over data do most: all in one function, so that nothing of a search is written down.
Value hash_map_get(Store& store, Value map, Value key) noexcept {
#ifdef __x86_64__
    if (__builtin_cpu_supports("popcnt")) return get_and_note_by_processor(store, map, key);
#endif
    return get_and_note<false>(store, map, key);
}

Value hash_map_get_string(Value map, std::string_view text, Value& key) noexcept {
    const Value* entry =
        find_entry(
            map, hash_bytes(text), [&](Value other) { return is_string(other) && text_of(other) == text; },
            [&] { return strong_string_hash(text); })
            .entry;
    if (entry == nullptr) return Value::absent();
    key = entry[0];
    return entry[1];
}

Value hash_map_assoc(Store& store, Value map, Value key, Value value) {
    const auto* m = static_cast<const HashMap*>(map.object());
    bool added = false;
    Path path(key);
    Object* root = assoc_in(store, m->root, false, 0, path, value, added);
    return make_map(store, m->length + (added ? 1 : 0), root);
}

namespace {

/// By a search: apart, so that what needs none saves no registers for it.
[[gnu::noinline]] Value assoc_own_searching(Store& store, Value map, Value key, Value value) {
    auto* m = static_cast<HashMap*>(map.object());
    store.last_entry.map = nullptr; // nodes may change
    bool added = false;
    Path path(key);
    const bool own = map.is_unique() && (m->flags & HashMap::RootIsOwn) != 0;
    Object* const root = assoc_in(store, m->root, own, 0, path, value, added);
    if (!map.is_unique()) m = static_cast<HashMap*>(make_map(store, m->length, root).object());
    m->root = static_cast<HashNode*>(root);
    m->flags |= HashMap::RootIsOwn;
    m->length += added ? 1 : 0;
    store.heap.wrote(m, Value{root});
    return Value::unique(m);
}

} // namespace

Value hash_map_assoc_own(Store& store, Value map, Value key, Value value) {
    if (!map.is_unique() || !is_last_entry(store, map, key)) return assoc_own_searching(store, map, key, value);
    store.last_entry.entry[1] = value;
    store.heap.wrote(store.last_entry.node, value);
    return map;
}

Value hash_map_with(Store& store, Value map, std::span<const Value> entries) {
    const std::size_t before = map.object()->length;
    if (entries.size() < before) { // few: most of the map is shared
        for (std::size_t i = 0; i < entries.size(); i += 2)
            map = hash_map_assoc(store, map, entries[i], entries[i + 1]);
        return map;
    }
    std::vector<Entry> all;
    all.reserve(before + entries.size() / 2);
    HashMapCursor cursor(map);
    for (Value key, value; cursor.next(key, value);) all.push_back({hash_value(key), key, value});
    for (std::size_t i = 0; i < entries.size(); i += 2)
        all.push_back({hash_value(entries[i]), entries[i], entries[i + 1]});
    if (all.empty()) return map;
    std::vector<Entry> scratch(all.size());
    std::size_t count = 0;
    Object* root = build(store, all, scratch.data(), 0, count);
    return make_map(store, count, root);
}

Value hash_map_dissoc(Store& store, Value map, Value key) {
    if (hash_map_get(map, key).is_absent()) return map;
    const auto* m = static_cast<const HashMap*>(map.object());
    Path path(key);
    return make_map(store, m->length - 1, dissoc_in(store, m->root, 0, path));
}

HashMapCursor::HashMapCursor(Value map) noexcept : depth_(0) {
    levels_[0] = Level{static_cast<const HashMap*>(map.object())->root, 0, 0};
}

HashMapCursor::HashMapCursor(Value map, Value key) noexcept : HashMapCursor(map) {
    Path path(key);
    for (unsigned shift = 0;; shift += level_bits) {
        Level& level = levels_[depth_];
        if (level.node->kind == ObjectKind::HashBucket) {
            while (!same_key(slots_of(level.node)[2 * level.entry++], key)) {
            }
            return;
        }
        const auto* node = static_cast<const HashNode*>(level.node);
        const std::uint32_t bit = path.bit(shift);
        if ((node->entries & bit) != 0) {
            level.entry = below(node->entries, bit) + 1;
            return;
        }
        level.entry = node->entry_count();
        level.child = below(node->children, bit) + 1;
        levels_[++depth_] = Level{node->slots()[child_slot(node, bit)].object(), 0, 0};
    }
}

bool HashMapCursor::next(Value& key, Value& value) noexcept {
    while (depth_ >= 0) {
        Level& level = levels_[depth_];
        const bool bucket = level.node->kind == ObjectKind::HashBucket;
        const auto* node = static_cast<const HashNode*>(level.node);
        const std::uint32_t entries = bucket ? level.node->length / 2 : node->entry_count();
        if (level.entry < entries) {
            const Value* slots = slots_of(level.node);
            key = slots[2 * level.entry];
            value = slots[2 * level.entry + 1];
            ++level.entry;
            return true;
        }
        if (!bucket && level.child < node->child_count()) {
            const Value child = node->slots()[2 * entries + level.child++];
            levels_[++depth_] = Level{child.object(), 0, 0};
            continue;
        }
        --depth_;
    }
    return false;
}

} // namespace qi

// Sequences cut and put together by position, and those that follow from what a function said of each item.
#include "list/list.hpp"

#include "core/seq.hpp"
#include "data/equality.hpp"
#include "data/print.hpp"
#include "data/type_name.hpp"
#include "namespaces.hpp"

#include <algorithm>
#include <numeric>

namespace qi::stdlib {

namespace {

using Items = std::vector<Value>;

Error too_small(std::string_view wanted, std::int64_t n) {
    return failure_at(0, kind::range, msg::argument_range, {"n", wanted, std::to_string(n)});
}

Value list_of(Call call, const Items& items, std::size_t from, std::size_t to) {
    return make_list(call.store(), std::span<const Value>(items).subspan(from, to - from));
}

Result<Value> chunk(Call call, std::int64_t n, Value xs) {
    if (n < 1) return too_small("≥ 1", n);
    const Items items = items_of_seqable(call, xs);
    Items chunks;
    for (std::size_t at = 0; at < items.size();) {
        const std::size_t end = std::min<std::uint64_t>(items.size(), at + static_cast<std::uint64_t>(n));
        chunks.push_back(list_of(call, items, at, end));
        at = end;
    }
    return make_list(call.store(), chunks);
}

Result<Value> split_at(Call call, std::int64_t n, Value xs) {
    if (n < 0) return too_small("≥ 0", n);
    const std::size_t count = count_of(xs), at = std::min<std::uint64_t>(count, static_cast<std::uint64_t>(n));
    const Value halves[] = {list_between(call, xs, 0, at), list_between(call, xs, at, count)};
    return make_vector(call.store(), halves);
}

Value interleave(Call call, Value xs, Value ys) {
    const Items a = items_of_seqable(call, xs), b = items_of_seqable(call, ys);
    Items all;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        all.push_back(a[i]);
        all.push_back(b[i]);
    }
    return make_list(call.store(), all);
}

Result<Value> zipmap(Call call, Value keys, Value values) {
    const Items ks = items_of_seqable(call, keys), vs = items_of_seqable(call, values);
    Value map = empty_map(call.store());
    for (std::size_t i = 0; i < std::min(ks.size(), vs.size()); ++i) {
        if (!can_be_key(ks[i])) return failure_at(0, kind::type, msg::bad_key, {describe_value(call.store(), ks[i])});
        map = map_assoc(call.store(), map, ks[i], vs[i]);
    }
    return map;
}

/// The items whose flags are true, in the type of xs.
Value chosen(Call call, Value flags, Value xs) {
    const Items wanted = items_of_seqable(call, flags), items = items_of_seqable(call, xs);
    Items kept;
    for (std::size_t i = 0; i < items.size() && i < wanted.size(); ++i)
        if (wanted[i].is_truthy()) kept.push_back(items[i]);
    return like(call, xs, kept);
}

/// Where the items stand once they are sorted by their keys. Fails if two keys have no order.
Result<std::vector<std::size_t>> order_of(Call call, const Items& keys) {
    const auto fail = [&](const Unrelated& pair) {
        return failure(kind::type, msg::argument_type,
                       {type_message(pair.a).text(), describe_value(call.store(), pair.b)});
    };
    Unrelated unrelated;
    for (std::size_t i = 1; i < keys.size(); ++i) sorts_before(keys[i - 1], keys[i], unrelated);
    if (unrelated.met()) return fail(unrelated);
    std::vector<std::size_t> order(keys.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return sorts_before(keys[a], keys[b], unrelated); });
    if (unrelated.met()) return fail(unrelated);
    return order;
}

Result<Value> sort_by(Call call, Value keys, Value xs) {
    const Items items = items_of_seqable(call, xs);
    const auto order = order_of(call, items_of_seqable(call, keys));
    if (!order) return order.error();
    Items sorted;
    for (const std::size_t at : *order) sorted.push_back(items[at]);
    return make_list(call.store(), sorted);
}

Result<Value> extreme_by(Call call, Value keys, Value xs, Order wanted) {
    const Items by = items_of_seqable(call, keys), items = items_of_seqable(call, xs);
    if (const auto checked = order_of(call, by); !checked) return checked.error();
    if (items.empty()) return Value::nil();
    std::size_t best = 0;
    Unrelated none; // order_of has found no pair without an order
    for (std::size_t i = 1; i < items.size(); ++i)
        if (wanted == Order::Less ? sorts_before(by[i], by[best], none) : sorts_before(by[best], by[i], none)) best = i;
    return items[best];
}

constexpr Native list_natives[] = {
    native("list/chunk n xs",
           "Lists of up to n items of xs each. Fails with :range unless n is positive.\n"
           "(list/chunk 2 [1 2 3]) ;=> ((1 2) (3))",
           [](Call call, std::int64_t n, Seqable xs) { return chunk(call, n, xs); }),
    native("partition-all n xs",
           "The same as (list/chunk n xs). Fails with :range unless n is positive.\n"
           "(partition-all 2 [1 2 3]) ;=> ((1 2) (3))",
           [](Call call, std::int64_t n, Seqable xs) { return chunk(call, n, xs); }),
    native("list/split-at n xs",
           "A vector of two lists: the first n items of xs, and the others. Fails with :range if n is negative.\n"
           "(list/split-at 1 [1 2 3]) ;=> [(1) (2 3)]",
           [](Call call, std::int64_t n, Seqable xs) { return split_at(call, n, xs); }),
    native("list/interleave xs ys",
           "Items of xs and ys in turn, up to the end of the shorter one, as a list.\n"
           "(list/interleave [1 2] [:a :b]) ;=> (1 :a 2 :b)",
           [](Call call, Seqable xs, Seqable ys) { return interleave(call, xs, ys); }),
    native("list/zipmap keys values",
           "A map of keys and the values at the same index.\n(list/zipmap [:a :b] [1 2]) ;=> {:a 1 :b 2}",
           [](Call call, Seqable ks, Seqable vs) { return zipmap(call, ks, vs); }),
    native("list/dedupe xs",
           "The items of xs without those that equal the one before.\n(list/dedupe [1 1 2 1]) ;=> (1 2 1)",
           [](Call call, Seqable xs) {
               Items kept;
               for (const Value item : items_of_seqable(call, xs))
                   if (kept.empty() || !same(kept.back(), item)) kept.push_back(item);
               return make_list(call.store(), kept);
           }),
    native("list/take-nth n xs",
           "Every item of xs whose index is a multiple of n. Fails with :range unless n is positive.\n"
           "(list/take-nth 2 [1 2 3]) ;=> (1 3)",
           [](Call call, std::int64_t n, Seqable xs) -> Result<Value> {
               if (n < 1) return too_small("≥ 1", n);
               const Items items = items_of_seqable(call, xs);
               Items kept;
               for (std::uint64_t i = 0; i < items.size(); i += static_cast<std::uint64_t>(n)) kept.push_back(items[i]);
               return make_list(call.store(), kept);
           }),
    native("list/drop-last n xs",
           "All but the last n items of xs. Fails with :range if n is negative.\n"
           "(list/drop-last 1 [1 2 3]) ;=> (1 2)",
           [](Call call, std::int64_t n, Seqable xs) -> Result<Value> {
               if (n < 0) return too_small("≥ 0", n);
               const std::size_t count = count_of(xs);
               return list_between(call, xs, 0, count - std::min<std::uint64_t>(count, static_cast<std::uint64_t>(n)));
           }),
    native("interpose x xs", "The items of xs with x between them.\n(interpose 0 [1 2 3]) ;=> [1 0 2 0 3]",
           [](Call call, Value x, Seqable xs) {
               Items all;
               for (const Value item : items_of_seqable(call, xs)) {
                   if (!all.empty()) all.push_back(x);
                   all.push_back(item);
               }
               return like(call, xs, all);
           }),
    native("%chosen flags xs", "The items whose flags are true.",
           [](Call call, Seqable flags, Seqable xs) { return chosen(call, flags, xs); }),
    native("%indexed xs", "The items as [index item].",
           [](Call call, Seqable xs) {
               Items pairs;
               for (const Value item : items_of_seqable(call, xs)) {
                   const Value pair[] = {Value::small(static_cast<std::int64_t>(pairs.size())), item};
                   pairs.push_back(make_vector(call.store(), pair));
               }
               return like(call, xs, pairs);
           }),
    native("%joined xss", "The items of the items.",
           [](Call call, Seqable xss) -> Result<Value> {
               Items all;
               for (const Value xs : items_of_seqable(call, xss)) {
                   if (!is_seqable(xs))
                       return failure(kind::type, msg::argument_type,
                                      {msg::type_collection.text(), describe_value(call.store(), xs)});
                   const Items more = items_of_seqable(call, xs);
                   all.insert(all.end(), more.begin(), more.end());
               }
               return like(call, xss, all);
           }),
    native("%sort-by keys xs", "The items sorted by their keys.",
           [](Call call, Seqable keys, Seqable xs) { return sort_by(call, keys, xs); }),
    native("%min-by keys xs", "The item with the smallest key.",
           [](Call call, Seqable keys, Seqable xs) { return extreme_by(call, keys, xs, Order::Less); }),
    native("%max-by keys xs", "The item with the largest key.",
           [](Call call, Seqable keys, Seqable xs) { return extreme_by(call, keys, xs, Order::Greater); }),
};

} // namespace

void define_list(Setup setup) {
    setup.define(list_natives);
    define_groups(setup);
}

} // namespace qi::stdlib

// Lists, vectors, and everything that can be seen as a sequence. What takes a function is in core.qi.
#include "core/core.hpp"
#include "core/seq.hpp"

#include "data/equality.hpp"
#include "data/type_name.hpp"

#include <algorithm>

namespace qi::stdlib {

namespace {

constexpr std::int64_t most_items = 1'000'000'000;
constexpr std::size_t items_between_looks = 128 * ListChunk::most; // at whether the program is to stop
constexpr std::size_t comparisons_between_looks = 65536;

Error not_negative(std::string_view parameter, std::int64_t n) {
    return failure_at(0, kind::range, msg::argument_range, {parameter, "≥ 0", std::to_string(n)});
}

Value at_or_nil(Call call, Value xs, std::size_t index) {
    const Value item = item_at(call, xs, index);
    return item.is_absent() ? Value::nil() : item;
}

Value first_of(Call call, Value xs) { return is_nonempty_list(xs) ? list_first(xs) : at_or_nil(call, xs, 0); }

/// The items from `from` up to but without `to`, of a vector as one, else as a list.
Value part(Call call, Value xs, std::size_t from, std::size_t to) {
    if (!is_vector(xs)) return list_between(call, xs, from, to);
    to = std::min(to, vector_count(xs));
    return vector_slice(call.store(), xs, std::min(from, to), to);
}

Value rest_of(Call call, Value xs) {
    return is_nonempty_list(xs) ? list_rest(call.store(), xs) : part(call, xs, 1, count_of(xs));
}

Result<Value> nth(Call call, Value xs, std::int64_t index) {
    if (index < 0) return failure_at(1, kind::range, msg::argument_range, {"index", "≥ 0", std::to_string(index)});
    return at_or_nil(call, xs, static_cast<std::size_t>(index));
}

Result<Value> conj(Call call, Value xs, Rest items) {
    if (xs.is_nil()) xs = Value::empty_list();
    if (is_vector(xs)) return vector_append(call.store(), xs, items);
    if (is_list(xs)) return make_list(call.store(), items, xs);
    if (is_set(xs)) {
        for (std::size_t i = 0; i < items.size(); ++i)
            if (!can_be_key(items[i]))
                return failure_at(static_cast<int>(i) + 1, kind::type, msg::bad_key,
                                  {describe_value(call.store(), items[i])});
        return make_set(call.store(), members_with(call.store(), set_members(xs), items));
    }
    if (is_map(xs)) {
        std::vector<Value> entries;
        entries.reserve(2 * items.size());
        for (std::size_t i = 0; i < items.size(); ++i) {
            const Value entry = items[i];
            Value key, value;
            if (is_map(entry)) {
                MapCursor cursor(entry);
                while (cursor.next(key, value)) entries.insert(entries.end(), {key, value});
            } else if (is_sequential(entry) && sequence_count(entry) == 2) {
                SequenceCursor cursor(entry);
                cursor.next(key);
                cursor.next(value);
                if (!can_be_key(key))
                    return failure_at(static_cast<int>(i) + 1, kind::type, msg::bad_key,
                                      {describe_value(call.store(), key)});
                entries.insert(entries.end(), {key, value});
            } else {
                return failure_at(static_cast<int>(i) + 1, kind::type, msg::argument_type,
                                  {"[key value]", describe_value(call.store(), entry)});
            }
        }
        return map_with(call.store(), xs, entries);
    }
    return failure_at(0, kind::type, msg::argument_type,
                      {msg::type_collection.text(), describe_value(call.store(), xs)});
}

/// A list of `item(index)`, of which there may be so many that the program is to stop meanwhile.
template <typename Item>
Result<Value> long_list(Call call, std::size_t count, Item item) {
    Value list = Value::empty_list();
    for (std::size_t end = count; end > 0;) {
        const std::size_t begin = (end - 1) / items_between_looks * items_between_looks;
        list = make_list(
            call.store(), end - begin, [&](std::size_t i) { return item(begin + i); }, list);
        if (call.should_stop()) return call.stop();
        end = begin;
    }
    return list;
}

Result<Value> range(Call call, std::int64_t a, std::int64_t b, std::int64_t step) {
    if (step == 0) return failure_at(2, kind::range, msg::argument_range, {"step", msg::not_zero.text(), "0"});
    __extension__ using Wide = __int128; // a difference of two 64-bit integers
    const Wide distance = step > 0 ? Wide{b} - a : Wide{a} - b;
    const Wide stride = step > 0 ? Wide{step} : -Wide{step};
    const Wide count = distance <= 0 ? 0 : (distance + stride - 1) / stride;
    if (count > most_items) return failure(kind::range, msg::argument_range, {"count", "≤ 1000000000", "more"});
    return long_list(call, static_cast<std::size_t>(count), [&](std::size_t i) {
        return make_integer(call.store(), static_cast<std::int64_t>(Wide{a} + static_cast<Wide>(i) * step));
    });
}

Value flatten(Call call, Value x) {
    std::vector<Value> flat;
    std::vector<SequenceCursor> open;
    if (!is_sequential(x)) return make_list(call.store(), {&x, 1});
    open.emplace_back(x);
    while (!open.empty()) {
        Value item;
        if (!open.back().next(item))
            open.pop_back();
        else if (is_sequential(item))
            open.emplace_back(item);
        else
            flat.push_back(item);
    }
    return make_list(call.store(), flat);
}

Result<Value> concat(Call call, Rest parts) {
    if (parts.empty()) return Value::empty_list();
    std::vector<Value> all;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (!is_seqable(parts[i]))
            return failure_at(static_cast<int>(i), kind::type, msg::argument_type,
                              {msg::type_collection.text(), describe_value(call.store(), parts[i])});
        const auto items = items_of_seqable(call, parts[i]);
        all.insert(all.end(), items.begin(), items.end());
    }
    return like(call, parts[0], all);
}

Value distinct(Call call, Value xs) {
    Value seen = empty_map(call.store());
    std::vector<Value> kept;
    for (const Value item : items_of_seqable(call, xs)) {
        if (!map_get(seen, item).is_absent()) continue;
        seen = map_assoc(call.store(), seen, item, Value::boolean(true));
        kept.push_back(item);
    }
    return like(call, xs, kept);
}

Result<Value> sort(Call call, Value xs) {
    std::vector<Value> items = items_of_seqable(call, xs);
    Unrelated unrelated;
    std::size_t compared = 0;
    bool stopped = false;
    // Neighbours first: an error then names them in the order in which they stand.
    for (std::size_t i = 1; i < items.size() && !unrelated.met(); ++i) sorts_before(items[i - 1], items[i], unrelated);
    if (!unrelated.met())
        std::stable_sort(items.begin(), items.end(), [&](Value a, Value b) {
            if (++compared % comparisons_between_looks == 0 && !stopped) stopped = call.should_stop();
            return !stopped && sorts_before(a, b, unrelated); // all are equal now, and it is soon done
        });
    if (stopped) return call.stop();
    if (unrelated.met())
        return failure_at(0, kind::type, msg::argument_type,
                          {type_message(unrelated.a).text(), describe_value(call.store(), unrelated.b)});
    return like(call, xs, items);
}

Builder* make_builder(Call call, std::size_t capacity) {
    auto* builder = call.store().heap.make<Builder>(ObjectKind::Builder);
    Array* items = make_array(call.store(), std::max<std::size_t>(capacity, 8));
    for (std::uint32_t i = 0; i < items->length; ++i) items->items()[i] = Value::nil();
    builder->items = Value{items};
    return builder;
}

void push(Call call, Builder* builder, Value item) {
    auto* items = static_cast<Array*>(builder->items.object());
    if (builder->length == items->length) {
        Array* larger = make_array(call.store(), std::size_t{items->length} * 2);
        std::copy(items->items(), items->items() + items->length, larger->items());
        std::fill(larger->items() + items->length, larger->items() + larger->length, Value::nil());
        builder->items = Value{larger};
        call.store().heap.wrote(builder, builder->items);
        items = larger;
    }
    items->items()[builder->length++] = item;
    call.store().heap.wrote(items, item);
}

std::span<const Value> built(const Builder* builder) {
    return {static_cast<const Array*>(builder->items.object())->items(), builder->length};
}

Value map_of(Call call, std::span<const Value> items) {
    return map_with(call.store(), empty_map(call.store()), items.first(items.size() & ~std::size_t{1}));
}

Value set_of(Call call, std::span<const Value> items) {
    return make_set(call.store(), members_with(call.store(), empty_map(call.store()), items));
}

/// Items and spliced sequences for the quasiquote, which hands over runs of both, made into one collection.
template <typename Make>
Result<Value> gathered(Call call, Rest segments, Make make) {
    std::vector<Value> items;
    for (const Value segment : segments) {
        if (!is_seqable(segment))
            return failure_of(",@", -1, kind::type, msg::argument_type,
                              {msg::type_collection.text(), describe_value(call.store(), segment)});
        const auto more = items_of_seqable(call, segment);
        items.insert(items.end(), more.begin(), more.end());
    }
    return make(call, items);
}

constexpr Native sequences_natives[] = {
    native("list x...", "A list of all x.\n(list 1 2) ;=> (1 2)",
           [](Call call, Rest xs) { return make_list(call.store(), xs); }),
    native("vector x...", "A vector of all x.\n(vector 1 2) ;=> [1 2]",
           [](Call call, Rest xs) { return make_vector(call.store(), xs); }),
    native("set xs", "The set of the items of xs.\n(set [1 2 1]) ;=> #{1 2}",
           [](Call call, Seqable xs) -> Result<Value> {
               if (is_set(xs)) return xs.value;
               const auto items = items_of_seqable(call, xs);
               for (const Value item : items)
                   if (!can_be_key(item))
                       return failure_at(0, kind::type, msg::bad_key, {describe_value(call.store(), item)});
               return set_of(call, items);
           }),
    native("to-list xs", "The items of xs as a list.\n(to-list [1 2]) ;=> (1 2)",
           [](Call call, Seqable xs) {
               return is_list(xs) ? xs.value : make_list(call.store(), items_of_seqable(call, xs));
           }),
    native("to-vector xs", "The items of xs as a vector.\n(to-vector '(1 2)) ;=> [1 2]",
           [](Call call, Seqable xs) {
               return is_vector(xs) ? xs.value : make_vector(call.store(), items_of_seqable(call, xs));
           }),
    native("first xs", "The first item of xs, or nil.\n(first [1 2]) ;=> 1",
           [](Call call, Seqable xs) { return first_of(call, xs); }),
    native(
        "second xs", "The second item of xs, or nil.\n(second [1 2]) ;=> 2",
        [](Call call, Seqable xs) { return at_or_nil(call, xs, 1); }, borrows),
    native(
        "last xs", "The last item of xs, or nil.\n(last [1 2]) ;=> 2",
        [](Call call, Seqable xs) { return at_or_nil(call, xs, std::max<std::size_t>(count_of(xs), 1) - 1); }, borrows),
    native("rest xs", "All but the first item of xs; nothing stays nothing.\n(rest [1 2 3]) ;=> [2 3]",
           [](Call call, Seqable xs) { return rest_of(call, xs); }),
    native("nth xs index",
           "The item of xs, a sequence or bytes, at index, counted from 0, or nil past the end. Fails with :range if "
           "index is negative.\n"
           "(nth [:a :b] 1) ;=> :b",
           [](Call call, Value xs, std::int64_t i) -> Result<Value> {
               if (!is_seqable(xs) && !is_bytes(xs))
                   return failure_at(0, kind::type, msg::argument_type,
                                     {msg::type_collection.text(), describe_value(call.store(), xs)});
               return nth(call, xs, i);
           }),
    native("len xs", "The number of items of xs; of strings, code points. 0 of nil.\n(len \"añb\") ;=> 3",
           [](Call call, Value xs) -> Result<std::int64_t> {
               if (!is_seqable(xs) && !is_bytes(xs))
                   return failure_at(0, kind::type, msg::argument_type,
                                     {msg::type_collection.text(), describe_value(call.store(), xs)});
               return static_cast<std::int64_t>(count_of(xs));
           }),
    native("count xs", "The number of items of xs, as len.\n(count {:a 1}) ;=> 1",
           [](Call call, Value xs) -> Result<std::int64_t> {
               if (!is_seqable(xs) && !is_bytes(xs))
                   return failure_at(0, kind::type, msg::argument_type,
                                     {msg::type_collection.text(), describe_value(call.store(), xs)});
               return static_cast<std::int64_t>(count_of(xs));
           }),
    native("cons x xs", "xs with x in front.\n(cons 0 [1 2]) ;=> [0 1 2]",
           [](Call call, Value x, Seqable xs) {
               if (is_list(xs) || xs.value.is_nil())
                   return make_cell(call.store(), x, xs.value.is_nil() ? Value::empty_list() : xs.value);
               std::vector<Value> items{x};
               const auto more = items_of_seqable(call, xs);
               items.insert(items.end(), more.begin(), more.end());
               return like(call, xs, items);
           }),
    native("%cons x xs", "cons for the compiler's own use: xs is a list.",
           [](Call call, Value x, Value xs) { return make_cell(call.store(), x, xs); }),
    native("conj xs x...",
           "xs with each x added where that is cheapest: to vectors at the end, to lists in front.\n"
           "(conj [1] 2 3) ;=> [1 2 3]",
           [](Call call, Value xs, Rest items) { return conj(call, xs, items); }),
    native("concat xs...", "The items of all xs, in the type of the first.\n(concat [1] '(2)) ;=> [1 2]",
           [](Call call, Rest parts) { return concat(call, parts); }),
    native("flatten x",
           "A list of everything in x, at any depth of lists and vectors.\n(flatten [1 [2 [3]]]) ;=> (1 2 3)",
           [](Call call, Value x) { return flatten(call, x); }),
    native("range a b? step?",
           "The integers from a up to b, which is excluded, by step or 1; (range n) counts from 0. Fails with :range "
           "if step "
           "is 0, or "
           "there would be too many.\n"
           "(range 2 5) ;=> (2 3 4)",
           [](Call call, std::int64_t a, std::optional<std::int64_t> b, std::optional<std::int64_t> step) {
               return b ? range(call, a, *b, step.value_or(1)) : range(call, 0, a, 1);
           }),
    native("repeat n x", "A list of n times x. Fails with :range if n is negative.\n(repeat 3 :a) ;=> (:a :a :a)",
           [](Call call, std::int64_t n, Value x) -> Result<Value> {
               if (n < 0 || n > most_items) return not_negative("n", n);
               return long_list(call, static_cast<std::size_t>(n), [&](std::size_t) { return x; });
           }),
    native("reverse xs", "The items of xs from last to first.\n(reverse [1 2]) ;=> [2 1]",
           [](Call call, Seqable xs) {
               auto items = items_of_seqable(call, xs);
               std::reverse(items.begin(), items.end());
               return like(call, xs, items);
           }),
    native("distinct xs",
           "The items of xs without repetitions; the first of equals stays.\n(distinct [1 1 2]) ;=> [1 2]",
           [](Call call, Seqable xs) { return distinct(call, xs); }),
    native("%sort xs", "sort without a comparator.", [](Call call, Seqable xs) { return sort(call, xs); }),
    native("take n xs", "The first n items of xs. Fails with :range if n is negative.\n(take 2 [1 2 3]) ;=> [1 2]",
           [](Call call, std::int64_t n, Seqable xs) -> Result<Value> {
               if (n < 0) return not_negative("n", n);
               return part(call, xs, 0, static_cast<std::size_t>(n));
           }),
    native("drop n xs",
           "All but the first n items of xs. Fails with :range if n is negative.\n(drop 2 [1 2 3]) ;=> [3]",
           [](Call call, std::int64_t n, Seqable xs) -> Result<Value> {
               if (n < 0) return not_negative("n", n);
               return part(call, xs, static_cast<std::size_t>(n), ~std::size_t{0});
           }),
    native("zip xs ys",
           "Pairs of the items at the same index in xs and ys, up to the end of the shorter one.\n(zip [1 2] [3 4]) "
           ";=> [[1 3] "
           "[2 4]]",
           [](Call call, Seqable xs, Seqable ys) {
               const auto a = items_of_seqable(call, xs), b = items_of_seqable(call, ys);
               std::vector<Value> pairs;
               for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
                   const Value pair[] = {a[i], b[i]};
                   pairs.push_back(make_vector(call.store(), pair));
               }
               return like(call, xs, pairs);
           }),
    native("into to from", "to with every item of from added, as conj does.\n(into {} [[:a 1]]) ;=> {:a 1}",
           [](Call call, Value to, Seqable from) { return conj(call, to, items_of_seqable(call, from)); }),
    native("apply f x...",
           "What f gives for the arguments x, the last of which is a sequence of further ones. Fails as f does.\n"
           "(apply + 1 [2 3]) ;=> 6",
           [](Call call, Callable f, Rest xs) -> Value {
               std::vector<Value> arguments(xs.begin(), xs.end());
               if (!arguments.empty()) {
                   const Value last = arguments.back();
                   if (!is_seqable(last))
                       return call.raise(failure_at(static_cast<int>(xs.size()), kind::type, msg::argument_type,
                                                    {msg::type_collection.text(), describe_value(call.store(), last)}));
                   arguments.pop_back();
                   const auto more = items_of_seqable(call, last);
                   arguments.insert(arguments.end(), more.begin(), more.end());
               }
               return call.call_instead(f, arguments);
           }),
    native("%seq xs", "A list or vector as it is; anything else that has items as a list.",
           [](Call call, Seqable xs) {
               return is_sequential(xs) ? xs.value : make_list(call.store(), items_of_seqable(call, xs));
           }),
    native("%builder n", "An empty builder with room for n items.",
           [](Call call, std::int64_t n) {
               return Value{make_builder(call, static_cast<std::size_t>(std::clamp<std::int64_t>(n, 0, most_items)))};
           }),
    native("%push! b x", "Adds an item to a builder.",
           [](Call call, Builder* b, Value x) {
               push(call, b, x);
               return Value::nil();
           }),
    native("%to-vector b", "A vector of what was built.",
           [](Call call, Builder* b) { return make_vector(call.store(), built(b)); }),
    native("%to-list b", "A list of what was built.",
           [](Call call, Builder* b) { return make_list(call.store(), built(b)); }),
    native("%list-of xs...", "For quasiquotes.",
           [](Call call, Rest xs) {
               return gathered(call, xs, [](Call c, const auto& items) { return make_list(c.store(), items); });
           }),
    native("%vector-of xs...", "For quasiquotes.",
           [](Call call, Rest xs) {
               return gathered(call, xs, [](Call c, const auto& items) { return make_vector(c.store(), items); });
           }),
    native("%map-of xs...", "For quasiquotes.", [](Call call, Rest xs) { return gathered(call, xs, map_of); }),
    native("%set-of xs...", "For quasiquotes.", [](Call call, Rest xs) { return gathered(call, xs, set_of); }),
};

} // namespace

void define_sequences(Setup setup) { setup.define(sequences_natives); }

} // namespace qi::stdlib

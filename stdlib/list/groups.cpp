// Items gathered under what a function said of them.
#include "list/list.hpp"

#include "core/seq.hpp"
#include "data/equality.hpp"
#include "data/print.hpp"

namespace qi::stdlib {

namespace {

using Items = std::vector<Value>;

/// The value itself, or its text if it can't be a key.
Value key_of(Call call, Value v) { return can_be_key(v) ? v : make_string(call.store(), readable(call.store(), v)); }

Value counts(Call call, const Items& items) {
    Value map = empty_map(call.store());
    for (const Value item : items) {
        const Value key = key_of(call, item);
        const Value before = map_get(map, key);
        map = map_assoc(call.store(), map, key, Value::small(before.is_absent() ? 1 : before.as_small() + 1));
    }
    return map;
}

Value grouped(Call call, Value keys, Value xs) {
    const Items by = items_of_seqable(call, keys), items = items_of_seqable(call, xs);
    Value numbers = empty_map(call.store()); // of the groups, by key
    std::vector<Items> groups;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const Value key = key_of(call, by[i]);
        const Value number = map_get(numbers, key);
        if (number.is_absent()) {
            numbers = map_assoc(call.store(), numbers, key, Value::small(static_cast<std::int64_t>(groups.size())));
            groups.push_back({items[i]});
        } else {
            groups[static_cast<std::size_t>(number.as_small())].push_back(items[i]);
        }
    }
    Value result = numbers;
    MapCursor cursor(numbers);
    for (Value key, number; cursor.next(key, number);)
        result = map_assoc(call.store(), result, key,
                           make_list(call.store(), groups[static_cast<std::size_t>(number.as_small())]));
    return result;
}

Value runs(Call call, Value keys, Value xs) {
    const Items by = items_of_seqable(call, keys), items = items_of_seqable(call, xs);
    Items lists;
    for (std::size_t from = 0, at = 1; from < items.size(); ++at) {
        if (at < items.size() && same(by[at], by[from])) continue;
        lists.push_back(make_list(call.store(), std::span<const Value>(items).subspan(from, at - from)));
        from = at;
    }
    return make_list(call.store(), lists);
}

Value parted(Call call, Value flags, Value xs) {
    const Items wanted = items_of_seqable(call, flags), items = items_of_seqable(call, xs);
    Items yes, no;
    for (std::size_t i = 0; i < items.size(); ++i) (wanted[i].is_truthy() ? yes : no).push_back(items[i]);
    const Value both[] = {make_list(call.store(), yes), make_list(call.store(), no)};
    return make_vector(call.store(), both);
}

constexpr Native group_natives[] = {
    native("list/frequencies xs",
           "A map from each item of xs to how often it occurs.\n(list/frequencies [:a :b :a]) ;=> {:a 2 :b 1}",
           [](Call call, Seqable xs) { return counts(call, items_of_seqable(call, xs)); }),
    native("%count-truth flags", "How many are true, and how many aren't.",
           [](Call call, Seqable flags) {
               Items truths = items_of_seqable(call, flags);
               for (Value& truth : truths) truth = Value::boolean(truth.is_truthy());
               return counts(call, truths);
           }),
    native("%group keys xs", "A map from each key to the list of the items that have it.",
           [](Call call, Seqable keys, Seqable xs) { return grouped(call, keys, xs); }),
    native("%runs keys xs", "Lists of neighbours with the same key.",
           [](Call call, Seqable keys, Seqable xs) { return runs(call, keys, xs); }),
    native("%parted flags xs", "Those whose flags are true, and the others.",
           [](Call call, Seqable flags, Seqable xs) { return parted(call, flags, xs); }),
    native("%not-nil xs", "A list without nils.",
           [](Call call, Seqable xs) {
               Items kept;
               for (const Value item : items_of_seqable(call, xs))
                   if (!item.is_nil()) kept.push_back(item);
               return make_list(call.store(), kept);
           }),
};

} // namespace

void define_groups(Setup setup) { setup.define(group_natives); }

} // namespace qi::stdlib

// Items gathered under what a function said of them.
#include "list/list.hpp"

#include "core/seq.hpp"
#include "data/equality.hpp"
#include "data/print.hpp"

namespace qi::stdlib {

namespace {

using Items = std::vector<Value>;

/// The value itself, or its text if it can't be a key.
Value key_of(Vm& vm, Value v) { return can_be_key(v) ? v : make_string(vm.store, readable(vm.store, v)); }

Value counts(Vm& vm, const Items& items) {
    Value map = empty_map(vm.store);
    for (const Value item : items) {
        const Value key = key_of(vm, item);
        const Value before = map_get(map, key);
        map = map_assoc(vm.store, map, key, Value::small(before.is_absent() ? 1 : before.as_small() + 1));
    }
    return map;
}

Value grouped(Vm& vm, Value keys, Value xs) {
    const Items by = items_of_seqable(vm, keys), items = items_of_seqable(vm, xs);
    Value numbers = empty_map(vm.store); // of the groups, by key
    std::vector<Items> groups;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const Value key = key_of(vm, by[i]);
        const Value number = map_get(numbers, key);
        if (number.is_absent()) {
            numbers = map_assoc(vm.store, numbers, key, Value::small(static_cast<std::int64_t>(groups.size())));
            groups.push_back({items[i]});
        } else {
            groups[static_cast<std::size_t>(number.as_small())].push_back(items[i]);
        }
    }
    Value result = numbers;
    MapCursor cursor(numbers);
    for (Value key, number; cursor.next(key, number);)
        result =
            map_assoc(vm.store, result, key, make_list(vm.store, groups[static_cast<std::size_t>(number.as_small())]));
    return result;
}

Value runs(Vm& vm, Value keys, Value xs) {
    const Items by = items_of_seqable(vm, keys), items = items_of_seqable(vm, xs);
    Items lists;
    for (std::size_t from = 0, at = 1; from < items.size(); ++at) {
        if (at < items.size() && same(by[at], by[from])) continue;
        lists.push_back(make_list(vm.store, std::span<const Value>(items).subspan(from, at - from)));
        from = at;
    }
    return make_list(vm.store, lists);
}

Value parted(Vm& vm, Value flags, Value xs) {
    const Items wanted = items_of_seqable(vm, flags), items = items_of_seqable(vm, xs);
    Items yes, no;
    for (std::size_t i = 0; i < items.size(); ++i) (wanted[i].is_truthy() ? yes : no).push_back(items[i]);
    const Value both[] = {make_list(vm.store, yes), make_list(vm.store, no)};
    return make_vector(vm.store, both);
}

constexpr Native group_natives[] = {
    native("list/frequencies xs",
           "A map from each item of xs to how often it occurs.\n(list/frequencies [:a :b :a]) ;=> {:a 2 :b 1}",
           [](Vm& vm, Seqable xs) { return counts(vm, items_of_seqable(vm, xs)); }),
    native("%count-truth flags", "How many are true, and how many aren't.",
           [](Vm& vm, Seqable flags) {
               Items truths = items_of_seqable(vm, flags);
               for (Value& truth : truths) truth = Value::boolean(truth.is_truthy());
               return counts(vm, truths);
           }),
    native("%group keys xs", "A map from each key to the list of the items that have it.",
           [](Vm& vm, Seqable keys, Seqable xs) { return grouped(vm, keys, xs); }),
    native("%runs keys xs", "Lists of neighbours with the same key.",
           [](Vm& vm, Seqable keys, Seqable xs) { return runs(vm, keys, xs); }),
    native("%parted flags xs", "Those whose flags are true, and the others.",
           [](Vm& vm, Seqable flags, Seqable xs) { return parted(vm, flags, xs); }),
    native("%not-nil xs", "A list without nils.",
           [](Vm& vm, Seqable xs) {
               Items kept;
               for (const Value item : items_of_seqable(vm, xs))
                   if (!item.is_nil()) kept.push_back(item);
               return make_list(vm.store, kept);
           }),
};

} // namespace

void define_groups(Vm& vm) { define_natives(vm, group_natives); }

} // namespace qi::stdlib

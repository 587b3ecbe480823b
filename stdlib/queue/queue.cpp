// queue/ and stack/: persistent ones, as maps {:type :queue :items (…)} that print and compare.
#include "namespaces.hpp"

#include "data/type_name.hpp"
#include "queue/messages.hpp"

namespace qi::stdlib {

namespace {

enum class Sort { Queue, Stack };

std::string_view name_of(Sort sort) { return sort == Sort::Queue ? "queue" : "stack"; }

Value make(Call call, Sort sort, Value items) {
    const Value keys[] = {call.store().keyword("type"), call.store().keyword("items")};
    const Value values[] = {call.store().keyword(name_of(sort)), items};
    return make_flat_map(call.store(), call.store().shapes.of(keys), values);
}

/// The items of a queue or stack.
Result<Value> items_in(Call call, Sort sort, Value v) {
    if (is_map(v)) {
        const Value type = map_get(v, call.store().keyword("type")), items = map_get(v, call.store().keyword("items"));
        if (type == call.store().keyword(name_of(sort)) && is_list(items)) return items;
    }
    const Message& expected = sort == Sort::Queue ? msg::type_queue : msg::type_stack;
    return failure_at(0, kind::type, msg::argument_type, {expected.text(), describe_value(call.store(), v)});
}

Result<Value> nonempty_items(Call call, Sort sort, Value v) {
    const auto items = items_in(call, sort, v);
    if (items && items->is_empty_list())
        return failure_at(0, kind::range, sort == Sort::Queue ? msg::queue_empty : msg::stack_empty);
    return items;
}

Result<Value> enqueue(Call call, Value queue, Value x) {
    const auto items = items_in(call, Sort::Queue, queue);
    if (!items) return items;
    auto all = items_of(*items);
    all.push_back(x);
    return make(call, Sort::Queue, make_list(call.store(), all));
}

Result<Value> push(Call call, Value stack, Value x) {
    const auto items = items_in(call, Sort::Stack, stack);
    if (!items) return items;
    return make(call, Sort::Stack, make_cell(call.store(), x, *items));
}

Result<Value> peek(Call call, Sort sort, Value v) {
    const auto items = nonempty_items(call, sort, v);
    if (!items) return items;
    return list_first(*items);
}

/// {:value first :queue others}
Result<Value> take(Call call, Sort sort, Value v) {
    const auto items = nonempty_items(call, sort, v);
    if (!items) return items;
    const Value keys[] = {call.store().keyword("value"), call.store().keyword(name_of(sort))};
    const Value values[] = {list_first(*items), make(call, sort, list_rest(call.store(), *items))};
    return make_flat_map(call.store(), call.store().shapes.of(keys), values);
}

Result<Value> count(Call call, Sort sort, Value v) {
    const auto items = items_in(call, sort, v);
    if (!items) return items;
    return make_integer(call.store(), static_cast<std::int64_t>(list_count(*items)));
}

Result<Value> is_empty(Call call, Sort sort, Value v) {
    const auto items = items_in(call, sort, v);
    if (!items) return items;
    return Value::boolean(items->is_empty_list());
}

constexpr Native queue_natives[] = {
    native("queue/new", "An empty queue.\n(queue/new) ;=> {:type :queue :items ()}",
           [](Call call) { return make(call, Sort::Queue, Value::empty_list()); }),
    native("queue/enqueue q x", "The queue q with x at its end.\n(queue/size (queue/enqueue (queue/new) 1)) ;=> 1",
           [](Call call, Value q, Value x) { return enqueue(call, q, x); }),
    native("queue/dequeue q",
           "A map of the first item of q and the rest: {:value first :queue others}. Fails with :range if q is empty.\n"
           "(get (queue/dequeue (queue/enqueue (queue/new) 1)) :value) ;=> 1",
           [](Call call, Value q) { return take(call, Sort::Queue, q); }),
    native("queue/peek q",
           "The first item of the queue q. Fails with :range if it is empty.\n"
           "(queue/peek (queue/enqueue (queue/new) 1)) ;=> 1",
           [](Call call, Value q) { return peek(call, Sort::Queue, q); }),
    native("queue/empty? q", "Whether nothing is in the queue q.\n(queue/empty? (queue/new)) ;=> true",
           [](Call call, Value q) { return is_empty(call, Sort::Queue, q); }),
    native("queue/size q", "The number of items in the queue q.\n(queue/size (queue/new)) ;=> 0",
           [](Call call, Value q) { return count(call, Sort::Queue, q); }),
    native("stack/new", "An empty stack.\n(stack/new) ;=> {:type :stack :items ()}",
           [](Call call) { return make(call, Sort::Stack, Value::empty_list()); }),
    native("stack/push s x", "The stack s with x on top.\n(stack/peek (stack/push (stack/new) 1)) ;=> 1",
           [](Call call, Value s, Value x) { return push(call, s, x); }),
    native("stack/pop s",
           "A map of the item on top of s and the rest: {:value top :stack others}. Fails with :range if s is empty.\n"
           "(get (stack/pop (stack/push (stack/new) 1)) :value) ;=> 1",
           [](Call call, Value s) { return take(call, Sort::Stack, s); }),
    native("stack/peek s",
           "The item on top of the stack s. Fails with :range if it is empty.\n"
           "(stack/peek (stack/push (stack/new) 1)) ;=> 1",
           [](Call call, Value s) { return peek(call, Sort::Stack, s); }),
    native("stack/empty? s", "Whether nothing is on the stack s.\n(stack/empty? (stack/new)) ;=> true",
           [](Call call, Value s) { return is_empty(call, Sort::Stack, s); }),
    native("stack/size s", "The number of items on the stack s.\n(stack/size (stack/new)) ;=> 0",
           [](Call call, Value s) { return count(call, Sort::Stack, s); }),
};

} // namespace

void define_queues(Setup setup) { setup.define(queue_natives); }

} // namespace qi::stdlib

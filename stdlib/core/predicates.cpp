// Questions about values.
#include "core/core.hpp"

#include "data/type_name.hpp"

namespace qi::stdlib {

namespace {

Result<Value> empty(Call call, Value v) {
    if (v.is_nil() || v.is_empty_list()) return Value::boolean(true);
    if (is_string(v) || is_bytes(v)) return Value::boolean(v.object()->length == 0);
    if (is_set(v)) return Value::boolean(map_count(set_members(v)) == 0);
    if (is_collection(v)) return Value::boolean(v.object()->length == 0);
    return failure_at(0, kind::type, msg::argument_type,
                      {msg::type_collection.text(), describe_value(call.store(), v)});
}

constexpr Native predicates_natives[] = {
    native(
        "nil? x", "Whether x is nil.\n(nil? nil) ;=> true", [](Call, Value x) { return x.is_nil(); }, borrows),
    native(
        "some? x", "Whether x is anything but nil.\n(some? false) ;=> true", [](Call, Value x) { return !x.is_nil(); },
        borrows),
    native(
        "true? x", "Whether x is true itself.\n(true? 1) ;=> false",
        [](Call, Value x) { return x == Value::boolean(true); }, borrows),
    native(
        "false? x", "Whether x is false itself.\n(false? nil) ;=> false",
        [](Call, Value x) { return x == Value::boolean(false); }, borrows),
    native(
        "boolean? x", "Whether x is true or false.\n(boolean? true) ;=> true",
        [](Call, Value x) { return x.is_boolean(); }, borrows),
    native(
        "number? x", "Whether x is an integer or a float.\n(number? 1.5) ;=> true",
        [](Call, Value x) { return is_number(x); }, borrows),
    native(
        "integer? x", "Whether x is an integer.\n(integer? 1.0) ;=> false", [](Call, Value x) { return is_integer(x); },
        borrows),
    native(
        "float? x", "Whether x is a float.\n(float? 1.0) ;=> true", [](Call, Value x) { return x.is_double(); },
        borrows),
    native(
        "string? x", "Whether x is a string.\n(string? \"a\") ;=> true", [](Call, Value x) { return is_string(x); },
        borrows),
    native(
        "bytes? x", "Whether x is a bytes value.\n(bytes? (bytes [1 2])) ;=> true",
        [](Call, Value x) { return is_bytes(x); }, borrows),
    native(
        "keyword? x", "Whether x is a keyword.\n(keyword? :a) ;=> true", [](Call, Value x) { return is_keyword(x); },
        borrows),
    native(
        "symbol? x", "Whether x is a symbol.\n(symbol? 'a) ;=> true", [](Call, Value x) { return is_symbol(x); },
        borrows),
    native(
        "list? x", "Whether x is a list.\n(list? '(1 2)) ;=> true", [](Call, Value x) { return is_list(x); }, borrows),
    native(
        "vector? x", "Whether x is a vector.\n(vector? [1]) ;=> true", [](Call, Value x) { return is_vector(x); },
        borrows),
    native(
        "map? x", "Whether x is a map.\n(map? {:a 1}) ;=> true", [](Call, Value x) { return is_map(x); }, borrows),
    native(
        "set? x", "Whether x is a set.\n(set? #{1}) ;=> true", [](Call, Value x) { return is_set(x); }, borrows),
    native(
        "coll? x", "Whether x is a list, vector, map or set.\n(coll? \"ab\") ;=> false",
        [](Call, Value x) { return is_collection(x); }, borrows),
    native(
        "sequential? x", "Whether x is a list or vector.\n(sequential? {}) ;=> false",
        [](Call, Value x) { return is_sequential(x); }, borrows),
    native(
        "function? x", "Whether x is a function.\n(function? inc) ;=> true",
        [](Call, Value x) { return is_function(x); }, borrows),
    native(
        "fn? x", "Whether x is a function.\n(fn? :a) ;=> false", [](Call, Value x) { return is_function(x); }, borrows),
    native(
        "atom? x", "Whether x is an atom.\n(atom? (atom 1)) ;=> true",
        [](Call, Value x) { return x.is(ObjectKind::Atom); }, borrows),
    native(
        "channel? x", "Whether x is a channel or promise.\n(channel? (go/chan)) ;=> true",
        [](Call, Value x) { return x.is(ObjectKind::Channel); }, borrows),
    native(
        "stream? x", "Whether x is a stream.\n(stream? [1]) ;=> false",
        [](Call, Value x) { return x.is(ObjectKind::Stream); }, borrows),
    native(
        "macro? x", "Whether x is a macro, or a symbol that names one.\n(macro? 'inc) ;=> false",
        [](Call call, Value x) {
            if (is_symbol(x))
                if (const Variable* variable = call.find_global(x)) x = variable->value;
            return x.is(ObjectKind::Macro);
        },
        borrows),
    native(
        "variable x", "Whether x is a symbol.\n(variable 'a) ;=> true", [](Call, Value x) { return is_symbol(x); },
        borrows),
    native(
        "error? x", "Whether x is a map with the key :error.\n(error? {:error \"no\"}) ;=> true",
        [](Call call, Value x) { return is_map(x) && !map_get(x, call.error_key()).is_absent(); }, borrows),
    native(
        "even? n", "Whether the integer n is even.\n(even? 4) ;=> true",
        [](Call, std::int64_t n) { return n % 2 == 0; }, borrows),
    native(
        "odd? n", "Whether the integer n is odd.\n(odd? 4) ;=> false", [](Call, std::int64_t n) { return n % 2 != 0; },
        borrows),
    native(
        "positive? x", "Whether x is above 0.\n(positive? 0.5) ;=> true", [](Call, double x) { return x > 0; },
        borrows),
    native(
        "negative? x", "Whether x is below 0.\n(negative? -1) ;=> true", [](Call, double x) { return x < 0; }, borrows),
    native(
        "zero? x", "Whether x is 0.\n(zero? 0.0) ;=> true", [](Call, double x) { return x == 0; }, borrows),
    native(
        "empty? x", "Whether nothing is in x; true for nil.\n(empty? []) ;=> true",
        [](Call call, Value x) { return empty(call, x); }, borrows),
    native(
        "not x", "true if x is nil or false, else false.\n(not nil) ;=> true",
        [](Call, Value x) { return !x.is_truthy(); }, borrows),
    native(
        "type x", "The name of the kind of value x is.\n(type 1.5) ;=> \"float\"",
        [](Call call, Value x) { return make_string(call.store(), type_name(x)); }, borrows),
    native(
        "identical? a b",
        "Whether a and b are the same value, or equal ones that no program can distinguish.\n"
        "(identical? :a :a) ;=> true",
        [](Call, Value a, Value b) { return a == b; }, borrows),
};

} // namespace

void define_predicates(Setup setup) { setup.define(predicates_natives); }

} // namespace qi::stdlib

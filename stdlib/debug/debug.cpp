#include "debug/debug.hpp"

#include "namespaces.hpp"

namespace qi::stdlib {

namespace {

constexpr Native debug_natives[] = {
    native("debug/trace on", "Has no effect: there is no debugger, on is ignored; nil.\n(debug/trace true) ;=> nil",
           [](Call, bool) { return Value::nil(); }),
    native("debug/break", "Nothing without a debugger; nil.\n(debug/break) ;=> nil", [](Call) { return Value::nil(); }),
    native("debug/stack",
           "The calls that are under way, the newest first, a line each.\n(string? (debug/stack)) ;=> true",
           [](Call call) { return call.describe_calls(200); }),
    native("debug/info", "{:enabled false}: no debugger is attached.\n(debug/info) ;=> {:enabled false}",
           [](Call call) {
               const Value key = call.store().keyword("enabled"), value = Value::boolean(false);
               return make_flat_map(call.store(), call.store().shapes.of({&key, 1}), {&value, 1});
           }),
};

} // namespace

void define_debug(Setup setup) {
    setup.define(debug_natives);
    define_profile(setup);
}

} // namespace qi::stdlib

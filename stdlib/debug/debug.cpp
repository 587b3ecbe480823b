#include "debug/debug.hpp"

#include "namespaces.hpp"

#include <algorithm>

namespace qi::stdlib {

namespace {

/// The frames of the running goroutine, innermost first, a line each: `name (file:line:column)`.
std::string stack(Vm& vm) {
    constexpr int most = 200;
    const Goroutine& g = vm.current();
    const Value* base = g.base;
    const Word* pc = g.pc;
    std::string text;
    for (int shown = 0; shown < most; ++shown) {
        const Prototype* prototype = frame_closure(base)->prototype;
        const Code& code = *prototype->code;
        const auto offset =
            std::min<std::size_t>(static_cast<std::size_t>(pc - prototype->words), code.spans.size() - 1);
        text += code.top_level ? std::string(msg::top_level.text()) : code.name.empty() ? "fn" : code.name;
        text += " (" + code.source->locate(code.spans[offset].begin) + ")\n";
        const auto back = reinterpret_cast<const Word*>(static_cast<std::uintptr_t>(base[-2].as_small()));
        if (back == nullptr) break;
        base -= base[-1].as_small();
        pc = back - 1;
    }
    return text;
}

constexpr Native debug_natives[] = {
    native("debug/trace on", "Has no effect: there is no debugger, on is ignored; nil.\n(debug/trace true) ;=> nil",
           [](Vm&, bool) { return Value::nil(); }),
    native("debug/break", "Nothing without a debugger; nil.\n(debug/break) ;=> nil", [](Vm&) { return Value::nil(); }),
    native("debug/stack",
           "The calls that are under way, the newest first, a line each.\n(string? (debug/stack)) ;=> true",
           [](Vm& vm) { return stack(vm); }),
    native("debug/info", "{:enabled false}: no debugger is attached.\n(debug/info) ;=> {:enabled false}",
           [](Vm& vm) {
               const Value key = vm.store.keyword("enabled"), value = Value::boolean(false);
               return make_flat_map(vm.store, vm.store.shapes.of({&key, 1}), {&value, 1});
           }),
};

} // namespace

void define_debug(Vm& vm) {
    define_natives(vm, debug_natives);
    define_profile(vm);
}

} // namespace qi::stdlib

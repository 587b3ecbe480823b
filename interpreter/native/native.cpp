#include "native/native.hpp"

#include "data/type_name.hpp"

namespace qi {

std::string_view called_name(const Vm& vm, std::string_view name) {
    if (!name.empty() && name[0] != '%') return name;
    for (const Value* base = vm.current().base;; base -= base[-1].as_small()) {
        const std::string& running = frame_closure(base)->prototype->code->name;
        if (!running.empty() && running[0] != '%') return running;
        if (base[-2].as_small() == 0) return name;
    }
}

namespace native_detail {

Value wrong_arity(Vm& vm, const Native& native, unsigned given) { return vm.raise_native_arity(native, called_name(vm, native.name()), given); }

Value wrong_type(Vm& vm, const Native& native, unsigned index, Value found, const Message& expected) {
    if (native.name().starts_with('%')) // its arguments aren't those of the caller
        return vm.raise(failure(kind::type, msg::argument_type, {called_name(vm, native.name()), expected.text(), describe_value(vm.store, found)}));
    const std::string number = std::to_string(index + 1);
    return vm.raise(failure_at(static_cast<int>(index), kind::type, msg::argument_named_type,
                               {called_name(vm, native.name()), expected.text(), describe_value(vm.store, found), number,
                                parameter_name(native.usage, static_cast<int>(index))}));
}

} // namespace native_detail

void define_natives(Vm& vm, std::span<const Native> rows) {
    for (const Native& row : rows) {
        Variable* variable = vm.globals.define(vm.store.symbol(row.name()));
        vm.globals.set(variable, vm.make_native(row));
    }
}

} // namespace qi

#include "native/native.hpp"

#include "data/type_name.hpp"
#include "native/outside.hpp"
#include "reader/lexer.hpp"

namespace qi {

Value key_from_outside(Store& store, std::string_view name) {
    return name != "error" && reads_as_keyword(name) ? store.keyword(name) : make_string(store, name);
}

std::string_view called_name(Vm& vm, std::string_view name) { return vm.called_name(name); }

namespace native_detail {

Value wrong_arity(Vm& vm, const Native& native, unsigned given) {
    return vm.raise_native_arity(native, called_name(vm, native.name()), given);
}

Value wrong_type(Vm& vm, const Native& native, unsigned index, Value found, const Message& expected) {
    const std::string_view called = called_name(vm, native.name());
    if (called != native.name()) // its arguments aren't those of the caller
        return vm.raise(
            failure(kind::type, msg::argument_type, {called, expected.text(), describe_value(vm.store, found)}));
    const std::string number = std::to_string(index + 1);
    return vm.raise(failure_at(static_cast<int>(index), kind::type, msg::argument_named_type,
                               {called, expected.text(), describe_value(vm.store, found), number,
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

#include "native/native.hpp"

#include "data/type_name.hpp"

namespace qi {

namespace native_detail {

Value wrong_arity(Vm& vm, const Native& native, unsigned given) {
    std::string wanted = std::to_string(native.least);
    if (native.most < 0)
        wanted = format(msg::at_least, {wanted});
    else if (native.most != native.least)
        wanted += "–" + std::to_string(native.most);
    const std::string call = "(" + std::string(native.usage) + ")";
    return vm.raise(failure(kind::arity, msg::native_arity, {native.name(), wanted, std::to_string(given), call}));
}

Value wrong_type(Vm& vm, const Native& native, unsigned index, Value found, const Message& expected) {
    // A %native is called by a library function, which is the one that the user knows.
    if (native.name().starts_with('%'))
        return vm.raise(failure(kind::type, msg::argument_type, {vm.current_function(), expected.text(), describe_value(vm.store, found)}));
    const std::string number = std::to_string(index + 1);
    return vm.raise(failure_at(static_cast<int>(index), kind::type, msg::argument_named_type,
                               {native.name(), expected.text(), describe_value(vm.store, found), number,
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

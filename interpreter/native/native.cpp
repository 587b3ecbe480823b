#include "native/native.hpp"

#include "data/type_name.hpp"
#include "native/outside.hpp"
#include "reader/lexer.hpp"

namespace qi {

Value key_from_outside(Store& store, std::string_view name) {
    return name != "error" && reads_as_keyword(name) ? store.keyword(name) : make_string(store, name);
}

namespace native_detail {

Value wrong_arity(Vm& vm, const Native& native, unsigned given) {
    return vm.diagnosis.raise_native_arity(native, given);
}

Value wrong_type(Vm& vm, const Native& native, unsigned index, Value found, const Message& expected) {
    const std::string text = describe_value(vm.store, found);
    if (vm.diagnosis.called_name(native.name()) != native.name()) // its arguments aren't those of the caller
        return vm.diagnosis.raise(failure(kind::type, msg::argument_type, {expected.text(), text}));
    return vm.diagnosis.raise(failure_at(
        static_cast<int>(index), kind::type, msg::argument_named_type,
        {expected.text(), text, std::to_string(index + 1), parameter_name(native.usage, static_cast<int>(index))}));
}

} // namespace native_detail

} // namespace qi

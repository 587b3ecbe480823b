#include "native/native.hpp"

#include "data/type_name.hpp"
#include "native/outside.hpp"
#include "reader/lexer.hpp"

namespace qi {

namespace {

/// Letters, digits, - and _ behind a letter, as most names are: a keyword without asking the reader.
bool is_plain_name(std::string_view name) noexcept {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    if (name.empty() || !is_letter(name.front())) return false;
    for (const char c : name)
        if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '-' && c != '_') return false;
    return true;
}

} // namespace

Value key_from_outside(Store& store, std::string_view name) {
    const bool has_keyword = name != "error" && (is_plain_name(name) || reads_as_keyword(name));
    return has_keyword ? store.keyword(name) : make_string(store, name);
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

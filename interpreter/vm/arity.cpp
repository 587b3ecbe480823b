// Calls with the wrong number of arguments: how they are told, before they happen and when they do.
#include "vm/diagnosis.hpp"

#include "base/messages.hpp"
#include "compiler/warnings.hpp"
#include "data/string.hpp"

namespace qi {

namespace {

std::string wanted_of(unsigned least, bool rest) {
    const std::string number = std::to_string(least);
    return rest ? format(msg::at_least, {number}) : number;
}

std::string function_text(const Prototype& prototype, unsigned given) {
    const std::string wanted = wanted_of(prototype.parameters, prototype.rest);
    const std::string& name = prototype.code->name;
    return name.empty() ? format(msg::function_arity, {wanted, std::to_string(given)})
                        : format(msg::named_arity, {wanted, std::to_string(given), name});
}

Error native_arity(const Native& native, unsigned given) {
    std::string wanted = wanted_of(static_cast<unsigned>(native.least), native.most < 0);
    if (native.most >= 0 && native.most != native.least)
        wanted = format(msg::between, {wanted, std::to_string(native.most)});
    return failure_of(native.name(), -1, kind::arity, msg::native_arity,
                      {wanted, std::to_string(given), "(" + std::string(native.usage) + ")"});
}

} // namespace

std::optional<std::pair<std::string, std::string>> Diagnosis::call_misfit(const Variable& variable,
                                                                          unsigned given) const {
    if (variable.value.is(ObjectKind::Closure)) {
        const Prototype& prototype = *static_cast<const Closure*>(variable.value.object())->prototype;
        if (given == prototype.parameters || (prototype.rest && given > prototype.parameters)) return std::nullopt;
        const std::string_view doc = is_string(variable.doc) ? text_of(variable.doc) : std::string_view{};
        return std::pair(function_text(prototype, given),
                         signature(prototype.code->name, prototype.code->parameters, doc));
    }
    if (variable.value.is(ObjectKind::Native)) {
        const Native& native = *static_cast<const NativeFunction*>(variable.value.object())->native;
        if (given >= static_cast<unsigned>(native.least) &&
            (native.most < 0 || given <= static_cast<unsigned>(native.most)))
            return std::nullopt;
        return std::pair(native_arity(native, given).text(), std::string(first_line(native.doc)));
    }
    return std::nullopt;
}

Value Diagnosis::raise_arity(const Closure* closure, unsigned given) {
    const Code& code = *closure->prototype->code;
    const Value thrown = raise(worded(kind::arity, function_text(*closure->prototype, given)));
    if (code.name.empty()) return thrown;
    const Variable* variable = globals_.find(store_.symbol(code.name));
    const bool documented = variable != nullptr && variable->value.is(ObjectKind::Closure) &&
                            variable->value.object() == closure && is_string(variable->doc);
    trace_.note = signature(code.name, code.parameters, documented ? text_of(variable->doc) : std::string_view{});
    return thrown;
}

Value Diagnosis::raise_native_arity(const Native& native, unsigned given) {
    const bool by_program = called_name(native.name()) == native.name();
    const Value thrown = raise(native_arity(native, given));
    if (by_program) trace_.note = first_line(native.doc);
    return thrown;
}

} // namespace qi

// What the compiler warns of: names that nobody defines, calls with the wrong number of arguments, bindings that
// nobody uses. (Arms that nothing reaches: match.cpp.)
#include "base/elsewhere.hpp"
#include "base/messages.hpp"
#include "base/near.hpp"
#include "compiler/compiler.hpp"

namespace qi {

void Compiler::check_name(const Form* symbol) {
    if (warnings_ == nullptr) return;
    const Variable* variable = globals_.find(symbol->value);
    if (variable != nullptr && !variable->value.is_absent()) return;
    if (defined_.contains(symbol->value.bits()) || definitions_->may_define(symbol->value)) return;
    const std::string_view name = as_symbol(symbol->value)->text();
    NearNames near(name);
    for (const FunctionState* function = function_; function != nullptr; function = function->parent())
        for (const Local& local : function->locals())
            if (is_symbol(local.name)) near.offer(as_symbol(local.name)->text());
    globals_.offer_names(near);
    definitions_->each([&](std::string_view defined) { near.offer(defined); });
    warnings_->add("unknown-name", symbol->span, format(msg::no_such_variable, {name}), name_hint(name, near.best()));
}

void Compiler::check_arity(const Form* call) {
    if (warnings_ == nullptr) return;
    const Value name = call->list.items[0]->value;
    const unsigned given = call->list.count - 1;
    if (const FileDefinition* definition = definitions_->find(name)) {
        if (definition->times != 1 || definition->parameters == nullptr) return;
        unsigned fixed = 0;
        bool rest = false;
        for (const Form* parameter : definition->parameters->items()) {
            rest |= parameter->is_symbol(names_.ampersand) || parameter->is_symbol(names_.ellipsis);
            fixed += rest ? 0 : 1;
        }
        if (given == fixed || (rest && given > fixed)) return;
        const std::string_view text = as_symbol(name)->text();
        std::string wanted = std::to_string(fixed);
        if (rest) wanted = format(msg::at_least, {wanted});
        const std::string_view doc = definition->doc == nullptr ? "" : first_line(definition->doc->text);
        warnings_->add("arity", call->span, format(msg::named_arity, {wanted, std::to_string(given), text}),
                       signature(text, text_of_form(definition->parameters), doc));
        return;
    }
    const Variable* variable = globals_.find(name);
    if (variable == nullptr || variable->value.is_absent() || definitions_->may_define(name)) return;
    if (auto wrong = warnings_->functions().misfit(*variable, given))
        warnings_->add("arity", call->span, std::move(wrong->first), std::move(wrong->second));
}

void Compiler::check_use(const Form* use) {
    // Inside a function or a `try` the program may know better.
    if (warnings_ == nullptr || !warnings_->nothing_runs() || definitions_->others() == nullptr ||
        f().parent() != nullptr || f().depth() > 0 || !f().regions().empty())
        return;
    const auto items = use->items();
    const auto text_of = [](const Form* name) {
        return name->is(FormKind::String) ? name->text : as_symbol(name->value)->text();
    };
    const OtherFiles::Interface& module = definitions_->others()->of_module(text_of(items[1]));
    if (module.state == OtherFiles::Interface::State::Missing) {
        warnings_->add("unknown-module", items[1]->span, format(msg::module_not_found, {text_of(items[1])}));
        return;
    }
    if (module.state != OtherFiles::Interface::State::Known || items.size() != 4 || !items[3]->is(FormKind::Vector))
        return;
    for (const Form* name : items[3]->items()) {
        NearNames near(text_of(name));
        bool known = false;
        for (const auto& other : module.names) {
            known |= other.text == text_of(name);
            near.offer(other.text);
        }
        if (known) continue;
        const auto names = near.best();
        warnings_->add("unknown-name", name->span, format(msg::module_no_name, {module.own_name, text_of(name)}),
                       names.empty() ? "" : format(msg::did_you_mean, {join_names(names)}));
    }
}

void Compiler::check_used(std::size_t first_local) {
    if (warnings_ == nullptr) return;
    for (const Local& local : f().locals_from(first_local)) {
        if (local.used || local.binding == nullptr || local.binding->is_expanded()) continue;
        const std::string_view name = as_symbol(local.name)->text();
        if (!name.starts_with('_'))
            warnings_->add("unused-binding", local.binding->span, format(msg::unused_binding, {name}));
    }
}

} // namespace qi

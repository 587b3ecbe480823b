// What can be compiled and is surely a slip: said by `qi check` and in editors, where nothing runs. Each is only said
// when it can't be meant: not of what a macro has made, and not where the program waits for errors, in a `try` or a
// test of one.
#include "base/messages.hpp"
#include "base/near.hpp"
#include "compiler/compiler.hpp"
#include "compiler/messages.hpp"
#include "data/map.hpp"
#include "reader/form_tree.hpp"

#include <algorithm>
#include <unordered_map>

namespace qi {

namespace {

struct Count {
    unsigned fixed = 0;
    bool rest = false;

    bool takes(unsigned given) const noexcept { return given == fixed || (rest && given > fixed); }
    std::string text() const { return rest ? format(msg::at_least, {std::to_string(fixed)}) : std::to_string(fixed); }
};

Count count_of(const Names& names, const Form* parameters) {
    Count count;
    for (const Form* parameter : parameters->items()) {
        count.rest |= parameter->is_symbol(names.ampersand) || parameter->is_symbol(names.ellipsis);
        count.fixed += count.rest ? 0 : 1;
    }
    return count;
}

/// Calls `visit` with every symbol in the form, quoted ones too.
template <typename Visit>
void each_symbol(const Form* root, Visit visit) {
    std::vector<const Form*> pending{root};
    while (!pending.empty()) {
        const Form* form = pending.back();
        pending.pop_back();
        if (form->is(FormKind::Symbol)) visit(form);
        if (form->has_items()) pending.insert(pending.end(), form->items().begin(), form->items().end());
    }
}

/// `(defn name …)` or `(defn- name …)`.
bool is_definition_of_function(const Names& names, const Form* form) {
    const SpecialForm* special = names.form_of(form);
    return defines(special) && special->scope == SpecialForm::Function && !form->list.items[0]->is_symbol(names.mac) &&
           form->list.count >= 3 && form->list.items[1]->is(FormKind::Symbol);
}

/// Whoever is handed a function first, and with how many arguments it is called.
struct Caller {
    std::string_view name;
    unsigned arguments;
};
constexpr Caller callers[] = {
    {"map", 1},    {"filter", 1},      {"reduce", 2},     {"each", 1},     {"mapcat", 1},
    {"keep", 1},   {"map-indexed", 2}, {"sort-by", 1},    {"group-by", 1}, {"find", 1},
    {"every?", 1}, {"take-while", 1},  {"drop-while", 1}, {"pmap", 1},
};

constexpr std::string_view of_numbers[] = {"+", "-", "*", "/", "%", "quot", "rem", "mod", "inc", "dec", "abs"};

/// What a literal is that is no number; null for what may be one.
const Message* type_of_literal(const Names& names, const Form* form) {
    switch (form->kind) {
    case FormKind::Nil: return &msg::type_nil;
    case FormKind::True:
    case FormKind::False: return &msg::type_boolean;
    case FormKind::String:
    case FormKind::FString: return &msg::type_string;
    case FormKind::Keyword: return &msg::type_keyword;
    case FormKind::Vector: return &msg::type_vector;
    case FormKind::Map: return &msg::type_map;
    case FormKind::Set: return &msg::type_set;
    case FormKind::List:
        return form->is_call() && form->list.items[0]->is_symbol(names.fn) ? &msg::type_function : nullptr;
    default: return nullptr;
    }
}

} // namespace

bool Compiler::lints(const Form* form) const {
    return warnings_ != nullptr && warnings_->nothing_runs() && excused_ == 0 && !form->is_expanded();
}

void Compiler::lint_literal(const Form* form) {
    if (!lints(form)) return;
    const bool map = form->is(FormKind::Map);
    Value seen = empty_map(store_);
    const auto items = form->items();
    for (std::size_t i = 0; i < items.size(); i += map ? 2 : 1) {
        if (!is_constant(items[i])) continue;
        const Value key = datum_of(arena_, items[i]);
        if (!map_get(seen, key).is_absent())
            warnings_->add("repeated", items[i]->span,
                           format(map ? msg::repeated_key : msg::repeated_member, {text_of_form(items[i])}));
        seen = map_assoc(store_, seen, key, Value::boolean(true));
    }
}

void Compiler::lint_parameters(const Form* parameters) {
    if (!lints(parameters)) return;
    std::unordered_set<std::uint64_t> seen;
    const auto bind = [&](const Form* name) {
        const std::string_view text = as_symbol(name->value)->text();
        if (!text.starts_with('_') && !seen.insert(name->value.bits()).second)
            warnings_->add("repeated", name->span, format(msg::repeated_parameter, {text}));
    };
    each_bound(FormTree{names_}, parameters->items(), bind, [](const Form*) {});
}

void Compiler::lint_cond(const Form* cond) {
    if (!lints(cond)) return;
    for (std::uint32_t i = 1; i + 2 < cond->list.count; i += 2)
        if (const Form* condition = cond->list.items[i];
            condition->is(FormKind::Keyword) || condition->is(FormKind::True))
            return warnings_->add("unreachable", cond->list.items[i + 2]->span, format(msg::never_reached_else));
}

void Compiler::lint_after_error(std::span<Form* const> forms) {
    for (std::size_t i = 0; i + 1 < forms.size(); ++i) {
        const Form* form = forms[i];
        if (!form->is_call() || !lints(form) || forms[i + 1]->is_expanded()) continue;
        const Form* head = form->list.items[0];
        if (is_core(head, "error") || is_core(head, "throw"))
            return warnings_->add("unreachable", forms[i + 1]->span, format(msg::never_reached_after));
    }
}

/// The parameters of the function that the form is or names, where that is certain; else null.
const Form* Compiler::parameters_of(const Form* function) const {
    if (function->is_call() && function->list.items[0]->is_symbol(names_.fn) && function->list.count > 1 &&
        function->list.items[1]->is(FormKind::Vector))
        return function->list.items[1];
    if (!function->is(FormKind::Symbol)) return nullptr;
    for (const FunctionState* state = function_; state != nullptr; state = state->parent()) {
        const auto locals = state->locals();
        for (std::size_t i = locals.size(); i-- > 0;)
            if (locals[i].name == function->value && (locals[i].defined || state != function_))
                return locals[i].redefined ? nullptr : locals[i].parameters;
    }
    const FileDefinition* definition = definitions_->find(function->value);
    return definition == nullptr || definition->times != 1 ? nullptr : definition->parameters;
}

void Compiler::lint_call(const Form* call) {
    if (!lints(call)) return;
    const auto items = call->items();
    const Form* head = items[0];
    const auto given = static_cast<unsigned>(items.size() - 1);
    const bool is_global =
        head->is(FormKind::Symbol) && f().resolve(head->value).where == FunctionState::Found::Nothing;
    if (!is_global) {
        if (const Form* parameters = parameters_of(head)) {
            const Count count = count_of(names_, parameters);
            const std::string wanted = count.text(), number = std::to_string(given);
            if (count.takes(given)) return;
            warnings_->add("arity", call->span,
                           head->is(FormKind::Symbol)
                               ? format(msg::named_arity, {wanted, number, as_symbol(head->value)->text()})
                               : format(msg::function_arity, {wanted, number}));
        }
        return;
    }
    const std::string_view name = as_symbol(head->value)->text();
    if (!is_core(head, name)) return;
    if (given >= 2)
        for (const Caller& caller : callers)
            if (caller.name == name) lint_handed(items[1], name, caller.arguments);
    if (std::find(std::begin(of_numbers), std::end(of_numbers), name) != std::end(of_numbers))
        for (const Form* argument : items.subspan(1))
            if (const Message* type = type_of_literal(names_, argument)) {
                warnings_->add(
                    "type", argument->span,
                    about_call(name, format(msg::argument_type,
                                            {msg::type_number.text(),
                                             format(msg::the_value, {type->text(), text_of_form(argument)})})));
                break;
            }
    if (name.starts_with("str/re-") && given >= 2 && items[1]->is(FormKind::String))
        if (const auto fault = warnings_->functions().pattern_fault(items[1]->text))
            warnings_->add("pattern", items[1]->span, *fault);
    for (const TakenOptions& taken : warnings_->functions().options_of(name))
        if (taken.argument < given) lint_options(items[taken.argument + 1], name, taken.options, {});
    if ((name == "str/split" || name == "split") && given == 2 && items[1]->is(FormKind::String) &&
        items[2]->span.begin < head->span.begin) {
        // What is piped comes last. A text of one or two signs isn't what anybody wants to split.
        const std::string_view text = items[1]->text;
        const bool separates =
            !text.empty() && text.size() <= 2 && std::none_of(text.begin(), text.end(), [](unsigned char c) {
                return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
            });
        if (separates)
            warnings_->add("pipe", items[1]->span, format(msg::piped_split, {text_of_form(items[1])}),
                           format(msg::piped_split_hint, {name, text_of_form(items[1])}));
    }
}

/// `under`: the options that the map is inside of, ":tls " for one in another.
void Compiler::lint_options(const Form* map, std::string_view function, std::span<const OptionDoc> known,
                            const std::string& under) {
    if (!map->is(FormKind::Map)) return;
    const auto items = map->items();
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        if (!items[i]->is(FormKind::Keyword)) continue;
        const std::string text = text_of_form(items[i]);
        const auto option =
            std::find_if(known.begin(), known.end(), [&](const OptionDoc& each) { return each.name == text; });
        if (option != known.end()) {
            if (!option->inside.empty()) lint_options(items[i + 1], function, option->inside, under + text + " ");
            continue;
        }
        NearNames near(text);
        for (const OptionDoc& each : known) near.offer(each.name);
        const auto best = near.best();
        warnings_->add("option", items[i]->span, format(msg::no_such_option, {function, under + text}),
                       best.empty() ? "" : format(msg::did_you_mean, {join_names(best)}));
    }
}

/// A function that `caller` is handed and calls with so many arguments.
void Compiler::lint_handed(const Form* function, std::string_view caller, unsigned arguments) {
    if (const Form* parameters = parameters_of(function)) {
        const Count count = count_of(names_, parameters);
        if (!count.takes(arguments))
            warnings_->add("arity", function->span,
                           format(msg::given_arity, {caller, std::to_string(arguments), count.text()}));
        return;
    }
    if (!function->is(FormKind::Symbol) || f().resolve(function->value).where != FunctionState::Found::Nothing ||
        definitions_->may_define(function->value))
        return;
    const Variable* variable = globals_.find(function->value);
    if (variable == nullptr || variable->value.is_absent()) return;
    if (auto wrong = warnings_->functions().misfit(*variable, arguments))
        warnings_->add("arity", function->span, std::move(wrong->first), std::move(wrong->second));
}

void Compiler::lint_local_def(const Form* def, const Local& local) {
    if (!lints(def) || !local.read_early || definitions_->find(local.name) == nullptr) return;
    const std::string_view name = as_symbol(local.name)->text();
    warnings_->add("hidden-global", def->list.items[1]->span, format(msg::hidden_global, {name}),
                   format(msg::hidden_global_hint, {name}));
}

void lint_file(const Names& names, const Source& source, std::span<Form* const> forms, Warnings& warnings) {
    // In how many forms each name is mentioned, and in which ones.
    std::unordered_map<std::uint64_t, std::vector<std::size_t>> mentions;
    bool makes_code = false, has_macros = false;
    for (std::size_t i = 0; i < forms.size(); ++i) {
        const bool is_use = forms[i]->is_call() && forms[i]->list.items[0]->is_symbol(names.use);
        each_symbol(forms[i], [&](const Form* symbol) {
            const std::string_view text = as_symbol(symbol->value)->text();
            makes_code = makes_code || text == "eval" || text == "load" || text == "symbol" || text == "read";
            has_macros = has_macros || symbol->is_symbol(names.mac); // one of a module sees nothing of this file
            if (is_use) return;
            auto& places = mentions[symbol->value.bits()];
            if (places.empty() || places.back() != i) places.push_back(i);
        });
    }
    const auto mentioned_between = [&](Value name, std::size_t first, std::size_t last) {
        const auto& places = mentions[name.bits()];
        return std::any_of(places.begin(), places.end(), [&](std::size_t at) { return at > first && at < last; });
    };
    std::unordered_map<std::uint64_t, std::size_t> defined; // where a function was last defined
    for (std::size_t i = 0; i < forms.size(); ++i) {
        const Form* form = forms[i];
        if (is_definition_of_function(names, form)) {
            const Form* name = form->list.items[1];
            const auto [place, fresh] = defined.emplace(name->value.bits(), i);
            if (!fresh) {
                // Nothing that stands between may have called it, by way of others either.
                bool still = !has_macros && !makes_code;
                for (std::size_t between = place->second + 1; between < i; ++between)
                    still = still && is_definition_of_function(names, forms[between]);
                if (still && !mentioned_between(name->value, place->second, i))
                    warnings.add("repeated", name->span, format(msg::defined_again, {as_symbol(name->value)->text()}),
                                 format(msg::first_defined, {source.locate(forms[place->second]->span.begin)}));
                place->second = i;
            }
            const bool hidden =
                form->list.items[0]->is_symbol(names.defn_private) && !as_symbol(name->value)->text().starts_with('_');
            if (hidden && !makes_code && mentions[name->value.bits()].size() == 1)
                warnings.add("unused-binding", name->span,
                             format(msg::unused_private, {as_symbol(name->value)->text()}));
        }
        const auto items = form->is_call() ? form->items() : std::span<Form* const>();
        if (items.size() == 4 && items[0]->is_symbol(names.use) && items[2]->is(FormKind::Keyword) &&
            as_symbol(items[2]->value)->text() == "only" && items[3]->is(FormKind::Vector) && !makes_code)
            for (const Form* name : items[3]->items())
                if (name->is(FormKind::Symbol) && !mentions.contains(name->value.bits()))
                    warnings.add("unused-binding", name->span,
                                 format(msg::unused_import, {as_symbol(name->value)->text()}));
    }
}

} // namespace qi

// The steps of loading files, for modules.qi. Names come from the compiler as strings.
#include "core/core.hpp"

#include "vm/modules/modules.hpp"

namespace qi::stdlib {

namespace {

std::vector<std::string_view> texts_of(Value names) {
    std::vector<std::string_view> texts;
    for (const Value name : items_of(names)) texts.push_back(text_of(name));
    return texts;
}

Value bind(Vm& vm, std::int64_t module, std::int64_t scope, Value mode, Value what) {
    const std::string_view how = as_symbol(mode)->text();
    const auto user = static_cast<Globals::Scope>(scope);
    Modules& modules = Modules::of(vm);
    if (how == "all") return modules.bind_all(module, user, "");
    if (how == "as") return modules.bind_all(module, user, what.is_nil() ? modules.name_of(module) : text_of(what));
    if (how == "values") return modules.values(module, texts_of(what));
    return modules.bind(module, user, texts_of(what));
}

constexpr Native modules_natives[] = {
    native("%load-ticket", "A number under which something is loaded.",
           [](Vm& vm) { return Modules::of(vm).take_ticket(); }),
    native("%load-end ticket", "Nothing is loaded under the number any more.",
           [](Vm& vm, std::int64_t ticket) {
               Modules::of(vm).leave(ticket);
               return Value::nil();
           }),
    native("%load-open ticket path", "Opens a file, to be run by %load-next.",
           [](Vm& vm, std::int64_t ticket, std::string_view path) { return Modules::of(vm).open(ticket, path); }),
    native("%load-next ticket", "A function that does what the next form says; nil at the end.",
           [](Vm& vm, std::int64_t ticket) { return Modules::of(vm).next_form(ticket); }),
    native("%module-find ticket scope file name", "The module's number, or nil if it is now this ticket's to load.",
           [](Vm& vm, std::int64_t ticket, std::int64_t scope, std::string_view file, std::string_view name) {
               return Modules::of(vm).find(ticket, static_cast<Globals::Scope>(scope), file, name);
           }),
    native("%module-bind module scope mode what", "Makes names of the module known, or gives their values.",
           [](Vm& vm, std::int64_t module, std::int64_t scope, Value mode, Value what) {
               return bind(vm, module, scope, mode, what);
           }),
    native("%module-name scope name", "Renames the module of the scope.",
           [](Vm& vm, std::int64_t scope, std::string_view name) {
               Modules::of(vm).rename(static_cast<Globals::Scope>(scope), name);
               return Value::nil();
           }),
    native("%module-export scope names", "Makes these the public names.",
           [](Vm& vm, std::int64_t scope, Value names) {
               return Modules::of(vm).export_names(static_cast<Globals::Scope>(scope), texts_of(names));
           }),
    native("%throw x", "Throws the error map.", [](Vm& vm, Value x) { return vm.raise_value(x); }),
};

} // namespace

void define_modules(Vm& vm) { define_natives(vm, modules_natives); }

} // namespace qi::stdlib

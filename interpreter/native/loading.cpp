// The steps of loading files, for stdlib/core/modules.qi. Names come from the compiler as strings.
#include "data/sequence.hpp"
#include "data/string.hpp"
#include "data/symbol.hpp"
#include "native/native.hpp"
#include "vm/modules/modules.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace qi {

namespace {

Modules& modules(Call call) { return call.extension<Modules>(); }

std::vector<std::string_view> texts_of(Value names) {
    std::vector<std::string_view> texts;
    for (const Value name : items_of(names)) texts.push_back(text_of(name));
    return texts;
}

Value bind(Call call, std::int64_t module, std::int64_t scope, Value mode, Value what) {
    const std::string_view how = as_symbol(mode)->text();
    const auto user = static_cast<Globals::Scope>(scope);
    Modules& all = modules(call);
    if (how == "all") return all.bind_all(module, user, "");
    if (how == "as") return all.bind_all(module, user, what.is_nil() ? all.name_of(module) : text_of(what));
    if (how == "values") return all.values(module, texts_of(what));
    return all.bind(module, user, texts_of(what));
}

constexpr Native loading_natives[] = {
    native("%load-ticket", "A number under which something is loaded.",
           [](Call call) { return modules(call).take_ticket(); }),
    native("%load-end ticket", "Nothing is loaded under the number any more.",
           [](Call call, std::int64_t ticket) {
               modules(call).leave(ticket);
               return Value::nil();
           }),
    native("%load-open ticket path", "Opens a file, to be run by %load-next.",
           [](Call call, std::int64_t ticket, std::string_view path) { return modules(call).open(ticket, path); }),
    native("%load-next ticket", "A function that does what the next form says; nil at the end.",
           [](Call call, std::int64_t ticket) { return modules(call).next_form(ticket); }),
    native("%module-find ticket scope file name", "The module's number, or nil if it is now this ticket's to load.",
           [](Call call, std::int64_t ticket, std::int64_t scope, std::string_view file, std::string_view name) {
               return modules(call).find(ticket, static_cast<Globals::Scope>(scope), file, name);
           }),
    native("%module-bind module scope mode what", "Makes names of the module known, or gives their values.",
           [](Call call, std::int64_t module, std::int64_t scope, Value mode, Value what) {
               return bind(call, module, scope, mode, what);
           }),
    native("%module-name scope name", "Renames the module of the scope.",
           [](Call call, std::int64_t scope, std::string_view name) {
               modules(call).rename(static_cast<Globals::Scope>(scope), name);
               return Value::nil();
           }),
    native("%module-export scope names", "Makes these the public names.",
           [](Call call, std::int64_t scope, Value names) {
               return modules(call).export_names(static_cast<Globals::Scope>(scope), texts_of(names));
           }),
    native("%throw x", "Throws the error map.", [](Call call, Value x) { return call.raise_value(x); }),
};

} // namespace

void Setup::define_loading() const {
    Modules::of(*vm_); // made, for these to find
    define(loading_natives);
}

} // namespace qi

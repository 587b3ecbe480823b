// The steps of loading files, for stdlib/core/modules.qi. Names come from the compiler as strings.
#include "native/native.hpp"
#include "vm/modules/modules.hpp"

namespace qi {

namespace {

std::vector<std::string_view> texts_of(Value names) {
    std::vector<std::string_view> texts;
    for (const Value name : items_of(names)) texts.push_back(text_of(name));
    return texts;
}

Value bind(Call call, std::int64_t module, std::int64_t scope, Value mode, Value what) {
    const std::string_view how = as_symbol(mode)->text();
    const auto user = static_cast<Globals::Scope>(scope);
    Modules& modules = call.extension<Modules>();
    if (how == "all") return modules.bind_all(module, user, "");
    if (how == "as") return modules.bind_all(module, user, what.is_nil() ? modules.name_of(module) : text_of(what));
    if (how == "values") return modules.values(module, texts_of(what));
    return modules.bind(module, user, texts_of(what));
}

constexpr Native loading_natives[] = {
    native("%load-ticket", "A number under which something is loaded.",
           [](Call call) { return call.extension<Modules>().take_ticket(); }),
    native("%load-end ticket", "Nothing is loaded under the number any more.",
           [](Call call, std::int64_t ticket) {
               call.extension<Modules>().leave(ticket);
               return Value::nil();
           }),
    native("%load-open ticket path", "Opens a file, to be run by %load-next.",
           [](Call call, std::int64_t ticket, std::string_view path) {
               return call.extension<Modules>().open(ticket, path);
           }),
    native("%load-next ticket", "A function that does what the next form says; nil at the end.",
           [](Call call, std::int64_t ticket) { return call.extension<Modules>().next_form(ticket); }),
    native("%module-find ticket scope file name", "The module's number, or nil if it is now this ticket's to load.",
           [](Call call, std::int64_t ticket, std::int64_t scope, std::string_view file, std::string_view name) {
               return call.extension<Modules>().find(ticket, static_cast<Globals::Scope>(scope), file, name);
           }),
    native("%module-bind module scope mode what", "Makes names of the module known, or gives their values.",
           [](Call call, std::int64_t module, std::int64_t scope, Value mode, Value what) {
               return bind(call, module, scope, mode, what);
           }),
    native("%module-name scope name", "Renames the module of the scope.",
           [](Call call, std::int64_t scope, std::string_view name) {
               call.extension<Modules>().rename(static_cast<Globals::Scope>(scope), name);
               return Value::nil();
           }),
    native("%module-export scope names", "Makes these the public names.",
           [](Call call, std::int64_t scope, Value names) {
               return call.extension<Modules>().export_names(static_cast<Globals::Scope>(scope), texts_of(names));
           }),
    native("%throw x", "Throws the error map.", [](Call call, Value x) { return call.raise_value(x); }),
};

} // namespace

void Setup::define_loading() const {
    Modules::of(*vm_); // made, for these to find
    define(loading_natives);
}

} // namespace qi

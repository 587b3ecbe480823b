// What time it is, and what a name stands for.
#include "core/core.hpp"

#include "data/print.hpp"
#include "data/type_name.hpp"

#include <chrono>

namespace qi::stdlib {

namespace {

std::int64_t unix_milliseconds() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

/// How a variable's value is called, and what its docstring says.
std::string source_of(Call call, const Variable* variable) {
    const Value value = variable->value;
    std::string text = "(" + std::string(as_symbol(variable->name)->text());
    if (value.is(ObjectKind::Native)) {
        const Native& native = *static_cast<const NativeFunction*>(value.object())->native;
        return "(" + std::string(native.usage) + ")\n" + std::string(native.doc);
    }
    if (!value.is(ObjectKind::Closure)) return readable(call.store(), value);
    text += " " + static_cast<const Closure*>(value.object())->prototype->code->parameters + ")";
    if (is_string(variable->doc)) text += "\n" + std::string(text_of(variable->doc));
    return text;
}

constexpr Native clock_natives[] = {
    native("now", "Seconds since 1970.\n(> (now) 1700000000) ;=> true",
           [](Call) { return unix_milliseconds() / 1000; }),
    native("timestamp", "Milliseconds since 1970.\n(> (timestamp) 1700000000000) ;=> true",
           [](Call) { return unix_milliseconds(); }),
    native("%clock", "Seconds on a clock that never goes back.",
           [](Call) { return std::chrono::duration<double>(Clock::now().time_since_epoch()).count(); }),
    native("%optional usage xs",
           "The last, optional argument of a library function: nil if it wasn't given. Fails if there are more.",
           [](Call, std::string_view usage, Sequence xs) -> Result<Value> {
               const auto items = items_of(xs);
               if (items.size() < 2) return items.empty() ? Value::nil() : items[0];
               const int parameters = count_parameters(usage).all;
               const std::string least = std::to_string(parameters - 1), most = std::to_string(parameters);
               return failure(kind::arity, msg::native_arity,
                              {format(msg::between, {least, most}),
                               std::to_string(items.size() + static_cast<std::size_t>(parameters) - 1),
                               "(" + std::string(usage) + ")"});
           }),
    native("source name",
           "How the function of that name is called, and its docstring; of other names the value as "
           "text.\n(str/starts-with? (source 'now) \"(now)\") ;=> true",
           [](Call call, Value name) -> Result<std::string> {
               if (!is_symbol(name))
                   return failure_at(0, kind::type, msg::argument_type,
                                     {msg::type_symbol.text(), describe_value(call.store(), name)});
               const Variable* variable = call.find_global(name);
               if (variable == nullptr || variable->value.is_absent())
                   return failure_at(0, kind::name, msg::no_such_variable, {as_symbol(name)->text()});
               return source_of(call, variable);
           }),
    native("%doc-of name", "The docstring of that name, as it was written.",
           [](Call call, Value name) -> Result<Value> {
               const Variable* variable = call.find_global(name);
               const Value doc = variable == nullptr || variable->value.is_absent() ? Value::nil() : variable->doc;
               const bool in_cpp = doc.is_nil() && variable != nullptr && (variable->flags & Variable::Core) != 0 &&
                                   variable->value.is(ObjectKind::Native);
               if (in_cpp)
                   return make_string(call.store(),
                                      static_cast<const NativeFunction*>(variable->value.object())->native->doc);
               if (doc.is_nil())
                   return failure(kind::name, msg::no_such_variable,
                                  {"__doc__" + std::string(as_symbol(name)->text())});
               return doc;
           }),
    native("%docs", "All library functions as [name usage doc].",
           [](Call call) {
               std::vector<Value> all;
               call.each_library_global([&](const Variable* variable) {
                   const Value value = variable->value;
                   const std::string name(as_symbol(variable->name)->text());
                   std::string usage = name, doc;
                   if (value.is(ObjectKind::Native)) {
                       usage = static_cast<const NativeFunction*>(value.object())->native->usage;
                       doc = static_cast<const NativeFunction*>(value.object())->native->doc;
                   } else if (value.is(ObjectKind::Closure)) {
                       usage += " " + static_cast<const Closure*>(value.object())->prototype->code->parameters;
                   }
                   if (is_string(variable->doc)) doc = text_of(variable->doc);
                   const Value row[] = {make_string(call.store(), name), make_string(call.store(), usage),
                                        make_string(call.store(), doc)};
                   all.push_back(make_vector(call.store(), row));
               });
               return make_list(call.store(), all);
           }),
};

} // namespace

void define_clock(Setup setup) { setup.define(clock_natives); }

} // namespace qi::stdlib

// Values as text: str, print and their like.
#include "core/core.hpp"
#include "core/messages.hpp"
#include "core/seq.hpp"

#include "data/print.hpp"
#include "data/type_name.hpp"
#include "reader/reader.hpp"

namespace qi::stdlib {

namespace {

/// The keyword or symbol of this name.
Result<Value> named(Vm& vm, std::string_view name, Value (Store::*make)(std::string_view)) {
    if (name.empty()) return failure_at(0, kind::value, msg::empty_name);
    const bool keyword = make == &Store::keyword;
    if (!(keyword ? reads_as_keyword(name) : reads_as_symbol(name)))
        return failure_at(0, kind::value, msg::unreadable_name,
                          {shortened(vm.store, make_string(vm.store, name)),
                           std::string(keyword ? ":" : "").append(utf8::shortened(name, 40))});
    return (vm.store.*make)(name);
}

void append_line(Vm& vm, std::string& out, Rest xs, bool newline) {
    for (std::size_t i = 0; i < xs.size(); ++i) {
        if (i > 0) out += ' ';
        append_display(vm.store, out, xs[i]);
    }
    if (newline) out += '\n';
}

void print(Vm& vm, Rest xs, bool newline) {
    append_line(vm, vm.out.buffer(), xs, newline);
    vm.out.wrote();
}

/// What was printed before comes first where both go to one terminal.
void print_error(Vm& vm, Rest xs, bool newline) {
    std::string text;
    append_line(vm, text, xs, newline);
    vm.diagnosis.report(text);
}

std::string pretty(Vm& vm, Value v, int indent) {
    const std::string pad(static_cast<std::size_t>(indent) + 2, ' ');
    if (!is_collection(v) || count_of(v) == 0 || indent > 200) return readable(vm.store, v);
    const bool map = is_map(v);
    std::string out = is_vector(v) ? "[" : map ? "{" : is_set(v) ? "#{" : "(";
    if (map) {
        MapCursor cursor(v);
        for (Value key, value; cursor.next(key, value);)
            out += "\n" + pad + (is_string(key) ? readable(vm.store, key) : "\"" + readable(vm.store, key) + "\"") +
                   ": " + pretty(vm, value, indent + 2);
    } else {
        for (const Value item : items_of_seqable(vm, v)) out += "\n" + pad + pretty(vm, item, indent + 2);
    }
    return out + "\n" + std::string(static_cast<std::size_t>(indent), ' ') +
           (is_vector(v) ? "]"
            : is_list(v) ? ")"
                         : "}");
}

Result<Value> read(Vm& vm, std::string_view text) {
    const Source source("read", std::string(text));
    FormArena arena(vm.store);
    Reader reader(arena, vm.names, source);
    Form* form = nullptr;
    if (auto error = reader.next(form)) return error->error;
    // What follows isn't taken, but has to be readable.
    for (Form* other = form; other != nullptr;)
        if (auto error = reader.next(other)) return error->error;
    return form == nullptr ? Value::nil() : datum_of(arena, form);
}

Result<Value> join(Vm& vm, std::string_view separator, Value xs) {
    std::string text;
    bool first = true;
    for (const Value item : items_of_seqable(vm, xs)) {
        if (!first) text += separator;
        first = false;
        append_display(vm.store, text, item);
    }
    return make_string(vm.store, std::move(text));
}

constexpr Native text_natives[] = {
    native("str x...",
           "Every x as one string: strings as they are, the rest as printed.\n"
           "(str \"a\" :b [1 \"x\"]) ;=> \"a:b[1 \\\"x\\\"]\"",
           [](Vm& vm, Rest xs) {
               std::string text;
               for (const Value x : xs) append_display(vm.store, text, x);
               return make_string(vm.store, std::move(text));
           }),
    native("pr-str x", "Text that reads back as x.\n(pr-str \"a\\n\") ;=> \"\\\"a\\\\n\\\"\"",
           [](Vm& vm, Value x) { return make_string(vm.store, readable(vm.store, x)); }),
    native("read text",
           "The first form of text, as data. Fails with :syntax, also if the rest can't be read.\n(read \"(+ 1 2)\") "
           ";=> (+ 1 2)",
           [](Vm& vm, std::string_view text) { return read(vm, text); }),
    native("println x...",
           "Prints every x, with spaces between them and a newline at the end; nil.\n(println 1 \"a\") ;=> nil",
           [](Vm& vm, Rest xs) {
               print(vm, xs, true);
               return Value::nil();
           }),
    native("print x...", "Prints every x with spaces between; nil.\n(print \"\") ;=> nil",
           [](Vm& vm, Rest xs) {
               print(vm, xs, false);
               return Value::nil();
           }),
    native("eprintln x...", "Prints every x as println does, but to standard error, at once; nil.\n(eprintln) ;=> nil",
           [](Vm& vm, Rest xs) {
               print_error(vm, xs, true);
               return Value::nil();
           }),
    native("eprint x...", "Prints every x as print does, but to standard error, at once; nil.\n(eprint \"\") ;=> nil",
           [](Vm& vm, Rest xs) {
               print_error(vm, xs, false);
               return Value::nil();
           }),
    native("inspect x", "Prints x over several lines and returns it.\n(inspect []) ;=> []",
           [](Vm& vm, Value x) {
               vm.out.write(pretty(vm, x, 0) + "\n");
               return x;
           }),
    native("join separator xs",
           "The items of xs as one string with separator between.\n(join \", \" [1 \"a\"]) ;=> \"1, a\"",
           [](Vm& vm, std::string_view separator, Seqable xs) { return join(vm, separator, xs); }),
    native("keyword s",
           "The keyword whose name is s. Fails with :value if s is empty, or if :s would not be read as that keyword "
           "again: a blank, a "
           "bracket, a quote or the like in it.\n(keyword \"a\") ;=> :a",
           [](Vm& vm, Value s) -> Result<Value> {
               if (is_keyword(s)) return s;
               if (is_symbol(s)) return named(vm, as_symbol(s)->text(), &Store::keyword);
               if (is_string(s)) return named(vm, text_of(s), &Store::keyword);
               return failure_at(0, kind::type, msg::argument_type,
                                 {msg::type_string.text(), describe_value(vm.store, s)});
           }),
    native("%keyword s", "The keyword whose name is s; s itself where keyword would refuse it. For names from outside.",
           [](Vm& vm, StringValue s) { return reads_as_keyword(text_of(s)) ? vm.store.keyword(text_of(s)) : s.value; }),
    native("symbol s",
           "The symbol whose name is s. Fails with :value if s is empty, or if it would not be read as that symbol "
           "again: it begins as a "
           "number, is nil, true or false, or has a blank, a bracket, a quote or the like in it.\n(symbol \"a\") ;=> a",
           [](Vm& vm, Value s) -> Result<Value> {
               if (is_symbol(s)) return s;
               if (is_keyword(s)) return named(vm, as_symbol(s)->text(), &Store::symbol);
               if (is_string(s)) return named(vm, text_of(s), &Store::symbol);
               return failure_at(0, kind::type, msg::argument_type,
                                 {msg::type_string.text(), describe_value(vm.store, s)});
           }),
    native("name x", "The name of x, a keyword or symbol, without a colon; a string is its own.\n(name :a) ;=> \"a\"",
           [](Vm& vm, Value x) -> Result<Value> {
               if (is_string(x)) return x;
               if (is_keyword(x) || is_symbol(x)) return make_string(vm.store, as_symbol(x)->text());
               return failure_at(0, kind::type, msg::argument_type,
                                 {msg::type_keyword.text(), describe_value(vm.store, x)});
           }),
};

} // namespace

void define_text(Vm& vm) { define_natives(vm, text_natives); }

} // namespace qi::stdlib

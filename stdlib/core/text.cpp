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
Result<Value> named(Call call, std::string_view name, Value (Store::*make)(std::string_view)) {
    if (name.empty()) return failure_at(0, kind::value, msg::empty_name);
    const bool keyword = make == &Store::keyword;
    if (!(keyword ? reads_as_keyword(name) : reads_as_symbol(name)))
        return failure_at(0, kind::value, msg::unreadable_name,
                          {shortened(call.store(), make_string(call.store(), name)),
                           std::string(keyword ? ":" : "").append(utf8::shortened(name, 40))});
    return (call.store().*make)(name);
}

void append_line(Call call, std::string& out, Rest xs, bool newline) {
    for (std::size_t i = 0; i < xs.size(); ++i) {
        if (i > 0) out += ' ';
        append_display(call.store(), out, xs[i]);
    }
    if (newline) out += '\n';
}

void print(Call call, Rest xs, bool newline) {
    append_line(call, call.out().buffer(), xs, newline);
    call.out().wrote();
}

/// What was printed before comes first where both go to one terminal.
void print_error(Call call, Rest xs, bool newline) {
    std::string text;
    append_line(call, text, xs, newline);
    call.report(text);
}

std::string pretty(Call call, Value v, int indent) {
    const std::string pad(static_cast<std::size_t>(indent) + 2, ' ');
    if (!is_collection(v) || count_of(v) == 0 || indent > 200) return readable(call.store(), v);
    const bool map = is_map(v);
    std::string out = is_vector(v) ? "[" : map ? "{" : is_set(v) ? "#{" : "(";
    if (map) {
        MapCursor cursor(v);
        for (Value key, value; cursor.next(key, value);)
            out += "\n" + pad +
                   (is_string(key) ? readable(call.store(), key) : "\"" + readable(call.store(), key) + "\"") + ": " +
                   pretty(call, value, indent + 2);
    } else {
        for (const Value item : items_of_seqable(call, v)) out += "\n" + pad + pretty(call, item, indent + 2);
    }
    return out + "\n" + std::string(static_cast<std::size_t>(indent), ' ') +
           (is_vector(v) ? "]"
            : is_list(v) ? ")"
                         : "}");
}

Result<Value> read(Call call, std::string_view text) {
    const Source source("read", std::string(text));
    FormArena arena(call.store());
    Reader reader(arena, call.names(), source);
    Form* form = nullptr;
    if (auto error = reader.next(form)) return error->error;
    // What follows isn't taken, but has to be readable.
    for (Form* other = form; other != nullptr;)
        if (auto error = reader.next(other)) return error->error;
    return form == nullptr ? Value::nil() : datum_of(arena, form);
}

Result<Value> join(Call call, std::string_view separator, Value xs) {
    std::string text;
    bool first = true;
    for (const Value item : items_of_seqable(call, xs)) {
        if (!first) text += separator;
        first = false;
        append_display(call.store(), text, item);
    }
    return make_string(call.store(), std::move(text));
}

constexpr Native text_natives[] = {
    native(
        "str x...",
        "Every x as one string: strings as they are, the rest as printed.\n"
        "(str \"a\" :b [1 \"x\"]) ;=> \"a:b[1 \\\"x\\\"]\"",
        [](Call call, Rest xs) {
            std::string text;
            for (const Value x : xs) append_display(call.store(), text, x);
            return make_string(call.store(), std::move(text));
        },
        borrows),
    native(
        "pr-str x", "Text that reads back as x.\n(pr-str \"a\\n\") ;=> \"\\\"a\\\\n\\\"\"",
        [](Call call, Value x) { return make_string(call.store(), readable(call.store(), x)); }, borrows),
    native("read text",
           "The first form of text, as data. Fails with :syntax, also if the rest can't be read.\n(read \"(+ 1 2)\") "
           ";=> (+ 1 2)",
           [](Call call, std::string_view text) { return read(call, text); }),
    native(
        "println x...",
        "Prints every x, with spaces between them and a newline at the end; nil.\n(println 1 \"a\") ;=> nil",
        [](Call call, Rest xs) {
            print(call, xs, true);
            return Value::nil();
        },
        borrows),
    native(
        "print x...", "Prints every x with spaces between; nil.\n(print \"\") ;=> nil",
        [](Call call, Rest xs) {
            print(call, xs, false);
            return Value::nil();
        },
        borrows),
    native("eprintln x...", "Prints every x as println does, but to standard error, at once; nil.\n(eprintln) ;=> nil",
           [](Call call, Rest xs) {
               print_error(call, xs, true);
               return Value::nil();
           }),
    native("eprint x...", "Prints every x as print does, but to standard error, at once; nil.\n(eprint \"\") ;=> nil",
           [](Call call, Rest xs) {
               print_error(call, xs, false);
               return Value::nil();
           }),
    native("inspect x", "Prints x over several lines and returns it.\n(inspect []) ;=> []",
           [](Call call, Value x) {
               call.out().write(pretty(call, x, 0) + "\n");
               return x;
           }),
    native("join separator xs",
           "The items of xs as one string with separator between.\n(join \", \" [1 \"a\"]) ;=> \"1, a\"",
           [](Call call, std::string_view separator, Seqable xs) { return join(call, separator, xs); }),
    native("keyword s",
           "The keyword whose name is s. Fails with :value if s is empty, or if :s would not be read as that keyword "
           "again: a blank, a "
           "bracket, a quote or the like in it.\n(keyword \"a\") ;=> :a",
           [](Call call, Value s) -> Result<Value> {
               if (is_keyword(s)) return s;
               if (is_symbol(s)) return named(call, as_symbol(s)->text(), &Store::keyword);
               if (is_string(s)) return named(call, text_of(s), &Store::keyword);
               return failure_at(0, kind::type, msg::argument_type,
                                 {msg::type_string.text(), describe_value(call.store(), s)});
           }),
    native("%keyword s", "The keyword whose name is s; s itself where keyword would refuse it. For names from outside.",
           [](Call call, StringValue s) {
               return reads_as_keyword(text_of(s)) ? call.store().keyword(text_of(s)) : s.value;
           }),
    native("symbol s",
           "The symbol whose name is s. Fails with :value if s is empty, or if it would not be read as that symbol "
           "again: it begins as a "
           "number, is nil, true or false, or has a blank, a bracket, a quote or the like in it.\n(symbol \"a\") ;=> a",
           [](Call call, Value s) -> Result<Value> {
               if (is_symbol(s)) return s;
               if (is_keyword(s)) return named(call, as_symbol(s)->text(), &Store::symbol);
               if (is_string(s)) return named(call, text_of(s), &Store::symbol);
               return failure_at(0, kind::type, msg::argument_type,
                                 {msg::type_string.text(), describe_value(call.store(), s)});
           }),
    native("name x", "The name of x, a keyword or symbol, without a colon; a string is its own.\n(name :a) ;=> \"a\"",
           [](Call call, Value x) -> Result<Value> {
               if (is_string(x)) return x;
               if (is_keyword(x) || is_symbol(x)) return make_string(call.store(), as_symbol(x)->text());
               return failure_at(0, kind::type, msg::argument_type,
                                 {msg::type_keyword.text(), describe_value(call.store(), x)});
           }),
};

} // namespace

void define_text(Setup setup) { setup.define(text_natives); }

} // namespace qi::stdlib

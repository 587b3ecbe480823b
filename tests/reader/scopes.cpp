// What each special form binds, and where: language/scopes.hpp, on forms as they should be written and on others.
#include "heap/kept.hpp"
#include "reader/form_tree.hpp"
#include "reader/reader.hpp"
#include "vm/program.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace qi;

namespace {

constexpr std::string_view part_names[] = {"around", "name", "note", "pattern", "value",
                                           "guard",  "body", "end",  "datum"};

/// The one form of a text, for as long as `visit` looks at it.
template <typename Visit>
std::string with_form(std::string_view text, Visit visit) {
    Store store(kinds());
    const Names names(store);
    FormArena arena(store);
    const Source source("t", std::string(text));
    Reader reader(arena, names, source);
    Form* form = nullptr;
    REQUIRE(!reader.next(form));
    return visit(FormTree{names}, form, source.text());
}

std::string text_of(std::string_view text, const Form* form) {
    return std::string(text.substr(form->span.begin, form->span.end - form->span.begin));
}

std::string add_word(std::string to, const std::string& word) { return to.empty() ? word : to + " " + word; }

/// "value a, pattern x, body b c, end, around d"
std::string parts(std::string_view text) {
    return with_form(text, [](const FormTree& tree, Form* form, std::string_view source) {
        std::string found;
        each_part(tree, *tree.form_of(form), form->items(), [&](Part part, std::span<Form* const> items) {
            found += (found.empty() ? "" : ", ") + std::string(part_names[static_cast<std::size_t>(part)]);
            for (const Form* item : items) found += " " + text_of(source, item);
        });
        return found;
    });
}

/// The heads of the calls in the scope of the form.
std::string in_scope(std::string_view text, bool into_frames = true) {
    return with_form(text, [&](const FormTree& tree, Form* form, std::string_view) {
        std::string found;
        Form* const forms[] = {form};
        each_in_scope(tree, std::span<Form* const>(forms), into_frames, [&](Form* call, const SpecialForm*) {
            found = add_word(found, std::string(as_symbol(call->items()[0]->value)->text()));
        });
        return found;
    });
}

std::string bound(std::string_view text) {
    return with_form(text, [](const FormTree& tree, Form* form, std::string_view source) {
        std::string found;
        each_bound(
            tree, form->items(), [&](Form* name) { found = add_word(found, text_of(source, name)); },
            [&](Form* code) { found = add_word(found, "=> " + text_of(source, code)); });
        return found;
    });
}

std::string definition(std::string_view text) {
    return with_form(text, [](const FormTree& tree, Form* form, std::string_view source) {
        const auto found = definition_of(tree, form);
        std::string all;
        for (const Form* part : {found.name, found.doc, found.parameters})
            all = add_word(all, part == nullptr ? "-" : text_of(source, part));
        return all;
    });
}

} // namespace

TEST_CASE("what the parts of each special form are to names") {
    constexpr std::string_view rows[][2] = {
        {"(%pipe-if-ok a b)", "around a b"},
        {"(and a b)", "around a b"},
        {"(comment a b)", "datum a b"},
        {"(cond a b :else c)", "around a b :else c"},
        {"(def n a)", "name n, around a"},
        {"(defer a)", "body a, end"},
        {"(defn n \"doc\" [a {:k b}] c d)", "name n, note \"doc\", pattern [a {:k b}], body c d, end"},
        {"(defn- n [] c)", "name n, pattern [], body c, end"},
        {"(do a b)", "around a b"},
        {"(export a b)", "around a b"},
        {"(flow a)", "around a"},
        {"(fn [a] b)", "pattern [a], body b, end"},
        {"(go a b)", "body a b, end"},
        {"(go/parallel-do a b)", "body a, end a, body b, end"},
        {"(go/run a b)", "body a b, end"},
        {"(go/select a -> b)", "around a -> b"},
        {"(if a b c)", "around a b c"},
        {"(if-let [x a] b c)", "value a, pattern x, body b, end b, around c"},
        {"(let [x a [y z] b] c d)", "value a, pattern x, value b, pattern [y z], body c d, end"},
        {"(loop [x a] b)", "value a, pattern x, body b, end"},
        {"(mac n [a] b)", "name n, pattern [a], body b, end"},
        {"(match a [x] | y when z -> b _ -> c)",
         "around a, pattern [x] | y, guard z, body b, end b, pattern _, body c, end"},
        {"(module m)", "datum m"},
        {"(or a b)", "around a b"},
        {"(quote a)", "datum a"},
        {"(recur a b)", "around a b"},
        {"(try a)", "around a"},
        {"(unless a b)", "around a b"},
        {"(until a b)", "around a b"},
        {"(until-error [x a] b)", "value a, pattern x, body b, end"},
        {"(use m :only [a])", "datum m :only [a]"},
        {"(when a b)", "around a b"},
        {"(when-let [x a] b c)", "value a, pattern x, body b c, end"},
        {"(while a b)", "around a b"},
        {"(while-some [x a] b)", "value a, pattern x, body b, end"},
    };
    std::set<std::string_view> shown;
    for (const auto& [text, wanted] : rows) {
        CHECK(parts(text) == wanted);
        shown.insert(text.substr(1, text.find(' ') - 1));
    }
    for (const SpecialForm& form : special_forms) CHECK_MESSAGE(shown.contains(form.name), form.name);
}

TEST_CASE("the parts of forms that are being written") {
    CHECK(parts("(defn)") == "end");
    CHECK(parts("(defn [a] b)") == "pattern [a], body b, end");
    CHECK(parts("(defn n \"a\" b)") == "name n, note \"a\" b, end");
    CHECK(parts("(let)") == "");
    CHECK(parts("(let x y)") == "around x y");
    CHECK(parts("(let [x])") == "pattern x, end");
    CHECK(parts("(let [x a y] b)") == "value a, pattern x, pattern y, body b, end");
    CHECK(parts("(if-let [x a])") == "value a, pattern x, end");
    CHECK(parts("(if-let [x a] b)") == "value a, pattern x, body b, end");
    CHECK(parts("(match)") == "");
    CHECK(parts("(match a)") == "around a");
    CHECK(parts("(match a x)") == "around a, pattern x, end");
    CHECK(parts("(match a x ->)") == "around a, pattern x, end");
    CHECK(parts("(match a x when)") == "around a, pattern x, end");
    CHECK(parts("(match a -> b)") == "around a, body b, end");
    CHECK(parts("(go)") == "");
}

TEST_CASE("what is evaluated in the same scope") {
    CHECK(in_scope("(do (a (b)) [(c)] {:k (d)} @(e))") == "do a b c d deref e");
    CHECK(in_scope("(let [x (a)] (b))") == "let");
    CHECK(in_scope("(loop [x (a) y (b)] (c))") == "loop a b");
    CHECK(in_scope("(if-let [x (a)] (b) (c))") == "if-let a c");
    CHECK(in_scope("(match (a) x when (b) -> (c))") == "match a");
    CHECK(in_scope("(f (fn [] (a)) (go (b)) (comment (c)) '(d) `(e))") == "f fn go comment quote");
    CHECK(in_scope("((f) (g))") == "f g");
    CHECK(in_scope("(when (a) (b))") == "when a b");
    CHECK(in_scope("(when (a) (b))", false) == "when a");
    CHECK(in_scope("(do (a))", false) == "do");
}

TEST_CASE("the names of patterns") {
    CHECK(bound("[a _ [b & c :as d] {:k e \"s\" f :as g} 1 nil :z]") == "a _ b c d e f g");
    CHECK(bound("[{:k a => (f x)} [b | 1 | c] ...d]") == "a => (f x) b c d");
    CHECK(bound("[(f a) b =>]") == "b");
    CHECK(bound("[{:k a :l =>} b [c =>] d]") == "a b c d");
    CHECK(bound("[{:k [a =>] => f} b]") == "a => f b");
}

TEST_CASE("what definitions define") {
    CHECK(definition("(def a 1)") == "a - -");
    CHECK(definition("(def a (fn [b] c))") == "a - [b]");
    CHECK(definition("(def a (fn [b] c) d)") == "a - -");
    CHECK(definition("(defn a \"doc\" [b])") == "a \"doc\" [b]");
    CHECK(definition("(mac a [b])") == "a - [b]");
    CHECK(definition("(fn [a] b)") == "- - -");
    CHECK(definition("(f a)") == "- - -");
}

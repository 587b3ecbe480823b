// Forms: what the reader makes of source text and the compiler eats. Nodes of an arena, each with its place.
// An arena keeps what its forms name (symbols, embedded values) alive. Interpreter thread only.
#pragma once

#include "base/source.hpp"
#include "data/store.hpp"
#include "value/value.hpp"

#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace qi {

enum class FormKind : std::uint8_t {
    Nil,
    True,
    False,
    Integer,
    Float,
    String,  // text
    Symbol,  // value; also the tokens -> => | & ... , which no program can spell otherwise
    Keyword, // value
    Datum,   // value: put in by a macro or eval
    List,
    Vector,
    Map,
    Set,     // items
    FString, // items: strings and expressions
    Quasiquote,
    Unquote,
    Splice, // one item
};

struct FormItems {
    struct Form** items;
    std::uint32_t count;
};

struct Form {
    FormKind kind = FormKind::Nil;
    std::uint16_t expansions =
        0; // how many macros made it, each by a call that the one before gave; eval counts as one
    Span span;
    union {
        std::int64_t integer;
        double number;
        Value value;
        std::string_view text;
        FormItems list;
    };

    Form() : integer(0) {}
    std::span<Form* const> items() const noexcept { return {list.items, list.count}; }
    bool is(FormKind k) const noexcept { return kind == k; }
    bool is_symbol(Value symbol) const noexcept { return kind == FormKind::Symbol && value == symbol; }
    /// What looks unused here may have been used while it was made.
    bool is_expanded() const noexcept { return expansions > 0; }
    bool has_items() const noexcept { return kind >= FormKind::List; }
    /// A list that isn't empty.
    bool is_call() const noexcept { return kind == FormKind::List && list.count > 0; }
};

class FormArena final : public Roots {
public:
    explicit FormArena(Store& store) : store_(store) { store.heap.add_roots(this); }
    ~FormArena() override { store_.heap.remove_roots(this); }
    FormArena(const FormArena&) = delete;
    FormArena& operator=(const FormArena&) = delete;

    Store& store() noexcept { return store_; }
    /// Forms made so far.
    std::size_t size() const noexcept { return size_; }

    Form* make(FormKind kind, Span span);
    Form* integer(std::int64_t n, Span span);
    Form* number(double d, Span span);
    Form* string(std::string_view text, Span span); // copies the text
    Form* symbol(std::string_view name, Span span);
    Form* symbol(Value symbol, Span span);
    Form* keyword(std::string_view name, Span span);
    Form* datum(Value value, Span span);
    Form* collection(FormKind kind, std::span<Form* const> items, Span span);
    Form* list(std::initializer_list<Form*> items, Span span) {
        return collection(FormKind::List, {items.begin(), items.size()}, span);
    }
    /// With everything in it, as something expanded: forms are rewritten in place.
    Form* copy(const Form* form);
    /// A symbol that nothing else is named by.
    Form* fresh(std::string_view stem, Span span);

    void trace_young(Tracer& tracer) override;
    void trace_all(Tracer& tracer) override { trace_young(tracer); }

private:
    Store& store_;
    std::pmr::monotonic_buffer_resource memory_;
    std::size_t size_ = 0;
    std::vector<Form*> holders_; // forms with a value in them
};

/// How data shows that a list was a quasiquote, unquote, splice or f-string; empty for other kinds.
std::string_view sign_of(FormKind kind) noexcept;
/// The collections that data was made of, by the words of the data.
using Origins = std::unordered_map<std::uint64_t, const Form*>;

/// The data that a form represents, as `quote` gives it and macros see it.
Value datum_of(FormArena& arena, const Form* form, Origins* origins = nullptr);
/// The form that data represents, as `eval` and macros need it, by that many expansions. What is still the data of a
/// form that has a place gets that form's place, all else the one given. Nothing may have been collected since the
/// origins were noted. Null if it were more than most_forms: data may hold the same part many times, forms are a tree.
constexpr std::size_t most_forms = 2'000'000;
Form* form_of(FormArena& arena, Value datum, Span span, const Origins* origins = nullptr, std::uint16_t expansions = 1);

} // namespace qi

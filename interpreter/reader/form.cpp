#include "reader/form.hpp"

#include "data/list.hpp"
#include "data/map.hpp"
#include "data/number.hpp"
#include "data/sequence.hpp"
#include "data/string.hpp"
#include "data/vector.hpp"

#include <algorithm>
#include <cstring>
#include <new>

namespace qi {

Form* FormArena::make(FormKind kind, Span span) {
    auto* form = new (memory_.allocate(sizeof(Form), alignof(Form))) Form();
    form->kind = kind;
    form->span = span;
    ++size_;
    return form;
}

Form* FormArena::integer(std::int64_t n, Span span) {
    Form* form = make(FormKind::Integer, span);
    form->integer = n;
    return form;
}

Form* FormArena::number(double d, Span span) {
    Form* form = make(FormKind::Float, span);
    form->number = d;
    return form;
}

Form* FormArena::string(std::string_view text, Span span) {
    Form* form = make(FormKind::String, span);
    auto* copy = static_cast<char*>(memory_.allocate(text.size() + 1, 1));
    if (!text.empty()) std::memcpy(copy, text.data(), text.size());
    form->text = {copy, text.size()};
    return form;
}

Form* FormArena::symbol(Value symbol, Span span) {
    Form* form = make(FormKind::Symbol, span);
    form->value = symbol;
    holders_.push_back(form);
    return form;
}

Form* FormArena::symbol(std::string_view name, Span span) { return symbol(store_.symbol(name), span); }
Form* FormArena::fresh(std::string_view stem, Span span) { return symbol(store_.symbols.fresh(stem), span); }

Form* FormArena::keyword(std::string_view name, Span span) {
    Form* form = make(FormKind::Keyword, span);
    form->value = store_.keyword(name);
    holders_.push_back(form);
    return form;
}

Form* FormArena::datum(Value value, Span span) {
    Form* form = make(FormKind::Datum, span);
    form->value = value;
    holders_.push_back(form);
    return form;
}

Form* FormArena::collection(FormKind kind, std::span<Form* const> items, Span span) {
    Form* form = make(kind, span);
    form->list.items = static_cast<Form**>(memory_.allocate(items.size() * sizeof(Form*) + 1, alignof(Form*)));
    form->list.count = static_cast<std::uint32_t>(items.size());
    if (!items.empty()) std::memcpy(form->list.items, items.data(), items.size_bytes());
    return form;
}

Form* FormArena::copy(const Form* form) {
    const auto alone = [&](const Form* original) {
        Form* made = make(original->kind, original->span);
        *made = *original;
        made->expansions = std::max<std::uint16_t>(made->expansions, 1);
        if (!made->has_items()) {
            holders_.push_back(made);
            return made;
        }
        made->list.items =
            static_cast<Form**>(memory_.allocate(original->list.count * sizeof(Form*) + 1, alignof(Form*)));
        if (original->list.count > 0)
            std::memcpy(made->list.items, original->list.items, original->list.count * sizeof(Form*));
        return made;
    };
    Form* whole = alone(form);
    std::vector<Form*> pending{whole}; // their items are still the original's
    while (!pending.empty()) {
        Form* next = pending.back();
        pending.pop_back();
        if (!next->has_items()) continue;
        for (Form*& item : std::span(next->list.items, next->list.count)) {
            item = alone(item);
            pending.push_back(item);
        }
    }
    return whole;
}

void FormArena::trace_young(Tracer& tracer) {
    // A form may have become another kind since (the reader rewrites pipes in place).
    for (Form* form : holders_)
        if (form->kind == FormKind::Symbol || form->kind == FormKind::Keyword || form->kind == FormKind::Datum)
            tracer.visit(form->value);
}

namespace {

/// As data, what no bracket makes is a list headed by its sign, which no program can spell as a symbol.
struct Sign {
    FormKind kind;
    std::string_view text;
};
constexpr Sign signs[] = {
    {FormKind::FString, "f\""}, {FormKind::Quasiquote, "`"}, {FormKind::Unquote, ","}, {FormKind::Splice, ",@"}};

FormKind signed_kind(std::span<Form* const> items) {
    if (!items.empty() && items[0]->is(FormKind::Symbol))
        for (const Sign& sign : signs)
            if (as_symbol(items[0]->value)->text() == sign.text &&
                (sign.kind == FormKind::FString || items.size() == 2))
                return sign.kind;
    return FormKind::List;
}

Value collect(Store& store, FormKind kind, std::span<const Value> items) {
    if (kind == FormKind::List) return make_list(store, items);
    if (const std::string_view sign = sign_of(kind); !sign.empty())
        return make_cell(store, store.symbol(sign), make_list(store, items));
    if (kind == FormKind::Vector) return make_vector(store, items);
    Value map = empty_map(store);
    if (kind == FormKind::Set) {
        for (const Value item : items) map = map_assoc(store, map, item, Value::boolean(true));
        return make_set(store, map);
    }
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) map = map_assoc(store, map, items[i], items[i + 1]);
    return map;
}

} // namespace

std::string_view sign_of(FormKind kind) noexcept {
    for (const Sign& sign : signs)
        if (sign.kind == kind) return sign.text;
    return {};
}

Value datum_of(FormArena& arena, const Form* form, Origins* origins) {
    Store& store = arena.store();
    struct Frame {
        const Form* form;
        std::size_t next;
        std::size_t base; // in `values`
    };
    std::vector<Frame> frames;
    std::vector<Value> values;
    const Form* current = form;
    for (;;) {
        if (current != nullptr && current->has_items()) {
            frames.push_back({current, 0, values.size()});
        } else if (current != nullptr) {
            switch (current->kind) {
            case FormKind::True: values.push_back(Value::boolean(true)); break;
            case FormKind::False: values.push_back(Value::boolean(false)); break;
            case FormKind::Integer: values.push_back(make_integer(store, current->integer)); break;
            case FormKind::Float: values.push_back(Value::number(current->number)); break;
            case FormKind::String: values.push_back(make_string(store, current->text)); break;
            case FormKind::Symbol:
            case FormKind::Keyword:
            case FormKind::Datum: values.push_back(current->value); break;
            default: values.push_back(Value::nil()); break;
            }
        }
        // Go on with the next child, closing what is complete.
        for (;;) {
            if (frames.empty()) return values.back();
            Frame& frame = frames.back();
            if (frame.next < frame.form->list.count) {
                current = frame.form->list.items[frame.next++];
                break;
            }
            const Value made =
                collect(store, frame.form->kind, {values.data() + frame.base, values.size() - frame.base});
            values.resize(frame.base);
            values.push_back(made);
            if (origins != nullptr && frame.form->list.count > 0) origins->emplace(made.bits(), frame.form);
            frames.pop_back();
        }
    }
}

Form* form_of(FormArena& arena, Value datum, Span span, const Origins* origins, std::uint16_t expansions) {
    struct Frame {
        FormKind kind;
        std::vector<Value> items;
        std::vector<Form*> forms;
    };
    const auto origin_of = [&](Value value) -> const Form* {
        if (origins == nullptr) return nullptr;
        const auto known = origins->find(value.bits());
        return known == origins->end() ? nullptr : known->second;
    };
    std::vector<Frame> frames;
    Value current = datum;
    const std::size_t before = arena.size();
    for (;;) {
        if (arena.size() - before > most_forms) return nullptr;
        Form* made = nullptr;
        if (const Form* origin = origin_of(current); origin != nullptr) {
            made = arena.copy(origin);
        } else if (is_sequential(current)) {
            frames.push_back({is_vector(current) ? FormKind::Vector : FormKind::List, items_of(current), {}});
        } else if (is_map(current) || is_set(current)) {
            Frame frame{is_map(current) ? FormKind::Map : FormKind::Set, {}, {}};
            MapCursor cursor(is_map(current) ? current : set_members(current));
            for (Value key, value; cursor.next(key, value);) {
                frame.items.push_back(key);
                if (is_map(current)) frame.items.push_back(value);
            }
            frames.push_back(std::move(frame));
        } else if (is_symbol(current)) {
            made = arena.symbol(current, span);
        } else if (is_string(current)) {
            made = arena.string(text_of(current), span);
        } else if (is_integer(current)) {
            made = arena.integer(as_integer(current), span);
        } else if (current.is_double()) {
            made = arena.number(current.as_double(), span);
        } else if (is_keyword(current)) {
            made = arena.keyword(as_symbol(current)->text(), span);
        } else if (current.is_nil()) {
            made = arena.make(FormKind::Nil, span);
        } else if (current.is_boolean()) {
            made = arena.make(current.is_truthy() ? FormKind::True : FormKind::False, span);
        } else {
            made = arena.datum(current, span);
        }
        for (;;) {
            if (made != nullptr) {
                if (!made->is_expanded()) made->expansions = expansions;
                if (frames.empty()) return made;
                frames.back().forms.push_back(made);
                made = nullptr;
            }
            Frame& frame = frames.back();
            if (frame.forms.size() < frame.items.size()) {
                current = frame.items[frame.forms.size()];
                break;
            }
            if (const FormKind kind = frame.kind == FormKind::List ? signed_kind(frame.forms) : FormKind::List;
                kind != FormKind::List)
                made = arena.collection(kind, std::span<Form* const>(frame.forms).subspan(1), span);
            else
                made = arena.collection(frame.kind, frame.forms, span);
            frames.pop_back();
        }
    }
}

} // namespace qi

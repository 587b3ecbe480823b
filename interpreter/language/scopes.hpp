// What the parts of a special form are to names: what it binds, from where to where, and what of it is evaluated
// outside of that. The one place that divides any form's items as the columns `scope` and `traits` of forms.def say.
// Templates, since forms exist twice: as the reader makes them for the compiler, and as the formatter's tree, which a
// text with errors has too. Nothing here expects a form to be written as it should be. For any thread.
//
// A Tree says how to look at the items of either:
//
//   items(item)           what is in its brackets; nothing for what has none, and for templates
//   is_vector(item)       they are square
//   is_pattern(item)      they are those of a pattern: of a vector or map
//   is_name(item)         a symbol that a pattern may bind: no sign such as & or |
//   is_text(item)         a literal string
//   is_arrow(item)        ->
//   is_fat_arrow(item)    =>
//   is_when(item)         when
//   calls_name(item)      a call whose head is a symbol
//   form_of(item)         the special form that it is, or null
#pragma once

#include "language/forms.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <type_traits>
#include <vector>

namespace qi {

enum class Part : std::uint8_t {
    Around,  // evaluated where the form is
    Name,    // which it defines around it
    Note,    // a docstring
    Pattern, // binds names for the parts up to the next End
    Value,   // of the pattern after it; sees those before
    Guard,
    Body,  // its last expression gives the value
    End,   // of the scope: behind this item, or at the form's end if there is no item
    Datum, // not evaluated
};

/// What the part defines is known in the form alone.
constexpr bool is_inside(const SpecialForm& form, Part part) noexcept {
    return part == Part::Body || part == Part::Guard || (part == Part::Value && form.is(SpecialForm::ValuesInside));
}

/// Calls `visit(Part, items)` for what comes after the form's head: names before their scope, and values before the
/// names they are bound to; otherwise in the order of the text.
template <typename Tree, typename Item, typename Visit>
void each_part(const Tree& tree, const SpecialForm& form, std::span<const Item> items, Visit visit) {
    const std::size_t count = items.size();
    const auto part = [&](Part what, std::size_t from, std::size_t to) {
        if (from < to) visit(what, items.subspan(from, to - from));
    };
    // The scope ends behind the item before `at`, or with the form.
    const auto end = [&](std::size_t at) {
        visit(Part::End, at < count ? items.subspan(at - 1, 1) : std::span<const Item>());
    };
    const bool names = form.is(SpecialForm::Defines) && count > 1 && !tree.is_vector(items[1]);
    if (names) part(Part::Name, 1, 2);
    const std::size_t first = names ? 2 : 1;
    switch (form.scope) {
    case SpecialForm::Around: return part(Part::Around, first, count);
    case SpecialForm::Data: return part(Part::Datum, first, count);
    case SpecialForm::Function: {
        std::size_t parameters = first;
        while (parameters < count && !tree.is_vector(items[parameters])) ++parameters;
        part(Part::Note, first, parameters);
        part(Part::Pattern, parameters, std::min(parameters + 1, count));
        part(Part::Body, parameters + 1, count);
        return end(count);
    }
    case SpecialForm::Task:
        for (std::size_t i = first; i < count;) {
            const std::size_t next = form.is(SpecialForm::Apart) ? i + 1 : count;
            part(Part::Body, i, next);
            end(next);
            i = next;
        }
        return;
    case SpecialForm::Bindings: {
        if (count < 2 || !tree.is_vector(items[1])) return part(Part::Around, 1, count);
        const auto bindings = tree.items(items[1]);
        const std::span<const Item> pairs(bindings);
        for (std::size_t i = 0; i < pairs.size(); i += 2) {
            if (i + 1 < pairs.size()) visit(Part::Value, pairs.subspan(i + 1, 1));
            visit(Part::Pattern, pairs.subspan(i, 1));
        }
        const std::size_t outside = form.is(SpecialForm::ElseOutside) ? std::min<std::size_t>(count, 3) : count;
        part(Part::Body, 2, outside);
        end(outside);
        return part(Part::Around, outside, count);
    }
    case SpecialForm::Arms:
        part(Part::Around, 1, std::min<std::size_t>(count, 2));
        for (std::size_t i = 2; i < count;) {
            std::size_t arrow = i;
            while (arrow < count && !tree.is_arrow(items[arrow])) ++arrow;
            std::size_t guard = i + 1;
            while (guard < arrow && !tree.is_when(items[guard])) ++guard;
            const std::size_t next = std::min(arrow + 2, count);
            part(Part::Pattern, i, std::min(guard, arrow));
            part(Part::Guard, guard + 1, arrow);
            part(Part::Body, arrow + 1, next);
            end(next);
            i = next;
        }
    }
}

/// Calls `visit(item, form)` for every call of a symbol that is evaluated in the same scope as `items`, and not inside
/// one of its own; `form` is the special form that it is, or null. `into_frames`: also in bodies that do what they
/// defer when they are left. A visitor that returns true has made another form of the item.
template <typename Tree, typename Item, typename Visit>
void each_in_scope(const Tree& tree, std::span<const Item> items, bool into_frames, Visit visit) {
    std::vector<Item> pending(items.rbegin(), items.rend());
    while (!pending.empty()) {
        const Item item = pending.back();
        pending.pop_back();
        const SpecialForm* form = nullptr;
        if (tree.calls_name(item)) {
            form = tree.form_of(item);
            if constexpr (std::is_void_v<decltype(visit(item, form))>) {
                visit(item, form);
            } else if (visit(item, form)) {
                form = tree.form_of(item);
                if (!tree.calls_name(item)) {
                    pending.push_back(item);
                    continue;
                }
            }
        }
        const auto inner = tree.items(item);
        if (form != nullptr && form->scope != SpecialForm::Around) {
            const std::size_t before = pending.size();
            each_part(tree, *form, std::span<const Item>(inner), [&](Part part, std::span<const Item> parts) {
                if (part == Part::Around || (part == Part::Value && !is_inside(*form, part)))
                    for (const Item part_item : parts) pending.push_back(part_item);
            });
            std::reverse(pending.begin() + static_cast<std::ptrdiff_t>(before), pending.end());
            continue;
        }
        if (form != nullptr && !into_frames && form->is(SpecialForm::Frame)) {
            if (form->is(SpecialForm::Condition) && inner.size() > 1) pending.push_back(inner[1]);
            continue;
        }
        for (std::size_t i = inner.size(); i-- > 0;) pending.push_back(inner[i]);
    }
}

/// Calls `bind` with each name that the patterns bind, in the order of the text, and `code` with each function that a
/// value is sent through: {:key name => function}.
template <typename Tree, typename Item, typename Bind, typename Code>
void each_bound(const Tree& tree, std::span<const Item> patterns, Bind bind, Code code) {
    struct Pending {
        Item item;
        bool is_code;
    };
    std::vector<Pending> pending;
    // An arrow that is the last in its brackets says nothing of what is behind them.
    const auto push = [&](std::span<const Item> items) {
        for (std::size_t i = items.size(); i-- > 0;)
            pending.push_back({items[i], i > 0 && tree.is_fat_arrow(items[i - 1])});
    };
    push(patterns);
    while (!pending.empty()) {
        const auto [item, is_code] = pending.back();
        pending.pop_back();
        if (is_code) {
            code(item);
        } else if (tree.is_name(item)) {
            bind(item);
        } else if (tree.is_pattern(item)) {
            const auto inner = tree.items(item);
            push(std::span<const Item>(inner));
        }
    }
}

template <typename Item>
struct Defined {
    Item name = nullptr;       // null: it isn't a definition
    Item doc = nullptr;        // null: none
    Item parameters = nullptr; // of a function or macro; null: it is something else
};

/// What `(defn name doc? [parameters] …)`, `(def name (fn [parameters] …))` and the like define.
template <typename Tree, typename Item>
Defined<Item> definition_of(const Tree& tree, Item item) {
    Defined<Item> found;
    const SpecialForm* form = tree.form_of(item);
    if (!defines(form)) return found;
    const auto parts_of = [&](const SpecialForm& special, Item whole, auto visit) {
        const auto inner = tree.items(whole);
        each_part(tree, special, std::span<const Item>(inner), visit);
    };
    parts_of(*form, item, [&](Part part, std::span<const Item> parts) {
        if (part == Part::Name && tree.is_name(parts[0])) found.name = parts[0];
        if (part == Part::Note && tree.is_text(parts[0])) found.doc = parts[0];
        if (part == Part::Pattern) found.parameters = parts[0];
        const SpecialForm* value = part == Part::Around && parts.size() == 1 ? tree.form_of(parts[0]) : nullptr;
        if (value != nullptr && value->scope == SpecialForm::Function && !defines(value))
            parts_of(*value, parts[0], [&](Part inner, std::span<const Item> pattern) {
                if (inner == Part::Pattern) found.parameters = pattern[0];
            });
    });
    return found;
}

} // namespace qi

#include "compiler/definitions.hpp"

namespace qi {

namespace {

bool is_definition(const Names& names, Value head) {
    return head == names.def || head == names.defn || head == names.defn_private || head == names.mac;
}

/// Forms whose insides are a scope of their own.
bool opens_scope(const Names& names, Value head) {
    for (const Value scope : {names.fn, names.defn, names.defn_private, names.mac, names.let, names.loop, names.match, names.while_some,
                              names.until_error, names.go, names.go_run, names.defer, names.if_let, names.when_let})
        if (head == scope) return true;
    return false;
}

} // namespace

void Definitions::scan(const Names& names, std::span<Form* const> forms) {
    for (const Form* form : forms) {
        pending_.push_back({form, false, false});
        while (!pending_.empty()) {
            const Item item = pending_.back();
            pending_.pop_back();
            look(names, item);
        }
    }
}

void Definitions::look(const Names& names, const Item& item) {
    const Form* form = item.form;
    if (!form->has_items()) return;
    bool quoted = item.quoted || form->is(FormKind::Quasiquote);
    bool local = item.local;
    if (form->is_call() && form->list.items[0]->is(FormKind::Symbol)) {
        const auto items = form->items();
        const Value head = items[0]->value;
        if (head == names.comment && !quoted) return;
        const bool names_something = items.size() > 1 && items[1]->is(FormKind::Symbol);
        if (is_definition(names, head) && names_something && (quoted || !local)) {
            const Form* parameters = nullptr;
            const Form* doc = nullptr;
            if (head == names.defn || head == names.defn_private) {
                const std::size_t at = items.size() > 2 && items[2]->is(FormKind::Vector) ? 2 : 3;
                if (items.size() > at && items[at]->is(FormKind::Vector)) parameters = items[at];
                if (at == 3 && items.size() > 2 && items[2]->is(FormKind::String)) doc = items[2];
            } else if (head == names.def && items.size() == 3 && items[2]->is_call() && items[2]->list.items[0]->is_symbol(names.fn) &&
                       items[2]->list.count > 1 && items[2]->list.items[1]->is(FormKind::Vector)) {
                parameters = items[2]->list.items[1];
            }
            add(items[1]->value, parameters, doc, quoted);
            if (head == names.mac && is_definer(names, form)) definers_.insert(items[1]->value.bits());
        }
        if (!quoted && head == names.use) look_at_use(form);
        open_ |= !quoted && as_symbol(head)->text() == "load";
        if (head == names.quote) quoted = true;
        if (opens_scope(names, head)) local = true;
        if (definers_.contains(head.bits()) && !local) add_symbols(form);
    }
    for (std::uint32_t i = form->list.count; i-- > 0;) pending_.push_back({form->list.items[i], quoted, local});
}

void Definitions::add(Value name, const Form* parameters, const Form* doc, bool quoted) {
    Entry& entry = known_[name.bits()];
    entry.name = name;
    entry.definition.times += quoted ? 2 : 1; // what is data now may be evaluated any number of times
    entry.definition.parameters = parameters;
    entry.definition.doc = doc;
}

bool Definitions::is_definer(const Names& names, const Form* body) const {
    std::vector<const Form*> pending(body->items().begin() + 1, body->items().end());
    while (!pending.empty()) {
        const Form* form = pending.back();
        pending.pop_back();
        if (form->is(FormKind::Symbol) && (is_definition(names, form->value) || definers_.contains(form->value.bits()))) return true;
        if (form->has_items()) pending.insert(pending.end(), form->items().begin(), form->items().end());
    }
    return false;
}

void Definitions::add_symbols(const Form* form) {
    std::vector<const Form*> pending(form->items().begin() + 1, form->items().end());
    while (!pending.empty()) {
        const Form* next = pending.back();
        pending.pop_back();
        if (next->is(FormKind::Symbol)) perhaps_.insert(next->value.bits());
        if (next->has_items()) pending.insert(pending.end(), next->items().begin(), next->items().end());
    }
}

const FileDefinition* Definitions::find(Value name) const {
    const auto found = known_.find(name.bits());
    return found == known_.end() ? nullptr : &found->second.definition;
}

/// `(use m :only [a b])`, `(use m :as x)`, `(use m)`, `(use m :all)`.
void Definitions::look_at_use(const Form* form) {
    const auto items = form->items();
    const auto text_of = [](const Form* item) { return item->is(FormKind::String) ? item->text : as_symbol(item->value)->text(); };
    const auto is_name = [](const Form* item) { return item->is(FormKind::String) || item->is(FormKind::Symbol); };
    if (items.size() < 2 || !is_name(items[1])) return;
    const std::string_view option = items.size() > 2 && items[2]->is(FormKind::Keyword) ? as_symbol(items[2]->value)->text() : std::string_view{};
    if (option == "only") {
        if (items.size() > 3) add_symbols(form);
    } else if (option == "as") {
        if (items.size() > 3 && is_name(items[3])) prefixes_.push_back(std::string(text_of(items[3])) + "/");
    } else {
        open_ = true; // all its names, bare or behind the name that the module gives itself
    }
}

bool Definitions::may_define(Value name) const {
    if (open_ || known_.contains(name.bits()) || perhaps_.contains(name.bits())) return true;
    const std::string_view text = as_symbol(name)->text();
    for (const std::string& prefix : prefixes_)
        if (text.starts_with(prefix)) return true;
    return false;
}

} // namespace qi

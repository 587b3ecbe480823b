#include "compiler/definitions.hpp"

#include "reader/form_tree.hpp"

#include <algorithm>

namespace qi {

namespace {

bool is_definition(const Names& names, Value head) { return defines(names.form(head)); }

bool is_name(const Form* form) { return form->is(FormKind::String) || form->is(FormKind::Symbol); }
std::string_view text_of_name(const Form* name) {
    return name->is(FormKind::String) ? name->text : as_symbol(name->value)->text();
}

/// What "lib/shapes.qi" is called in the program.
std::string name_of_file(std::string_view file) {
    if (file.ends_with(".qi")) file.remove_suffix(3);
    return std::string(file.substr(file.rfind('/') + 1));
}

} // namespace

void Definitions::scan(const Names& names, std::span<Form* const> forms, OtherFiles* others) {
    others_ = others;
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
        const SpecialForm* special = names.form(head);
        if (defines(special) && (quoted || !local)) add(names, form, quoted);
        if (!quoted && head == names.use) look_at_use(form);
        if (!quoted && as_symbol(head)->text() == "load") look_at_load(form);
        if (head == names.quote) quoted = true;
        if (!local && is_definer(head)) add_symbols(form);
        if (special != nullptr && special->opens_scope()) {
            const std::size_t before = pending_.size();
            each_part(FormTree{names}, *special, items, [&](Part part, std::span<Form* const> parts) {
                if (part == Part::End) return;
                for (const Form* each : parts) pending_.push_back({each, quoted, local || is_inside(*special, part)});
            });
            std::reverse(pending_.begin() + static_cast<std::ptrdiff_t>(before), pending_.end());
            return;
        }
    }
    for (std::uint32_t i = form->list.count; i-- > 0;) pending_.push_back({form->list.items[i], quoted, local});
}

void Definitions::add(const Names& names, const Form* form, bool quoted) {
    const auto definition = definition_of(FormTree{names}, form);
    if (definition.name == nullptr) return;
    const Value name = definition.name->value, head = form->list.items[0]->value;
    Entry& entry = known_[name.bits()];
    entry.name = name;
    entry.hidden = head == names.defn_private;
    entry.definition.times += quoted ? 2 : 1; // what is data now may be evaluated any number of times
    entry.definition.parameters = head == names.mac ? nullptr : definition.parameters;
    entry.definition.doc = definition.doc;
    if (head == names.mac && is_definer(names, form)) definers_.insert(name.bits());
}

bool Definitions::is_definer(const Names& names, const Form* body) const {
    std::vector<const Form*> pending(body->items().begin() + 1, body->items().end());
    while (!pending.empty()) {
        const Form* form = pending.back();
        pending.pop_back();
        if (form->is(FormKind::Symbol) && (is_definition(names, form->value) || definers_.contains(form->value.bits())))
            return true;
        if (form->has_items()) pending.insert(pending.end(), form->items().begin(), form->items().end());
    }
    return false;
}

void Definitions::add_symbols(const Form* form) {
    std::vector<const Form*> pending(form->items().begin() + 1, form->items().end());
    while (!pending.empty()) {
        const Form* next = pending.back();
        pending.pop_back();
        if (next->is(FormKind::Symbol)) perhaps_.emplace(as_symbol(next->value)->text());
        if (next->has_items()) pending.insert(pending.end(), next->items().begin(), next->items().end());
    }
}

const FileDefinition* Definitions::find(Value name) const {
    const auto found = known_.find(name.bits());
    return found == known_.end() ? nullptr : &found->second.definition;
}

void Definitions::import(std::string name, bool defines) {
    if (defines) imported_definers_.insert(name);
    imported_.insert(std::move(name));
}

/// `(use m :only [a b])`, `(use m :as x)`, `(use m)`, `(use m :all)`.
void Definitions::look_at_use(const Form* form) {
    const auto items = form->items();
    if (items.size() < 2 || !is_name(items[1])) return;
    static const OtherFiles::Interface unclear;
    const OtherFiles::Interface& module = others_ == nullptr ? unclear : others_->of_module(text_of_name(items[1]));
    const std::string_view option =
        items.size() > 2 && items[2]->is(FormKind::Keyword) ? as_symbol(items[2]->value)->text() : std::string_view{};
    if (option == "only") {
        if (items.size() <= 3 || !items[3]->has_items()) return;
        for (const Form* name : items[3]->items()) {
            if (!is_name(name)) continue;
            const bool defines = std::any_of(module.names.begin(), module.names.end(),
                                             [&](const auto& n) { return n.defines && n.text == text_of_name(name); });
            import(std::string(text_of_name(name)), defines);
        }
        return;
    }
    if (option == "as" && (items.size() <= 3 || !is_name(items[3]))) return;
    const bool missing = module.state == OtherFiles::Interface::State::Missing;
    if (missing && option.empty()) return prefixes_.push_back(name_of_file(text_of_name(items[1])) + "/");
    if (missing && option == "all") return; // that it is missing is what is wrong: other names are checked as ever
    const std::string prefix = option == "as"    ? std::string(text_of_name(items[3])) + "/"
                               : option == "all" ? ""
                                                 : module.own_name + "/";
    if (module.state == OtherFiles::Interface::State::Known)
        for (const auto& name : module.names) import(prefix + name.text, name.defines);
    else if (option == "as")
        prefixes_.push_back(prefix);
    else
        open_ = true;
}

void Definitions::look_at_load(const Form* form) {
    const bool told = others_ != nullptr && form->list.count == 2 && form->list.items[1]->is(FormKind::String);
    const OtherFiles::Interface* file = told ? &others_->of_loaded(form->list.items[1]->text) : nullptr;
    if (file != nullptr && file->state == OtherFiles::Interface::State::Missing) return; // … and there
    if (file == nullptr || file->state != OtherFiles::Interface::State::Known) {
        open_ = true;
        return;
    }
    for (const auto& name : file->names) import(name.text, name.defines);
}

bool Definitions::is_definer(Value name) const {
    return definers_.contains(name.bits()) || imported_definers_.contains(as_symbol(name)->text());
}

OtherFiles::Interface Definitions::all_names() const {
    OtherFiles::Interface found;
    if (open_ || !prefixes_.empty()) return found;
    found.state = OtherFiles::Interface::State::Known;
    for (const auto& [bits, entry] : known_)
        found.names.push_back({std::string(as_symbol(entry.name)->text()), is_definer(entry.name)});
    for (const auto* names : {&imported_, &perhaps_})
        for (const std::string& name : *names) found.names.push_back({name, imported_definers_.contains(name)});
    return found;
}

OtherFiles::Interface Definitions::interface(const Names& names, std::span<Form* const> forms) const {
    OtherFiles::Interface found;
    for (const Form* form : forms) {
        if (!form->is_call()) continue;
        const auto items = form->items();
        if (items[0]->is_symbol(names.module) && items.size() > 1 && is_name(items[1]))
            found.own_name = text_of_name(items[1]);
        if (!items[0]->is_symbol(names.export_)) continue;
        for (const Form* name : items.subspan(1))
            if (is_name(name))
                found.names.push_back(
                    {std::string(text_of_name(name)), name->is(FormKind::Symbol) && is_definer(name->value)});
    }
    if (found.names.empty()) {
        if (open_) return found;
        for (const auto& [bits, entry] : known_)
            if (!entry.hidden)
                found.names.push_back({std::string(as_symbol(entry.name)->text()), is_definer(entry.name)});
        for (const std::string& name : perhaps_) found.names.push_back({name, false});
    }
    found.state = OtherFiles::Interface::State::Known;
    return found;
}

bool Definitions::may_define(Value name) const {
    if (open_ || known_.contains(name.bits())) return true;
    const std::string_view text = as_symbol(name)->text();
    if (perhaps_.contains(text) || imported_.contains(text)) return true;
    for (const std::string& prefix : prefixes_)
        if (text.starts_with(prefix)) return true;
    return false;
}

} // namespace qi

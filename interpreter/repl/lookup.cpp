#include "repl/lookup.hpp"

#include "base/elsewhere.hpp"
#include "base/near.hpp"
#include "compiler/warnings.hpp"
#include "data/print.hpp"
#include "data/string.hpp"
#include "data/type_name.hpp"
#include "doc/forms.hpp"
#include "doc/layout.hpp"
#include "doc/messages.hpp"
#include "repl/messages.hpp"
#include "repl/repl.hpp"
#include "repl/screen.hpp"

#include <algorithm>

namespace qi {

namespace {

const Prototype* prototype_of(Value value) {
    if (value.is(ObjectKind::Macro)) value = static_cast<const Macro*>(value.object())->function;
    return value.is(ObjectKind::Closure) ? static_cast<const Closure*>(value.object())->prototype : nullptr;
}

struct Documentation {
    std::string usage; // (name a b); empty: no function
    std::string text;
};

Documentation documentation(const Variable& variable) {
    const std::string name(as_symbol(variable.name)->text());
    Documentation found;
    if (is_string(variable.doc)) found.text = text_of(variable.doc);
    if (variable.value.is(ObjectKind::Native)) {
        const Native& native = *static_cast<const NativeFunction*>(variable.value.object())->native;
        const std::size_t end = native.usage.find(' ');
        found.usage = "(" + name + (end == std::string_view::npos ? "" : std::string(native.usage.substr(end))) + ")";
        if (found.text.empty()) found.text = native.doc;
    } else if (const Prototype* prototype = prototype_of(variable.value)) {
        found.usage = signature(name, prototype->code->parameters, "");
    }
    return found;
}

/// The variable, if the name means something.
Variable* find(Repl& repl, const std::string& name) {
    Variable* variable = repl.vm().globals.find(repl.vm().store.symbol(name));
    return variable != nullptr && !variable->value.is_absent() ? variable : nullptr;
}

std::string trimmed(std::string text) {
    while (text.ends_with('\n')) text.pop_back();
    return text;
}

/// All that `qi doc forms` knows, which the compiler takes apart itself.
bool is_special(const std::string& name) {
    const auto forms = form_docs();
    return std::any_of(forms.begin(), forms.end(), [&](const FormDoc& form) { return form.name == name; });
}

std::string bold(Repl& repl, std::string_view text) {
    return repl.coloured() ? "\033[1m" + std::string(text) + "\033[0m" : std::string(text);
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

} // namespace

void complain_unknown(Repl& repl, const std::string& name) {
    if (is_special(name)) return repl.complain(format(msg::is_value, {name, msg::is_special_form.text()}));
    if (const auto known = here(name); !known.empty()) return repl.complain(format(msg::name_here, {name, known}));
    const auto near = repl.vm().globals.near_names(name);
    repl.complain(near.empty() ? format(msg::unknown_name, {name}) : format(msg::near_name, {name, join_names(near)}));
}

namespace {

/// `:doc ws/connect :read-limit`: the option of the function.
void show_option(Repl& repl, const std::string& function, const std::string& name) {
    const auto options = options_of(repl.vm(), function);
    if (const OptionDoc* option = find_option(options, name))
        return repl.say(trimmed(as_text(std::span(option, 1), static_cast<std::size_t>(repl.width()), 0)));
    if (options.empty() && find(repl, function) == nullptr) return complain_unknown(repl, function);
    NearNames near(name);
    for (const std::string_view known : names_of(options)) near.offer(known);
    const auto best = near.best();
    repl.complain(best.empty() ? format(msg::doc_no_option, {function, name})
                               : format(msg::doc_near_option, {function, name, join_names(best)}));
}

} // namespace

void show_doc(Repl& repl, const std::string& name) {
    if (const std::size_t blank = name.find(" :"); blank != std::string::npos)
        return show_option(repl, name.substr(0, name.find(' ')), name.substr(blank + 1));
    const Variable* variable = find(repl, name);
    if (variable == nullptr || (variable->flags & Variable::Core) != 0) {
        // The language's own: as qi doc shows it, a namespace too.
        const std::vector<DocEntry> entries = doc_entries(repl.vm());
        const std::string_view space =
            name.ends_with('/') ? std::string_view(name).substr(0, name.size() - 1) : std::string_view(name);
        std::vector<DocEntry> members;
        for (const DocEntry& entry : entries) {
            if (entry.name == name) return repl.say(trimmed(as_text(entry, static_cast<std::size_t>(repl.width()))));
            if (entry.space == space) members.push_back(entry);
        }
        if (!members.empty()) return repl.say(trimmed(as_listing(members, static_cast<std::size_t>(repl.width()))));
        if (variable == nullptr) return complain_unknown(repl, name);
    }
    const Documentation found = documentation(*variable);
    if (found.usage.empty())
        repl.say(format(msg::is_value, {bold(repl, name), describe_value(repl.vm().store, variable->value)}));
    else
        repl.say(bold(repl, found.usage) +
                 (variable->value.is(ObjectKind::Macro) ? "  " + std::string(msg::is_macro.text()) : ""));
    for (std::size_t at = 0; at < found.text.size();) {
        const std::size_t end = std::min(found.text.find('\n', at), found.text.size());
        repl.say("  " + found.text.substr(at, end - at));
        at = end + 1;
    }
}

void show_source(Repl& repl, const std::string& name) {
    const Variable* variable = find(repl, name);
    if (variable == nullptr) {
        if (is_special(name)) return repl.say(format(msg::is_value, {name, msg::is_special_form.text()}));
        return complain_unknown(repl, name);
    }
    const Prototype* prototype = prototype_of(variable->value);
    if (prototype == nullptr) {
        const Message& why = variable->value.is(ObjectKind::Native) ? msg::no_source : msg::no_definition;
        return repl.say(format(why, {name}));
    }
    const Source& source = *prototype->code->source;
    const Span span = prototype->code->span;
    const std::string place = source.locate(span.begin);
    repl.say(repl.coloured() ? "\033[2m; " + place + "\033[0m" : "; " + place);
    repl.say(source.text().substr(span.begin, span.end - span.begin));
}

void show_apropos(Repl& repl, const std::string& word) {
    const std::string wanted = lower(word);
    Vm& vm = repl.vm();
    std::vector<std::pair<std::string, std::string>> rows;
    int widest = 0;
    for (const std::string& name : vm.globals.all_names()) {
        const Variable* variable = vm.globals.find(vm.store.symbol(name));
        if (variable == nullptr || variable->value.is_absent()) continue;
        const Documentation found = documentation(*variable);
        if (lower(name).find(wanted) == std::string::npos && lower(found.text).find(wanted) == std::string::npos)
            continue;
        rows.emplace_back(found.usage.empty() ? name : found.usage, first_line(found.text));
        widest = std::max(widest, std::min(columns_of(rows.back().first), 40));
    }
    if (rows.empty()) return repl.say(format(msg::nothing_found, {word}));
    for (const auto& [usage, text] : rows) {
        const int room = repl.width() - 1 - std::max(widest, columns_of(usage)) - 2;
        std::wstring line = widened(text);
        if (room < 20) line.clear();
        for (bool cut = false; columns_of(narrowed(line)) > room; cut = true) {
            line.resize(line.size() - (cut ? 2 : 1));
            line += L'…';
        }
        repl.say(usage +
                 (line.empty()
                      ? ""
                      : std::string(static_cast<std::size_t>(std::max(0, widest - columns_of(usage)) + 2), ' ') +
                            narrowed(line)));
    }
}

namespace {

/// What the user has defined, if it is wanted: names, and what they are. False: nothing.
bool show_defined(Repl& repl, bool (*wanted)(Value value)) {
    std::vector<std::pair<std::string, std::string>> rows;
    std::size_t widest = 0;
    repl.vm().globals.each([&](const Variable* variable) {
        if ((variable->flags & Variable::Core) != 0 || variable->value.is_absent() || !wanted(variable->value)) return;
        const Documentation found = documentation(*variable);
        rows.emplace_back(as_symbol(variable->name)->text(),
                          found.usage.empty() ? shortened(repl.vm().store, variable->value) : found.usage);
        widest = std::max(widest, rows.back().first.size());
    });
    std::sort(rows.begin(), rows.end());
    for (const auto& [name, what] : rows) repl.say(name + std::string(widest - name.size() + 2, ' ') + what);
    return !rows.empty();
}

} // namespace

void show_vars(Repl& repl) {
    if (!show_defined(repl, [](Value) { return true; })) repl.say(msg::no_vars.text());
}

void show_functions(Repl& repl) {
    if (!show_defined(repl, [](Value value) { return value.is(ObjectKind::Closure) || value.is(ObjectKind::Native); }))
        repl.say(msg::no_functions.text());
}

void show_builtins(Repl& repl, const std::string& text) {
    const std::string wanted = lower(text);
    std::vector<std::string> names;
    for (const FormDoc& form : form_docs()) names.emplace_back(form.name);
    for (const std::string& name : repl.vm().globals.all_names()) {
        const Variable* variable = repl.vm().globals.find(repl.vm().store.symbol(name));
        if (variable != nullptr && (variable->flags & Variable::Core) != 0 && !variable->value.is_absent() &&
            !name.starts_with('%') && !name.starts_with('$'))
            names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    std::erase_if(names, [&](const std::string& name) { return lower(name).find(wanted) == std::string::npos; });
    if (names.empty()) return repl.say(format(msg::no_builtins, {text}));
    // In columns, read from above to below.
    int widest = 0;
    for (const std::string& name : names) widest = std::max(widest, columns_of(name) + 2);
    const auto columns = static_cast<std::size_t>(std::max(1, repl.width() / widest));
    const std::size_t rows = (names.size() + columns - 1) / columns;
    for (std::size_t row = 0; row < rows; ++row) {
        std::string line;
        for (std::size_t at = row; at < names.size(); at += rows) {
            line += names[at];
            if (at + rows < names.size()) line.append(static_cast<std::size_t>(widest - columns_of(names[at])), ' ');
        }
        repl.say(line);
    }
}

} // namespace qi

#include "doc/entries.hpp"

#include "data/string.hpp"
#include "doc/forms.hpp"
#include "doc/namespaces.hpp"
#include "places.hpp"
#include "vm/objects.hpp"

#include <algorithm>

namespace qi {

namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (true) {
        const std::size_t end = text.find('\n');
        lines.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return lines;
        text.remove_prefix(end + 1);
    }
}

/// Index of the line at which the examples of a docstring begin: the first expression that has ";=>" behind it, which
/// may stand on several lines.
std::size_t first_of_example(const std::vector<std::string_view>& lines) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::size_t arrow = lines[i].find(";=>");
        if (arrow == std::string_view::npos) continue;
        const auto open = [&](std::size_t line) {
            const std::string_view text = line == i ? lines[i].substr(0, arrow) : lines[line];
            return std::count(text.begin(), text.end(), '(') - std::count(text.begin(), text.end(), ')');
        };
        std::ptrdiff_t depth = open(i);
        std::size_t first = i;
        while (depth < 0 && first > 0) depth += open(--first);
        return first;
    }
    return lines.size();
}

std::string joined(const std::vector<std::string_view>& lines, std::size_t from, std::size_t to, char between) {
    std::string text;
    for (std::size_t i = from; i < to; ++i) {
        if (lines[i].empty()) {
            text += "\n\n";
            continue;
        }
        if (!text.empty() && text.back() != '\n') text += between;
        text += lines[i];
    }
    return text;
}

void take_docstring(DocEntry& entry, std::string_view doc) {
    const auto lines = lines_of(doc);
    const std::size_t example = first_of_example(lines);
    entry.text = joined(lines, 0, example, ' ');
    entry.example = joined(lines, example, lines.size(), '\n');
}

/// `(name a b?)` of the usage of a native; of a library function's `[a & more]`, `(name a more...)`.
std::string call_of(std::string_view name, std::string_view parameters) {
    std::string out = "(" + std::string(name);
    std::string_view rest = parameters;
    if (rest.starts_with('[')) rest = rest.substr(1, rest.size() - 2);
    if (rest.empty()) return out + ")";
    const std::size_t ampersand = rest.find("& ");
    if (ampersand == std::string_view::npos) return out + " " + std::string(rest) + ")";
    return out + " " + std::string(rest.substr(0, ampersand)) + std::string(rest.substr(ampersand + 2)) + "...)";
}

std::string_view place_of(std::string_view name) {
    for (const DocPlace& place : doc_places)
        if (place.name == name) return place.file;
    return {};
}

DocEntry entry_of(const Vm& vm, const Variable& variable, Language in) {
    DocEntry entry;
    entry.name = as_symbol(variable.name)->text();
    entry.space = namespace_of(entry.name);
    std::string_view defined = entry.name, doc;
    if (variable.value.is(ObjectKind::Native)) {
        const Native& native = *static_cast<const NativeFunction*>(variable.value.object())->native;
        defined = native.name();
        doc = native.doc;
        const std::size_t space = native.usage.find(' ');
        entry.usage = {call_of(entry.name, space == std::string_view::npos ? "" : native.usage.substr(space + 1))};
    } else if (variable.value.is(ObjectKind::Closure)) {
        const Code& code = *static_cast<const Closure*>(variable.value.object())->prototype->code;
        defined = code.name;
        entry.usage = {call_of(entry.name, code.parameters)};
    } else {
        entry.usage = {entry.name};
    }
    if (is_string(variable.doc)) doc = text_of(variable.doc);
    take_docstring(entry, doc);
    if (defined != entry.name) entry.alias_of = defined;
    entry.options = options_of(vm, defined, in);
    entry.place = place_of(defined);
    return entry;
}

DocEntry entry_of(const FormDoc& form) {
    DocEntry entry;
    entry.name = form.name;
    entry.space = "forms";
    for (const std::string_view line : lines_of(form.usage)) entry.usage.emplace_back(line);
    take_docstring(entry, form.doc);
    return entry;
}

} // namespace

std::string_view DocEntry::summary() const noexcept {
    const std::string_view all = text;
    for (std::size_t at = 0; (at = all.find(". ", at)) != std::string_view::npos; ++at)
        if (at + 2 < all.size() && all[at + 2] >= 'A' && all[at + 2] <= 'Z') return all.substr(0, at + 1);
    return all.substr(0, all.find('\n'));
}

std::vector<DocEntry> doc_entries(Vm& vm, Language in) {
    std::vector<DocEntry> entries;
    for (const FormDoc& form : form_docs()) entries.push_back(entry_of(form));
    const std::size_t forms = entries.size();
    vm.globals.provide_all();
    vm.globals.each([&](const Variable* variable) {
        const std::string_view name = as_symbol(variable->name)->text();
        const bool is_public = (variable->flags & Variable::Core) != 0 && !variable->value.is_absent() &&
                               (name == "%" || !name.starts_with('%'));
        if (is_public) entries.push_back(entry_of(vm, *variable, in));
    });
    const auto rank = [](const DocEntry& entry) {
        const auto all = namespace_docs();
        return std::find_if(all.begin(), all.end(),
                            [&](const NamespaceDoc& each) { return each.name == entry.space; }) -
               all.begin();
    };
    std::sort(entries.begin() + static_cast<std::ptrdiff_t>(forms), entries.end(),
              [&](const DocEntry& a, const DocEntry& b) {
                  const auto x = rank(a), y = rank(b);
                  return x != y ? x < y : a.name < b.name;
              });
    return entries;
}

} // namespace qi

#include "lsp/answers.hpp"

#include "base/messages.hpp"
#include "doc/layout.hpp"
#include "format/difference.hpp"
#include "format/format.hpp"
#include "lsp/messages.hpp"
#include "reader/reader.hpp"
#include "vm/modules/checker.hpp"
#include "vm/modules/loader.hpp"
#include "vm/modules/module_search.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

namespace qi::lsp {

namespace {

// Numbers of the protocol (LSP 3.17): DiagnosticSeverity, CompletionItemKind, SymbolKind.
constexpr int severity_error = 1, severity_warning = 2, tag_unnecessary = 1;
constexpr int item_function = 3, item_variable = 6, item_module = 9, item_value = 12, item_keyword = 14,
              item_property = 10, item_constant = 21;
constexpr int symbol_function = 12, symbol_variable = 13;

Json position_json(Position position) { return {{"line", position.line}, {"character", position.character}}; }

/// `(name a b)`, or the name of what is no function.
std::string usage_of(const Binding& binding) {
    if (binding.parameters.size() < 2) return binding.name;
    const std::string inner = binding.parameters.substr(1, binding.parameters.size() - 2);
    return "(" + binding.name + (inner.empty() ? "" : " ") + inner + ")";
}

/// `file`: that of the module which defines it; empty: it is in the document itself.
std::string as_markdown(const Binding& binding, const std::string& file = "") {
    std::string out = "```qi\n" + usage_of(binding) + "\n```\n\n";
    if (binding.kind == BindingKind::Macro) out += "*" + std::string(msg::lsp_macro.text()) + "* ";
    if (!binding.doc.empty()) return out + binding.doc;
    if (!file.empty())
        return out + "*" + format(msg::lsp_defined_in, {std::filesystem::path(file).filename().string()}) + "*";
    return out + "*" + std::string(binding.global ? msg::lsp_defined_here.text() : msg::lsp_local.text()) + "*";
}

int item_kind(const Binding& binding) {
    switch (binding.kind) {
    case BindingKind::Function: return item_function;
    case BindingKind::Macro: return item_keyword;
    case BindingKind::Value: return item_constant;
    case BindingKind::Local: break;
    }
    return item_variable;
}

/// Where the name that is being written at the offset begins.
std::size_t begin_of_name(std::string_view text, std::size_t offset) {
    while (offset > 0 && is_name_byte(text[offset - 1])) --offset;
    return offset;
}
std::size_t end_of_name(std::string_view text, std::size_t offset) {
    while (offset < text.size() && is_name_byte(text[offset])) ++offset;
    return offset;
}

/// The file that `(use m)` in the file at `path` means; empty: none that is there.
std::string module_path(const std::string& path, const std::string& module) {
    if (path.empty()) return {};
    for (const std::string& candidate : module_candidates(module, path, path))
        if (is_readable_file(candidate)) return std::filesystem::absolute(candidate).lexically_normal().string();
    return {};
}

std::shared_ptr<const Index> index_of_file(const std::string& path) {
    auto text = read_file(path);
    if (!text || unreadable(Source(path, *text))) return nullptr;
    return std::make_shared<const Index>(std::move(*text));
}

} // namespace

std::string path_of(std::string_view uri) {
    if (!uri.starts_with("file://")) return {};
    uri.remove_prefix(7);
    uri.remove_prefix(std::min(uri.find('/'), uri.size())); // a host
    std::string path;
    const auto digit = [](char c) {
        return c >= '0' && c <= '9'   ? c - '0'
               : c >= 'a' && c <= 'f' ? c - 'a' + 10
               : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                      : -1;
    };
    for (std::size_t i = 0; i < uri.size(); ++i) {
        if (uri[i] == '%' && i + 2 < uri.size() && digit(uri[i + 1]) >= 0 && digit(uri[i + 2]) >= 0) {
            path += static_cast<char>(digit(uri[i + 1]) * 16 + digit(uri[i + 2]));
            i += 2;
        } else {
            path += uri[i];
        }
    }
    return path;
}

std::string uri_of(std::string_view path) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string uri = "file://";
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           std::string_view("-._~/").find(c) != std::string_view::npos;
        if (plain) {
            uri += c;
        } else {
            uri += '%';
            uri += digits[byte >> 4];
            uri += digits[byte & 15];
        }
    }
    return uri;
}

Json Answers::range(const Open& open, std::size_t begin, std::size_t end) const {
    return {{"start", position_json(open.document.position(begin))},
            {"end", position_json(open.document.position(end))}};
}

Json Answers::location(const std::string& path, const std::string& text, std::size_t begin, std::size_t end) const {
    const Document document(text, encoding_);
    return {{"uri", uri_of(path)},
            {"range",
             {{"start", position_json(document.position(begin))}, {"end", position_json(document.position(end))}}}};
}

Json Answers::diagnostics(Open& open) {
    Json all = Json::array();
    const std::string path = path_of(open.uri);
    const auto source = std::make_shared<Source>(path.empty() ? open.uri : path, open.document.text(), !path.empty());
    for (const Finding& finding : check(vm_, source, Macros::LeaveAlone)) {
        const std::size_t end = std::max<std::size_t>(finding.span.end, finding.span.begin);
        Json diagnostic = {{"range", range(open, finding.span.begin, end)},
                           {"severity", finding.error ? severity_error : severity_warning},
                           {"code", std::string(finding.code)},
                           {"source", "qi"},
                           {"message", finding.note.empty() ? finding.text : finding.text + "\n" + finding.note}};
        if (finding.code == "unused-binding" || finding.code == "unreachable") diagnostic["tags"] = {tag_unnecessary};
        all.push_back(std::move(diagnostic));
    }
    return all;
}

Json Answers::completion(Open& open, std::size_t offset) {
    const Index& index = open.index();
    Json items = Json::array();
    if (index.in_text(offset)) return items;
    const std::string& text = open.document.text();
    const std::size_t begin = begin_of_name(text, offset);
    const std::string_view prefix = std::string_view(text).substr(begin, offset - begin);
    const Json place = range(open, begin, end_of_name(text, offset));
    std::set<std::string> known;
    const auto offer = [&](std::string_view name, int kind, const std::string& detail, const std::string& doc,
                           char rank) {
        if (!name.starts_with(prefix) || !known.emplace(name).second) return;
        Json item = {{"label", name},
                     {"kind", kind},
                     {"sortText", rank + std::string(name)},
                     {"filterText", name},
                     {"textEdit", {{"range", place}, {"newText", name}}}};
        if (!detail.empty()) item["detail"] = detail;
        if (!doc.empty()) item["documentation"] = {{"kind", "markdown"}, {"value", doc}};
        items.push_back(std::move(item));
    };
    if (prefix.starts_with(':')) {
        for (const OptionDoc& option : options_at(vm_, std::string_view(text).substr(0, begin)))
            offer(option.name, item_property, values_of(option), qi::as_markdown(option), '0');
        for (const std::string_view keyword : index.keywords())
            if (keyword != std::string_view(text).substr(begin, end_of_name(text, offset) - begin))
                offer(keyword, item_value, "", "", '1');
        return items;
    }
    index.scopes().each_visible(offset, [&](const Binding& binding) {
        if (binding.of_module) return; // below, with what its module says of it
        offer(binding.name, item_kind(binding), usage_of(binding), as_markdown(binding), binding.global ? '2' : '1');
    });
    for (const UsedModule& used : index.scopes().modules) {
        const std::string path = module_path(path_of(open.uri), used.module);
        const auto module = path.empty() ? nullptr : index_of_file(path);
        if (module == nullptr) continue;
        for (const Binding& binding : module->scopes().bindings)
            if (module->scopes().is_public(binding))
                offer(used.prefix + binding.name, item_kind(binding), usage_of(binding), as_markdown(binding, path),
                      '3');
    }
    for (const DocEntry& entry : library_.entries()) {
        const bool function = !entry.usage.empty() && entry.usage.front().starts_with('(');
        offer(entry.name,
              entry.space == "forms" ? item_keyword
              : function             ? item_function
                                     : item_constant,
              entry.usage.empty() ? "" : entry.usage.front(), as_markdown(entry),
              entry.space == "forms" || entry.space == "core" ? '4' : '5');
    }
    if (prefix.find('/') == std::string_view::npos) {
        std::set<std::string> spaces;
        for (const DocEntry& entry : library_.entries())
            if (entry.space != "forms" && entry.space != "core") spaces.insert(entry.space + "/");
        for (const std::string& space : spaces) offer(space, item_module, "", "", '6');
    }
    return items;
}

const Binding* Answers::binding_at(Open& open, std::size_t offset, const Occurrence*& occurrence) {
    occurrence = open.index().scopes().at(offset);
    if (occurrence == nullptr || occurrence->binding < 0) return nullptr;
    return &open.index().scopes().bindings[static_cast<std::size_t>(occurrence->binding)];
}

Answers::Found Answers::in_modules(Open& open, std::string_view name) const {
    const std::string document = path_of(open.uri);
    if (document.empty()) return {};
    for (const UsedModule& used : open.index().scopes().modules) {
        if (!used.bare && !name.starts_with(used.prefix)) continue;
        const std::string path = module_path(document, used.module);
        const auto module = path.empty() ? nullptr : index_of_file(path);
        if (module == nullptr) continue;
        if (const Binding* binding = module->scopes().global(used.bare ? name : name.substr(used.prefix.size())))
            return {binding, path, module};
    }
    return {};
}

Json Answers::option_hover(Open& open, std::size_t offset) {
    const std::string& text = open.document.text();
    const std::size_t begin = begin_of_name(text, offset), end = end_of_name(text, offset);
    if (begin == end || text[begin] != ':' || open.index().in_text(offset)) return nullptr;
    const std::string_view name = std::string_view(text).substr(begin, end - begin);
    for (const OptionDoc& option : options_at(vm_, std::string_view(text).substr(0, begin)))
        if (option.name == name)
            return {{"contents", {{"kind", "markdown"}, {"value", qi::as_markdown(option)}}},
                    {"range", range(open, begin, end)}};
    return nullptr;
}

Json Answers::hover(Open& open, std::size_t offset) {
    const Occurrence* occurrence = nullptr;
    const Binding* binding = binding_at(open, offset, occurrence);
    if (occurrence == nullptr) return option_hover(open, offset);
    const std::string_view name = open.index().text_of(*occurrence);
    std::string text;
    if (binding != nullptr)
        text = as_markdown(*binding);
    else if (const Found found = in_modules(open, name); found.binding != nullptr)
        text = as_markdown(*found.binding, found.path);
    else if (const DocEntry* entry = library_.find(name))
        text = as_markdown(*entry);
    else
        return nullptr;
    return {{"contents", {{"kind", "markdown"}, {"value", text}}},
            {"range", range(open, occurrence->begin, occurrence->end)}};
}

Json Answers::signature_help(Open& open, std::size_t offset) {
    const auto calls = open.index().call_at(offset);
    if (calls.empty()) return nullptr;
    const std::string_view head = calls[0].head;
    std::vector<std::string> usages;
    std::string doc;
    const Occurrence* occurrence = nullptr;
    const Binding* binding = binding_at(open, calls[0].head_begin, occurrence);
    const Found found = binding == nullptr ? in_modules(open, head) : Found{};
    if (binding == nullptr) binding = found.binding;
    if (binding != nullptr) {
        usages.push_back(usage_of(*binding));
        doc = binding->doc;
    } else if (const DocEntry* entry = library_.find(head)) {
        usages = entry->usage;
        doc = entry->text;
    }
    Json signatures = Json::array();
    for (const std::string& usage : usages) {
        if (!usage.starts_with('(') || usage.find(' ') == std::string::npos) {
            signatures.push_back({{"label", usage}, {"parameters", Json::array()}});
            continue;
        }
        // Each parameter as the part of the label that it is: in UTF-16 units, whatever was agreed on for positions.
        const Document label(usage, Encoding::Utf16);
        Json parameters = Json::array();
        int depth = 0;
        std::size_t begin = 0;
        const std::size_t end = usage.size() - (usage.ends_with(')') ? 1 : 0);
        for (std::size_t i = usage.find(' '); i <= end; ++i) {
            const bool space = i == end || (usage[i] == ' ' && depth == 0);
            if (i < end && std::string_view("([{").find(usage[i]) != std::string_view::npos) ++depth;
            if (i < end && std::string_view(")]}").find(usage[i]) != std::string_view::npos) --depth;
            if (!space) continue;
            if (begin != 0 && usage.substr(begin, i - begin) != "&")
                parameters.push_back({{"label", {label.position(begin).character, label.position(i).character}}});
            begin = i + 1;
        }
        signatures.push_back({{"label", usage}, {"parameters", parameters}});
    }
    if (signatures.empty()) return nullptr;
    for (Json& signature : signatures)
        if (!doc.empty()) signature["documentation"] = {{"kind", "markdown"}, {"value", doc}};
    const auto count = signatures[0]["parameters"].size();
    int active = calls[0].argument;
    // What comes behind the last parameter belongs to the rest.
    if (count > 0 && active >= static_cast<int>(count)) active = static_cast<int>(count) - 1;
    return {{"signatures", signatures}, {"activeSignature", 0}, {"activeParameter", std::max(active, 0)}};
}

Json Answers::definition(Open& open, std::size_t offset) {
    for (const UsedModule& used : open.index().scopes().modules)
        if (used.begin <= offset && offset <= used.end)
            if (const std::string path = module_path(path_of(open.uri), used.module); !path.empty())
                return location(path, "", 0, 0);
    const Occurrence* occurrence = nullptr;
    if (const Binding* binding = binding_at(open, offset, occurrence))
        return {{"uri", open.uri}, {"range", range(open, binding->begin, binding->end)}};
    if (occurrence == nullptr) return nullptr;
    const std::string_view name = open.index().text_of(*occurrence);
    if (const Found found = in_modules(open, name); found.binding != nullptr)
        return location(found.path, found.module->text(), found.binding->begin, found.binding->end);
    if (const DocEntry* entry = library_.find(name))
        if (const auto place = library_.place_of(*entry))
            return location(place->path, place->text, place->offset, place->offset + place->length);
    return nullptr;
}

Json Answers::references(Open& open, std::size_t offset, bool with_definition) {
    const Occurrence* occurrence = nullptr;
    const Binding* binding = binding_at(open, offset, occurrence);
    Json all = Json::array();
    if (occurrence == nullptr) return all;
    const Index& index = open.index();
    const std::string_view name = index.text_of(*occurrence);
    for (const Occurrence& other : index.scopes().occurrences) {
        if (other.binding != occurrence->binding || (binding == nullptr && index.text_of(other) != name)) continue;
        if (!with_definition && binding != nullptr && other.begin == binding->begin) continue;
        all.push_back({{"uri", open.uri}, {"range", range(open, other.begin, other.end)}});
    }
    return all;
}

Json Answers::highlights(Open& open, std::size_t offset) {
    Json all = references(open, offset, true);
    for (Json& one : all) one.erase("uri");
    return all;
}

Json Answers::symbols(Open& open) {
    Json all = Json::array();
    for (const Binding& binding : open.index().scopes().bindings) {
        if (!binding.global) continue;
        all.push_back({{"name", binding.name},
                       {"kind", binding.kind == BindingKind::Value ? symbol_variable : symbol_function},
                       {"detail", binding.kind == BindingKind::Macro
                                      ? std::string(msg::lsp_macro.text()) + " " + binding.parameters
                                      : binding.parameters},
                       {"range", range(open, binding.form_begin, binding.form_end)},
                       {"selectionRange", range(open, binding.begin, binding.end)}});
    }
    return all;
}

Json Answers::formatting(Open& open, std::size_t first_line, std::size_t last_line) {
    const std::string& before = open.document.text();
    const Source source(open.uri, before);
    if (unreadable(source)) return nullptr;
    const auto formatted = format_source(vm_.store, vm_.names, source);
    const auto* after = std::get_if<std::string>(&formatted);
    if (after == nullptr) return nullptr;
    const auto old_lines = layout::lines_of(before), new_lines = layout::lines_of(*after);
    const auto offset_of = [](std::string_view text, const std::vector<std::string_view>& lines, std::size_t line) {
        return line < lines.size() ? static_cast<std::size_t>(lines[line].data() - text.data()) : text.size();
    };
    Json edits = Json::array();
    for (const layout::Change& change : layout::changes(before, *after, true)) {
        const std::size_t begin = offset_of(before, old_lines, change.old_begin),
                          end = offset_of(before, old_lines, change.old_end);
        const Position first = open.document.position(begin),
                       last = open.document.position(end > begin ? end - 1 : end);
        if (last.line < first_line || first.line > last_line) continue;
        const std::size_t from = offset_of(*after, new_lines, change.new_begin),
                          to = offset_of(*after, new_lines, change.new_end);
        edits.push_back({{"range", range(open, begin, end)}, {"newText", after->substr(from, to - from)}});
    }
    return edits;
}

Json Answers::prepare_rename(Open& open, std::size_t offset) {
    const Occurrence* occurrence = nullptr;
    if (binding_at(open, offset, occurrence) == nullptr) return nullptr;
    return {{"range", range(open, occurrence->begin, occurrence->end)},
            {"placeholder", open.index().text_of(*occurrence)}};
}

Result<Json> Answers::rename(Open& open, std::size_t offset, const std::string& name) {
    const Occurrence* occurrence = nullptr;
    const Binding* binding = binding_at(open, offset, occurrence);
    if (binding == nullptr) return failure(kind::name, msg::lsp_no_name_here);
    Lexer lexer(name, 0, static_cast<std::uint32_t>(name.size()));
    Token token;
    if (lexer.next(token) || token.kind != TokenKind::Symbol || token.text != name || !layout::is_name(name))
        return failure(kind::name, msg::lsp_no_name, {name});
    // Not where the name would come to mean something else, or something else come to mean it.
    for (const Binding& other : open.index().scopes().bindings)
        if (other.name == name && other.scope_begin < binding->scope_end && binding->scope_begin < other.scope_end)
            return failure(kind::name, msg::lsp_name_taken, {name});
    for (const DocEntry& entry : library_.entries())
        if (entry.space == "forms" && entry.name == name) return failure(kind::name, msg::lsp_name_taken, {name});
    Json edits = Json::array();
    for (const Occurrence& other : open.index().scopes().occurrences)
        if (other.binding == occurrence->binding)
            edits.push_back({{"range", range(open, other.begin, other.end)}, {"newText", name}});
    return Json{{"changes", {{open.uri, edits}}}};
}

} // namespace qi::lsp

// Entries as pages of Markdown. Always in English, as the docstrings are: the pages are part of the repository.
#include "doc/layout.hpp"
#include "doc/messages.hpp"
#include "doc/namespaces.hpp"

#include <algorithm>
#include <map>

namespace qi {

namespace {

/// The text with what Markdown would take for markup escaped; what stands between ` is code already.
std::string escaped(std::string_view text) {
    std::string out;
    bool code = false;
    for (const char c : text) {
        if (c == '`') code = !code;
        if (!code && std::string_view("\\*_<>[]|").find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
    return out;
}

/// The anchors that GitHub gives headings: letters, digits, - and _ of the text, repeated ones numbered.
class Anchors {
public:
    std::string of(std::string_view heading) {
        std::string slug;
        for (const char c : heading) {
            const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
            if (letter) slug += c;
        }
        const int seen = seen_[slug]++;
        return seen == 0 ? slug : slug + "-" + std::to_string(seen);
    }

private:
    std::map<std::string, int> seen_;
};

std::string heading_of(const DocEntry& entry) { return "`" + entry.name + "`"; }

std::string fenced(std::string_view text, std::string_view language) {
    return "```" + std::string(language) + "\n" + std::string(text) + "\n```\n";
}

/// A row for each; `under`: the options that these are inside of.
void add_rows(std::string& out, std::span<const OptionDoc> options, const std::string& under, Language in) {
    for (const OptionDoc& option : options) {
        const std::string_view by_default =
            option.by_default.empty() ? msg::doc_no_default.text(in) : std::string_view(option.by_default);
        out += "| `" + under + option.name + "` | " + escaped(option.values) + " | " + escaped(by_default) + " | " +
               escaped(option.text) + " |\n";
        add_rows(out, option.inside, under + option.name + " ", in);
    }
}

} // namespace

std::string as_table(std::span<const OptionDoc> options, Language in) {
    std::string out = std::string(msg::doc_table.text(in)) + "\n| --- | --- | --- | --- |\n";
    add_rows(out, options, "", in);
    return out;
}

std::string as_markdown(const OptionDoc& option) {
    std::string out = "`" + option.name + "` " + escaped(values_of(option)) + "\n\n" + escaped(option.text);
    if (!option.inside.empty()) out += "\n\n" + as_table(option.inside, language());
    return out;
}

std::string as_page(std::string_view space, std::span<const DocEntry> entries) {
    const auto spaces = namespace_docs();
    const auto known =
        std::find_if(spaces.begin(), spaces.end(), [&](const NamespaceDoc& each) { return each.name == space; });
    std::string out = "# " + std::string(space) + "\n\n";
    if (known != spaces.end()) out += std::string(known->summary.english) + ". [All namespaces](README.md)\n\n";
    Anchors anchors;
    for (const DocEntry& entry : entries) {
        const std::string anchor = anchors.of(entry.name);
        out += anchor.empty() || anchor.starts_with('-') ? heading_of(entry)
                                                         : "[" + heading_of(entry) + "](#" + anchor + ")";
        out += &entry == &entries.back() ? "\n" : " ·\n";
    }
    for (const DocEntry& entry : entries) {
        out += "\n## " + heading_of(entry) + "\n\n";
        std::string usage;
        for (const std::string& line : entry.usage) usage += (usage.empty() ? "" : "\n") + line;
        out += fenced(usage, "text");
        if (!entry.text.empty()) out += "\n" + escaped(entry.text) + "\n";
        if (!entry.options.empty()) out += "\n" + as_table(entry.options, Language::English);
        if (!entry.example.empty()) out += "\n" + fenced(entry.example, "qi");
        if (!entry.alias_of.empty()) {
            const std::string other(namespace_of(entry.alias_of));
            out += "\nThe same as [`" + entry.alias_of + "`](" + other + ".md).\n";
        } else if (!entry.place.empty()) {
            out += "\nDefined in [" + entry.place + "](../../" + entry.place + ").\n";
        }
    }
    return out;
}

} // namespace qi

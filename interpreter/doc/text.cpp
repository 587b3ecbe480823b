// Entries as text for a terminal.
#include "base/utf8.hpp"
#include "doc/layout.hpp"
#include "doc/messages.hpp"

#include <algorithm>

namespace qi {

namespace {

/// The paragraphs, each line indented and at most so many columns wide.
std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent = 2) {
    std::string out, line;
    const auto flush = [&] {
        if (!line.empty()) out += std::string(indent, ' ') + line + "\n";
        line.clear();
    };
    while (!text.empty()) {
        if (text.starts_with("\n\n")) {
            flush();
            out += "\n";
            text.remove_prefix(2);
            continue;
        }
        const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
        const std::string_view word = text.substr(0, end);
        if (!line.empty() && static_cast<std::size_t>(utf8::width(line) + utf8::width(word)) + indent + 1 > columns)
            flush();
        if (!line.empty()) line += ' ';
        line += word;
        text.remove_prefix(end);
        if (text.starts_with(' ')) text.remove_prefix(1);
    }
    flush();
    return out;
}

/// As much of the text as fits into so many columns.
std::string cut(std::string_view text, std::size_t columns) {
    if (static_cast<std::size_t>(utf8::width(text)) <= columns) return std::string(text);
    std::size_t used = 1, at = 0;
    while (at < text.size()) {
        std::size_t next = at;
        const int width = utf8::width(utf8::decode(text, next));
        if ((used += static_cast<std::size_t>(width)) > columns) break;
        at = next;
    }
    return std::string(text.substr(0, at)) + "…";
}

} // namespace

std::string values_of(const OptionDoc& option) {
    return option.by_default.empty() ? option.values : format(msg::doc_default, {option.values, option.by_default});
}

std::string as_text(std::span<const OptionDoc> options, std::size_t columns, std::size_t indent) {
    std::string out;
    for (const OptionDoc& option : options) {
        out += wrapped(option.name + "  " + values_of(option), columns, indent);
        out += wrapped(option.text, columns, indent + 4);
        out += as_text(option.inside, columns, indent + 4);
    }
    return out;
}

std::string as_text(const DocEntry& entry, std::size_t columns) {
    std::string out;
    for (const std::string& usage : entry.usage) out += usage + "\n";
    if (!entry.text.empty()) out += wrapped(entry.text, columns);
    if (!entry.options.empty())
        out += "\n  " + std::string(msg::doc_options.text()) + "\n" + as_text(entry.options, columns, 4);
    if (!entry.example.empty()) {
        out += "\n";
        std::string_view rest = entry.example;
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find('\n'), rest.size());
            out += "    " + std::string(rest.substr(0, end)) + "\n";
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
    std::string origin = entry.space == "forms" ? std::string(msg::doc_special_form.text())
                         : entry.place.empty()  ? std::string()
                                                : format(msg::doc_defined_in, {entry.place});
    if (!entry.alias_of.empty()) origin += (origin.empty() ? "" : "; ") + format(msg::doc_alias_of, {entry.alias_of});
    if (!origin.empty()) out += "\n  " + origin + "\n";
    return out;
}

std::string as_listing(std::span<const DocEntry> entries, std::size_t columns) {
    constexpr std::size_t widest = 34; // longer usages have a line of their own
    std::size_t first = 0;
    for (const DocEntry& entry : entries)
        if (entry.usage.front().size() <= widest) first = std::max(first, entry.usage.front().size());
    std::string out;
    for (const DocEntry& entry : entries) {
        const std::string& usage = entry.usage.front();
        out += "  " + usage;
        if (usage.size() > first) out += "\n  ";
        out.append(usage.size() > first ? first : first - usage.size(), ' ');
        out += "  " + cut(entry.summary(), columns > first + 24 ? columns - first - 4 : 20) + "\n";
    }
    return out;
}

} // namespace qi

#include "cli/doc.hpp"

#include "base/elsewhere.hpp"
#include "base/messages.hpp"
#include "base/near.hpp"
#include "base/system_error.hpp"
#include "cli/messages.hpp"
#include "doc/layout.hpp"
#include "doc/messages.hpp"
#include "doc/namespaces.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sys/ioctl.h>
#include <unistd.h>

namespace qi {

namespace {

using Entries = std::vector<DocEntry>;

std::size_t columns_of_terminal() {
    struct winsize size {};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 40) return 88;
    return std::min<std::size_t>(size.ws_col, 100);
}

std::span<const DocEntry> of_namespace(const Entries& entries, std::string_view space) {
    const auto first =
        std::find_if(entries.begin(), entries.end(), [&](const DocEntry& entry) { return entry.space == space; });
    const auto last = std::find_if(first, entries.end(), [&](const DocEntry& entry) { return entry.space != space; });
    return {first, last};
}

std::string title_of(const NamespaceDoc& space, std::size_t count) {
    return format(msg::doc_namespace, {space.name, space.summary.text(), std::to_string(count)}) + "\n";
}

std::string all_namespaces(const Entries& entries) {
    std::string out;
    for (const NamespaceDoc& space : namespace_docs()) out += title_of(space, of_namespace(entries, space.name).size());
    return out + std::string(msg::doc_try.text()) + "\n";
}

/// The namespace's listing, "" if there is no such namespace. Its name may end with the slash.
std::string namespace_text(const Entries& entries, std::string_view name) {
    if (name.size() > 1 && name.ends_with('/')) name.remove_suffix(1);
    for (const NamespaceDoc& space : namespace_docs()) {
        if (space.name != name) continue;
        const auto within = of_namespace(entries, name);
        return title_of(space, within.size()) + as_listing(within, columns_of_terminal());
    }
    return {};
}

bool ends_keyword(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '?' && c != '!';
}

/// Whether the text has the keyword as a word of its own.
bool mentions(std::string_view text, std::string_view keyword) {
    for (std::size_t at = text.find(keyword); at != std::string_view::npos; at = text.find(keyword, at + 1)) {
        const std::size_t end = at + keyword.size();
        if (end == text.size() || ends_keyword(text[end])) return true;
    }
    return false;
}

/// Which entries have to do with a keyword, an option for the most part; "" if none has.
std::string text_of_keyword(const Entries& entries, const std::string& keyword) {
    Entries found;
    std::copy_if(entries.begin(), entries.end(), std::back_inserter(found), [&](const DocEntry& entry) {
        return entry.alias_of.empty() &&
               (mentions(entry.text, keyword) || find_option(entry.options, keyword) != nullptr);
    });
    if (found.empty()) return {};
    return format(msg::doc_keyword, {keyword}) + "\n" + as_listing(found, columns_of_terminal()) +
           format(msg::doc_keyword_more, {found.front().name}) + "\n";
}

/// The keywords of all entries, for who misspells one.
void offer_keywords(const Entries& entries, NearNames& near) {
    std::set<std::string_view> all;
    for (const DocEntry& entry : entries) {
        const std::string_view text = entry.text;
        for (std::size_t at = text.find(':'); at != std::string_view::npos; at = text.find(':', at + 1)) {
            std::size_t end = at + 1;
            while (end < text.size() && !ends_keyword(text[end])) ++end;
            if (end > at + 1) all.insert(text.substr(at, end - at));
        }
        for (const std::string_view option : names_of(entry.options)) all.insert(option);
    }
    for (const std::string_view each : all) near.offer(each);
}

/// What is to be said of the name, "" if nothing is known of it.
std::string text_of_name(const Entries& entries, const std::string& name) {
    if (name.starts_with(':')) return text_of_keyword(entries, name);
    const std::string listing = namespace_text(entries, name);
    std::string out;
    for (const DocEntry& entry : entries)
        if (entry.name == name) out += (out.empty() ? "" : "\n") + as_text(entry, columns_of_terminal());
    if (out.empty()) return listing;
    if (!listing.empty()) out += "\n" + format(msg::doc_also_namespace, {name}) + "\n";
    return out;
}

std::string unknown_name(const Entries& entries, const std::string& name) {
    if (const auto known = here(name); !known.empty()) return format(msg::doc_here, {name, known});
    NearNames near(name);
    for (const DocEntry& entry : entries) near.offer(entry.name);
    for (const NamespaceDoc& space : namespace_docs()) near.offer(space.name);
    if (name.starts_with(':')) offer_keywords(entries, near);
    const auto best = near.best();
    return best.empty() ? format(msg::doc_unknown, {name}) : format(msg::doc_near, {name, join_names(best)});
}

/// The function of that name, if it takes options; else null.
const DocEntry* with_options(const Entries& entries, std::string_view name) {
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const DocEntry& entry) {
        return entry.name == name && !entry.options.empty();
    });
    return found == entries.end() ? nullptr : &*found;
}

/// The option of that name that the entry's function has, "" if it has none.
std::string text_of_option(const DocEntry& entry, std::string_view name) {
    const OptionDoc* option = find_option(entry.options, name);
    return option == nullptr ? std::string()
                             : entry.usage.front() + "\n" + as_text(std::span(option, 1), columns_of_terminal());
}

std::string unknown_option_of(const DocEntry& entry, const std::string& name) {
    NearNames near(name);
    for (const std::string_view option : names_of(entry.options)) near.offer(option);
    const auto best = near.best();
    return best.empty() ? format(msg::doc_no_option, {entry.name, name})
                        : format(msg::doc_near_option, {entry.name, name, join_names(best)});
}

std::string index_page(const Entries& entries) {
    std::string out =
        "# Reference\n\nWhat Qi can do without any module, made by `qi doc --markdown docs/reference` from the "
        "docstrings.\n"
        "In a call such as `(str/pad-left s width c?)`, `c?` may be left out, and `x...` means any number of "
        "arguments.\n"
        "An argument of another type than the text says fails with `:type`, another number of arguments with "
        "`:arity`;\n"
        "other errors are named where they can happen. Sequences are lists, vectors, maps, sets, strings and nil.\n\n"
        "| namespace | | names |\n| --- | --- | --- |\n";
    for (const NamespaceDoc& space : namespace_docs())
        out += "| [`" + std::string(space.name) + "`](" + std::string(space.name) + ".md) | " +
               std::string(space.summary.english) + " | " + std::to_string(of_namespace(entries, space.name).size()) +
               " |\n";
    return out;
}

int write_reference(Vm& vm, const Entries& entries, const std::string& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    std::size_t count = 0;
    const auto write = [&](const std::string& name, const std::string& text) {
        const std::string path = (std::filesystem::path(folder) / name).string();
        std::ofstream file(path, std::ios::binary);
        file << text;
        file.close();
        if (!file)
            std::fprintf(stderr, "qi doc: %s\n", format(msg::cannot_write, {path, system_error_text(errno)}).c_str());
        ++count;
        return static_cast<bool>(file);
    };
    if (!write("README.md", index_page(entries))) return 1;
    for (const NamespaceDoc& space : namespace_docs())
        if (!write(std::string(space.name) + ".md", as_page(space.name, of_namespace(entries, space.name)))) return 1;
    vm.out.write(format(msg::doc_wrote, {std::to_string(count), folder}) + "\n");
    return 0;
}

} // namespace

int run_doc(Vm& vm, std::span<const std::string> arguments) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        if (argument == "--markdown") {
            if (i + 1 < arguments.size())
                return write_reference(vm, doc_entries(vm, Language::English), arguments[i + 1]);
            std::fprintf(stderr, "qi doc: %s\n", format(msg::flag_value, {argument, "docs/reference"}).c_str());
            return 2;
        }
        names.push_back(argument);
    }
    const Entries entries = doc_entries(vm);
    if (names.empty()) vm.out.write(all_namespaces(entries));
    int status = 0;
    bool first = true;
    const DocEntry* function = nullptr; // whose options the next keywords name
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string& name = names[i];
        if (!name.starts_with(':')) {
            function = i + 1 < names.size() && names[i + 1].starts_with(':') ? with_options(entries, name) : nullptr;
            if (function != nullptr) continue;
        }
        const std::string text = function != nullptr ? text_of_option(*function, name) : text_of_name(entries, name);
        if (text.empty()) {
            vm.out.flush();
            const std::string why =
                function != nullptr ? unknown_option_of(*function, name) : unknown_name(entries, name);
            std::fprintf(stderr, "qi doc: %s\n", why.c_str());
            status = 1;
            continue;
        }
        vm.out.write((first ? "" : "\n") + text);
        first = false;
    }
    return status;
}

} // namespace qi

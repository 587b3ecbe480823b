#include "repl/completion.hpp"

#include "doc/forms.hpp"
#include "doc/options.hpp"
#include "format/scopes.hpp"
#include "repl/commands.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

namespace qi {

namespace {

constexpr std::string_view delimiters = " \t\n()[]{}\"'`,;@";

/// Where the string begins that the text ends in; npos: in none.
std::size_t open_string(const std::string& text) {
    std::size_t begin = std::string::npos;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool inside = begin != std::string::npos;
        if (inside && text[i] == '\\')
            ++i;
        else if (text[i] == '"')
            begin = inside ? std::string::npos : i;
        else if (!inside && text[i] == ';')
            i = std::min(text.find('\n', i), text.size());
    }
    return begin;
}

std::vector<std::string> files_at(const std::string& path) {
    namespace fs = std::filesystem;
    const std::size_t slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "" : path.substr(0, slash + 1);
    const std::string stem = path.substr(folder.size());
    std::vector<std::string> found;
    std::error_code error;
    for (fs::directory_iterator at(folder.empty() ? "." : folder, fs::directory_options::skip_permission_denied, error),
         end;
         !error && at != end; at.increment(error)) {
        const std::string name = at->path().filename().string();
        std::error_code unknown;
        if (name.starts_with(stem) && (name.front() != '.' || stem.starts_with('.')))
            found.push_back(folder + name + (at->is_directory(unknown) ? "/" : ""));
    }
    return found;
}

/// What may be used after the text: what its forms bind there, too.
std::set<std::string> names(Vm& vm, std::string_view text) {
    std::set<std::string> all;
    for (std::string& name : vm.globals.all_names()) all.insert(std::move(name));
    for (const FormDoc& form : form_docs()) all.emplace(form.name);
    layout::scopes_of(layout::parse(text, true)).each_visible(text.size(), [&](const layout::Binding& binding) {
        all.insert(binding.name);
    });
    return all;
}

/// Of names in namespaces the word doesn't reach into, only `namespace/`.
std::vector<std::string> fitting(const std::set<std::string>& all, std::string_view word) {
    std::set<std::string> found;
    for (const std::string& name : all) {
        if (!name.starts_with(word) || name.starts_with('%')) continue;
        const std::size_t slash = name.find('/', word.size());
        found.insert(slash == std::string::npos || slash == 0 || slash + 1 == name.size() ? name
                                                                                          : name.substr(0, slash + 1));
    }
    return {found.begin(), found.end()};
}

} // namespace

Completion completion_of(Vm& vm, const std::string& text) {
    Completion result;
    if (const std::size_t string = open_string(text); string != std::string::npos) {
        result.begin = string + 1;
        result.choices = files_at(text.substr(result.begin));
    } else {
        const std::size_t blank = text.find_last_of(delimiters);
        result.begin = blank == std::string::npos ? 0 : blank + 1;
        const std::string word = text.substr(result.begin);
        const CommandArgument argument =
            text.starts_with(':') && result.begin > 0 ? argument_of(text) : CommandArgument::None;
        if (argument == CommandArgument::File) {
            result.begin = text.find_first_of(" \t") + 1;
            result.begin = std::min(text.find_first_not_of(" \t", result.begin), text.size());
            result.choices = files_at(text.substr(result.begin));
        } else if (word.starts_with(':')) {
            if (result.begin == 0) result.choices = command_names();
            const auto options = options_at(vm, std::string_view(text).substr(0, result.begin));
            for (const OptionDoc& option : options) result.choices.push_back(option.name);
            if (options.empty())
                vm.store.symbols.each_keyword(
                    [&](std::string_view name) { result.choices.push_back(":" + std::string(name)); });
            std::erase_if(result.choices,
                          [&](const std::string& name) { return !name.starts_with(word) || name == word; });
        } else {
            result.choices = fitting(names(vm, std::string_view(text).substr(0, result.begin)), word);
        }
    }
    std::sort(result.choices.begin(), result.choices.end());
    result.choices.erase(std::unique(result.choices.begin(), result.choices.end()), result.choices.end());
    return result;
}

} // namespace qi

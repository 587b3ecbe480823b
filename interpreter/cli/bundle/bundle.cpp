#include "cli/bundle/bundle.hpp"

#include "base/bundle.hpp"
#include "base/messages.hpp"
#include "base/own_program.hpp"
#include "base/system_error.hpp"
#include "cli/bundle/messages.hpp"
#include "cli/messages.hpp"
#include "vm/modules/checker.hpp"
#include "vm/modules/loader.hpp"
#include "vm/modules/module_names.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>
#include <unistd.h>

namespace qi {

namespace {

namespace fs = std::filesystem;

int complain(int status, const std::string& text) {
    std::fprintf(stderr, "qi bundle: %s\n", text.c_str());
    return status;
}

bool is_below(const fs::path& path, const fs::path& folder) {
    return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

fs::path absolute(const std::string& path) { return fs::absolute(path).lexically_normal(); }

fs::path common_folder(const fs::path& a, const fs::path& b) {
    fs::path common;
    for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end() && *i == *j; ++i, ++j) common /= *i;
    return common;
}

/// Where each file stands in the bundle. Files keep their places to each other below the folder that they have in
/// common; packages from elsewhere go where packages of the project are.
class Layout {
public:
    explicit Layout(const fs::path& script)
        : script_(script), root_(script.parent_path()), working_(fs::current_path()) {
        add(script);
    }

    void add(const fs::path& path) {
        root_ = common_folder(root_, path.parent_path());
        files_.insert(path);
    }

    /// A package: of the working folder, or of the user.
    void add_package(const std::string& name, const fs::path& file) {
        if (is_below(file, script_.parent_path())) return add(file);
        if (is_below(file, working_)) {
            root_ = common_folder(root_, working_);
            return add(file);
        }
        packages_.emplace(file.parent_path(), fs::path("qi_packages") / name);
        files_.insert(file);
    }

    bool holds(const fs::path& path) const { return files_.contains(path); }

    BundleContents contents() const {
        BundleContents result;
        const fs::path folder = is_below(working_, root_) ? working_.lexically_relative(root_) : fs::path(".");
        result.folder = folder == "." ? "" : folder.string();
        result.main = name_of(script_, folder);
        for (const fs::path& file : files_) result.files.push_back({name_of(file, folder), file.string()});
        std::sort(result.files.begin(), result.files.end(),
                  [](const auto& a, const auto& b) { return a.name < b.name; });
        return result;
    }

private:
    std::string name_of(const fs::path& file, const fs::path& folder) const {
        for (const auto& [place, name] : packages_)
            if (is_below(file, place))
                return (folder / name / file.lexically_relative(place)).lexically_normal().string();
        return file.lexically_relative(root_).string();
    }

    fs::path script_, root_, working_;
    std::set<fs::path> files_;
    std::map<fs::path, fs::path> packages_; // folder -> name
};

/// A file, or all that is in a folder; what went wrong, or empty.
std::string add_all(const std::string& path, Layout& layout) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) return format(msg::cannot_read, {path, system_error_text(error ? error.value() : ENOENT)});
    if (!fs::is_directory(status)) {
        layout.add(absolute(path));
        return {};
    }
    for (fs::recursive_directory_iterator entry(path, fs::directory_options::follow_directory_symlink, error), end;
         !error && entry != end; entry.increment(error))
        if (entry->is_regular_file(error)) layout.add(absolute(entry->path().string()));
    return error ? format(msg::cannot_read, {path, system_error_text(error.value())}) : std::string{};
}

/// What keeps a file from being run; empty: nothing does.
std::string error_in(Vm& vm, const std::string& file) {
    auto text = read_file(file);
    if (!text) return text.error().text();
    const auto source = std::make_shared<Source>(file, std::move(*text), true);
    for (const Finding& finding : check(vm, source, Macros::LeaveAlone))
        if (finding.error) return describe(*source, finding);
    return {};
}

/// The script, the modules that it uses, and those that they use; what went wrong, or empty.
std::string add_modules(Vm& vm, const std::string& script, Layout& layout) {
    ModuleNames names(vm, script);
    names.of_loaded(fs::path(script).filename().string());
    for (const ModuleNames::Used& used : names.used()) {
        if (used.file.empty()) return format(msg::bundle_missing, {used.by, used.name});
        if (std::string error = error_in(vm, used.file); !error.empty()) return error;
        if (used.module.empty())
            layout.add(absolute(used.file));
        else
            layout.add_package(used.module, absolute(used.file));
    }
    return {};
}

} // namespace

int run_bundle(Vm& vm, std::span<const std::string> arguments) {
    std::string script, target;
    std::vector<std::string> added;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        if (argument == "-o" || argument == "--output" || argument == "--add") {
            if (i + 1 == arguments.size())
                return complain(2, format(msg::flag_value, {argument, argument == "--add" ? "page" : "app"}));
            if (argument == "--add")
                added.push_back(arguments[++i]);
            else
                target = arguments[++i];
        } else if (!script.empty()) {
            return complain(2, format(msg::bundle_one_script, {argument}));
        } else {
            script = argument;
        }
    }
    if (script.empty()) return complain(2, std::string(msg::bundle_needs_script.text()));
    if (auto text = read_file(script); !text) return complain(1, text.error().text());
    Layout layout(absolute(script));
    std::string problem = add_modules(vm, script, layout);
    for (const std::string& path : added)
        if (problem.empty()) problem = add_all(path, layout);
    if (!problem.empty()) return complain(1, problem);
    if (target.empty()) target = fs::path(script).filename().replace_extension().string();
    if (layout.holds(absolute(target))) return complain(1, format(msg::bundle_over_source, {target}));
    BundleContents contents = layout.contents();
    contents.flags = vm.own_flags;
    for (const auto& file : contents.files)
        if (file.name.find('\n') != std::string::npos) return complain(1, format(msg::bundle_bad_name, {file.path}));
    if (auto written = write_bundle(own_program(), target, contents); !written)
        return complain(1, written.error().text());
    std::string said = format(msg::bundle_made, {target}) + "\n";
    for (const auto& file : contents.files) said += "  " + file.name + "\n";
    vm.out.write(said);
    return 0;
}

} // namespace qi

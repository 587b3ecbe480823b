#include "vm/modules/module_search.hpp"

#include "base/bundle.hpp"
#include "base/files.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sys/stat.h>

namespace qi {

namespace fs = std::filesystem;

std::string folder_of(const std::string& file) {
    const std::size_t slash = file.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : file.substr(0, slash);
}

std::string join_path(const std::string& folder, std::string_view path) {
    return (fs::path(folder) / path).lexically_normal().string();
}

namespace {

std::string executable_folder() {
    std::error_code error;
    const fs::path executable = fs::read_symlink("/proc/self/exe", error);
    return error ? "." : folder_of(executable.string());
}

/// The versions of a package that the user has, newest first.
std::vector<std::string> versions_in(const std::string& folder) {
    std::vector<std::string> versions;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        if (entry->is_directory(error)) versions.push_back(entry->path().filename().string());
    std::sort(versions.begin(), versions.end(), is_newer_version);
    return versions;
}

} // namespace

bool is_newer_version(std::string_view a, std::string_view b) {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    while (!a.empty() && !b.empty()) {
        if (digit(a[0]) && digit(b[0])) {
            const auto number = [&](std::string_view& text) {
                while (text.size() > 1 && text[0] == '0' && digit(text[1])) text.remove_prefix(1);
                std::size_t length = 0;
                while (length < text.size() && digit(text[length])) ++length;
                const std::string_view digits = text.substr(0, length);
                text.remove_prefix(length);
                return digits;
            };
            const std::string_view x = number(a), y = number(b);
            if (x.size() != y.size()) return x.size() > y.size();
            if (x != y) return x > y;
            continue;
        }
        // "1.0-beta" comes before "1.0.1" and after "1.0-alpha".
        if (a[0] != b[0]) return a[0] == '-' ? false : b[0] == '-' ? true : a[0] > b[0];
        a.remove_prefix(1);
        b.remove_prefix(1);
    }
    if (a.empty() == b.empty()) return false;
    return a.empty() ? b[0] == '-' : a[0] != '-';
}

std::vector<std::string> module_candidates(std::string_view name, const std::string& user, const std::string& program) {
    std::string file(name);
    if (!file.ends_with(".qi")) file += ".qi";
    if (name.starts_with('/') || name.starts_with("./") || name.starts_with("../")) {
        std::vector<std::string> found;
        const auto offer = [&](const std::string& folder, std::string_view path) {
            std::string candidate = join_path(folder, path);
            if (std::find(found.begin(), found.end(), candidate) == found.end()) found.push_back(std::move(candidate));
        };
        // Also as the program sees it, and a file whose name is what it says, without .qi.
        for (const std::string_view path : {std::string_view(file), name})
            for (const std::string& folder : {folder_of(user), folder_of(program)}) offer(folder, path);
        return found;
    }
    const std::string executable = executable_folder();
    // A bundled program finds its packages in itself.
    const Bundle& bundle = own_bundle();
    const auto here = [&](const std::string& path) { return bundle.empty() ? path : join_path(bundle.folder(), path); };
    if (name.starts_with("std/")) return {here(file), join_path(executable, file)};
    std::string package(name);
    if (package.ends_with(".qi")) package.resize(package.size() - 3);
    std::vector<std::string> found{join_path(folder_of(user), file)};
    if (folder_of(program) != folder_of(user)) found.push_back(join_path(folder_of(program), file));
    found.push_back(here(join_path("std/lib", file)));
    found.push_back(join_path(executable, "std/lib/" + file));
    found.push_back(here(join_path("qi_packages", package + "/mod.qi")));
    if (const char* home = std::getenv("HOME")) {
        const std::string versions = join_path(home, ".qi/packages/" + package);
        for (const std::string& version : versions_in(versions))
            found.push_back(join_path(versions, version + "/mod.qi"));
    }
    return found;
}

std::vector<std::string> load_candidates(std::string_view path, const std::string& user) {
    std::vector<std::string> found{join_path(folder_of(user), path)};
    if (!path.ends_with(".qi")) found.push_back(join_path(folder_of(user), std::string(path) + ".qi"));
    return found;
}

bool is_readable_file(const std::string& file) {
    struct stat found {};
    return files::status(file, found) == 0 && !S_ISDIR(found.st_mode);
}

std::string module_name(std::string_view file) {
    if (file.ends_with(".qi")) file.remove_suffix(3);
    return std::string(file.substr(file.rfind('/') + 1));
}

} // namespace qi

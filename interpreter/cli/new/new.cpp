#include "cli/new/new.hpp"

#include "base/messages.hpp"
#include "base/system_error.hpp"
#include "base/utf8.hpp"
#include "cli/messages.hpp"
#include "cli/new/messages.hpp"
#include "templates.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace qi {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_name = 64;
constexpr std::string_view placeholder = "{{name}}";

int fail(int status, const std::string& text) {
    std::fprintf(stderr, "qi new: %s\n", text.c_str());
    return status;
}

/// Characters beyond ASCII count as letters, but for controls and spaces among them.
bool is_project_name(std::string_view name) {
    if (name.empty() || !utf8::valid(name) || utf8::count(name) > longest_name || name.front() == '-' ||
        name.front() == '_')
        return false;
    for (std::size_t at = 0; at < name.size();) {
        const char32_t c = utf8::decode(name, at);
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        const bool foreign = c >= 0xC0 && !(c >= 0x2000 && c <= 0x206F) && c != 0x3000 && c != 0xFEFF && c < 0xE0000 &&
                             !(c >= 0xE000 && c <= 0xF8FF);
        if (!plain && !foreign) return false;
    }
    return true;
}

std::string with_name(std::string_view text, std::string_view name) {
    std::string out;
    for (std::size_t at; (at = text.find(placeholder)) != std::string_view::npos;
         text.remove_prefix(at + placeholder.size())) {
        out += text.substr(0, at);
        out += name;
    }
    return out.append(text);
}

std::string template_names() {
    std::string all;
    std::string_view last;
    for (const TemplateFile& file : template_files) {
        if (file.project == last) continue;
        last = file.project;
        all += (all.empty() ? "" : ", ") + std::string(last);
    }
    return all;
}

/// All files, or none: what was begun is removed again.
int make(Vm& vm, const fs::path& folder, std::string_view project) {
    const std::string name = folder.filename().string();
    std::error_code error;
    // Folders on the way are made as well, and stay.
    if (folder.has_parent_path()) fs::create_directories(folder.parent_path(), error);
    if (error)
        return fail(1, format(msg::cannot_write, {folder.parent_path().string(), system_error_text(error.value())}));
    if (!fs::create_directory(folder, error))
        return fail(1, error ? format(msg::cannot_write, {folder.string(), system_error_text(error.value())})
                             : format(msg::new_exists, {folder.string()}));
    vm.out.write(format(msg::new_made, {folder.string(), project}) + "\n");
    for (const TemplateFile& file : template_files) {
        if (file.project != project) continue;
        const fs::path path = folder / file.path;
        fs::create_directories(path.parent_path(), error);
        std::ofstream out(path, std::ios::binary);
        out << with_name(file.text, name);
        out.close();
        if (!out) {
            const std::string reason = system_error_text(errno);
            fs::remove_all(folder, error);
            return fail(1, format(msg::cannot_write, {path.string(), reason}));
        }
        vm.out.write("  " + std::string(file.path) + "\n");
    }
    vm.out.write(format(project == "client" ? msg::new_next_client : msg::new_next, {folder.string()}) + "\n");
    return 0;
}

} // namespace

int run_new(Vm& vm, std::span<const std::string> arguments) {
    std::string name, project = "script";
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        if (argument == "--template") {
            if (i + 1 == arguments.size()) return fail(2, format(msg::flag_value, {argument, template_names()}));
            project = arguments[++i];
        } else if (!name.empty()) {
            return fail(2, format(msg::new_one_name, {argument}));
        } else {
            name = argument;
        }
    }
    if (name.empty() && arguments.empty()) return fail(2, std::string(msg::new_needs_name.text()));
    fs::path folder = fs::path(name).lexically_normal();
    if (!folder.has_filename()) folder = folder.parent_path(); // written with a slash behind it
    if (!is_project_name(folder.filename().string()))
        return fail(2, format(msg::new_bad_name, {name.empty() ? "\"\"" : name}));
    const auto known = [&](const TemplateFile& file) { return file.project == project; };
    if (std::none_of(std::begin(template_files), std::end(template_files), known))
        return fail(2, format(msg::new_no_template, {project, template_names()}));
    std::error_code error;
    if (fs::exists(fs::symlink_status(folder, error))) return fail(1, format(msg::new_exists, {folder.string()}));
    return make(vm, folder, project);
}

} // namespace qi

#include "cli/new/new.hpp"

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
    if (name.empty() || !utf8::valid(name) || utf8::count(name) > longest_name || name.front() == '-' || name.front() == '_') return false;
    for (std::size_t at = 0; at < name.size();) {
        const char32_t c = utf8::decode(name, at);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        const bool foreign = c >= 0xC0 && !(c >= 0x2000 && c <= 0x206F) && c != 0x3000 && c != 0xFEFF && c < 0xE0000 && !(c >= 0xE000 && c <= 0xF8FF);
        if (!plain && !foreign) return false;
    }
    return true;
}

std::string with_name(std::string_view text, std::string_view name) {
    std::string out;
    for (std::size_t at; (at = text.find(placeholder)) != std::string_view::npos; text.remove_prefix(at + placeholder.size())) {
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
int make(const std::string& name, std::string_view project) {
    std::error_code error;
    if (!fs::create_directory(name, error)) return fail(1, error ? format(msg::cannot_write, {name, system_error_text(error.value())}) : format(msg::new_exists, {name}));
    std::printf("%s\n", format(msg::new_made, {name, project}).c_str());
    for (const TemplateFile& file : template_files) {
        if (file.project != project) continue;
        const fs::path path = fs::path(name) / file.path;
        fs::create_directories(path.parent_path(), error);
        std::ofstream out(path, std::ios::binary);
        out << with_name(file.text, name);
        out.close();
        if (!out) {
            const std::string reason = system_error_text(errno);
            fs::remove_all(name, error);
            return fail(1, format(msg::cannot_write, {path.string(), reason}));
        }
        std::printf("  %s\n", std::string(file.path).c_str());
    }
    std::printf("%s\n", format(project == "client" ? msg::new_next_client : msg::new_next, {name}).c_str());
    return 0;
}

} // namespace

int run_new(Vm&, std::span<const std::string> arguments) {
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
    if (!is_project_name(name)) return fail(2, format(msg::new_bad_name, {name.empty() ? "\"\"" : name}));
    const auto known = [&](const TemplateFile& file) { return file.project == project; };
    if (std::none_of(std::begin(template_files), std::end(template_files), known)) return fail(2, format(msg::new_no_template, {project, template_names()}));
    std::error_code error;
    if (fs::exists(fs::symlink_status(name, error))) return fail(1, format(msg::new_exists, {name}));
    return make(name, project);
}

} // namespace qi

// path/: paths as text; nothing is asked of the file system.
#include "namespaces.hpp"

#include "base/system_error.hpp"
#include "base/utf8.hpp"
#include "data/type_name.hpp"

#include <filesystem>

namespace qi::stdlib {

namespace {

/// Without the slashes, and the "/.", at its end: they name the same.
std::string_view without_end(std::string_view path) {
    while (path.size() > 1 && (path.ends_with('/') || path.ends_with("/."))) path.remove_suffix(1);
    return path;
}

/// As in Rust's std::path, "." and ".." at the end are no names.
std::string_view base_name(std::string_view path) {
    path = without_end(path);
    path = path.substr(path.rfind('/') + 1); // npos + 1 is 0
    return path == "." || path == ".." ? std::string_view() : path;
}

std::string_view folder_name(std::string_view path) {
    path = without_end(path);
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos || path == "/") return {};
    return without_end(path.substr(0, slash == 0 ? 1 : slash));
}

/// Where the extension's dot is in a file name; a dot at its beginning is none.
std::size_t dot_of(std::string_view name) {
    const std::size_t dot = name.rfind('.');
    return dot == 0 ? std::string_view::npos : dot;
}

std::string normalized(std::string_view path) {
    if (path.empty()) return "";
    const std::string normal = std::filesystem::path(path).lexically_normal().string();
    return std::string(without_end(normal));
}

Result<std::string> joined(Call call, std::string_view first, Rest others) {
    std::string path(first);
    for (std::size_t i = 0; i < others.size(); ++i) {
        if (!is_string(others[i]))
            return failure_at(static_cast<int>(i) + 1, kind::type, msg::argument_type,
                              {msg::type_string.text(), describe_value(call.store(), others[i])});
        const std::string_view part = text_of(others[i]);
        if (part.starts_with('/')) path.clear();
        if (!path.empty() && !path.ends_with('/')) path += '/';
        path += part;
    }
    return path;
}

constexpr Native path_natives[] = {
    native("path/join a b...",
           "The parts a and all b with / between them; an absolute part starts again.\n"
           "(path/join \"a\" \"b.txt\") ;=> \"a/b.txt\"",
           [](Call call, std::string_view a, Rest others) { return joined(call, a, others); }),
    native("path/basename path",
           "The last part of path; \"\" if path has none, or if it is . or .., which isn't a name.\n(path/basename "
           "\"a/b.txt\") ;=> \"b.txt\"",
           [](Call, std::string_view path) { return std::string(base_name(path)); }),
    native("path/dirname path",
           "All but the last part of path, \"\" if there is nothing before it.\n(path/dirname \"a/b/c\") ;=> \"a/b\"",
           [](Call, std::string_view path) { return std::string(folder_name(path)); }),
    native("path/extension path",
           "The text after the last dot of the last part of path, or \"\".\n"
           "(path/extension \"x/y.tar.gz\") ;=> \"gz\"",
           [](Call, std::string_view path) {
               const std::string_view name = base_name(path);
               const std::size_t dot = dot_of(name);
               return dot == std::string_view::npos ? std::string() : std::string(name.substr(dot + 1));
           }),
    native("path/stem path",
           "The last part of path, as path/basename gives it, without its extension.\n(path/stem \"x/y.tar.gz\") ;=> "
           "\"y.tar\"",
           [](Call, std::string_view path) {
               const std::string_view name = base_name(path);
               return std::string(name.substr(0, dot_of(name)));
           }),
    native(
        "path/absolute path",
        "path appended to the working directory, unless it is absolute already. Fails with :io if there is no working "
        "directory.\n"
        "(path/absolute \"/a/../b\") ;=> \"/a/../b\"",
        [](Call, std::string_view path) -> Result<std::string> {
            if (path.starts_with('/')) return std::string(path);
            std::error_code error;
            std::string folder = utf8::repaired(std::filesystem::current_path(error).string());
            if (error) return failure(kind::io, msg::system_reason, {system_error_text(error.value())});
            return path.empty() ? folder : (folder == "/" ? folder : folder + "/").append(path);
        }),
    native("path/normalize path",
           "The path without . and with .. resolved, from the text alone; . if nothing remains.\n(path/normalize "
           "\"a/../b/./c\") ;=> \"b/c\"",
           [](Call, std::string_view path) { return normalized(path); }),
    native("path/is-absolute? path", "Whether the path begins at the root.\n(path/is-absolute? \"/a\") ;=> true",
           [](Call, std::string_view path) { return path.starts_with('/'); }),
    native("path/is-relative? path", "Whether path doesn't begin at the root.\n(path/is-relative? \"a\") ;=> true",
           [](Call, std::string_view path) { return !path.starts_with('/'); }),
};

} // namespace

void define_path(Setup setup) { setup.define(path_natives); }

} // namespace qi::stdlib

// Folders, and moving files about.
#include "io/io.hpp"

#include "base/descriptor.hpp"
#include "base/files.hpp"
#include "data/type_name.hpp"
#include "keyword_options.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>

namespace qi::stdlib {

namespace {

namespace fs = std::filesystem;

Result<void> outcome(std::string_view path, const std::error_code& error, int argument = 0) {
    if (error) return io_failure(path, error.value(), argument);
    return {};
}

Result<Value> list(Call call, const std::string& path, Rest pairs) {
    const auto options = Options::of(call, 1, pairs, {"pattern", "recursive"});
    if (!options) return options.error();
    const auto recursive = options->flag("recursive", false);
    if (!recursive) return recursive.error();
    const Value pattern = options->get("pattern");
    if (!pattern.is_absent() && !is_string(pattern))
        return failure(kind::type, msg::argument_type,
                       {":pattern " + std::string(msg::type_string.text()), describe_value(call.store(), pattern)});
    const std::string glob = pattern.is_absent() ? "*" : std::string(text_of(pattern));

    std::vector<std::string> found;
    std::vector<std::string> open{path};
    while (!open.empty()) {
        const std::string folder = open.back();
        open.pop_back();
        if (const auto names = files::bundled_names(folder)) {
            for (const std::string& name : *names) {
                std::string entry = folder + (folder.ends_with('/') ? "" : "/") + name;
                if (*recursive && files::bundled_names(entry)) open.push_back(entry);
                if (pattern.is_absent() || ::fnmatch(glob.c_str(), name.c_str(), 0) == 0)
                    found.push_back(std::move(entry));
            }
            continue;
        }
        std::error_code error;
        for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
            const std::string name = it->path().filename().string();
            std::string entry = folder + (folder.ends_with('/') ? "" : "/") + name;
            std::error_code ignored;
            if (*recursive && it->is_directory(ignored) && !it->is_symlink(ignored)) open.push_back(entry);
            if (pattern.is_absent() || ::fnmatch(glob.c_str(), name.c_str(), 0) == 0) found.push_back(std::move(entry));
        }
        if (error) return io_failure(folder, error.value());
    }
    std::sort(found.begin(), found.end());
    std::vector<Value> paths;
    for (const std::string& entry : found) paths.push_back(make_string_from_outside(call.store(), entry));
    return make_list(call.store(), paths);
}

Result<void> create(Call call, const std::string& path, Rest pairs) {
    const auto options = Options::of(call, 1, pairs, {"parents"});
    if (!options) return options.error();
    const auto parents = options->flag("parents", true);
    if (!parents) return parents.error();
    std::error_code error;
    if (*parents) {
        fs::create_directories(path, error);
    } else if (!fs::create_directory(path, error) && !error) {
        return io_failure(path, EEXIST);
    }
    return outcome(path, error);
}

Result<void> remove_folder(Call call, const std::string& path, Rest pairs) {
    const auto options = Options::of(call, 1, pairs, {"recursive"});
    if (!options) return options.error();
    const auto recursive = options->flag("recursive", false);
    if (!recursive) return recursive.error();
    std::error_code error;
    if (!fs::is_directory(fs::symlink_status(path, error))) return io_failure(path, error ? error.value() : ENOTDIR);
    if (*recursive)
        fs::remove_all(path, error);
    else
        fs::remove(path, error);
    return outcome(path, error);
}

Result<void> remove_file(const std::string& path) {
    std::error_code error;
    if (fs::is_directory(fs::symlink_status(path, error))) return io_failure(path, EISDIR);
    if (!fs::remove(path, error) && !error) return io_failure(path, ENOENT);
    return outcome(path, error);
}

/// What is in the program itself, which no function of the system can copy by its name.
Result<void> copy_bundled(const std::string& from, const std::string& to) {
    const int source = files::open(from);
    if (source < 0) return io_failure(from, errno);
    const int target = ::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    int error = target < 0 ? errno : 0;
    char buffer[65536];
    while (error == 0) {
        const ssize_t got = ::read(source, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) {
            error = got < 0 ? errno : 0;
            break;
        }
        error = write_all(target, {buffer, static_cast<std::size_t>(got)});
    }
    ::close(source);
    if (target >= 0 && ::close(target) != 0 && error == 0) error = errno;
    return error == 0 ? Result<void>{} : io_failure(to, error, 1);
}

Result<void> copy(const std::string& from, const std::string& to) {
    if (files::is_bundled(from)) return copy_bundled(from, to);
    std::error_code error;
    if (fs::is_directory(from, error)) return io_failure(from, EISDIR);
    if (error) return io_failure(from, error.value());
    fs::copy_file(from, to, fs::copy_options::overwrite_existing, error);
    return outcome(to, error, 1);
}

/// Whether these are two names of one file. The file has as many as its links, so that it may lose one; two spellings
/// of one name are in one folder.
bool are_two_names(const std::string& from, const std::string& to) {
    std::error_code error;
    struct stat a {
    }, b{};
    if (::lstat(from.c_str(), &a) != 0 || ::lstat(to.c_str(), &b) != 0) return false;
    if (S_ISDIR(a.st_mode) || a.st_dev != b.st_dev || a.st_ino != b.st_ino || a.st_nlink < 2) return false;
    const auto entry = [&](const fs::path& path) {
        return fs::canonical(path.has_parent_path() ? path.parent_path() : ".", error) / path.filename();
    };
    const fs::path first = entry(from);
    return !error && first != entry(to) && !error;
}

Result<void> move(const std::string& from, const std::string& to) {
    std::error_code error;
    if (are_two_names(from, to)) return remove_file(from); // rename would leave both
    fs::rename(from, to, error);
    if (error.value() != EXDEV) return outcome(from, error);
    if (auto copied = copy(from, to); !copied) return copied; // to another file system
    return remove_file(from);
}

constexpr Native io_folders_natives[] = {
    native("io/list-dir path option...",
           "The paths of what is in the folder path, sorted, hidden files too. Each option is a keyword and its value: "
           ":pattern "
           "\"*.qi\" for some names only, :recursive true for folders in it as well. Bytes of a name that aren't "
           "UTF-8 become U+FFFD: such a path can be shown, but not opened. Fails with :io or :permission-denied.\n"
           "(list? (io/list-dir \".\")) ;=> true",
           [](Call call, PathName path, Rest options) { return list(call, path, options); }),
    native("io/create-dir path option...",
           "Makes the folder path, and those above it unless the option :parents is false; nil. Fails with :io or "
           ":permission-denied.\n"
           "(io/create-dir \".\") ;=> nil",
           [](Call call, PathName path, Rest options) { return create(call, path, options); }),
    native("io/delete-file path",
           "Removes the file path; nil. Fails with :io or :permission-denied.\n"
           "(io/delete-file (io/temp-file)) ;=> nil",
           [](Call, PathName path) { return remove_file(path); }),
    native("io/delete-dir path option...",
           "Removes the folder path if it is empty, or with its contents if the option :recursive is true; nil. "
           "Fails with "
           ":io or :permission-denied.\n"
           "(io/delete-dir (io/temp-dir)) ;=> nil",
           [](Call call, PathName path, Rest options) { return remove_folder(call, path, options); }),
    native(
        "io/copy-file from to",
        "Copies the file from to the path to and replaces what is there; nil. Fails with :io or :permission-denied.\n"
        "(io/copy-file (io/temp-file) (io/temp-file)) ;=> nil",
        [](Call, PathName from, PathName to) { return copy(from, to); }),
    native("io/move-file from to",
           "Moves the file from to the path to and replaces what is there, also if both are names of one file; nil. "
           "Fails with :io or "
           ":permission-denied.\n"
           "(io/move-file (io/temp-file) (io/temp-file)) ;=> nil",
           [](Call, PathName from, PathName to) { return move(from, to); }),
};

} // namespace

void define_io_folders(Setup setup) { setup.define(io_folders_natives); }

} // namespace qi::stdlib

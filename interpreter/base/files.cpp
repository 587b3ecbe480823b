#include "base/files.hpp"

#include "base/bundle.hpp"

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>

namespace qi::files {

namespace {

/// The bundled file or folder that a path leads to; null for a path of the system.
struct Found {
    std::string name;
    const Bundle::File* file = nullptr;
    bool is_folder = false;
};

std::optional<Found> find_bundled(const std::string& path) {
    const Bundle& bundle = own_bundle();
    if (bundle.empty()) return std::nullopt;
    auto name = bundle.inside(path);
    if (!name) return std::nullopt;
    Found found{std::move(*name)};
    found.file = bundle.file(found.name);
    found.is_folder = found.file == nullptr && bundle.is_folder(found.name);
    return found;
}

int fail(int error) noexcept {
    errno = error;
    return -1;
}

} // namespace

int open(const std::string& path, int flags) noexcept {
    const auto found = find_bundled(path);
    if (!found) return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags);
    if (found->is_folder) return fail(EISDIR);
    return found->file == nullptr ? fail(ENOENT) : own_bundle().open(*found->file);
}

int open_in_place(const std::string& path, int flags, std::uint64_t& offset) noexcept {
    offset = 0;
    const auto found = find_bundled(path);
    if (!found) return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags);
    if (found->file == nullptr) return fail(found->is_folder ? EISDIR : ENOENT);
    offset = found->file->offset;
    return ::open(own_bundle().program().c_str(), O_RDONLY | O_CLOEXEC);
}

int status(const std::string& path, struct stat& into) noexcept {
    const auto found = find_bundled(path);
    if (!found) return ::stat(path.c_str(), &into);
    if (found->file == nullptr && !found->is_folder) return fail(ENOENT);
    if (::stat(own_bundle().program().c_str(), &into) != 0) return -1;
    into.st_mode = found->is_folder ? S_IFDIR | 0555 : S_IFREG | 0444;
    into.st_size = found->is_folder ? 0 : static_cast<off_t>(found->file->size);
    return 0;
}

std::string real_path(const std::string& path) {
    if (const auto found = find_bundled(path)) {
        if (found->file != nullptr || found->is_folder)
            return own_bundle().program() + (found->name.empty() ? "" : "/") + found->name;
        errno = ENOENT;
        return {};
    }
    char resolved[PATH_MAX];
    return ::realpath(path.c_str(), resolved) == nullptr ? std::string{} : std::string(resolved);
}

bool is_bundled(const std::string& path) { return find_bundled(path).has_value(); }

std::optional<std::vector<std::string>> bundled_names(const std::string& folder) {
    const auto found = find_bundled(folder);
    if (!found || !found->is_folder) return std::nullopt;
    return own_bundle().names_in(found->name);
}

} // namespace qi::files

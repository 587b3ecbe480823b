#include "base/bundle.hpp"

#include "base/descriptor.hpp"
#include "base/messages.hpp"
#include "base/system_error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace qi {

namespace {

namespace fs = std::filesystem;

// Behind the program: the files, one after the other; the index, a line each ("main NAME", "folder NAME", "flag WORD",
// "SIZE NAME" in the order of the files); the size of the index in 16 hexadecimal digits; and this, at the very end.
constexpr std::string_view mark = "\n-- qi bundle 1\n";
constexpr std::size_t digits = 16;
constexpr std::size_t tail_size = digits + mark.size();

class Descriptor {
public:
    explicit Descriptor(int number) noexcept : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    int number() const noexcept { return number_; }
    int release() noexcept { return std::exchange(number_, -1); }

private:
    int number_;
};

std::optional<std::string> read_at(int file, std::uint64_t offset, std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t done = 0; done < size;) {
        const ssize_t got = ::pread(file, bytes.data() + done, size - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return std::nullopt;
        done += static_cast<std::size_t>(got);
    }
    return bytes;
}

/// What stands behind a program: where that ends, and the index.
struct Appendix {
    std::uint64_t program_size = 0;
    std::string index;
};

std::optional<std::uint64_t> number(std::string_view text, int base) {
    std::uint64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}

/// The next line of the index, and its first word.
bool next_line(std::string_view& rest, std::string_view& word, std::string_view& name) {
    const std::size_t end = rest.find('\n'), space = rest.find(' ');
    if (end == std::string_view::npos || space > end) return false;
    word = rest.substr(0, space);
    name = rest.substr(space + 1, end - space - 1);
    rest.remove_prefix(end + 1);
    return true;
}

std::optional<Appendix> appendix_of(int file, std::uint64_t size) {
    if (size < tail_size) return std::nullopt;
    const auto tail = read_at(file, size - tail_size, tail_size);
    if (!tail || !tail->ends_with(mark)) return std::nullopt;
    const auto index_size = number(std::string_view(*tail).substr(0, digits), 16);
    if (!index_size || *index_size > size - tail_size) return std::nullopt;
    auto index = read_at(file, size - tail_size - *index_size, *index_size);
    if (!index) return std::nullopt;
    Appendix appendix{size - tail_size - *index_size, std::move(*index)};
    std::string_view rest = appendix.index, word, name;
    while (next_line(rest, word, name)) {
        const auto file_size = number(word, 10);
        if (file_size && *file_size > appendix.program_size) return std::nullopt;
        if (file_size) appendix.program_size -= *file_size;
    }
    return appendix;
}

std::optional<std::string> below(std::string_view path, const std::string& folder) {
    if (folder.empty() || !path.starts_with(folder)) return std::nullopt;
    path.remove_prefix(folder.size());
    if (path.empty() || path == "/") return std::string{};
    if (path[0] != '/') return std::nullopt;
    path.remove_prefix(1);
    if (path.ends_with('/')) path.remove_suffix(1);
    return std::string(path);
}

} // namespace

Bundle Bundle::of(const std::string& program) {
    Bundle bundle;
    const Descriptor file(::open(program.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat found {};
    if (file.number() < 0 || ::fstat(file.number(), &found) != 0) return bundle;
    const auto appendix = appendix_of(file.number(), static_cast<std::uint64_t>(found.st_size));
    if (!appendix) return bundle;
    std::uint64_t offset = appendix->program_size;
    std::string_view rest = appendix->index, word, name;
    while (next_line(rest, word, name)) {
        if (word == "main") {
            bundle.main_ = name;
        } else if (word == "folder") {
            bundle.folder_ = name;
        } else if (word == "flag") {
            bundle.flags_.emplace_back(name);
        } else if (const auto size = number(word, 10)) {
            bundle.files_.emplace(name, File{offset, *size});
            offset += *size;
        }
    }
    std::error_code ignored;
    bundle.program_ = fs::path(program).lexically_normal().string();
    bundle.absolute_ = fs::absolute(program, ignored).lexically_normal().string();
    return bundle;
}

std::optional<std::string> Bundle::inside(std::string_view path) const {
    const std::string normal = fs::path(path).lexically_normal().string();
    if (auto name = below(normal, absolute_)) return name;
    return below(normal, program_);
}

const Bundle::File* Bundle::file(const std::string& name) const {
    const auto found = files_.find(name);
    return found == files_.end() ? nullptr : &found->second;
}

bool Bundle::is_folder(const std::string& name) const {
    if (name.empty()) return true;
    const auto first = files_.lower_bound(name + "/");
    return first != files_.end() && first->first.starts_with(name + "/");
}

std::vector<std::string> Bundle::names_in(const std::string& folder) const {
    const std::string before = folder.empty() ? "" : folder + "/";
    std::vector<std::string> names;
    for (auto each = files_.lower_bound(before); each != files_.end() && each->first.starts_with(before); ++each) {
        const std::string_view rest = std::string_view(each->first).substr(before.size());
        std::string name(rest.substr(0, rest.find('/')));
        if (names.empty() || names.back() != name) names.push_back(std::move(name));
    }
    return names;
}

int Bundle::open(const File& file) const noexcept {
    const Descriptor from(::open(program_.c_str(), O_RDONLY | O_CLOEXEC));
    Descriptor copy(::memfd_create("qi-bundle", MFD_CLOEXEC));
    struct stat found {};
    if (from.number() < 0 || copy.number() < 0 || ::fstat(from.number(), &found) != 0) return -1;
    auto at = static_cast<off_t>(file.offset);
    for (std::uint64_t left = file.size; left > 0;) {
        const ssize_t sent = ::sendfile(copy.number(), from.number(), &at, left);
        if (sent < 0 && errno == EINTR) continue;
        if (sent == 0) errno = EIO;
        if (sent <= 0) return -1;
        left -= static_cast<std::uint64_t>(sent);
    }
    const timespec times[] = {found.st_atim, found.st_mtim}; // a browser that has it need not have it again
    ::futimens(copy.number(), times);
    if (::lseek(copy.number(), 0, SEEK_SET) != 0) return -1;
    return copy.release();
}

const Bundle& own_bundle() {
    static const Bundle bundle = [] {
        const auto* called = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
        return called == nullptr ? Bundle{} : Bundle::of(called);
    }();
    return bundle;
}

namespace {

/// All of the file from its beginning, or its first `size` bytes, to the end of `into`; errno's number, or 0.
int append(int into, int from, std::optional<std::uint64_t> size, std::uint64_t& copied) {
    std::array<char, 65536> buffer;
    copied = 0;
    while (!size || copied < *size) {
        const std::size_t wanted = size ? std::min<std::uint64_t>(buffer.size(), *size - copied) : buffer.size();
        const ssize_t got = ::pread(from, buffer.data(), wanted, static_cast<off_t>(copied));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno;
        if (got == 0) return size ? EIO : 0;
        if (const int error = write_all(into, {buffer.data(), static_cast<std::size_t>(got)}); error != 0) return error;
        copied += static_cast<std::uint64_t>(got);
    }
    return 0;
}

} // namespace

Result<void> write_bundle(const std::string& program, const std::string& target, const BundleContents& contents) {
    const auto fail = [](const Message& what, const std::string& path, int error) {
        return failure(kind::io, what, {path, system_error_text(error)});
    };
    const Descriptor source(::open(program.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat found {};
    if (source.number() < 0 || ::fstat(source.number(), &found) != 0) return fail(msg::cannot_read, program, errno);
    const auto behind = appendix_of(source.number(), static_cast<std::uint64_t>(found.st_size));
    std::string beside = target + ".XXXXXX";
    const Descriptor out(::mkostemp(beside.data(), O_CLOEXEC));
    if (out.number() < 0) return fail(msg::cannot_write, target, errno);
    const auto give_up = [&](Error why) {
        ::unlink(beside.c_str());
        return why;
    };
    std::uint64_t copied = 0;
    if (const int error = append(out.number(), source.number(),
                                 behind ? behind->program_size : static_cast<std::uint64_t>(found.st_size), copied);
        error != 0)
        return give_up(fail(msg::cannot_write, target, error));
    std::string index = "main " + contents.main + "\nfolder " + contents.folder + "\n";
    for (const std::string& flag : contents.flags) index += "flag " + flag + "\n";
    for (const BundleContents::File& each : contents.files) {
        const Descriptor file(::open(each.path.c_str(), O_RDONLY | O_CLOEXEC));
        if (file.number() < 0) return give_up(fail(msg::cannot_read, each.path, errno));
        if (const int error = append(out.number(), file.number(), std::nullopt, copied); error != 0)
            return give_up(fail(msg::cannot_read, each.path, error));
        index += std::to_string(copied) + " " + each.name + "\n";
    }
    char size[digits + 1];
    std::snprintf(size, sizeof size, "%016llx", static_cast<unsigned long long>(index.size()));
    index += size;
    index += mark;
    if (const int error = write_all(out.number(), index); error != 0)
        return give_up(fail(msg::cannot_write, target, error));
    const mode_t mask = ::umask(0);
    ::umask(mask);
    if (::fchmod(out.number(), 0777 & ~mask) != 0 || ::rename(beside.c_str(), target.c_str()) != 0)
        return give_up(fail(msg::cannot_write, target, errno));
    return {};
}

} // namespace qi

// Whole files: read, written, asked about.
#include "io/io.hpp"

#include "base/descriptor.hpp"
#include "base/files.hpp"
#include "base/system_error.hpp"
#include "base/utf8.hpp"
#include "data/type_name.hpp"
#include "io/encoding.hpp"
#include "io/messages.hpp"
#include "keyword_options.hpp"
#include "str/parts.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace qi::stdlib {

Error io_failure(std::string_view path, int error, int argument) {
    const Kind kind = error == EACCES || error == EPERM ? kind::permission_denied : kind::io;
    // io/list-dir and others show names that aren't UTF-8 with this character: it isn't what the file is called.
    if (error == ENOENT && path.find("\uFFFD") != std::string_view::npos)
        return failure_at(argument, kind, msg::io_failed_repaired, {path, system_error_text(error)});
    return failure_at(argument, kind, msg::io_failed, {path, system_error_text(error)});
}

Result<std::string> read_bytes(const std::string& path) {
    const int file = files::open(path);
    if (file < 0) return io_failure(path, errno);
    std::string bytes;
    char buffer[65536];
    int error = 0;
    for (;;) {
        const ssize_t got = ::read(file, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) error = errno;
        if (got <= 0) break;
        bytes.append(buffer, static_cast<std::size_t>(got));
        if (bytes.size() > String::max_size) break;
    }
    ::close(file);
    if (error != 0) return io_failure(path, error);
    if (bytes.size() > String::max_size)
        return failure_at(0, kind::limit, msg::file_too_large, {path, std::to_string(String::max_size)});
    return bytes;
}

namespace {

/// All bytes of a file; nothing while the goroutine has to wait for them.
std::optional<Result<std::string>> await_bytes(Call call, std::string_view name, const std::string& path) {
    if (is_slow_file(path)) return read_slowly(call, name, path);
    return read_bytes(path);
}

Result<std::string_view> encoding_in(const Options& options) {
    const Value given = options.get("encoding");
    const auto found = encoding_named(is_keyword(given)  ? as_symbol(given)->text()
                                      : is_string(given) ? text_of(given)
                                                         : std::string_view{});
    return found.empty() ? options.choice("encoding", "utf-8", encoding_names()) : found;
}

Result<Value> read(Call call, const std::string& path, Rest pairs) {
    const auto options = Options::of(call, 1, pairs, {"encoding"});
    if (!options) return options.error();
    const auto encoding = encoding_in(*options);
    if (!encoding) return encoding.error();
    auto read = await_bytes(call, "io/read-file", path);
    if (!read) return Value::parked();
    Result<std::string>& bytes = *read;
    if (!bytes) return bytes.error();
    if (*encoding == "binary") return make_bytes(call.store(), std::move(*bytes));
    auto text = decode(path, *bytes, *encoding);
    if (!text) return text.error();
    return make_string(call.store(), std::move(*text));
}

Result<void> write_bytes(const std::string& path, std::string_view bytes, int flags) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0666);
    if (file < 0) return io_failure(path, errno, 1);
    if (const int error = write_all(file, bytes); error != 0) {
        ::close(file);
        return io_failure(path, error, 1);
    }
    if (::close(file) != 0) return io_failure(path, errno, 1);
    return {};
}

/// The encoding of what comes behind what the file at `path` has: the byte-order mark stands at its beginning.
std::string_view appended_encoding(const std::string& path, std::string_view encoding) {
    struct stat found {};
    if ((encoding != "utf-8-bom" && encoding != "utf-16") || ::stat(path.c_str(), &found) != 0 ||
        !S_ISREG(found.st_mode) || found.st_size == 0)
        return encoding;
    if (encoding == "utf-8-bom") return "utf-8";
    char first[2] = {};
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool big_end_first =
        file >= 0 && ::read(file, first, sizeof first) == 2 && std::string_view(first, 2) == "\xFE\xFF";
    if (file >= 0) ::close(file);
    return big_end_first ? "utf-16be" : "utf-16le";
}

Result<void> write(Call call, Value content, const std::string& path, Rest pairs) {
    constexpr std::string_view choices[] = {"overwrite", "append", "skip", "error"};
    const auto options = Options::of(call, 2, pairs, {"encoding", "if-exists", "create-dirs"});
    if (!options) return options.error();
    const auto encoding = encoding_in(*options);
    if (!encoding) return encoding.error();
    const auto if_exists = options->choice("if-exists", "overwrite", choices);
    if (!if_exists) return if_exists.error();
    const auto create = options->flag("create-dirs", false);
    if (!create) return create.error();
    if (*if_exists == "skip" && ::access(path.c_str(), F_OK) == 0) return {};
    const std::string_view written = *if_exists == "append" ? appended_encoding(path, *encoding) : *encoding;
    auto bytes =
        is_bytes(content) ? Result<std::string>(std::string(text_of(content))) : encode(text_of(content), written);
    if (!bytes) return bytes.error();
    if (*create) {
        const auto folder = std::filesystem::path(path).parent_path();
        std::error_code error;
        if (!folder.empty()) std::filesystem::create_directories(folder, error);
        if (error) return io_failure(folder.string(), error.value(), 1);
    }
    return write_bytes(path, *bytes, *if_exists == "append" ? O_APPEND : *if_exists == "error" ? O_EXCL : O_TRUNC);
}

Result<Value> information(Call call, const std::string& path) {
    struct stat found {};
    if (files::status(path, found) != 0) return io_failure(path, errno);
    const Value keys[] = {make_string(call.store(), std::string_view("size")),
                          make_string(call.store(), std::string_view("is-dir")),
                          make_string(call.store(), std::string_view("is-file")),
                          make_string(call.store(), std::string_view("modified"))};
    const Value values[] = {make_integer(call.store(), found.st_size), Value::boolean(S_ISDIR(found.st_mode)),
                            Value::boolean(S_ISREG(found.st_mode)), make_integer(call.store(), found.st_mtim.tv_sec)};
    return make_flat_map(call.store(), call.store().shapes.of(keys), values);
}

bool has_mode(const std::string& path, mode_t wanted) {
    struct stat found {};
    return files::status(path, found) == 0 && (wanted == 0 || (found.st_mode & S_IFMT) == wanted);
}

constexpr Native io_files_natives[] = {
    native(
        "io/read-file path option...",
        "The text of the file at path, or its bytes with the option :encoding :binary. Other encodings: :utf-8, :auto, "
        ":utf-16, :sjis, :euc-jp, :iso-8859-1 and more, in the usual spellings and as strings too. A path with a "
        "U+FFFD in it may be "
        "a name that isn't UTF-8, as io/list-dir shows it: it doesn't open that file. Fails with :io, "
        ":permission-denied, :limit or :value.\n"
        "(let [f (io/temp-file)] (io/write-file \"añb\" f) (io/read-file f)) ;=> \"añb\"",
        [](Call call, PathName path, Rest options) { return read(call, path, options); }),
    native("io/write-file content path option...",
           "Writes content, a string or bytes, to the file at path; nil. Each option is a keyword and its value: "
           ":if-exists "
           ":overwrite, :append, :skip or :error; :create-dirs true; :encoding as in io/read-file, whose byte-order "
           "mark, if any, isn't written after existing text. Fails with :io, "
           ":permission-denied or :value.\n"
           "(io/write-file \"x\" (io/temp-file)) ;=> nil",
           [](Call call, TextOrBytes content, PathName path, Rest options) {
               return write(call, content, path, options);
           }),
    native("io/append-file content path",
           "Appends content, a string or bytes, to the file at path; nil. Fails with :io, "
           ":permission-denied or "
           ":value.\n"
           "(let [f (io/temp-file)] (io/append-file \"a\" f) (io/append-file \"b\" f) (io/read-file f)) ;=> \"ab\"",
           [](Call, TextOrBytes content, PathName path) { return write_bytes(path, text_of(content), O_APPEND); }),
    native("io/read-lines path",
           "The lines of the file at path, as a list. Fails with :io, :permission-denied, :limit or :value.\n"
           "(let [f (io/temp-file)] (io/write-file \"a\\nb\\n\" f) (io/read-lines f)) ;=> (\"a\" \"b\")",
           [](Call call, PathName path) -> Result<Value> {
               const auto read = await_bytes(call, "io/read-lines", std::string(path));
               if (!read) return Value::parked();
               const Result<std::string>& bytes = *read;
               if (!bytes) return bytes.error();
               const auto text = decode(path, *bytes, "utf-8");
               if (!text) return text.error();
               return make_list(call.store(), items_of(make_strings(call, lines_of(*text))));
           }),
    native("io/file-exists? path", "Whether there is a file or folder at path.\n(io/file-exists? \".\") ;=> true",
           [](Call, PathName path) { return has_mode(path, 0); }),
    native("io/is-file? path", "Whether there is a file at path.\n(io/is-file? \".\") ;=> false",
           [](Call, PathName path) { return has_mode(path, S_IFREG); }),
    native("io/is-dir? path", "Whether there is a folder at path.\n(io/is-dir? \".\") ;=> true",
           [](Call, PathName path) { return has_mode(path, S_IFDIR); }),
    native("io/file-info path",
           "A map of \"size\", \"is-dir\", \"is-file\" and \"modified\" (Unix seconds) of the file or folder at path. "
           "Fails "
           "with :io or :permission-denied.\n"
           "(get (io/file-info \".\") \"is-dir\") ;=> true",
           [](Call call, PathName path) { return information(call, path); }),
};

} // namespace

void define_io_files(Setup setup) { setup.define(io_files_natives); }

} // namespace qi::stdlib

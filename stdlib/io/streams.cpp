// Files as streams: read piece by piece, so that memory stays flat however large they are.
#include "io/io.hpp"

#include "base/files.hpp"
#include "base/utf8.hpp"
#include "data/print.hpp"
#include "io/encoding.hpp"
#include "io/messages.hpp"
#include "stream/stream.hpp"

#include <cerrno>
#include <cstdlib>
#include <utility>

namespace qi::stdlib {

namespace {

struct CloseFile {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

/// Closed at the file's end, or when the stream is collected.
class FileSource final : public ItemSource {
public:
    enum class Items { Lines, Numbers, Bytes };

    FileSource(File file, std::string path, Items items)
        : file_(std::move(file)), path_(std::move(path)), items_(items) {}
    ~FileSource() override { std::free(line_); }
    FileSource(const FileSource&) = delete;

    Value next(Call call) override {
        if (file_ == nullptr) return Value::absent();
        const Value item = items_ == Items::Lines     ? next_line(call)
                           : items_ == Items::Numbers ? next_numbers(call)
                                                      : next_bytes(call);
        if (!item.is_absent()) return item;
        const int error = std::ferror(file_.get()) != 0 ? errno : 0;
        file_.reset();
        return error == 0 ? item : fail(call, io_failure(path_, error));
    }

private:
    static constexpr std::size_t numbers_at_once = 4096;
    static constexpr std::size_t bytes_at_once = 65536;

    Value next_bytes(Call call) {
        std::string bytes(bytes_at_once, '\0');
        bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file_.get()));
        return bytes.empty() ? Value::absent() : make_bytes(call.store(), std::move(bytes));
    }
    Value next_numbers(Call call) {
        unsigned char buffer[numbers_at_once];
        const std::size_t got = std::fread(buffer, 1, sizeof buffer, file_.get());
        if (got == 0) return Value::absent();
        std::vector<Value> numbers;
        for (std::size_t i = 0; i < got; ++i) numbers.push_back(Value::small(buffer[i]));
        return make_vector(call.store(), numbers);
    }
    /// Named after what made the stream: whoever reads on may be any function.
    static Value fail(Call call, Error error) {
        error.callee = "io/file-stream";
        return call.raise(error);
    }
    Value next_line(Call call) {
        const ssize_t got = ::getline(&line_, &room_, file_.get());
        if (got < 0) return Value::absent();
        std::string_view line(line_, static_cast<std::size_t>(got));
        if (std::exchange(at_start_, false)) line = without_mark(line);
        if (line.ends_with('\n')) line.remove_suffix(1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (const std::size_t good = utf8::valid_prefix(line); good != line.size())
            return fail(call, failure(kind::value, msg::not_in_encoding, {path_, "utf-8", std::to_string(good + 1)}));
        return make_string(call.store(), line);
    }

    File file_;
    std::string path_;
    Items items_;
    bool at_start_ = true;
    char* line_ = nullptr;
    std::size_t room_ = 0;
};

Result<Value> open(Call call, const std::string& path, std::optional<Value> what) {
    using Items = FileSource::Items;
    const std::string_view name = what && is_keyword(*what) ? as_symbol(*what)->text() : "";
    const Items items = !what ? Items::Lines : name == "binary" ? Items::Bytes : Items::Numbers;
    if (what && name != "bytes" && name != "binary")
        return failure_at(1, kind::value, msg::unknown_option, {shortened(call.store(), *what), ":binary :bytes"});
    const int opened = files::open(path);
    File file(opened < 0 ? nullptr : ::fdopen(opened, "r"));
    if (file == nullptr) return io_failure(path, errno);
    return make_stream(call, std::make_unique<FileSource>(std::move(file), path, items));
}

constexpr Native io_streams_natives[] = {
    native("io/file-stream path items?",
           "A stream of the lines of the file at path; with :binary as items? of bytes, 64 KiB at a time; with :bytes "
           "of vectors of "
           "up to 4096 integers. Fails with :io, :permission-denied or, where a line isn't UTF-8, :value.\n"
           "(let [f (io/temp-file)] (io/write-file \"a\\nb\" f) (stream/realize (io/file-stream f))) ;=> (\"a\" \"b\")",
           [](Call call, PathName path, std::optional<Value> items) { return open(call, path, items); }),
};

} // namespace

void define_io_streams(Setup setup) { setup.define(io_streams_natives); }

} // namespace qi::stdlib

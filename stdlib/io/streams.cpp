// Files as streams: read piece by piece, so that memory stays flat however large they are.
#include "io/io.hpp"

#include "base/utf8.hpp"
#include "data/print.hpp"
#include "io/messages.hpp"
#include "stream/stream.hpp"

#include <cerrno>
#include <cstdlib>

namespace qi::stdlib {

namespace {

struct CloseFile {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

/// Closed at the file's end, or when the stream is collected.
class FileSource final : public StreamSource {
public:
    FileSource(File file, std::string path, bool bytes) : file_(std::move(file)), path_(std::move(path)), bytes_(bytes) {}
    ~FileSource() override { std::free(line_); }
    FileSource(const FileSource&) = delete;

    Value next(Vm& vm) override {
        if (file_ == nullptr) return Value::absent();
        const Value item = bytes_ ? next_bytes(vm) : next_line(vm);
        if (!item.is_absent()) return item;
        const int error = std::ferror(file_.get()) != 0 ? errno : 0;
        file_.reset();
        return error == 0 ? item : vm.raise(io_failure("io/file-stream", path_, error));
    }

private:
    static constexpr std::size_t run = 4096;

    Value next_bytes(Vm& vm) {
        unsigned char buffer[run];
        const std::size_t got = std::fread(buffer, 1, sizeof buffer, file_.get());
        if (got == 0) return Value::absent();
        std::vector<Value> numbers;
        for (std::size_t i = 0; i < got; ++i) numbers.push_back(Value::small(buffer[i]));
        return make_vector(vm.store, numbers);
    }
    Value next_line(Vm& vm) {
        const ssize_t got = ::getline(&line_, &room_, file_.get());
        if (got < 0) return Value::absent();
        std::string_view line(line_, static_cast<std::size_t>(got));
        if (line.ends_with('\n')) line.remove_suffix(1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (const std::size_t good = utf8::valid_prefix(line); good != line.size())
            return vm.raise(failure(kind::value, msg::not_in_encoding, {"io/file-stream", path_, "utf-8", std::to_string(good + 1)}));
        return make_string(vm.store, line);
    }

    File file_;
    std::string path_;
    bool bytes_;
    char* line_ = nullptr;
    std::size_t room_ = 0;
};

Result<Value> open(Vm& vm, const std::string& path, std::optional<Value> what) {
    if (what && !(is_keyword(*what) && as_symbol(*what)->text() == "bytes"))
        return failure_at(1, kind::value, msg::unknown_option, {"io/file-stream", shortened(vm.store, *what), ":bytes"});
    File file(std::fopen(path.c_str(), "re"));
    if (file == nullptr) return io_failure("io/file-stream", path, errno);
    return make_stream(vm, std::make_unique<FileSource>(std::move(file), path, what.has_value()));
}

constexpr Native rows[] = {
    native("io/file-stream path bytes?",
           "A stream of the lines of the file at path, or with :bytes as bytes? of vectors of up to 4096 integers. Fails with "
           ":io, :permission-denied or, where that isn't UTF-8, :value.\n"
           "(let [f (io/temp-file)] (io/write-file \"a\\nb\" f) (stream/realize (io/file-stream f))) ;=> (\"a\" \"b\")",
           [](Vm& vm, PathName path, std::optional<Value> bytes) { return open(vm, path, bytes); }),
};

} // namespace

void define_io_streams(Vm& vm) { define_natives(vm, rows); }

} // namespace qi::stdlib

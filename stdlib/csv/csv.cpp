// csv/: tables as text. What reads and writes whole files is in csv.qi. Interpreter thread only.
#include "namespaces.hpp"

#include "base/files.hpp"
#include "base/messages.hpp"
#include "base/utf8.hpp"
#include "csv/messages.hpp"
#include "csv/reader.hpp"
#include "data/print.hpp"
#include "data/type_name.hpp"
#include "io/encoding.hpp"
#include "io/io.hpp"
#include "keyword_options.hpp"
#include "str/messages.hpp"
#include "stream/stream.hpp"

#include <array>
#include <cerrno>
#include <deque>

namespace qi::stdlib {

namespace {

constexpr std::size_t csv_piece = 65536; // of text, between looks at whether the program is to stop

/// The option :delimiter of a call, whose pairs begin with argument number `first`.
Result<std::string> delimiter_in(Call call, int first, Rest pairs) {
    const auto options = Options::of(call, first, pairs, {"delimiter"});
    if (!options) return options.error();
    const Value given = options->get("delimiter");
    if (given.is_absent()) return std::string(",");
    const std::string_view text = is_string(given) ? text_of(given) : "";
    if (utf8::count(text) != 1 || text == "\"" || text == "\n" || text == "\r")
        return failure(kind::value, msg::csv_bad_delimiter);
    return std::string(text);
}

Value vector_of(Call call, CsvRow&& row) {
    std::vector<Value> fields;
    fields.reserve(row.size());
    for (std::string& field : row) fields.push_back(make_string(call.store(), std::move(field)));
    return make_vector(call.store(), fields);
}

Result<Value> parse_csv(Call call, std::string_view text, Rest pairs) {
    auto delimiter = delimiter_in(call, 1, pairs);
    if (!delimiter) return delimiter.error();
    CsvReader reader(*delimiter);
    std::vector<CsvRow> read;
    std::vector<Value> rows;
    text = without_mark(text);
    for (std::size_t at = 0; at < text.size(); at += csv_piece) {
        if (call.should_stop()) return call.stop();
        reader.read(text.substr(at, csv_piece), read);
        for (CsvRow& row : read) rows.push_back(vector_of(call, std::move(row)));
        read.clear();
    }
    reader.finish(read);
    if (reader.fault()) return call.make_error(kind::value, *reader.fault());
    for (CsvRow& row : read) rows.push_back(vector_of(call, std::move(row)));
    return make_vector(call.store(), rows);
}

/// The text of a field; nothing for what can be none.
std::optional<std::string> text_of_field(Value field) {
    std::string text;
    if (is_string(field))
        text = text_of(field);
    else if (is_integer(field))
        append_integer(text, as_integer(field));
    else if (field.is_double())
        append_float(text, field.as_double());
    else if (field.is_boolean())
        text = field.is_truthy() ? "true" : "false";
    else if (is_keyword(field))
        text = as_symbol(field)->text();
    else if (!field.is_nil())
        return std::nullopt;
    return text;
}

void append_field(std::string& out, std::string_view field, std::string_view delimiter) {
    // What looks like a byte-order mark would be left out by whoever reads it.
    const bool like_mark = out.empty() && without_mark(field).size() != field.size();
    if (!like_mark && field.find_first_of("\"\r\n") == std::string_view::npos &&
        field.find(delimiter) == std::string_view::npos) {
        out += field;
        return;
    }
    out += '"';
    for (const char c : field) out.append(c == '"' ? 2 : 1, c);
    out += '"';
}

Result<Value> stringify_csv(Call call, Value rows, Rest pairs) {
    const auto delimiter = delimiter_in(call, 1, pairs);
    if (!delimiter) return delimiter.error();
    std::string out;
    std::size_t number = 0;
    for (const Value row : items_of(rows)) {
        if (number % 1024 == 0 && call.should_stop()) return call.stop();
        if (number++ != 0) out += '\n';
        if (!is_sequential(row))
            return failure_at(0, kind::type, msg::csv_bad_row,
                              {std::to_string(number), describe_value(call.store(), row)});
        std::size_t fields = 0;
        const std::size_t begin = out.size();
        for (const Value field : items_of(row)) {
            const auto text = text_of_field(field);
            if (!text)
                return failure_at(0, kind::type, msg::csv_bad_field,
                                  {std::to_string(number), describe_value(call.store(), field)});
            if (fields++ != 0) out += *delimiter;
            append_field(out, *text, *delimiter);
        }
        // One empty field would be read as no row at the end of the text.
        if (fields == 1 && out.size() == begin) out += "\"\"";
        if (out.size() > String::max_size)
            return failure(kind::limit, msg::result_too_large, {std::to_string(String::max_size)});
    }
    return make_string(call.store(), std::move(out));
}

/// The rows of a file. Closed at its end, or when the stream is collected.
class CsvSource final : public ItemSource {
public:
    CsvSource(std::FILE* file, std::string path, std::string_view delimiter)
        : file_(file), path_(std::move(path)), reader_(delimiter) {}

    Value next(Call call) override {
        while (rows_.empty()) {
            if (file_ == nullptr) return Value::absent();
            if (auto read = read_piece(); !read) {
                file_.reset();
                read.error().callee = "csv/read-stream"; // whoever reads on may be any function
                return call.raise(read.error());
            }
        }
        CsvRow row = std::move(rows_.front());
        rows_.pop_front();
        for (const std::string& field : row)
            if (!utf8::valid(field)) {
                Error wrong = failure(kind::value, msg::decoded_not_utf8);
                wrong.callee = "csv/read-stream";
                file_.reset();
                rows_.clear();
                return call.raise(wrong);
            }
        return vector_of(call, std::move(row));
    }

private:
    struct CloseCsv {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };

    Result<void> read_piece() {
        std::array<char, csv_piece> buffer;
        const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), file_.get());
        if (got == 0 && std::ferror(file_.get()) != 0) return io_failure(path_, errno);
        std::string_view piece(buffer.data(), got);
        if (std::exchange(at_start_, false)) piece = without_mark(piece);
        std::vector<CsvRow> read;
        if (got != 0) {
            reader_.read(piece, read);
        } else {
            reader_.finish(read);
            file_.reset();
        }
        rows_.insert(rows_.end(), std::make_move_iterator(read.begin()), std::make_move_iterator(read.end()));
        if (reader_.fault() && rows_.empty()) return worded(kind::value, path_ + ": " + *reader_.fault());
        return {};
    }

    std::unique_ptr<std::FILE, CloseCsv> file_;
    std::string path_;
    CsvReader reader_;
    std::deque<CsvRow> rows_; // read and not yet taken
    bool at_start_ = true;
};

Result<Value> open_csv(Call call, const std::string& path, Rest pairs) {
    const auto delimiter = delimiter_in(call, 1, pairs);
    if (!delimiter) return delimiter.error();
    const int opened = files::open(path);
    std::FILE* const file = opened < 0 ? nullptr : ::fdopen(opened, "r");
    if (file == nullptr) return io_failure(path, errno);
    return make_stream(call, std::make_unique<CsvSource>(file, path, *delimiter));
}

constexpr Native csv_natives[] = {
    native("csv/parse text option...",
           "The rows of text in CSV (RFC 4180), a vector of vectors of strings. The option :delimiter gives another "
           "character than the comma. A field may be in quotes, with two of them for one inside; a byte-order mark is "
           "left out. An error map, :kind :value, with the line, if text isn't CSV. Fails with :value for a wrong "
           "option.\n"
           "(csv/parse \"name,says\\nAnn,\\\"hi, you\\\"\") ;=> [[\"name\" \"says\"] [\"Ann\" \"hi, you\"]]",
           [](Call call, std::string_view text, Rest options) { return parse_csv(call, text, options); }),
    native("csv/stringify rows option...",
           "rows, a list or vector of such, as CSV, a line each; the last has no end. Fields are strings, numbers, "
           "booleans, keywords or nil, which is empty; quotes come where a field needs them. A row without fields is "
           "an empty line, which csv/parse reads as one empty field. The option :delimiter gives another character "
           "than the comma. Fails with :value for a wrong option, and with :limit past 4 GiB.\n"
           "(csv/stringify [[\"a\" 1 nil] [\"b,c\" 2.5 true]]) ;=> \"a,1,\\n\\\"b,c\\\",2.5,true\"",
           [](Call call, Sequence rows, Rest options) { return stringify_csv(call, rows, options); }),
    native("csv/read-stream path option...",
           "A stream of the rows of the CSV file at path, each a vector of strings, read piece by piece; option as in "
           "csv/parse. Fails with :io or :permission-denied, and with :value for a wrong option or, where the file "
           "isn't CSV or UTF-8, when a row is taken.\n"
           "(let [f (io/temp-file)]\n"
           "  (io/write-file \"a,b\\n1,2\" f)\n"
           "  (stream/realize (csv/read-stream f))) ;=> ([\"a\" \"b\"] [\"1\" \"2\"])",
           [](Call call, PathName path, Rest options) { return open_csv(call, path, options); }),
};

} // namespace

void define_csv(Setup setup) { setup.define(csv_natives); }

} // namespace qi::stdlib

#include "json/json.hpp"

#include "base/base64.hpp"
#include "base/utf8.hpp"
#include "data/print.hpp"
#include "data/type_name.hpp"
#include "json/messages.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace qi::stdlib {

namespace {

constexpr std::size_t values_between_looks = 4096; // at whether the program is to stop
constexpr std::size_t deepest = 10'000; // arrays and objects inside each other

/// Builds values from the parser's events. A leaf as every native: nothing is collected meanwhile.
class Builder {
public:
    explicit Builder(Vm& vm, std::string_view text) : vm_(vm), text_(text) {}

    bool null() { return add(Value::nil()); }
    bool boolean(bool b) { return add(Value::boolean(b)); }
    bool number_integer(std::int64_t n) { return add(make_integer(vm_.store, n)); }
    bool number_unsigned(std::uint64_t n) {
        return add(n <= INT64_MAX ? make_integer(vm_.store, static_cast<std::int64_t>(n)) : Value::number(static_cast<double>(n)));
    }
    bool number_float(double d, const std::string&) { return add(Value::number(d)); }
    bool string(std::string& s) { return add(make_string(vm_.store, s)); }
    bool binary(nlohmann::json::binary_t&) { return false; } // not in text
    bool start_array(std::size_t) { return open(false); }
    bool start_object(std::size_t) { return open(true); }
    bool key(std::string& s) {
        values_.push_back(key_value(s));
        return true;
    }
    bool end_array() {
        const std::size_t from = close();
        const Value made = make_vector(vm_.store, {values_.data() + from, values_.size() - from});
        values_.resize(from);
        return add(made);
    }
    bool end_object() {
        const std::size_t from = close();
        const Value made = make_object({values_.data() + from, values_.size() - from});
        values_.resize(from);
        return add(made);
    }
    bool parse_error(std::size_t position, const std::string& token, const nlohmann::json::exception& error) {
        // The library's sentence behind "syntax error while parsing …: ", without its own position.
        std::string why = error.what();
        if (const auto at = why.rfind("; last read:"); at != std::string::npos) why.resize(at);
        if (const auto at = why.find(" - "); at != std::string::npos) why = why.substr(at + 3);
        (void)token;
        fail(position == 0 ? 0 : position - 1, why);
        return false;
    }

    Value result() const { return values_.empty() ? Value::nil() : values_.back(); }
    const std::string& problem() const { return problem_; }

private:
    /// False: the program is to stop.
    bool add(Value v) {
        values_.push_back(v);
        return ++added_ % values_between_looks != 0 || !vm_.should_stop();
    }
    bool open(bool) {
        if (starts_.size() >= deepest) {
            problem_ = format(msg::json_too_deep, {std::to_string(deepest)});
            return false;
        }
        starts_.push_back(values_.size());
        return true;
    }
    std::size_t close() {
        const std::size_t from = starts_.back();
        starts_.pop_back();
        return from;
    }
    /// Objects repeat their keys: the strings of the last ones are used again.
    Value key_value(const std::string& s) {
        const std::size_t slot = (s.size() * 31 + (s.empty() ? 0 : static_cast<unsigned char>(s.front()) * 7 + static_cast<unsigned char>(s.back()))) % keys_.size();
        if (!is_string(keys_[slot]) || text_of(keys_[slot]) != s) keys_[slot] = make_string(vm_.store, s);
        return keys_[slot];
    }
    Value make_object(std::span<const Value> pairs) {
        if (pairs.size() <= 2 * Shape::max_keys) {
            Shape* shape = vm_.store.shapes.empty();
            std::vector<Value> values;
            bool repeated = false;
            for (std::size_t i = 0; i < pairs.size() && !repeated; i += 2) {
                repeated = shape->find(pairs[i]) >= 0;
                if (repeated) break;
                shape = vm_.store.shapes.extend(shape, pairs[i]);
                values.push_back(pairs[i + 1]);
            }
            if (!repeated) return make_flat_map(vm_.store, shape, values);
        }
        Value map = empty_map(vm_.store);
        for (std::size_t i = 0; i < pairs.size(); i += 2) map = map_assoc(vm_.store, map, pairs[i], pairs[i + 1]);
        return map;
    }
    void fail(std::size_t position, const std::string& why) {
        std::size_t line = 1, start = 0;
        for (std::size_t i = 0; i < position && i < text_.size(); ++i)
            if (text_[i] == '\n') {
                ++line;
                start = i + 1;
            }
        position = std::min(position, text_.size());
        const std::size_t column = utf8::count(text_.substr(start, position < start ? 0 : position - start)) + 1;
        problem_ = format(msg::json_syntax, {std::to_string(line), std::to_string(column), why});
    }

    Vm& vm_;
    std::string_view text_;
    std::vector<Value> values_;
    std::vector<std::size_t> starts_;
    std::size_t added_ = 0;
    std::array<Value, 64> keys_{};
    std::string problem_;
};

Value parse(Vm& vm, std::string_view text) {
    Builder builder(vm, text);
    if (nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) return builder.result();
    if (builder.problem().empty() && vm.should_stop()) return vm.stop();
    return vm.make_error(kind::value, builder.problem());
}

void append_json_string(std::string& out, std::string_view s) {
    static constexpr char hex[] = "0123456789abcdef";
    out += '"';
    std::size_t from = 0;
    for (std::size_t i = 0; i < s.size(); ++i) {
        const auto c = static_cast<unsigned char>(s[i]);
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        out.append(s, from, i - from);
        from = i + 1;
        switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        case '\b': out += "\\b"; break;
        case '\f': out += "\\f"; break;
        default:
            out += "\\u00";
            out += hex[c >> 4];
            out += hex[c & 15];
        }
    }
    out.append(s, from);
    out += '"';
}

/// Writes with a stack of its own, so that depth is bounded by memory alone.
class Writer {
public:
    Writer(Vm& vm, bool pretty, bool sorted) : vm_(vm), pretty_(pretty), sorted_(sorted) {}

    std::string write(Value root) {
        open(root);
        for (std::size_t written = 1; !frames_.empty() && (written % values_between_looks != 0 || !vm_.should_stop()); ++written) {
            Frame& frame = frames_.back();
            if (frame.next == frame.items.size()) {
                const bool empty = frame.items.empty();
                const char close = frame.object ? '}' : ']';
                frames_.pop_back();
                if (!empty) line();
                out_ += close;
                continue;
            }
            if (frame.next > 0) out_ += ',';
            line();
            if (frame.object) {
                key(frame.items[frame.next]);
                out_ += pretty_ ? ": " : ":";
                frame.next += 2;
                open(frame.items[frame.next - 1]);
            } else {
                open(frame.items[frame.next++]);
            }
        }
        return std::move(out_);
    }

private:
    struct Frame {
        std::vector<Value> items;
        std::size_t next = 0;
        bool object = false;
    };

    void line() {
        if (!pretty_) return;
        out_ += '\n';
        out_.append(2 * frames_.size(), ' ');
    }

    std::string key_text(Value k) const {
        if (is_string(k)) return std::string(text_of(k));
        if (is_keyword(k) || is_symbol(k)) return std::string(as_symbol(k)->text());
        return readable(vm_.store, k);
    }
    void key(Value k) { append_json_string(out_, key_text(k)); }

    void open(Value v) {
        if (v.is_boolean()) {
            out_ += v.is_truthy() ? "true" : "false";
        } else if (is_integer(v)) {
            append_integer(out_, as_integer(v));
        } else if (v.is_double()) {
            if (std::isfinite(v.as_double()))
                append_float(out_, v.as_double());
            else
                out_ += "null";
        } else if (is_string(v)) {
            append_json_string(out_, text_of(v));
        } else if (is_keyword(v)) {
            append_json_string(out_, as_symbol(v)->text());
        } else if (is_bytes(v)) {
            append_json_string(out_, base64::encode(text_of(v)));
        } else if (is_sequential(v) || is_set(v)) {
            out_ += '[';
            Frame frame;
            if (is_set(v)) {
                MapCursor cursor(set_members(v));
                for (Value member, ignored; cursor.next(member, ignored);) frame.items.push_back(member);
            } else {
                frame.items = items_of(v);
            }
            frames_.push_back(std::move(frame));
        } else if (is_map(v)) {
            out_ += '{';
            Frame frame;
            frame.object = true;
            std::vector<std::pair<Value, Value>> entries;
            MapCursor cursor(v);
            for (Value k, value; cursor.next(k, value);) entries.emplace_back(k, value);
            if (sorted_)
                std::stable_sort(entries.begin(), entries.end(), [&](const auto& a, const auto& b) { return key_text(a.first) < key_text(b.first); });
            for (const auto& [k, value] : entries) {
                frame.items.push_back(k);
                frame.items.push_back(value);
            }
            frames_.push_back(std::move(frame));
        } else {
            out_ += "null"; // nil, and what JSON has no word for
        }
    }

    Vm& vm_;
    bool pretty_, sorted_;
    std::string out_;
    std::vector<Frame> frames_;
};

Result<Value> write(Vm& vm, std::string_view name, Value value, std::optional<Map> options, bool pretty) {
    bool sorted = false;
    if (options) {
        MapCursor cursor(*options);
        for (Value key, option; cursor.next(key, option);) {
            if (!is_keyword(key) || as_symbol(key)->text() != "sort")
                return failure_at(1, kind::value, msg::unknown_option, {name, shortened(vm.store, key), ":sort"});
            sorted = option.is_truthy();
        }
    }
    std::string text = Writer(vm, pretty, sorted).write(value);
    return vm.should_stop() ? vm.stop() : make_string(vm.store, std::move(text));
}

constexpr Native rows[] = {
    native("json/parse text",
           "The value of text in JSON: objects become maps with string keys, arrays vectors, null nil. Of bad text an error "
           "map, :kind :value, with line and column.\n"
           "(json/parse \"{\\\"a\\\": [1, null]}\") ;=> {\"a\" [1 nil]}",
           [](Vm& vm, std::string_view text) { return parse(vm, text); }),
    native("json/stringify x options?",
           "x as compact JSON, keys in the map's order or, with the options {:sort true}, sorted. Keywords lose their colon; "
           "what JSON has no word for becomes null. An error map, :kind :value, if x can't be written.\n"
           "(json/stringify {:a [1 2.5]}) ;=> \"{\\\"a\\\":[1,2.5]}\"",
           [](Vm& vm, Value x, std::optional<Map> options) { return write(vm, "json/stringify", x, options, false); }),
    native("json/pretty x options?",
           "x as JSON over several lines; options as for json/stringify. An error map, :kind :value, if x can't be written.\n"
           "(json/pretty {}) ;=> \"{}\"",
           [](Vm& vm, Value x, std::optional<Map> options) { return write(vm, "json/pretty", x, options, true); }),
};

} // namespace

void define_json(Vm& vm) { define_natives(vm, rows); }

} // namespace qi::stdlib

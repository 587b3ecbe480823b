// json/: text to values and back.
#include "namespaces.hpp"

#include "base/base64.hpp"
#include "base/sip_hash.hpp"
#include "base/utf8.hpp"
#include "data/print.hpp"
#include "data/type_name.hpp"
#include "json/json.hpp"
#include "json/library.hpp"
#include "json/messages.hpp"
#include "json/plain.hpp"
#include "json/reader.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <unordered_map>

namespace qi::stdlib {

namespace {

/// {:keys :keyword} or {:keys :string}
Result<JsonKeys> keys_of(Call call, std::optional<Map> options) {
    JsonKeys keys = JsonKeys::String;
    if (!options) return keys;
    MapCursor cursor(*options);
    for (Value key, option; cursor.next(key, option);) {
        if (!is_keyword(key) || as_symbol(key)->text() != "keys")
            return failure_at(1, kind::value, msg::unknown_option, {shortened(call.store(), key), ":keys"});
        const std::string_view name = is_keyword(option) ? as_symbol(option)->text() : "";
        if (name != "keyword" && name != "string")
            return failure_at(1, kind::value, msg::json_keys, {shortened(call.store(), option)});
        keys = name == "keyword" ? JsonKeys::Keyword : JsonKeys::String;
    }
    return keys;
}

Value parse(Call call, std::string_view text, JsonKeys keys) {
    const Value read = JsonReader(call, text, keys).read();
    if (!read.is_absent()) return read;
    if (call.should_stop()) return call.stop();
    return read_json_with_library(call, text, keys);
}

void append_json_string(std::string& out, std::string_view s) {
    static constexpr char hex[] = "0123456789abcdef";
    out += '"';
    const char *from = s.data(), *const end = from + s.size();
    for (;;) {
        const char* const special = end_of_plain(from, end);
        out.append(from, special);
        if (special == end) break;
        from = special + 1;
        const auto c = static_cast<unsigned char>(*special);
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
    out += '"';
}

/// Writes with a stack of its own, so that depth is bounded by memory alone.
class Writer {
public:
    Writer(Call call, bool pretty, bool sorted) : call_(call), pretty_(pretty), sorted_(sorted) {}

    /// Unless `twice` says afterwards that there is no such text.
    std::string write(Value root) {
        open(root);
        for (std::size_t written = 1;
             !frames_.empty() && twice_.empty() && (written % json_values_between_looks != 0 || !call_.should_stop());
             ++written) {
            Frame& frame = frames_.back();
            Value k, value;
            if (!next(frame, k, value)) {
                const bool empty = frame.first;
                const char close = frame.object ? '}' : ']';
                frames_.pop_back();
                if (!empty) line();
                out_ += close;
                continue;
            }
            if (!frame.first) out_ += ',';
            frame.first = false;
            line();
            if (frame.object) {
                key(k);
                out_ += pretty_ ? ": " : ":";
            }
            open(value);
        }
        return std::move(out_);
    }
    /// Two keys of one map that JSON has the same text for; else empty.
    const std::vector<Value>& twice() const noexcept { return twice_; }
    /// The text is in the key, or else in `made`.
    std::string_view key_text(Value k, std::string& made) const {
        if (is_string(k)) return text_of(k);
        if (is_keyword(k) || is_symbol(k)) return as_symbol(k)->text();
        return made = readable(call_.store(), k);
    }

private:
    /// An array or object that is being written. Nothing moves meanwhile.
    struct Frame {
        Frame(const SequenceCursor& of_sequence, const MapCursor& of_map, bool is_object, bool is_set)
            : items(of_sequence), entries(of_map), object(is_object), set(is_set) {}

        SequenceCursor items;
        MapCursor entries;                           // of an object or, with members for keys, of a set
        std::vector<std::pair<Value, Value>> sorted; // in place of the entries
        std::size_t next = 0;                        // of the sorted ones
        bool object;
        bool set;
        bool first = true;
    };

    static bool next(Frame& frame, Value& k, Value& value) {
        if (frame.set) return frame.entries.next(value, k);
        if (!frame.object) return frame.items.next(value);
        if (frame.sorted.empty()) return frame.entries.next(k, value);
        if (frame.next == frame.sorted.size()) return false;
        std::tie(k, value) = frame.sorted[frame.next++];
        return true;
    }

    void open_frame(Value v) {
        const bool sequence = is_sequential(v), set = is_set(v);
        if (frames_.empty()) {
            // Room for a message as most are.
            out_.reserve(512);
            frames_.reserve(4);
        }
        out_ += is_map(v) ? '{' : '[';
        frames_.emplace_back(sequence ? SequenceCursor(v) : SequenceCursor(Value::empty_list()),
                             sequence ? MapCursor() : MapCursor(set ? set_members(v) : v), is_map(v), set);
        if (!is_map(v)) return;
        look_for_twice(v);
        if (!sorted_) return;
        Frame& frame = frames_.back();
        frame.sorted.reserve(map_count(v));
        for (Value k, value; frame.entries.next(k, value);) frame.sorted.emplace_back(k, value);
        std::stable_sort(frame.sorted.begin(), frame.sorted.end(), [&](const auto& a, const auto& b) {
            std::string of_a, of_b;
            return key_text(a.first, of_a) < key_text(b.first, of_b);
        });
    }

    void line() {
        if (!pretty_) return;
        out_ += '\n';
        out_.append(2 * frames_.size(), ' ');
    }

    void key(Value k) {
        std::string made;
        append_json_string(out_, key_text(k, made));
    }

    void look_for_twice(Value map) {
        // Strings among themselves differ in their text, and so do keywords.
        if (has_keys_of_one_kind(map)) return;
        std::size_t strings = 0, keywords = 0;
        MapCursor cursor(map);
        for (Value k, value; cursor.next(k, value);) {
            strings += is_string(k);
            keywords += is_keyword(k);
        }
        if (strings == map_count(map) || keywords == map_count(map)) return;
        std::unordered_map<std::string, Value, SecretHash> seen;
        std::string made;
        MapCursor again(map);
        for (Value k, value; again.next(k, value);) {
            const auto [first, is_new] = seen.emplace(key_text(k, made), k);
            if (is_new) continue;
            twice_ = {first->second, k};
            return;
        }
    }

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
        } else if (is_collection(v)) {
            open_frame(v);
        } else {
            out_ += "null"; // nil, and what JSON has no word for
        }
    }

    Call call_;
    bool pretty_, sorted_;
    std::string out_;
    std::vector<Frame> frames_;
    std::vector<Value> twice_;
};

Result<Value> write(Call call, Value value, std::optional<Map> options, bool pretty) {
    bool sorted = false;
    if (options) {
        MapCursor cursor(*options);
        for (Value key, option; cursor.next(key, option);) {
            if (!is_keyword(key) || as_symbol(key)->text() != "sort")
                return failure_at(1, kind::value, msg::unknown_option, {shortened(call.store(), key), ":sort"});
            sorted = option.is_truthy();
        }
    }
    Writer writer(call, pretty, sorted);
    std::string text = writer.write(value);
    if (call.should_stop()) return call.stop();
    if (writer.twice().empty()) return make_string(call.store(), std::move(text));
    const Value one = writer.twice()[0], other = writer.twice()[1];
    std::string made;
    const std::string key =
        readable(call.store(), make_string(call.store(), utf8::shortened(writer.key_text(one, made), 40)));
    return call.make_error(
        failure(kind::value, msg::json_key_twice, {key, shortened(call.store(), one), shortened(call.store(), other)}));
}

constexpr OptionRow parse_options[] = {
    {":keys",
     {":keyword or :string", ":keyword か :string"},
     ":string",
     {"what the keys of objects become", "オブジェクトのキーを何にするか"}},
};

constexpr OptionRow write_options[] = {
    {":sort",
     {"true or false", "true か false"},
     "false",
     {"whether the keys are sorted, and not in the map's order", "キーをマップの順ではなく、整列して書くかどうか"}},
};

constexpr Native json_natives[] = {
    native("json/parse text options?",
           "The value of text in JSON: objects become maps with string keys, arrays vectors, null nil. The options can "
           "make keywords of the keys, except for error (such a map would be an error) and names that keyword refuses, "
           "which stay strings. An error map, :kind :value, with line and column, if text isn't JSON.\n"
           "(json/parse \"{\\\"a\\\": [1, null]}\") ;=> {\"a\" [1 nil]}",
           [](Call call, std::string_view text, std::optional<Map> options) -> Result<Value> {
               const auto keys = keys_of(call, options);
               if (!keys) return keys.error();
               return parse(call, text, *keys);
           }),
    native("json/stringify x options?",
           "x as compact JSON, keys in the map's order unless the options say otherwise. Keywords lose their "
           "colon, "
           "sets become arrays, bytes base64 text; what JSON has no form for (functions, atoms, symbols, NaN …) "
           "becomes null. "
           "An error map, :kind :value, if two keys of a map have the same text, as \"a\" and :a.\n"
           "(json/stringify {:a [1 2.5]}) ;=> \"{\\\"a\\\":[1,2.5]}\"",
           [](Call call, Value x, std::optional<Map> options) { return write(call, x, options, false); }),
    native("json/pretty x options?",
           "x as JSON over several lines; options as for json/stringify. An error map, :kind :value, if two keys of a "
           "map have "
           "the same text.\n"
           "(json/pretty {}) ;=> \"{}\"",
           [](Call call, Value x, std::optional<Map> options) { return write(call, x, options, true); }),
};

} // namespace

Value value_of_json(Call call, std::string_view text) { return parse(call, text, JsonKeys::Keyword); }

Result<Value> json_of_value(Call call, Value value) { return write(call, value, std::nullopt, false); }

void define_json(Setup setup) {
    setup.define(json_natives);
    setup.declare_options("json/parse", 1, [](Language in) { return docs_of(parse_options, in); });
    for (const std::string_view name : {"json/stringify", "json/pretty"})
        setup.declare_options(name, 1, [](Language in) { return docs_of(write_options, in); });
}

} // namespace qi::stdlib

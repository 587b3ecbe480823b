#include "data/print.hpp"

#include "base/utf8.hpp"
#include "data/list.hpp"
#include "data/map.hpp"
#include "data/number.hpp"
#include "data/sequence.hpp"
#include "data/string.hpp"

#include <optional>
#include <unordered_set>
#include <vector>

namespace qi {

namespace {

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    std::size_t from = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string_view escape;
        std::size_t length = 1;
        std::string control;
        switch (text[i]) {
        case '"': escape = "\\\""; break;
        case '\\': escape = "\\\\"; break;
        case '\n': escape = "\\n"; break;
        case '\t': escape = "\\t"; break;
        case '\r': escape = "\\r"; break;
        case '\0': escape = "\\0"; break;
        default:
            length = utf8::control_length(text, i);
            if (length == 0) continue;
            utf8::append_visible(control, text.substr(i, length));
            escape = control;
        }
        out.append(text, from, i - from);
        out += escape;
        i += length - 1;
        from = i + 1;
    }
    out.append(text, from);
    out += '"';
}

void append_bytes(std::string& out, std::string_view bytes, std::size_t limit) {
    static constexpr char digits[] = "0123456789ABCDEF";
    out += "#bytes[";
    for (std::size_t i = 0; i < bytes.size() && i < limit; ++i) {
        if (i > 0) out += ' ';
        const auto byte = static_cast<unsigned char>(bytes[i]);
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    if (bytes.size() > limit) {
        out += " ... (";
        append_integer(out, static_cast<std::int64_t>(bytes.size()));
        out += " bytes)";
    }
    out += ']';
}

class Printer {
public:
    Printer(const Store& store, std::string& out, std::size_t limit) : store_(store), out_(out), limit_(limit) {}

    void print(Value root) {
        open(root);
        while (!frames_.empty() && out_.size() < limit_) {
            Frame& frame = frames_.back();
            Value item;
            if (frame.at_value) {
                frame.at_value = false;
                out_ += ' ';
                open(frame.value);
                continue;
            }
            const bool more = frame.is_map ? frame.entries.next(item, frame.value) : frame.items.next(item);
            if (!more) {
                out_ += frame.close;
                if (frame.holder) leave();
                frames_.pop_back();
                continue;
            }
            if (!frame.first) out_ += ' ';
            frame.first = false;
            frame.at_value = frame.is_map && !frame.is_set;
            open(item);
        }
    }
    /// What `holder` holds, which the caller has begun to show.
    void print_held(const Object* holder, Value inner) {
        enter(holder);
        print(inner);
    }

private:
    struct Frame {
        SequenceCursor items;
        MapCursor entries;
        Value value;
        std::string_view close;
        bool is_map, is_set;
        bool holder = false; // of one value: an atom
        bool first = true;
        bool at_value = false;
    };

    /// Prints a value that holds no others; of one that does, the opening bracket, and leaves the rest to `print`.
    void open(Value v) {
        while (const auto prefix = prefix_of(v)) {
            out_ += *prefix;
            v = list_get(v, 1);
        }
        if (v.is_nil()) {
            out_ += "nil";
        } else if (v.is_boolean()) {
            out_ += v.is_truthy() ? "true" : "false";
        } else if (v.is_double()) {
            append_float(out_, v.as_double());
        } else if (is_integer(v)) {
            append_integer(out_, as_integer(v));
        } else if (v.is_empty_list()) {
            out_ += "()";
        } else if (!v.is_object()) {
            out_ += "#<unset>";
        } else {
            switch (v.object()->kind) {
            case ObjectKind::String: append_quoted(out_, text_of(v)); break;
            case ObjectKind::Bytes: append_bytes(out_, text_of(v), 64); break;
            case ObjectKind::Symbol: out_ += as_symbol(v)->text(); break;
            case ObjectKind::Keyword:
                out_ += ':';
                out_ += as_symbol(v)->text();
                break;
            case ObjectKind::Cell:
            case ObjectKind::ChunkedList: push("(", v, ")"); break;
            case ObjectKind::Vector:
            case ObjectKind::TrieVector: push("[", v, "]"); break;
            case ObjectKind::FlatMap:
            case ObjectKind::HashMap: push("{", v, "}"); break;
            case ObjectKind::Set: push("#{", v, "}"); break;
            default: foreign(v.object()); break;
            }
        }
    }

    /// Of quasiquotes, unquotes and splices as data, which can be read back in no other way.
    static std::optional<std::string_view> prefix_of(Value v) {
        if (!is_nonempty_list(v) || list_count(v) != 2 || !is_symbol(list_first(v))) return std::nullopt;
        const std::string_view head = as_symbol(list_first(v))->text();
        if (head == "`" || head == "," || head == ",@") return head;
        return std::nullopt;
    }

    void push(std::string_view bracket, Value v, std::string_view close) {
        out_ += bracket;
        const bool set = is_set(v), map = is_map(v) || set;
        const Value none = Value::empty_list();
        frames_.push_back({SequenceCursor(map ? none : v), map ? MapCursor(set ? set_members(v) : v) : MapCursor(),
                           Value::nil(), close, map, set});
    }

    void foreign(const Object* object) {
        const Description description = store_.describe(object);
        out_ += "#<";
        out_ += description.text;
        if (description.inner.is_absent()) {
            out_ += '>';
            return;
        }
        if (!enter(object)) {
            out_ += "…>";
            return;
        }
        const Value none = Value::empty_list();
        frames_.push_back({SequenceCursor(none), MapCursor(), Value::nil(), ">", false, false, true});
        open(description.inner);
    }

    /// Atoms that hold atoms are shown once each: they may hold themselves, by way of others, and what refers to each
    /// other twice would be shown twice as often with each step. False: it has been shown, or is about to be.
    bool enter(const Object* holder) {
        if (!held_open_.empty()) held_open_.back().holds_others = true;
        if (!shown_.insert(holder).second) return false;
        held_open_.push_back({holder});
        return true;
    }
    void leave() {
        if (!held_open_.back().holds_others) shown_.erase(held_open_.back().holder);
        held_open_.pop_back();
    }

    struct Held {
        const Object* holder;
        bool holds_others = false;
    };

    const Store& store_;
    std::string& out_;
    std::size_t limit_;
    std::vector<Frame> frames_;
    std::vector<Held> held_open_;
    std::unordered_set<const Object*> shown_;
};

void print_to(const Store& store, std::string& out, Value value, std::size_t limit = ~std::size_t{0}) {
    Printer(store, out, limit).print(value);
}

} // namespace

void append_display(const Store& store, std::string& out, Value value) {
    if (is_string(value))
        out += text_of(value);
    else
        print_to(store, out, value);
}

void append_readable(const Store& store, std::string& out, Value value) { print_to(store, out, value); }

void append_fstring(const Store& store, std::string& out, Value value) {
    if (is_string(value)) {
        out += text_of(value);
    } else if (is_bytes(value)) {
        append_bytes(out, text_of(value), 16);
    } else if (value.is_object() && value.object()->kind >= ObjectKind::Builder) {
        const Description description = store.describe(value.object());
        out += '<';
        out += description.short_text.empty() ? description.text : description.short_text;
        if (!description.inner.is_absent())
            Printer(store, out, ~std::size_t{0}).print_held(value.object(), description.inner);
        out += '>';
    } else {
        print_to(store, out, value);
    }
}

std::string readable(const Store& store, Value value) {
    std::string out;
    print_to(store, out, value);
    return out;
}

std::string shortened(const Store& store, Value value, std::size_t limit) {
    std::string out;
    if (is_string(value) && text_of(value).size() > limit) {
        append_quoted(out, text_of(value).substr(0, utf8::offset_of(text_of(value), limit)));
    } else {
        print_to(store, out, value, limit * 4);
    }
    if (utf8::count(out) > limit) {
        out.resize(utf8::offset_of(out, limit));
        out += "…";
    }
    return out;
}

} // namespace qi

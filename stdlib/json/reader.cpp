#include "json/reader.hpp"

#include "base/utf8.hpp"
#include "data/hash_map.hpp"
#include "native/outside.hpp"
#include "json/plain.hpp"

#include <charconv>

namespace qi::stdlib {

namespace {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

} // namespace

JsonReader::JsonReader(Call call, std::string_view text, JsonKeys keys)
    : call_(call), keys_(keys), p_(text.data()), end_(text.data() + text.size()) {
    // Room for a message as most are.
    values_.reserve(64);
    frames_.reserve(8);
}

Value JsonReader::read() {
    for (bool is_over = false; !is_over;)
        if (!begin_value() || !end_values(is_over)) return Value::absent();
    return values_.back();
}

/// Reads a whole value, or an opening bracket and what is before its first value.
bool JsonReader::begin_value() {
    for (;;) {
        skip_space();
        if (p_ == end_) return false;
        switch (*p_) {
        case '"': return string();
        case 't': return word("true", Value::boolean(true));
        case 'f': return word("false", Value::boolean(false));
        case 'n': return word("null", Value::nil());
        case '[':
        case '{': {
            const bool is_object = *p_++ == '{';
            if (frames_.size() >= json_deepest) return false;
            frames_.push_back({values_.size(), is_object ? call_.store().shapes.empty() : nullptr});
            skip_space();
            if (take(is_object ? '}' : ']')) return close();
            if (is_object && !key()) return false;
            continue;
        }
        default: return number();
        }
    }
}

/// A value has ended: with it those that it is the last one of. What comes next begins another one.
bool JsonReader::end_values(bool& is_over) {
    for (;;) {
        skip_space();
        if (frames_.empty()) {
            is_over = true;
            return p_ == end_;
        }
        const bool is_object = frames_.back().shape != nullptr;
        if (take(',')) {
            skip_space();
            return !is_object || key();
        }
        if (!take(is_object ? '}' : ']') || !close()) return false;
    }
}

bool JsonReader::close() {
    const Frame frame = frames_.back();
    frames_.pop_back();
    Store& store = call_.store();
    const std::span<const Value> values(values_.data() + frame.from, values_.size() - frame.from);
    const Value made = frame.shape == nullptr ? make_vector(store, values)
                       : frame.has_keys       ? hash_map_with(store, empty_hash_map(store), values)
                                              : make_flat_map(store, frame.shape, values);
    values_.resize(frame.from);
    return add(made);
}

/// False: the program is to stop.
bool JsonReader::add(Value value) {
    if (!frames_.empty() && frames_.back().replaced >= 0) {
        Frame& frame = frames_.back();
        values_[frame.from + static_cast<std::size_t>(std::exchange(frame.replaced, -1))] = value;
    } else {
        values_.push_back(value);
    }
    return ++added_ % json_values_between_looks != 0 || !call_.should_stop();
}

bool JsonReader::key() {
    std::string_view text;
    if (!is_next('"') || !take_text(text)) return false;
    enter_key(text);
    skip_space();
    return take(':');
}

void JsonReader::enter_key(std::string_view text) {
    Frame& frame = frames_.back();
    Store& store = call_.store();
    Value key = keys_ == JsonKeys::Keyword ? key_from_outside(store, text) : Value::absent();
    if (!frame.has_keys) {
        // Messages repeat their keys, and then nothing is made of them.
        Shape* const longer =
            is_keyword(key) ? store.shapes.extended(frame.shape, key) : store.shapes.extended(frame.shape, text);
        if (longer != nullptr) {
            frame.shape = longer;
            return;
        }
    }
    if (key.is_absent()) key = make_string(store, text);
    if (!frame.has_keys) {
        frame.replaced = frame.shape->find(key);
        if (frame.replaced >= 0) return;
        if (frame.shape->length < Shape::max_keys) {
            frame.shape = store.shapes.extend(frame.shape, key);
            return;
        }
        put_keys_on_stack(frame);
    }
    values_.push_back(key);
}

void JsonReader::put_keys_on_stack(Frame& frame) {
    const std::vector<Value> values(values_.begin() + static_cast<std::ptrdiff_t>(frame.from), values_.end());
    values_.resize(frame.from);
    for (std::size_t i = 0; i < values.size(); ++i) {
        values_.push_back(frame.shape->keys()[i]);
        values_.push_back(values[i]);
    }
    frame.has_keys = true;
}

bool JsonReader::word(std::string_view text, Value value) {
    if (!std::string_view(p_, static_cast<std::size_t>(end_ - p_)).starts_with(text)) return false;
    p_ += text.size();
    return add(value);
}

void JsonReader::skip_digits() noexcept {
    while (p_ != end_ && is_digit(*p_)) ++p_;
}

bool JsonReader::number() {
    constexpr std::ptrdiff_t fit_always = 18; // decimal digits, into 63 bits
    const char* const from = p_;
    const bool is_negative = take('-');
    const char* const digits = p_;
    if (p_ == end_ || !is_digit(*p_)) return false;
    if (*p_ == '0')
        ++p_;
    else
        skip_digits();
    if (p_ == end_ || (*p_ != '.' && *p_ != 'e' && *p_ != 'E')) {
        std::int64_t n = 0;
        if (p_ - digits <= fit_always) {
            for (const char* each = digits; each != p_; ++each) n = 10 * n + (*each - '0');
            return add(make_integer(call_.store(), is_negative ? -n : n));
        }
        if (std::from_chars(from, p_, n).ec == std::errc()) return add(make_integer(call_.store(), n));
    }
    if (take('.')) {
        if (p_ == end_ || !is_digit(*p_)) return false;
        skip_digits();
    }
    if (take('e') || take('E')) {
        if (!take('+')) take('-');
        if (p_ == end_ || !is_digit(*p_)) return false;
        skip_digits();
    }
    double d = 0;
    // What is too large or too small is rare.
    if (std::from_chars(from, p_, d).ec != std::errc()) return false;
    return add(Value::number(d));
}

bool JsonReader::string() {
    std::string_view text;
    return take_text(text) && add(make_string(call_.store(), text));
}

/// At a quotation mark. The text is in what is read, or in unescaped_.
bool JsonReader::take_text(std::string_view& text) {
    const char* const from = ++p_;
    p_ = end_of_plain(p_, end_);
    if (is_next('\\')) return take_escaped(from, text);
    text = {from, static_cast<std::size_t>(p_ - from)};
    return take('"');
}

bool JsonReader::take_escaped(const char* from, std::string_view& text) {
    unescaped_.clear();
    for (;;) {
        unescaped_.append(from, p_);
        if (take('"')) {
            text = unescaped_;
            return true;
        }
        if (!take('\\') || !escape()) return false;
        from = p_;
        p_ = end_of_plain(p_, end_);
    }
}

/// Behind a backslash.
bool JsonReader::escape() {
    if (p_ == end_) return false;
    switch (const char c = *p_++) {
    case '"':
    case '\\':
    case '/': unescaped_ += c; return true;
    case 'b': unescaped_ += '\b'; return true;
    case 'f': unescaped_ += '\f'; return true;
    case 'n': unescaped_ += '\n'; return true;
    case 'r': unescaped_ += '\r'; return true;
    case 't': unescaped_ += '\t'; return true;
    case 'u': break;
    default: return false;
    }
    unsigned unit = 0;
    if (!code_unit(unit) || (unit >= 0xDC00 && unit < 0xE000)) return false;
    char32_t point = unit;
    if (unit >= 0xD800 && unit < 0xDC00) {
        unsigned low = 0;
        if (!take('\\') || !take('u') || !code_unit(low) || low < 0xDC00 || low >= 0xE000) return false;
        point = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    }
    utf8::append(unescaped_, point);
    return true;
}

bool JsonReader::code_unit(unsigned& unit) {
    if (end_ - p_ < 4) return false;
    const auto read = std::from_chars(p_, p_ + 4, unit, 16);
    const bool is_whole = read.ec == std::errc() && read.ptr == p_ + 4;
    p_ += 4;
    return is_whole;
}

} // namespace qi::stdlib

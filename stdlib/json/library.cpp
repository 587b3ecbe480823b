#include "json/library.hpp"

#include "base/utf8.hpp"
#include "native/outside.hpp"
#include "json/messages.hpp"
#include "json/problem.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace qi::stdlib {

namespace {

constexpr int number_overflow = 406; // nlohmann/json's number of that error

/// Builds values from the parser's events. A leaf as every native: nothing is collected meanwhile.
class Builder {
public:
    Builder(Call call, std::string_view text, JsonKeys keys) : call_(call), text_(text), keys_wanted_(keys) {}

    bool null() { return add(Value::nil()); }
    bool boolean(bool b) { return add(Value::boolean(b)); }
    bool number_integer(std::int64_t n) { return add(make_integer(call_.store(), n)); }
    bool number_unsigned(std::uint64_t n) {
        return add(n <= INT64_MAX ? make_integer(call_.store(), static_cast<std::int64_t>(n))
                                  : Value::number(static_cast<double>(n)));
    }
    bool number_float(double d, const std::string&) { return add(Value::number(d)); }
    bool string(std::string& s) { return add(make_string(call_.store(), std::move(s))); }
    bool binary(nlohmann::json::binary_t&) { return false; } // not in text
    bool start_array(std::size_t) { return open(false); }
    bool start_object(std::size_t) { return open(true); }
    bool key(std::string& s) {
        values_.push_back(key_value(s));
        return true;
    }
    bool end_array() {
        const std::size_t from = close();
        const Value made = make_vector(call_.store(), {values_.data() + from, values_.size() - from});
        values_.resize(from);
        return add(made);
    }
    bool end_object() {
        const std::size_t from = close();
        const Value made =
            map_with(call_.store(), empty_map(call_.store()), {values_.data() + from, values_.size() - from});
        values_.resize(from);
        return add(made);
    }
    bool parse_error(std::size_t position, const std::string& token, const nlohmann::json::exception& error) {
        const std::size_t last = position == 0 ? 0 : position - 1;
        if (error.id == number_overflow)
            fail(position - std::min(position, token.size()),
                 format(msg::json_number_range, {utf8::shortened(token, 40)}));
        else if (last < text_.size() && text_[last] == '\0')
            fail_at_nul(last);
        else
            fail(last, json_problem(error.what()));
        return false;
    }

    /// The parser takes a NUL for the end of the text.
    void fail_at_nul(std::size_t position) { fail(position, std::string(msg::json_nul.text())); }

    Value result() const { return values_.empty() ? Value::nil() : values_.back(); }
    const std::string& problem() const { return problem_; }

private:
    /// False: the program is to stop.
    bool add(Value v) {
        values_.push_back(v);
        return ++added_ % json_values_between_looks != 0 || !call_.should_stop();
    }
    bool open(bool) {
        if (starts_.size() >= json_deepest) {
            problem_ = format(msg::json_too_deep, {std::to_string(json_deepest)});
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
        const std::size_t slot =
            (s.size() * 31 +
             (s.empty() ? 0 : static_cast<unsigned char>(s.front()) * 7 + static_cast<unsigned char>(s.back()))) %
            keys_.size();
        Value& known = keys_[slot];
        if ((is_string(known) && text_of(known) == s) || (is_keyword(known) && as_symbol(known)->text() == s))
            return known;
        return known = keys_wanted_ == JsonKeys::Keyword ? key_from_outside(call_.store(), s)
                                                         : make_string(call_.store(), s);
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

    Call call_;
    std::string_view text_;
    JsonKeys keys_wanted_;
    std::vector<Value> values_;
    std::vector<std::size_t> starts_;
    std::size_t added_ = 0;
    std::array<Value, 64> keys_{};
    std::string problem_;
};

} // namespace

Value read_json_with_library(Call call, std::string_view text, JsonKeys keys) {
    Builder builder(call, text, keys);
    if (nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) {
        const std::size_t nul = text.find('\0');
        if (nul == std::string_view::npos) return builder.result();
        builder.fail_at_nul(nul);
    }
    if (builder.problem().empty() && call.should_stop()) return call.stop();
    return call.make_error(kind::value, builder.problem());
}

} // namespace qi::stdlib

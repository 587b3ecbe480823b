#include "args/declared.hpp"
#include "args/messages.hpp"

#include "base/near.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

namespace qi::stdlib {

namespace {

using Type = DeclaredOption::Type;

constexpr Kind usage_fault{"usage"};

class LineParser {
public:
    LineParser(Call call, const DeclaredLine& line, const std::vector<std::string>& words)
        : call_(call), line_(line), words_(words) {}

    Result<void> parse() {
        for (at_ = 0; at_ < words_.size(); ++at_) {
            const std::string_view word = words_[at_];
            Result<void> taken;
            if (ended_ || word.size() < 2 || word.front() != '-')
                rest_.push_back(make_string(call_.store(), word));
            else if (word == "--")
                ended_ = true;
            else
                taken = word.starts_with("--") ? take_long(word.substr(2)) : take_short(word.substr(1));
            if (!taken) return taken;
        }
        // Who asks for help has no need of the rest.
        return asks_for_help() ? Result<void>() : check_all();
    }

    Value result() const {
        Store& store = call_.store();
        Value options = empty_map(store);
        for (const DeclaredOption& option : line_.options) {
            const Value value = value_of(option);
            if (!value.is_absent()) options = map_assoc(store, options, store.keyword(option.name), value);
        }
        const Value made = map_assoc(store, empty_map(store), store.keyword("options"), options);
        return map_assoc(store, made, store.keyword("args"), make_vector(store, rest_));
    }

private:
    Result<void> take_long(std::string_view word) {
        const std::size_t equals = word.find('=');
        const std::string_view name = word.substr(0, equals);
        const DeclaredOption* option = line_.named(name);
        if (option == nullptr) return unknown("--" + std::string(name));
        if (equals == std::string_view::npos)
            return option->takes_value() ? take_next(*option) : add(*option, Value::boolean(true));
        if (!option->takes_value()) return failure(usage_fault, msg::args_no_value, {option->shown()});
        return take_value(*option, word.substr(equals + 1));
    }

    /// Letters of flags; the first that takes a value has the rest, or the next word.
    Result<void> take_short(std::string_view letters) {
        for (std::size_t at = 0; at < letters.size();) {
            const std::size_t from = at;
            utf8::decode(letters, at);
            const std::string_view letter = letters.substr(from, at - from);
            const DeclaredOption* option = line_.lettered(letter);
            if (option == nullptr) return failure(usage_fault, msg::args_unknown, {"-" + std::string(letter)});
            if (option->takes_value())
                return at < letters.size() ? take_value(*option, letters.substr(at)) : take_next(*option);
            if (auto added = add(*option, Value::boolean(true)); !added) return added;
        }
        return {};
    }

    Result<void> take_next(const DeclaredOption& option) {
        if (at_ + 1 == words_.size()) return failure(usage_fault, msg::args_value_needed, {option.shown()});
        return take_value(option, words_[++at_]);
    }

    Result<void> take_value(const DeclaredOption& option, std::string_view text) {
        if (!option.choices.empty() &&
            std::find(option.choices.begin(), option.choices.end(), text) == option.choices.end())
            return bad_value(option, format(msg::args_one_of, {join_names(option.choices)}), text);
        Value value = Value::absent();
        if (option.type == Type::String) {
            value = make_string(call_.store(), text);
        } else if (option.type == Type::Int) {
            std::int64_t number = 0;
            const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
            if (fault != std::errc() || end != text.data() + text.size())
                return bad_value(option, msg::args_an_integer.text(), text);
            value = make_integer(call_.store(), number);
        } else {
            double number = 0;
            const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
            if (fault != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
                return bad_value(option, msg::args_a_number.text(), text);
            value = Value::number(number);
        }
        return add(option, value);
    }

    Result<void> add(const DeclaredOption& option, Value value) {
        auto& values = given_[option.name];
        if (!option.many) values.clear(); // the last one counts
        values.push_back(value);
        return {};
    }

    Error bad_value(const DeclaredOption& option, std::string_view expected, std::string_view text) const {
        return failure(usage_fault, msg::args_bad_value, {option.shown(), expected, utf8::shortened(text, 60)});
    }
    Error unknown(const std::string& word) const {
        NearNames near(word);
        for (const DeclaredOption& option : line_.options) near.offer(option.shown());
        const auto best = near.best();
        return best.empty() ? failure(usage_fault, msg::args_unknown, {word})
                            : failure(usage_fault, msg::args_unknown_near, {word, join_names(best)});
    }

    bool asks_for_help() const {
        for (const std::string_view name : {"help", "completion"})
            if (line_.added(name) != nullptr && given_.count(name) != 0) return true;
        return false;
    }

    Result<void> check_all() const {
        for (const DeclaredOption& option : line_.options)
            if (option.required && given_.count(option.name) == 0)
                return failure(usage_fault, msg::args_required, {option.shown()});
        if (!line_.places) return {};
        std::size_t least = 0;
        bool unbounded = false;
        for (const DeclaredPlace& place : *line_.places) {
            if (!place.optional) ++least;
            unbounded = unbounded || place.rest;
        }
        if (rest_.size() < least) return failure(usage_fault, msg::args_missing, {(*line_.places)[rest_.size()].name});
        if (!unbounded && rest_.size() > line_.places->size())
            return failure(usage_fault, msg::args_too_many, {text_of(rest_[line_.places->size()])});
        return {};
    }

    /// Absent: nobody has said anything.
    Value value_of(const DeclaredOption& option) const {
        const auto given = given_.find(option.name);
        const std::size_t count = given == given_.end() ? 0 : given->second.size();
        if (count == 0 && !option.otherwise.is_absent()) return option.otherwise;
        if (option.type == Type::Flag)
            return option.many ? Value::small(static_cast<std::int64_t>(count)) : Value::boolean(count != 0);
        if (option.many) return make_vector(call_.store(), count == 0 ? std::vector<Value>() : given->second);
        return count == 0 ? Value::absent() : given->second.back();
    }

    Call call_;
    const DeclaredLine& line_;
    const std::vector<std::string>& words_;
    std::size_t at_ = 0;
    bool ended_ = false;
    std::map<std::string_view, std::vector<Value>> given_;
    std::vector<Value> rest_;
};

} // namespace

Value parse_declared(Call call, const DeclaredLine& line, const std::vector<std::string>& words) {
    LineParser parser(call, line, words);
    const auto parsed = parser.parse();
    return parsed ? parser.result() : call.make_error(parsed.error());
}

} // namespace qi::stdlib

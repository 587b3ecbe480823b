#include "ws/option_reading.hpp"

#include "base/near.hpp"
#include "data/print.hpp"
#include "native/units.hpp"
#include "ws/messages.hpp"
#include "ws/transport/service.hpp"

namespace qi::stdlib {

namespace {

/// At most three of the names that begin as the text does but for its last letter, or that have it for a word:
/// :retries for retry, :dial-timeout for timeout.
std::vector<std::string> related(std::string_view text, std::span<const std::string_view> names) {
    std::vector<std::string> found;
    if (text.size() < 3) return found;
    for (std::string_view name : names) {
        name.remove_prefix(1);
        const bool same_beginning = text.size() > 3 && name.starts_with(text.substr(0, text.size() - 1));
        const bool is_a_word = ("-" + std::string(name) + "-").find("-" + std::string(text) + "-") != std::string::npos;
        if ((same_beginning || is_a_word) && found.size() < 3) found.emplace_back(name);
    }
    return found;
}

} // namespace

std::string size_text(std::uint64_t bytes) {
    constexpr std::pair<std::uint64_t, std::string_view> units[] = {
        {1ULL << 40, "TiB"}, {1ULL << 30, "GiB"}, {1ULL << 20, "MiB"}};
    for (const auto& [unit, name] : units)
        if (bytes != 0 && bytes % unit == 0) return std::to_string(bytes / unit) + std::string(name);
    return std::to_string(bytes);
}

Error Reading::wrong(std::string_view option, std::string_view allowed, Value given) const {
    // A URL may have a password in it.
    if (is_string(given)) given = make_string(call_.store(), ws::masked_url(text_of(given)));
    return failure_at(argument, kind::value, msg::ws_option_type, {option, allowed, shortened(call_.store(), given)});
}

Error Reading::wrong_header(std::string_view option, Value name) const {
    return failure_at(argument, kind::value, msg::ws_header_name, {option, shortened(call_.store(), name)});
}

Error Reading::unknown(Value key, std::span<const std::string_view> names) const {
    const std::string text = is_keyword(key)  ? std::string(as_symbol(key)->text())
                             : is_string(key) ? std::string(text_of(key))
                                              : readable(call_.store(), key);
    NearNames near(text);
    std::string all;
    for (const std::string_view name : names) {
        near.offer(name.substr(1));
        all += (all.empty() ? "" : " ") + std::string(name);
    }
    auto best = near.best();
    if (best.empty()) best = related(text, names);
    for (auto& name : best) name = ":" + name;
    const std::string advice =
        best.empty() ? format(msg::ws_options_are, {all}) : format(msg::did_you_mean, {join_names(best)});
    return failure_at(argument, kind::value, msg::ws_option_unknown, {readable(call_.store(), key), advice});
}

Result<std::string> Reading::string(std::string_view option, Value v) const {
    if (!is_string(v)) return wrong(option, msg::is_string.text(), v);
    return std::string(text_of(v));
}

Result<bool> Reading::boolean(std::string_view option, Value v) const {
    if (!v.is_boolean()) return wrong(option, msg::is_bool.text(), v);
    return v.is_truthy();
}

Result<std::vector<std::string>> Reading::strings(std::string_view option, Value v) const {
    if (!is_sequential(v)) return wrong(option, msg::is_strings.text(), v);
    std::vector<std::string> result;
    for (const Value item : items_of(v)) {
        if (!is_string(item)) return wrong(option, msg::is_strings.text(), v);
        result.emplace_back(text_of(item));
    }
    return result;
}

Result<Duration> Reading::duration(std::string_view option, Value v) const {
    auto result = duration_of(call_, argument, v);
    if (!result) return wrong(option, msg::is_duration.text(), v);
    return result;
}

Result<ws::Milliseconds> Reading::milliseconds(std::string_view option, Value v) const {
    auto result = duration(option, v);
    if (!result) return result.error();
    return std::chrono::ceil<ws::Milliseconds>(*result);
}

Result<std::uint64_t> Reading::size(std::string_view option, Value v, std::uint64_t most) const {
    auto result = size_of(call_, argument, v);
    if (!result) return wrong(option, msg::is_size.text(), v);
    if (*result > most) return wrong(option, format(msg::is_size_to, {size_text(most)}), v);
    return result;
}

Result<std::int64_t> Reading::integer(std::string_view option, Value v, std::int64_t least, std::int64_t most) const {
    if (!is_integer(v) || as_integer(v) < least || as_integer(v) > most)
        return wrong(option, format(msg::is_integer, {std::to_string(least), std::to_string(most)}), v);
    return as_integer(v);
}

Result<double> Reading::number(std::string_view option, Value v, int least, int most) const {
    if (is_number(v) && as_float(v) >= least && as_float(v) <= most) return as_float(v);
    return wrong(option, format(msg::is_number_in, {std::to_string(least), std::to_string(most)}), v);
}

Result<ws::Headers> Reading::headers(std::string_view option, Value v) const {
    ws::Headers headers;
    if (!is_map(v)) return wrong(option, msg::is_map.text(), v);
    MapCursor cursor(v);
    for (Value key, value; cursor.next(key, value);) {
        std::string name;
        if (is_string(key))
            name = text_of(key);
        else if (is_keyword(key))
            name = as_symbol(key)->text();
        else
            return wrong_header(option, key);
        const bool several = is_sequential(value);
        const std::vector<Value> values = several ? items_of(value) : std::vector<Value>{value};
        for (const Value each : values) {
            if (!is_string(each))
                return wrong(std::string(option) + " \"" + name + "\"", msg::is_header_value.text(), value);
            headers.push_back({name, std::string(text_of(each))});
        }
    }
    return headers;
}

} // namespace qi::stdlib

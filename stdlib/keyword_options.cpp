#include "keyword_options.hpp"

#include "data/print.hpp"
#include "data/type_name.hpp"

#include <algorithm>

namespace qi::stdlib {

namespace {

std::string list_of(std::span<const std::string_view> names) {
    std::string text;
    for (const auto name : names) text.append(text.empty() ? ":" : " :").append(name);
    return text;
}

} // namespace

Result<Options> Options::of(Call call, int first, Rest pairs, std::initializer_list<std::string_view> known) {
    for (std::size_t i = 0; i < pairs.size(); i += 2) {
        const bool is_known =
            is_keyword(pairs[i]) && std::find(known.begin(), known.end(), as_symbol(pairs[i])->text()) != known.end();
        if (!is_known)
            return failure_at(first + static_cast<int>(i), kind::value, msg::unknown_option,
                              {shortened(call.store(), pairs[i]), list_of({known.begin(), known.size()})});
    }
    if (pairs.size() % 2 != 0) return failure(kind::arity, msg::odd_map, {std::to_string(pairs.size())});
    return Options(call, first, pairs);
}

int Options::argument_of(std::string_view option) const noexcept {
    for (std::size_t i = pairs_.size(); i >= 2; i -= 2)
        if (as_symbol(pairs_[i - 2])->text() == option) return static_cast<int>(i) - 1;
    return -1;
}

Value Options::get(std::string_view option) const noexcept {
    const int at = argument_of(option);
    return at < 0 ? Value::absent() : pairs_[static_cast<std::size_t>(at)];
}

Result<bool> Options::flag(std::string_view option, bool otherwise) const {
    const Value given = get(option);
    if (given.is_absent()) return otherwise;
    if (!given.is_boolean())
        return failure_at(first_ + argument_of(option), kind::type, msg::argument_type,
                          {":" + std::string(option) + " " + std::string(msg::type_boolean.text()),
                           describe_value(call_.store(), given)});
    return given.is_truthy();
}

Result<std::string_view> Options::choice(std::string_view option, std::string_view otherwise,
                                         std::span<const std::string_view> choices) const {
    const Value given = get(option);
    if (given.is_absent()) return otherwise;
    if (is_keyword(given) && std::find(choices.begin(), choices.end(), as_symbol(given)->text()) != choices.end())
        return as_symbol(given)->text();
    return failure_at(first_ + argument_of(option), kind::value, msg::unknown_option,
                      {":" + std::string(option) + " " + shortened(call_.store(), given), list_of(choices)});
}

} // namespace qi::stdlib

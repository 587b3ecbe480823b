#include "native/units.hpp"

#include "base/messages.hpp"
#include "data/number.hpp"
#include "data/print.hpp"
#include "data/string.hpp"
#include "data/type_name.hpp"

namespace qi {

Result<Duration> duration_of(Call call, int argument, Value v) {
    std::optional<Duration> duration;
    if (is_number(v)) duration = duration_from_ms(as_float(v));
    if (is_string(v)) duration = parse_duration(text_of(v));
    if (duration) return *duration;
    if (!is_number(v) && !is_string(v))
        return failure_at(argument, kind::type, msg::argument_type,
                          {msg::type_duration.text(), describe_value(call.store(), v)});
    return failure_at(argument, kind::range, msg::bad_duration, {shortened(call.store(), v)});
}

Result<std::uint64_t> size_of(Call call, int argument, Value v) {
    std::optional<std::uint64_t> size;
    if (is_integer(v) && as_integer(v) >= 0) size = static_cast<std::uint64_t>(as_integer(v));
    if (is_string(v)) size = parse_size(text_of(v));
    if (size) return *size;
    if (!is_integer(v) && !is_string(v))
        return failure_at(argument, kind::type, msg::argument_type,
                          {msg::type_size.text(), describe_value(call.store(), v)});
    return failure_at(argument, kind::range, msg::bad_size, {shortened(call.store(), v)});
}

} // namespace qi

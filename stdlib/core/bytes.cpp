// Bytes values: made, taken apart, put together.
#include "core/core.hpp"

#include "data/type_name.hpp"
#include "str/messages.hpp"

#include <algorithm>

namespace qi::stdlib {

namespace {

Result<Value> make_bytes_of(Call call, Value numbers) {
    std::string bytes;
    for (const Value n : items_of(numbers)) {
        if (!is_integer(n))
            return failure_at(0, kind::type, msg::argument_type,
                              {msg::type_integer.text(), describe_value(call.store(), n)});
        if (as_integer(n) < 0 || as_integer(n) > 255)
            return failure_at(0, kind::range, msg::argument_range,
                              {"byte", format(msg::between, {"0", "255"}), std::to_string(as_integer(n))});
        bytes += static_cast<char>(as_integer(n));
    }
    return make_bytes(call.store(), std::move(bytes));
}

std::string_view slice(std::string_view bytes, std::int64_t from, std::int64_t to) {
    const auto length = static_cast<std::int64_t>(bytes.size());
    from = std::clamp<std::int64_t>(from, 0, length);
    to = std::clamp<std::int64_t>(to, from, length);
    return bytes.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
}

Result<Value> concat(Call call, Rest parts) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (!is_bytes(parts[i]))
            return failure_at(static_cast<int>(i), kind::type, msg::argument_type,
                              {msg::type_bytes.text(), describe_value(call.store(), parts[i])});
        length += text_of(parts[i]).size();
        if (length > String::max_size)
            return failure(kind::limit, msg::result_too_large, {std::to_string(String::max_size)});
    }
    std::string all;
    all.reserve(length);
    for (const Value part : parts) all += text_of(part);
    return make_bytes(call.store(), std::move(all));
}

constexpr Native bytes_natives[] = {
    native("bytes numbers",
           "The bytes of numbers, a vector of integers. Fails with :range for one that isn't 0–255.\n"
           "(bytes? (bytes [72 105])) ;=> true",
           [](Call call, VectorValue numbers) { return make_bytes_of(call, numbers); }),
    native("bytes/to-vec b", "The bytes of b as a vector of integers.\n(bytes/to-vec (bytes [72 105])) ;=> [72 105]",
           [](Call call, BytesValue b) {
               std::vector<Value> numbers;
               for (const char c : text_of(b)) numbers.push_back(Value::small(static_cast<unsigned char>(c)));
               return make_vector(call.store(), numbers);
           }),
    native("bytes/slice b from to?",
           "The bytes of b from one position up to another, which is excluded; positions outside b are ignored.\n"
           "(bytes/to-vec (bytes/slice (bytes [1 2 3 4]) 1 3)) ;=> [2 3]",
           [](Call call, BytesValue b, std::int64_t from, std::optional<std::int64_t> to) {
               return make_bytes(call.store(), slice(text_of(b), from, to.value_or(INT64_MAX)));
           }),
    native("bytes/concat b...",
           "The bytes of all b, one after the other. Fails with :limit past 4 GiB.\n(bytes/to-vec (bytes/concat "
           "(bytes [1]) (bytes [2 3]))) ;=> [1 2 3]",
           [](Call call, Rest parts) { return concat(call, parts); }),
};

} // namespace

void define_bytes(Setup setup) { setup.define(bytes_natives); }

} // namespace qi::stdlib

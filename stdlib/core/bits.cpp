// The bits of integers.
#include "core/core.hpp"

#include "data/type_name.hpp"

namespace qi::stdlib {

namespace {

Result<std::int64_t> shifted(std::string_view name, std::int64_t x, std::int64_t n) {
    if (n < 0 || n > 63)
        return failure_at(1, kind::range, msg::argument_range,
                          {"n", format(msg::between, {"0", "63"}), std::to_string(n)});
    return name == "bit-shift-left" ? static_cast<std::int64_t>(static_cast<std::uint64_t>(x) << n) : x >> n;
}

template <typename Fold>
Result<std::int64_t> bits(Call call, std::int64_t x, std::int64_t y, Rest others, Fold fold) {
    x = fold(x, y);
    for (std::size_t i = 0; i < others.size(); ++i) {
        if (!is_integer(others[i]))
            return failure_at(static_cast<int>(i) + 2, kind::type, msg::argument_type,
                              {msg::type_integer.text(), describe_value(call.store(), others[i])});
        x = fold(x, as_integer(others[i]));
    }
    return x;
}

constexpr Native bits_natives[] = {
    native("bit-and x y others...", "The bits that x, y and all others have. Integers only.\n(bit-and 6 3) ;=> 2",
           [](Call call, std::int64_t x, std::int64_t y, Rest others) {
               return bits(call, x, y, others, [](std::int64_t a, std::int64_t b) { return a & b; });
           }),
    native("bit-or x y others...", "The bits that any of x, y and others has. Integers only.\n(bit-or 6 3) ;=> 7",
           [](Call call, std::int64_t x, std::int64_t y, Rest others) {
               return bits(call, x, y, others, [](std::int64_t a, std::int64_t b) { return a | b; });
           }),
    native("bit-xor x y others...",
           "The bits that an odd number of x, y and others has. Integers only.\n(bit-xor 6 3) ;=> 5",
           [](Call call, std::int64_t x, std::int64_t y, Rest others) {
               return bits(call, x, y, others, [](std::int64_t a, std::int64_t b) { return a ^ b; });
           }),
    native("bit-not x", "All 64 bits of x the other way round.\n(bit-not 0) ;=> -1",
           [](Call, std::int64_t x) { return ~x; }),
    native("bit-shift-left x n",
           "The bits of x moved up by n places; what leaves the 64 is lost. Fails with :range unless n is 0–63.\n"
           "(bit-shift-left 1 4) ;=> 16",
           [](Call, std::int64_t x, std::int64_t n) { return shifted("bit-shift-left", x, n); }),
    native("bit-shift-right x n",
           "The bits of x moved down by n places; the sign stays. Fails with :range unless n is 0–63.\n"
           "(bit-shift-right -16 2) ;=> -4",
           [](Call, std::int64_t x, std::int64_t n) { return shifted("bit-shift-right", x, n); }),
};

} // namespace

void define_bits(Setup setup) { setup.define(bits_natives); }

} // namespace qi::stdlib

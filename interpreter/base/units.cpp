#include "base/units.hpp"

#include <charconv>
#include <cmath>

namespace qi {

namespace {

constexpr double longest_ms = 1000.0 * 365 * 24 * 3600 * 1000;

/// A decimal number at the front of `text`, which it is cut from.
std::optional<double> take_number(std::string_view& text) noexcept {
    if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
    double number = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (result.ec != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(result.ptr - text.data()));
    return number;
}

} // namespace

std::optional<Duration> duration_from_ms(double ms) noexcept {
    // 2^62 ns are 146 years: what is longer waits as long as that. A clock may stand as far again before the sum
    // overflows.
    if (!(ms >= 0) || ms > longest_ms) return std::nullopt;
    constexpr double most_ns = 4.6e18;
    return Duration(static_cast<std::int64_t>(std::min(ms * 1e6, most_ns)));
}

std::optional<Duration> parse_duration(std::string_view text) noexcept {
    struct Unit {
        std::string_view name;
        double ms;
    };
    static constexpr Unit units[] = {{"ms", 1}, {"h", 3600e3}, {"m", 60e3}, {"s", 1e3}};
    if (text.empty()) return std::nullopt;
    double total = 0, last = HUGE_VAL;
    while (!text.empty()) {
        const auto number = take_number(text);
        if (!number) return std::nullopt;
        const Unit* unit = nullptr;
        for (const Unit& candidate : units)
            if (text.starts_with(candidate.name)) {
                unit = &candidate;
                break;
            }
        if (unit == nullptr || unit->ms >= last) return std::nullopt;
        text.remove_prefix(unit->name.size());
        total += *number * unit->ms;
        last = unit->ms;
    }
    return duration_from_ms(total);
}

std::optional<std::uint64_t> parse_size(std::string_view text) noexcept {
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    struct Unit {
        std::string_view name;
        double bytes;
    };
    static constexpr Unit units[] = {{"", 1},     {"B", 1},    {"KiB", 1024}, {"MiB", 1048576}, {"GiB", 1073741824},
                                     {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}};
    for (const Unit& unit : units) {
        if (text != unit.name) continue;
        const double bytes = *number * unit.bytes;
        if (bytes > 9e18 || bytes != std::floor(bytes)) return std::nullopt;
        return static_cast<std::uint64_t>(bytes);
    }
    return std::nullopt;
}

} // namespace qi

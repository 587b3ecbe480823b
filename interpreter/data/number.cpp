#include "data/number.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace qi {

int compare_numbers(Value a, Value b) noexcept {
    if (is_integer(a) && is_integer(b)) {
        const std::int64_t x = as_integer(a), y = as_integer(b);
        return x < y ? -1 : x > y ? 1 : 0;
    }
    if (a.is_double() && b.is_double()) {
        const double x = a.as_double(), y = b.as_double();
        return x < y ? -1 : x > y ? 1 : x == y ? 0 : 2;
    }
    if (!a.is_double()) {
        const int reversed = compare_numbers(b, a);
        return reversed == 2 ? 2 : -reversed;
    }
    // A float against an integer, exactly: a float from 2^63 up is larger than any integer, and one below
    // is an integer once truncated.
    const double d = a.as_double();
    const std::int64_t n = as_integer(b);
    if (std::isnan(d)) return 2;
    if (d >= 9223372036854775808.0) return 1;
    if (d < -9223372036854775808.0) return -1;
    const double whole = std::trunc(d);
    const auto truncated = static_cast<std::int64_t>(whole);
    if (truncated != n) return truncated < n ? -1 : 1;
    return d < whole ? -1 : d > whole ? 1 : 0;
}

void append_integer(std::string& out, std::int64_t n) {
    char buffer[24];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, n).ptr;
    out.append(buffer, end);
}

void append_float(std::string& out, double d) {
    if (std::isnan(d)) {
        out += "NaN";
        return;
    }
    if (std::isinf(d)) {
        out += d < 0 ? "-inf" : "inf";
        return;
    }
    char buffer[40];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, d, std::chars_format::scientific).ptr;
    std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
    if (text.front() == '-') {
        out += '-';
        text.remove_prefix(1);
    }
    const std::size_t e = text.find('e');
    int exponent = 0;
    const std::size_t exponent_at = e + (text[e + 1] == '+' ? 2 : 1);
    std::from_chars(text.data() + exponent_at, text.data() + text.size(), exponent);
    std::string digits(1, text[0]);
    if (e > 2) digits += text.substr(2, e - 2);
    const auto count = static_cast<int>(digits.size());
    if (exponent >= 16 || exponent < -4) {
        out += digits[0];
        if (count > 1) {
            out += '.';
            out.append(digits, 1);
        }
        out += 'e';
        append_integer(out, exponent);
    } else if (exponent < 0) {
        out += "0.";
        out.append(static_cast<std::size_t>(-exponent - 1), '0');
        out += digits;
    } else if (count <= exponent + 1) {
        out += digits;
        out.append(static_cast<std::size_t>(exponent + 1 - count), '0');
        out += ".0";
    } else {
        out.append(digits, 0, static_cast<std::size_t>(exponent + 1));
        out += '.';
        out.append(digits, static_cast<std::size_t>(exponent + 1));
    }
}

namespace {

/// Without a plus sign in front, which from_chars doesn't take. A second sign stays, and is refused.
std::string_view without_plus(std::string_view text) noexcept {
    return text.size() > 1 && text[0] == '+' && text[1] != '-' ? text.substr(1) : text;
}

} // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) noexcept {
    text = without_plus(text);
    std::int64_t n = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), n);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
    return n;
}

std::optional<double> parse_float(std::string_view text) noexcept {
    text = without_plus(text);
    double d = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), d);
    if (result.ptr != text.data() + text.size() || text.empty()) return std::nullopt;
    if (result.ec == std::errc::result_out_of_range) {
        // Too large reads as infinity and too small as zero; from_chars leaves d alone and doesn't say which. The
        // power of ten of the first digit that isn't 0 tells.
        const std::size_t e = std::min(text.find_first_of("eE"), text.size());
        const std::size_t point = std::min(text.find('.'), e), first = text.find_first_of("123456789");
        std::int64_t power = 0;
        if (e < text.size()) {
            const std::string_view digits = text.substr(e + (text[e + 1] == '+' ? 2 : 1));
            if (std::from_chars(digits.data(), digits.data() + digits.size(), power).ec ==
                std::errc::result_out_of_range)
                power = digits.front() == '-' ? -1'000'000'000'000 : 1'000'000'000'000;
        }
        const bool tiny = power + static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first) < 0;
        const double sign = text.front() == '-' ? -1.0 : 1.0;
        return sign * (tiny ? 0.0 : HUGE_VAL);
    }
    if (result.ec != std::errc()) return std::nullopt;
    return d;
}

} // namespace qi

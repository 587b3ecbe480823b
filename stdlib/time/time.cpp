// time/: moments as Unix seconds or RFC 3339 strings, everything in UTC. Calendars and formats are the C library's.
#include "namespaces.hpp"

#include "base/utf8.hpp"
#include "data/print.hpp"
#include "data/type_name.hpp"
#include "str/messages.hpp"
#include "time/messages.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>
#include <ctime>
#include <optional>

namespace qi::stdlib {

namespace {

constexpr std::int64_t day_seconds = 24 * 60 * 60;
constexpr std::int64_t first_second = -62167219200, last_second = 253402300799; // of the years 0 and 9999

std::int64_t seconds_now() {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::tm calendar(std::int64_t seconds) {
    const auto time = static_cast<std::time_t>(seconds);
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    return parts;
}

/// The digits at `at`, exactly `count` of them; -1 if there is anything else.
int digits(std::string_view text, std::size_t at, std::size_t count) {
    if (at + count > text.size()) return -1;
    int n = 0;
    for (const char c : text.substr(at, count)) {
        if (c < '0' || c > '9') return -1;
        n = n * 10 + (c - '0');
    }
    return n;
}

/// RFC 3339, 5.6: date-time; a blank for the T is allowed, and a date alone is its midnight.
std::optional<std::int64_t> parse_rfc3339(std::string_view text) {
    std::tm parts{};
    parts.tm_year = digits(text, 0, 4) - 1900;
    parts.tm_mon = digits(text, 5, 2) - 1;
    parts.tm_mday = digits(text, 8, 2);
    if (text.size() < 10 || text[4] != '-' || text[7] != '-' || parts.tm_year < -1900 || parts.tm_mon < 0 ||
        parts.tm_mon > 11 || parts.tm_mday < 1)
        return std::nullopt;
    const int year = parts.tm_year, month = parts.tm_mon, day = parts.tm_mday;
    std::int64_t offset = 0;
    if (text.size() > 10) {
        parts.tm_hour = digits(text, 11, 2);
        parts.tm_min = digits(text, 14, 2);
        parts.tm_sec = digits(text, 17, 2);
        const bool shape = text.size() >= 20 && (text[10] == 'T' || text[10] == 't' || text[10] == ' ') &&
                           text[13] == ':' && text[16] == ':';
        if (!shape || parts.tm_hour < 0 || parts.tm_hour > 23 || parts.tm_min < 0 || parts.tm_min > 59 ||
            parts.tm_sec < 0 || parts.tm_sec > 60)
            return std::nullopt;
        std::size_t at = 19;
        if (text[at] == '.') {
            const std::size_t fraction = at + 1;
            at = text.find_first_not_of("0123456789", fraction);
            if (at == fraction || at == std::string_view::npos) return std::nullopt;
        }
        const std::string_view zone = text.substr(at);
        if (zone != "Z" && zone != "z") {
            const int hours = digits(zone, 1, 2), minutes = digits(zone, 4, 2);
            if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':' || hours < 0 || hours > 23 ||
                minutes < 0 || minutes > 59)
                return std::nullopt;
            offset = (zone[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
        }
    }
    const std::int64_t seconds = ::timegm(&parts);
    // timegm makes a March 2 of a February 30: such a day doesn't exist. A leap second may reach into the next day.
    const std::tm check = calendar(seconds - (digits(text, 17, 2) == 60 ? 1 : 0));
    if (check.tm_year != year || check.tm_mon != month || check.tm_mday != day) return std::nullopt;
    return seconds - offset;
}

Result<std::int64_t> in_range(std::int64_t seconds) {
    if (seconds < first_second || seconds > last_second)
        return failure(kind::range, msg::time_range, {std::to_string(seconds)});
    return seconds;
}

Result<std::int64_t> moment(Call call, int argument, Value t) {
    if (is_integer(t)) return in_range(as_integer(t));
    if (!is_string(t))
        return failure_at(argument, kind::type, msg::argument_type,
                          {msg::type_time.text(), describe_value(call.store(), t)});
    if (const auto seconds = parse_rfc3339(text_of(t))) return *seconds;
    return failure_at(argument, kind::value, msg::bad_time, {shortened(call.store(), t)});
}

/// strftime's years have as many digits as they need; here they have four, so that all are read back.
std::string with_padded_years(std::string_view format) {
    std::string padded;
    for (std::size_t i = 0; i < format.size(); ++i) {
        padded += format[i];
        if (format[i] != '%' || i + 1 == format.size()) continue;
        switch (format[++i]) {
        case 'Y': padded += "04Y"; break;
        case 'G': padded += "04G"; break;
        case 'C': padded += "02C"; break;
        case 'F': padded += "04Y-%m-%d"; break;
        case 'c': padded += "a %b %e %H:%M:%S %04Y"; break;
        default: padded += format[i];
        }
    }
    return padded;
}

// A directive may have a width, and "%999999999Y" would take all memory.
constexpr std::size_t longest_time = 1 << 20;

/// Of a format that has no NUL; nothing if it is longer than that.
std::optional<std::string> formatted_piece(const std::tm& parts, std::string_view format) {
    // A mark at the end tells an empty result from one that needs more room.
    const std::string marked = with_padded_years(format) + "|";
    for (std::string out(128, '\0'); out.size() <= 2 * longest_time; out.resize(out.size() * 2))
        if (const std::size_t size = std::strftime(out.data(), out.size(), marked.c_str(), &parts); size > 0) {
            out.resize(size - 1);
            return out;
        }
    return std::nullopt;
}

/// In a format of our own, without widths.
std::string plainly_formatted(std::int64_t seconds, std::string_view format) {
    return *formatted_piece(calendar(seconds), format);
}

Result<std::string> formatted(std::int64_t seconds, std::string_view format) {
    const std::tm parts = calendar(seconds);
    std::string out;
    for (;;) {
        const std::size_t end = std::min(format.find('\0'), format.size());
        const auto piece = formatted_piece(parts, format.substr(0, end));
        if (!piece || piece->size() > longest_time - std::min(longest_time, out.size()))
            return failure_at(1, kind::limit, msg::result_too_large, {std::to_string(longest_time)});
        out += *piece;
        if (end == format.size()) return out;
        out += '\0';
        format.remove_prefix(end + 1);
    }
}

/// The directives of a format, each with its flags, from left to right, until `visit` gives false. A percent sign at
/// the end is one as well.
template <typename Visit>
void each_directive(std::string_view format, Visit visit) {
    for (std::size_t i = format.find('%'); i < format.size(); i = format.find('%', i)) {
        const std::size_t begin = i++;
        i = std::min(format.find_first_not_of("_-0^#", i), format.size());
        if (i < format.size() && (format[i] == 'E' || format[i] == 'O')) ++i;
        const std::string_view directive = format.substr(begin, i - begin + utf8::character_at(format, i).size());
        if (!visit(directive, i < format.size() ? format[i] : '\0')) return;
        ++i;
    }
}

/// The first directive of the format that strptime doesn't know, or reads and makes nothing of; empty if there is none.
/// The number of a week says something beside a day of the week.
std::string_view useless_directive(std::string_view format) {
    std::string_view week, unknown;
    bool has_weekday = false;
    each_directive(format, [&](std::string_view directive, char letter) {
        if (letter == '\0' ||
            std::string_view("aAbBcCdDeFhHIjklmMnprRsStTuUwWxXyYz%").find(letter) == std::string_view::npos)
            unknown = directive;
        if (letter == 'U' || letter == 'W') week = directive;
        has_weekday = has_weekday || std::string_view("aAuw").find(letter) != std::string_view::npos;
        return unknown.empty();
    });
    return !unknown.empty() ? unknown : has_weekday ? std::string_view{} : week;
}

/// strptime from `text` on; where it stopped, or null. %s is read here: it may be negative, and is no local time.
const char* read_time(const char* text, std::string_view format, std::tm& parts) {
    std::string_view seconds;
    each_directive(format, [&](std::string_view directive, char letter) {
        if (letter == 's') seconds = directive;
        return letter != 's';
    });
    if (seconds.empty()) return ::strptime(text, std::string(format).c_str(), &parts);
    const auto before = static_cast<std::size_t>(seconds.data() - format.data());
    if (before > 0) text = ::strptime(text, std::string(format.substr(0, before)).c_str(), &parts);
    if (text == nullptr) return nullptr;
    std::int64_t given = 0;
    const auto read = std::from_chars(text, text + std::strlen(text), given);
    if (read.ec != std::errc() || given < first_second || given > last_second) return nullptr;
    parts = calendar(given);
    return read_time(read.ptr, format.substr(before + seconds.size()), parts);
}

Result<std::int64_t> parse(Call call, Value text, const std::string& format) {
    if (const auto useless = useless_directive(format); !useless.empty())
        return failure_at(1, kind::value, msg::useless_directive, {useless, format});
    std::tm parts{};
    parts.tm_mday = 1;
    parts.tm_year = 70;
    const std::string source(text_of(text));
    const bool has_nul =
        source.find('\0') != std::string::npos || format.find('\0') != std::string::npos; // strptime ends there
    const char* end = has_nul ? nullptr : read_time(source.c_str(), format, parts);
    const auto refused = [&] {
        return failure_at(0, kind::value, msg::bad_time_format, {shortened(call.store(), text), format});
    };
    if (end == nullptr || *end != '\0') return refused();
    const std::int64_t offset = parts.tm_gmtoff; // of %z; timegm forgets it
    if (offset <= -day_seconds || offset >= day_seconds) return refused();
    bool by_day = false, by_month = false; // which day of the year, which month and its day
    each_directive(format, [&](std::string_view, char letter) {
        by_day = by_day || letter == 'j';
        by_month = by_month || std::string_view("bBcdDeFhmsx").find(letter) != std::string_view::npos;
        return true;
    });
    const int year_day = parts.tm_yday;
    if (by_day && !by_month) {
        parts.tm_mon = 0;
        parts.tm_mday = 1 + year_day;
    }
    const int day = parts.tm_mday, second = parts.tm_sec, year = parts.tm_year;
    const std::int64_t seconds = ::timegm(&parts);
    // timegm makes a March 1 of a February 29 that doesn't exist, and of the 366th day that of another year.
    const bool exists = by_day ? parts.tm_yday == year_day && parts.tm_year == year : parts.tm_mday == day;
    if (!exists && second < 60) return refused();
    return seconds - offset;
}

Result<std::int64_t> moved(Call call, Value t, std::int64_t n, std::int64_t unit) {
    const auto from = moment(call, 0, t);
    if (!from) return from;
    std::int64_t distance = 0, sum = 0;
    if (__builtin_mul_overflow(n, unit, &distance) || __builtin_add_overflow(*from, distance, &sum))
        return failure(kind::overflow, msg::overflow);
    return in_range(sum);
}

Result<std::int64_t> difference(Call call, Value a, Value b, std::int64_t unit) {
    const auto left = moment(call, 0, a), right = moment(call, 1, b);
    if (!left) return left;
    if (!right) return right;
    return (*left - *right) / unit;
}

Result<std::int64_t> part(Call call, Value t, int std::tm::*field, int base) {
    const auto seconds = moment(call, 0, t);
    if (!seconds) return seconds;
    return std::int64_t{calendar(*seconds).*field} + base;
}

template <typename Test>
Result<Value> compared(Call call, Value a, Value b, Test test) {
    const auto left = moment(call, 0, a), right = moment(call, 1, b);
    if (!left) return left.error();
    if (!right) return right.error();
    return Value::boolean(test(*left, *right));
}

constexpr char rfc3339[] = "%Y-%m-%dT%H:%M:%S+00:00";
constexpr std::int64_t minute = 60, hour = 3600, day = 86400;

constexpr Native time_natives[] = {
    native("time/monotonic",
           "Milliseconds, a float with fractions, on a clock that is never set and never goes back: for measuring how "
           "long something takes. Its start has no meaning.\n"
           "(let [began (time/monotonic)] (>= (- (time/monotonic) began) 0)) ;=> true",
           [](Call) { return std::chrono::duration<double, std::milli>(Clock::now().time_since_epoch()).count(); }),
    native("time/now-iso", "The time as RFC 3339 text.\n(len (time/now-iso)) ;=> 25",
           [](Call) { return plainly_formatted(seconds_now(), rfc3339); }),
    native("time/today", "The date, as YYYY-MM-DD.\n(len (time/today)) ;=> 10",
           [](Call) { return plainly_formatted(seconds_now(), "%Y-%m-%d"); }),
    native("time/from-unix n",
           "The RFC 3339 text of n Unix seconds. Fails with :range.\n"
           "(time/from-unix 86400) ;=> \"1970-01-02T00:00:00+00:00\"",
           [](Call, std::int64_t n) -> Result<std::string> {
               const auto seconds = in_range(n);
               if (!seconds) return seconds.error();
               return plainly_formatted(*seconds, rfc3339);
           }),
    native("time/to-unix t",
           "The Unix seconds of t, RFC 3339 text. Fails with :value or :range.\n"
           "(time/to-unix \"1970-01-02T01:00:00+01:00\") ;=> 86400",
           [](Call call, Value t) { return moment(call, 0, t); }),
    native("time/format t format",
           "The time t, Unix seconds or RFC 3339 text, in a format of strftime; years have four digits. Fails with "
           ":value or :range, with :limit where a width such as %9999999Y makes more than a mebibyte of it.\n"
           "(time/format 0 \"%d.%m.%Y %H:%M\") ;=> \"01.01.1970 00:00\"",
           [](Call call, Value t, std::string_view format) -> Result<std::string> {
               const auto seconds = moment(call, 0, t);
               if (!seconds) return seconds.error();
               return formatted(*seconds, format);
           }),
    native("time/parse s format",
           "The Unix seconds of s, text in a format of strptime; without a time of day, of midnight. Fails with "
           ":value, also for a directive that doesn't determine a time, such as %Z.\n"
           "(time/parse \"02.01.1970\" \"%d.%m.%Y\") ;=> 86400",
           [](Call call, StringValue s, std::string_view format) { return parse(call, s, std::string(format)); }),
    native("time/add-days t n",
           "The Unix seconds n days after the time t. Fails with :value, :range or :overflow.\n"
           "(time/add-days 0 1) ;=> 86400",
           [](Call call, Value t, std::int64_t n) { return moved(call, t, n, day); }),
    native("time/add-hours t n",
           "The Unix seconds n hours after the time t. Fails with :value, :range or :overflow.\n"
           "(time/add-hours 0 1) ;=> 3600",
           [](Call call, Value t, std::int64_t n) { return moved(call, t, n, hour); }),
    native("time/add-minutes t n",
           "The Unix seconds n minutes after the time t. Fails with :value, :range or :overflow.\n"
           "(time/add-minutes 0 1) ;=> 60",
           [](Call call, Value t, std::int64_t n) { return moved(call, t, n, minute); }),
    native("time/sub-days t n",
           "The Unix seconds n days before the time t. Fails with :value, :range or :overflow.\n"
           "(time/sub-days 86400 1) ;=> 0",
           [](Call call, Value t, std::int64_t n) { return moved(call, t, n, -day); }),
    native("time/sub-hours t n",
           "The Unix seconds n hours before the time t. Fails with :value, :range or :overflow.\n"
           "(time/sub-hours 3600 1) ;=> 0",
           [](Call call, Value t, std::int64_t n) { return moved(call, t, n, -hour); }),
    native("time/sub-minutes t n",
           "The Unix seconds n minutes before the time t. Fails with :value, :range or :overflow.\n"
           "(time/sub-minutes 60 1) ;=> 0",
           [](Call call, Value t, std::int64_t n) { return moved(call, t, n, -minute); }),
    native("time/diff-days a b",
           "The whole days from the time b to a. Fails with :value or :range.\n(time/diff-days 172800 0) ;=> 2",
           [](Call call, Value a, Value b) { return difference(call, a, b, day); }),
    native("time/diff-hours a b",
           "The whole hours from the time b to a. Fails with :value or :range.\n(time/diff-hours 0 7199) ;=> -1",
           [](Call call, Value a, Value b) { return difference(call, a, b, hour); }),
    native("time/diff-minutes a b",
           "The whole minutes from the time b to a. Fails with :value or :range.\n(time/diff-minutes 120 0) ;=> 2",
           [](Call call, Value a, Value b) { return difference(call, a, b, minute); }),
    native("time/before? a b",
           "Whether the time a is before b. Fails with :value or :range.\n(time/before? 0 \"1970-01-02\") ;=> true",
           [](Call call, Value a, Value b) {
               return compared(call, a, b, [](std::int64_t x, std::int64_t y) { return x < y; });
           }),
    native("time/after? a b",
           "Whether the time a is after b. Fails with :value or :range.\n(time/after? 0 1) ;=> false",
           [](Call call, Value a, Value b) {
               return compared(call, a, b, [](std::int64_t x, std::int64_t y) { return x > y; });
           }),
    native("time/between? t low high",
           "Whether the time t lies from low to high, both included. Fails with :value or :range.\n"
           "(time/between? 5 0 5) ;=> true",
           [](Call call, Value t, Value low, Value high) -> Result<Value> {
               auto from = compared(call, t, low, [](std::int64_t x, std::int64_t y) { return x >= y; });
               if (!from || !from->is_truthy()) return from;
               return compared(call, t, high, [](std::int64_t x, std::int64_t y) { return x <= y; });
           }),
    native("time/year t", "The year of the time t. Fails with :value or :range.\n(time/year 0) ;=> 1970",
           [](Call call, Value t) { return part(call, t, &std::tm::tm_year, 1900); }),
    native("time/month t", "The month of the time t, 1 to 12. Fails with :value or :range.\n(time/month 0) ;=> 1",
           [](Call call, Value t) { return part(call, t, &std::tm::tm_mon, 1); }),
    native("time/day t", "The day of the month of the time t. Fails with :value or :range.\n(time/day 0) ;=> 1",
           [](Call call, Value t) { return part(call, t, &std::tm::tm_mday, 0); }),
    native("time/hour t", "The hour of the time t, 0 to 23. Fails with :value or :range.\n(time/hour 7200) ;=> 2",
           [](Call call, Value t) { return part(call, t, &std::tm::tm_hour, 0); }),
    native("time/minute t", "The minute of the time t. Fails with :value or :range.\n(time/minute 120) ;=> 2",
           [](Call call, Value t) { return part(call, t, &std::tm::tm_min, 0); }),
    native("time/second t", "The second of the time t. Fails with :value or :range.\n(time/second 61) ;=> 1",
           [](Call call, Value t) { return part(call, t, &std::tm::tm_sec, 0); }),
    native("time/weekday t",
           "The day of the week of the time t; Sunday is 0. Fails with :value or :range.\n(time/weekday 0) ;=> 4",
           [](Call call, Value t) { return part(call, t, &std::tm::tm_wday, 0); }),
};

} // namespace

void define_time(Setup setup) { setup.define(time_natives); }

} // namespace qi::stdlib

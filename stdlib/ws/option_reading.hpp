// Values of option maps read one by one, and what is said of wrong ones. Interpreter thread only.
#pragma once

#include "base/units.hpp"
#include "native/native.hpp"
#include "ws/transport/options.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace qi::stdlib {

/// One option map being read. Every error names the option.
class Reading {
public:
    explicit Reading(Call call) : call_(call) {}

    Error wrong(std::string_view option, std::string_view allowed, Value given) const;
    Error wrong_header(std::string_view option, Value name) const;
    /// An option of another name than these.
    Error unknown(Value key, std::span<const std::string_view> names) const;

    Result<std::string> string(std::string_view option, Value v) const;
    Result<bool> boolean(std::string_view option, Value v) const;
    Result<std::vector<std::string>> strings(std::string_view option, Value v) const;
    Result<Duration> duration(std::string_view option, Value v) const;
    /// Rounded up: a duration that isn't zero doesn't become zero.
    Result<ws::Milliseconds> milliseconds(std::string_view option, Value v) const;
    Result<std::uint64_t> size(std::string_view option, Value v, std::uint64_t most) const;
    Result<std::int64_t> integer(std::string_view option, Value v, std::int64_t least, std::int64_t most) const;
    Result<double> number(std::string_view option, Value v, int least, int most) const;
    /// A map of names, and strings or vectors of strings.
    Result<ws::Headers> headers(std::string_view option, Value v) const;

    int argument = 1;

private:
    Call call_;
};

/// As it would be written: "4GiB", or 512 without a unit.
std::string size_text(std::uint64_t bytes);

} // namespace qi::stdlib

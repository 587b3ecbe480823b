// Numbers as a monitor reads them: Prometheus' text format, version 0.0.4. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace qi::ws {

/// Its Content-Type.
inline constexpr std::string_view exposition_type = "text/plain; version=0.0.4; charset=utf-8";

class Exposition {
public:
    enum class Kind : std::uint8_t { Counter, Gauge };
    /// What is added from here on is of this metric. A counter's name ends in _total.
    void begin(std::string_view name, Kind kind, std::string_view help);
    void add(std::uint64_t value);
    void add(double value);
    /// One of several, told apart by a label; its value may be any UTF-8.
    void add(std::string_view label, std::string_view which, std::uint64_t value);
    const std::string& text() const noexcept { return text_; }

private:
    std::string name_;
    std::string text_;
};

} // namespace qi::ws

// A fuzz target: one function that is handed bytes and must come back, whatever they are. libFuzzer calls it with what
// it makes up (tests/fuzz/run NAME SECONDS), replay.cpp with the seeds and a little damage to them (the test run).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
/// Before the first input. Called by both.
extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments);

namespace qi::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) noexcept {
    return {reinterpret_cast<const char*>(data), size};
}

/// Where failures are reported: standard error, or what that was before a target sent it nowhere.
inline int report_descriptor = 2;

/// What must hold for every input; `shown` may tell more of it. Else the process ends where a debugger and libFuzzer
/// see it.
inline void require(bool holds, const char* what, std::string_view shown = {}) {
    if (holds) return;
    dprintf(report_descriptor, "fuzz: %s\n%s\n", what, std::string(shown).c_str());
    std::abort();
}

/// Takes an input apart, piece by piece; at its end everything is 0 or empty.
class Choices {
public:
    explicit Choices(std::string_view bytes) noexcept : bytes_(bytes) {}

    bool empty() const noexcept { return bytes_.empty(); }
    std::uint8_t byte() noexcept {
        if (bytes_.empty()) return 0;
        const auto b = static_cast<std::uint8_t>(bytes_.front());
        bytes_.remove_prefix(1);
        return b;
    }
    /// Below n.
    std::size_t pick(std::size_t n) noexcept { return byte() % n; }
    std::uint64_t word() noexcept {
        std::uint64_t w = 0;
        for (int i = 0; i < 8; ++i) w = w << 8 | byte();
        return w;
    }
    std::string_view take(std::size_t count) noexcept {
        const std::string_view taken = bytes_.substr(0, count);
        bytes_.remove_prefix(taken.size());
        return taken;
    }
    std::string_view rest() noexcept { return take(bytes_.size()); }
    /// Up to a newline, which goes as well.
    std::string_view line() noexcept {
        const std::string_view taken = take(bytes_.find('\n'));
        take(1);
        return taken;
    }

private:
    std::string_view bytes_;
};

} // namespace qi::fuzz

// How long the program stood still for the collector: a histogram of fixed size, eight classes for each doubling.
// Interpreter thread only.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace qi {

class Pauses {
public:
    void add(std::uint64_t nanoseconds) noexcept {
        ++counts_[class_of(nanoseconds)];
        ++count_;
        total_ += nanoseconds;
        if (nanoseconds > longest_) longest_ = nanoseconds;
    }
    std::uint64_t count() const noexcept { return count_; }
    std::uint64_t total() const noexcept { return total_; }
    std::uint64_t longest() const noexcept { return longest_; }
    /// Nanoseconds that `percent` of the pauses don't exceed, up to an eighth too many; 0 if there are none.
    std::uint64_t percentile(unsigned percent) const noexcept {
        const std::uint64_t wanted = (count_ * percent + 99) / 100;
        std::uint64_t seen = 0;
        for (unsigned i = 0; i < counts_.size(); ++i) {
            seen += counts_[i];
            if (seen < wanted || seen == 0) continue;
            return i + 1 < classes && end_of(i) < longest_ ? end_of(i) : longest_;
        }
        return 0;
    }

private:
    static constexpr unsigned exact = 8;     // below that many units each has a class
    static constexpr unsigned shift = 7;     // units of 128 ns
    static constexpr unsigned classes = 256; // up to half an hour; the last is for everything longer, too

    static unsigned class_of(std::uint64_t nanoseconds) noexcept {
        const std::uint64_t units = nanoseconds >> shift;
        if (units < exact) return static_cast<unsigned>(units);
        const auto log = static_cast<unsigned>(std::bit_width(units)) - 1; // at least 3
        const unsigned index = (log - 2) * exact + static_cast<unsigned>(units >> (log - 3) & (exact - 1));
        return index < classes ? index : classes - 1;
    }
    /// The first time that belongs to the next class.
    static std::uint64_t end_of(unsigned index) noexcept {
        if (index < exact) return std::uint64_t{index + 1} << shift;
        const unsigned log = index / exact + 2;
        return (std::uint64_t{exact + index % exact + 1} << (log - 3)) << shift;
    }

    std::array<std::uint32_t, classes> counts_{};
    std::uint64_t count_ = 0;
    std::uint64_t total_ = 0;
    std::uint64_t longest_ = 0;
};

} // namespace qi

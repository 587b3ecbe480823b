// How long answers took: counts in steps of less than two percent, from nanoseconds to minutes.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace qi::bench {

class Latencies {
public:
    void add(std::uint64_t nanoseconds) noexcept {
        ++counts_[step_of(nanoseconds)];
        ++count_;
    }

    std::uint64_t count() const noexcept { return count_; }

    /// The microseconds within which that share (0.5: half) of the answers came; 0 if none did.
    double within(double share) const noexcept {
        auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(count_));
        std::uint64_t seen = 0;
        for (std::size_t step = 0; step < counts_.size(); ++step)
            if ((seen += counts_[step]) > wanted || (seen == count_ && seen)) return value_of(step) / 1e3;
        return 0;
    }

private:
    // Below 64 each value has a step of its own; above, each power of two has 64.
    static constexpr int bits = 6;
    static constexpr std::uint64_t steps = 1 << bits;

    static std::size_t step_of(std::uint64_t value) noexcept {
        if (value < steps) return value;
        int shift = std::bit_width(value) - bits - 1;
        return static_cast<std::size_t>(shift + 1) * steps + (value >> shift) - steps;
    }
    /// The middle of a step.
    static double value_of(std::size_t step) noexcept {
        if (step < steps) return static_cast<double>(step);
        auto shift = step / steps - 1;
        return static_cast<double>(((step % steps + steps) << shift) + (std::uint64_t{1} << shift) / 2);
    }

    std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>((64 - bits + 1) * steps);
    std::uint64_t count_ = 0;
};

} // namespace qi::bench

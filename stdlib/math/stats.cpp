// stats/: figures about sequences of numbers, as floats.
#include "math/math.hpp"

#include "core/seq.hpp"
#include "data/print.hpp"
#include "data/type_name.hpp"
#include "math/messages.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

namespace qi::stdlib {

namespace {

using Numbers = std::vector<double>;

Result<Numbers> numbers_of(Call call, Value xs) {
    Numbers numbers;
    for (const Value x : items_of_seqable(call, xs)) {
        if (!is_number(x))
            return failure_at(0, kind::type, msg::argument_type,
                              {msg::type_number.text(), describe_value(call.store(), x)});
        numbers.push_back(as_float(x));
    }
    if (numbers.empty()) return failure_at(0, kind::range, msg::needs_items);
    return numbers;
}

template <typename Figure>
Result<double> figure(Call call, Value xs, Figure of) {
    auto numbers = numbers_of(call, xs);
    if (!numbers) return numbers.error();
    return of(*numbers);
}

double mean(const Numbers& numbers) {
    double sum = 0;
    for (const double x : numbers) sum += x;
    return sum / static_cast<double>(numbers.size());
}

double variance(const Numbers& numbers) {
    const double middle = mean(numbers);
    double sum = 0;
    for (const double x : numbers) sum += (x - middle) * (x - middle);
    return sum / static_cast<double>(numbers.size());
}

/// Between the two neighbours, in proportion.
double percentile(Numbers& numbers, double percent) {
    // It would spoil the order, and with it the sorting.
    if (std::any_of(numbers.begin(), numbers.end(), [](double x) { return std::isnan(x); })) return std::nan("");
    std::sort(numbers.begin(), numbers.end());
    const double at = percent / 100 * static_cast<double>(numbers.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    if (below + 1 >= numbers.size()) return numbers.back();
    return numbers[below] + (at - static_cast<double>(below)) * (numbers[below + 1] - numbers[below]);
}

double mode(const Numbers& numbers) {
    // NaN equals nothing. No hashing: whoever chose the numbers could make it slow.
    Numbers sorted;
    std::copy_if(numbers.begin(), numbers.end(), std::back_inserter(sorted), [](double x) { return x == x; });
    std::sort(sorted.begin(), sorted.end());
    std::vector<double> often;
    std::ptrdiff_t most = 0;
    for (auto from = sorted.begin(); from != sorted.end();) {
        const auto to = std::upper_bound(from, sorted.end(), *from);
        if (to - from > most) often.clear();
        most = std::max(most, to - from);
        if (to - from == most) often.push_back(*from);
        from = to;
    }
    const auto first = std::find_if(numbers.begin(), numbers.end(),
                                    [&](double x) { return std::binary_search(often.begin(), often.end(), x); });
    return first == numbers.end() ? numbers.front() : *first;
}

constexpr Native stats_natives[] = {
    native("stats/mean xs",
           "The mean of the numbers xs. Fails with :range if there are none.\n(stats/mean [1 2 6]) ;=> 3.0",
           [](Call call, Seqable xs) { return figure(call, xs, mean); }),
    native("stats/median xs",
           "The number in the middle of xs, or the mean of the two. Fails with :range if there are none.\n"
           "(stats/median [1 9 3 2]) ;=> 2.5",
           [](Call call, Seqable xs) {
               return figure(call, xs, [](Numbers& numbers) { return percentile(numbers, 50); });
           }),
    native("stats/mode xs",
           "The number that occurs most often in xs, the first of several. Fails with :range if there are none.\n"
           "(stats/mode [1 2 2]) ;=> 2.0",
           [](Call call, Seqable xs) { return figure(call, xs, mode); }),
    native("stats/variance xs",
           "The population's variance of the numbers xs. Fails with :range if there are none.\n"
           "(stats/variance [1 3]) ;=> 1.0",
           [](Call call, Seqable xs) { return figure(call, xs, variance); }),
    native("stats/stddev xs",
           "The population's standard deviation of the numbers xs. Fails with :range if there are none.\n"
           "(stats/stddev [1 5]) ;=> 2.0",
           [](Call call, Seqable xs) {
               return figure(call, xs, [](const Numbers& numbers) { return std::sqrt(variance(numbers)); });
           }),
    native("stats/percentile xs p",
           "The number below which p percent of xs lie, interpolated. Fails with :range unless p is 0–100, or if there "
           "are no "
           "numbers.\n"
           "(stats/percentile [1 2 3] 25) ;=> 1.5",
           [](Call call, Seqable xs, double p) -> Result<double> {
               if (!(p >= 0 && p <= 100))
                   return failure_at(
                       1, kind::range, msg::argument_range,
                       {"p", format(msg::between, {"0", "100"}), readable(call.store(), Value::number(p))});
               return figure(call, xs, [p](Numbers& numbers) { return percentile(numbers, p); });
           }),
};

} // namespace

void define_stats(Setup setup) { setup.define(stats_natives); }

} // namespace qi::stdlib

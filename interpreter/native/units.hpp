// Arguments and options that are durations or sizes: numbers, or text such as "1m30s" and "64KiB".
#pragma once

#include "base/units.hpp"
#include "native/call.hpp"

namespace qi {

/// Milliseconds (integer or float), or text. Errors blame that argument.
Result<Duration> duration_of(Call call, int argument, Value v);
/// Bytes, or text.
Result<std::uint64_t> size_of(Call call, int argument, Value v);

} // namespace qi

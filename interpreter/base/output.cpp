#include "base/output.hpp"

#include "base/descriptor.hpp"

#include <unistd.h>

namespace qi {

Output::Output(int descriptor) noexcept : descriptor_(descriptor), limit_(::isatty(descriptor) != 0 ? 1 : 32 * 1024) {}

void Output::flush() noexcept {
    if (buffer_.empty()) return;
    if (problem_ == 0) problem_ = sink_ != nullptr ? sink_->take(buffer_) : write_all(descriptor_, buffer_);
    buffer_.clear();
}

} // namespace qi

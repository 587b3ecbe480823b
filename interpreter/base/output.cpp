#include "base/output.hpp"

#include <cerrno>
#include <poll.h>
#include <unistd.h>

namespace qi {

void Output::flush() noexcept {
    if (sink_ != nullptr && !buffer_.empty()) {
        sink_->take(buffer_);
        buffer_.clear();
    }
    std::size_t done = 0;
    while (done < buffer_.size() && !broken_) {
        const ssize_t written = ::write(descriptor_, buffer_.data() + done, buffer_.size() - done);
        if (written >= 0) {
            done += static_cast<std::size_t>(written);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            // A terminal or pipe that somebody made non-blocking: output is not dropped for that.
            pollfd wait{descriptor_, POLLOUT, 0};
            ::poll(&wait, 1, -1);
        } else if (errno != EINTR) {
            broken_ = true;
        }
    }
    buffer_.clear();
}

} // namespace qi

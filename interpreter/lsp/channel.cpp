#include "lsp/channel.hpp"

#include "base/descriptor.hpp"

#include <cerrno>
#include <charconv>
#include <poll.h>
#include <strings.h>
#include <unistd.h>

namespace qi::lsp {

namespace {

constexpr std::size_t longest_header = 4096;
constexpr std::size_t longest_message = std::size_t{256} << 20;

/// Of a header's lines; nothing if none names a length.
std::optional<std::size_t> length_in(std::string_view header) {
    constexpr std::string_view name = "content-length:";
    std::optional<std::size_t> length;
    while (!header.empty()) {
        const std::size_t end = std::min(header.find('\n'), header.size());
        std::string_view line = header.substr(0, end);
        header.remove_prefix(std::min(end + 1, header.size()));
        // What isn't a header in front of one, on its line, is passed over: the peer may have lost count.
        for (std::size_t at = 0; at + name.size() <= line.size(); ++at) {
            if (::strncasecmp(line.data() + at, name.data(), name.size()) != 0) continue;
            line.remove_prefix(at + name.size());
            while (line.starts_with(' ')) line.remove_prefix(1);
            std::size_t value = 0;
            if (std::from_chars(line.data(), line.data() + line.size(), value).ec == std::errc()) length = value;
            break;
        }
    }
    return length;
}

} // namespace

bool Channel::take(std::string& message) {
    for (;;) {
        const std::string_view rest = std::string_view(unread_).substr(at_);
        const std::size_t end = rest.find("\r\n\r\n");
        if (end == std::string_view::npos) {
            // No header is so long: this is none. Its end may be the begin of one.
            if (rest.size() > longest_header) at_ = unread_.size() - 64;
            return false;
        }
        const auto length = length_in(rest.substr(0, end));
        if (!length || *length > longest_message) {
            at_ += end + 4;
            continue;
        }
        if (rest.size() - end - 4 < *length) return false;
        message = rest.substr(end + 4, *length);
        at_ += end + 4 + *length;
        return true;
    }
}

bool Channel::read_more(bool wait) {
    pollfd polled{in_, POLLIN, 0};
    while (::poll(&polled, 1, wait ? -1 : 0) < 0)
        if (errno != EINTR) break;
    if (polled.revents == 0) return false;
    unread_.erase(0, at_);
    at_ = 0;
    char buffer[65536];
    ssize_t got;
    do got = ::read(in_, buffer, sizeof buffer);
    while (got < 0 && errno == EINTR);
    if (got <= 0) {
        ended_ = true;
        return false;
    }
    unread_.append(buffer, static_cast<std::size_t>(got));
    return true;
}

std::optional<std::string> Channel::receive(bool wait) {
    std::string message;
    for (;;) {
        if (take(message)) return message;
        if (ended_ || !read_more(wait)) return std::nullopt;
    }
}

void Channel::send(std::string_view text) {
    std::string message = "Content-Length: " + std::to_string(text.size()) + "\r\n\r\n";
    message += text;
    if (write_all(out_, message) != 0) ended_ = true; // nobody listens any more
}

} // namespace qi::lsp

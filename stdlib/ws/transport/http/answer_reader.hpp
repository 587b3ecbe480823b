// A server's answer to the handshake of a client, out of bytes in whatever pieces they arrive: RFC 9112 and RFC
// 6455, 4.1. What can't become a good answer is refused at the line that shows it. No sockets. The service thread.
#pragma once

#include "base/message.hpp"
#include "ws/transport/options.hpp"
#include "ws/transport/wire/deflate.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace qi::ws {

/// As much of an answer's head as is read, those of interim answers before it included.
inline constexpr std::size_t largest_answer_head = 64 * 1024;

/// The Sec-WebSocket-Accept that belongs to a key: RFC 6455, 4.2.2.
std::string accept_for(std::string_view key);

class AnswerReader {
public:
    /// `key` is the one that was sent, as were the protocols and the offer that `deflate` makes.
    AnswerReader(std::string_view key, std::vector<std::string> protocols, const DeflateWish& deflate)
        : accept_(accept_for(key)), protocols_(std::move(protocols)), deflate_(deflate) {}

    struct More {};
    struct Agreed {
        std::string protocol; // empty: none
        DeflateTerms deflate;
    };
    struct Refused {
        std::optional<int> status;       // where it is HTTP
        Headers headers;                 // names in lower case
        const Message* reason = nullptr; // what is wrong with a 101, or with what should be HTTP
    };
    using Outcome = std::variant<More, Agreed, Refused>;

    /// Not to be called again after anything but More.
    Outcome add(std::string_view bytes);
    /// What came behind the head.
    std::string take_rest() noexcept { return std::move(incoming_); }
    const std::string& accept() const noexcept { return accept_; }

private:
    std::optional<Refused> take_line(std::string_view line);
    Outcome judge();
    Refused refuse(const Message& reason);

    const std::string accept_;
    const std::vector<std::string> protocols_;
    const DeflateWish deflate_;
    std::string incoming_; // from the line on that isn't complete yet
    std::size_t size_ = 0; // of all the lines before it
    std::optional<int> status_;
    Headers headers_;
};

} // namespace qi::ws

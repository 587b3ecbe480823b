// The body of a plain request, as it arrives: by its length or in chunks (RFC 9112, 6 and 7). The service thread; no
// sockets.
#pragma once

#include "ws/transport/http/request.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace qi::ws {

class BodyReader {
public:
    /// The status of the refusal for a request whose body can't be read: 400, 413, 501.
    static std::variant<BodyReader, int> of(const Request& request, std::uint64_t limit);

    struct More {};
    struct Whole {};
    /// The next bytes. A number is the status of the refusal.
    std::variant<More, Whole, int> add(std::string_view bytes);
    /// What is there of it.
    std::size_t size() const noexcept { return body_.size(); }
    std::string take() noexcept { return std::move(body_); }
    /// The whole of it is announced as nothing.
    bool is_empty() const noexcept { return !chunked_ && left_ == 0; }

private:
    enum class Part : std::uint8_t { Size, Data, DataEnd, Trailer };
    std::variant<More, Whole, int> add_chunked(std::string_view bytes);
    bool take_line(std::string_view& bytes);

    std::uint64_t limit_ = 0;
    bool chunked_ = false;
    std::uint64_t left_ = 0; // of the body, or of the chunk
    Part part_ = Part::Size;
    std::string line_;
    std::size_t trailer_ = 0;
    std::string body_;
};

} // namespace qi::ws

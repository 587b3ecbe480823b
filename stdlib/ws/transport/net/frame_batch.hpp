// Frames that are written together: small ones copied one behind the other, large ones where they are. The service
// thread.
#pragma once

#include "ws/transport/net/link.hpp"
#include "ws/transport/wire/buffer.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace qi::ws {

/// One for the whole thread.
class FrameBatch {
public:
    static constexpr std::size_t capacity = 128 * 1024;
    FrameBatch() : bytes_(new char[capacity]) {}

    /// Where the next bytes may be put, and how many.
    char* end() noexcept { return bytes_.get() + used_; }
    std::size_t room() const noexcept { return capacity - used_; }
    /// They were put there.
    void add(std::size_t size);
    /// What needs no copy.
    void add(Buffer bytes);
    bool empty() const noexcept { return parts_.empty(); }
    /// More wouldn't go out in the same call.
    bool is_full() const noexcept { return parts_.size() + 2 > most_parts; }
    /// Hands all of it over, and is empty then. False: the link is lost.
    bool write(Link& link);

private:
    static constexpr std::size_t most_parts = 64; // as in socket_writer.cpp
    struct Part {
        std::size_t start = 0, size = 0; // of the bytes here
        Buffer elsewhere;
    };

    std::unique_ptr<char[]> bytes_;
    std::size_t used_ = 0;
    std::vector<Part> parts_;
    std::vector<Link::Piece> pieces_;
};

} // namespace qi::ws

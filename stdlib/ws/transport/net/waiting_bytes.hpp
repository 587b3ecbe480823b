// Bytes that wait until they can go out, without a copy where somebody else keeps them anyway. The service thread.
#pragma once

#include "ws/transport/net/link.hpp"
#include "ws/transport/wire/buffer.hpp"
#include "ws/transport/wire/queue.hpp"

#include <cstddef>
#include <span>

namespace qi::ws {

class WaitingBytes {
public:
    bool empty() const noexcept { return parts_.empty(); }
    std::size_t size() const noexcept { return size_; }
    /// What is left of the pieces behind the first `from` bytes.
    void keep(std::span<const Link::Piece> pieces, std::size_t from);
    /// The first of the parts, as many as there is room for; how many that was.
    std::size_t first(std::span<Link::Piece> into) const noexcept;
    /// The first bytes have gone out.
    void drop(std::size_t size) noexcept;

private:
    Queue<Buffer> parts_;
    std::size_t size_ = 0;
};

} // namespace qi::ws

// What waits to be written on one connection, and how it becomes bytes: everything that is queued goes out
// in as few writes as it fits in. The service thread.
#pragma once

#include "ws/transport/buffer.hpp"
#include "ws/transport/frame.hpp"
#include "ws/transport/link.hpp"
#include "ws/transport/queue.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace qi::ws {

/// Where frames are put together before they are written. One for the whole thread.
class FrameScratch {
public:
    static constexpr std::size_t capacity = 128 * 1024;
    FrameScratch() : bytes_(new char[capacity]) {}

    char* data() noexcept { return bytes_.get(); }
    char* end() noexcept { return bytes_.get() + used_; }
    std::size_t used() const noexcept { return used_; }
    std::size_t room() const noexcept { return capacity - used_; }
    void add(std::size_t size) noexcept { used_ += size; }
    void clear() noexcept { used_ = 0; }

private:
    std::unique_ptr<char[]> bytes_;
    std::size_t used_ = 0;
};

class Outbox {
public:
    /// `masks` is nullptr on a server.
    explicit Outbox(MaskSource* masks) noexcept : masks_(masks) {}

    void push(Opcode opcode, Buffer payload) { items_.push(Item{opcode, false, false, std::move(payload), 0}); }
    /// A message: `size` is what it counts for in Progress, whatever it was compressed to.
    void push(Opcode opcode, Buffer payload, bool compressed, std::uint64_t size) {
        items_.push(Item{opcode, compressed, false, std::move(payload), size});
    }
    /// A message as a whole unmasked frame, shared with others. Servers only.
    void push_framed(Opcode opcode, Buffer frame, std::uint64_t size) { items_.push(Item{opcode, false, true, std::move(frame), size}); }
    /// A ping: goes before the messages that wait.
    void push_urgent(Opcode opcode, Buffer payload) { urgent_.push(Item{opcode, false, false, std::move(payload), 0}); }
    bool empty() const noexcept { return items_.empty() && urgent_.empty(); }
    /// Nothing more will be written: drops what waits.
    void clear() noexcept;

    struct Progress {
        std::uint64_t payload = 0; // bytes of messages that were given to the link, as they were before compression
        bool closed = false;       // the close frame was among them
        bool lost = false;         // the link is gone
    };
    /// Writes until nothing is left or the link is stuck. `beyond_stuck` goes on regardless, for the end.
    Progress flush(Link& link, FrameScratch& scratch, bool beyond_stuck = false);

private:
    struct Item {
        Opcode opcode = Opcode::Text;
        bool compressed = false;
        bool framed = false; // the payload has the frame's header in front already
        Buffer payload;
        std::uint64_t size = 0;
    };
    FrameHeader header_for(const Item& item);
    void add_small(const Item& item, FrameScratch& scratch, Progress& progress);
    bool write_large(const Item& item, Link& link, FrameScratch& scratch);

    MaskSource* masks_;
    Queue<Item> items_;
    Queue<Item> urgent_;
};

} // namespace qi::ws

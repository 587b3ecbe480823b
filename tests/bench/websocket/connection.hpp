// What both sides of a WebSocket connection have in common: bytes that come in and become frames, bytes that wait to go
// out. What is odd about what the other side does ends the program.
#pragma once

#include "frames.hpp"
#include "outgoing.hpp"
#include "run.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace qi::bench {

class Connection : public Watched, private FrameSink {
public:
    /// Needn't be called from within the calls below.
    void flush();

protected:
    Connection(Run& run, Role role) : run_(run), role_(role), reader_(role) {}

    /// Forgets what was before; begins with the bytes of an HTTP head.
    template <typename... Arguments>
    void start(Arguments&&... arguments) {
        head_.clear();
        is_upgraded_ = false;
        reader_ = FrameReader(role_);
        outgoing_.clear();
        stream_.emplace(std::forward<Arguments>(arguments)...);
        run_.loop.watch(stream_->descriptor(), *this); // which says at once that it can be written to, or when
    }
    void stop() { stream_.reset(); }

    /// The head of the other side's HTTP message, without the empty line; frames follow.
    virtual void take_head(const std::string& head) = 0;
    /// The next bytes of the message, unmasked.
    void piece(std::string_view) override { unexpected("a message"); }
    void message_ended() override { unexpected("a message"); }
    /// The answer goes out by itself.
    virtual void pinged() {}
    virtual void close_frame(std::string_view payload) = 0;
    /// The other side has closed the socket.
    virtual void no_more() = 0;
    /// All that came has been handed out, and what can be written is.
    virtual void settled() {}

    /// A frame that is a whole message, or a control frame.
    void send_whole(Opcode opcode, std::string_view payload);
    [[noreturn]] void unexpected(const char* what) const;

    Run& run() noexcept { return run_; }
    Role role() const noexcept { return role_; }
    /// Goes out with the next flush.
    Outgoing& outgoing() noexcept { return outgoing_; }
    /// The type of the message that is coming in.
    Opcode opcode() const noexcept { return opcode_; }
    /// When the bytes that are handed out now were read.
    Clock::time_point now() const noexcept { return now_; }

private:
    void ready(std::uint32_t events) override;
    void read_all(bool has_ended);
    std::size_t head_in(std::string_view bytes);
    void message_began(Opcode opcode) override { opcode_ = opcode; }
    void control(Opcode opcode, std::string_view payload) override;

    Run& run_;
    const Role role_;
    std::optional<Stream> stream_;
    Outgoing outgoing_;
    FrameReader reader_;
    std::string head_; // so far
    bool is_upgraded_ = false;
    Opcode opcode_ = Opcode::Text;
    Clock::time_point now_;
};

/// The payload of the close frame that both sides send (RFC 6455, 7.4.1).
inline std::string normal_closure() { return {char(1000 >> 8), char(1000 & 0xff)}; }

/// RFC 6455, 4.2.2: what the server has to make of a client's key.
std::string accept_value(std::string_view key);

} // namespace qi::bench

// One WebSocket connection to the server: opens, speaks, closes, and may be opened again. What is odd about what the
// server does ends the program.
#pragma once

#include "frames.hpp"
#include "messages.hpp"
#include "outgoing.hpp"
#include "run.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace qi::bench {

class Client : public Watched, private FrameSink {
public:
    Client(Run& run, std::string_view path);

    /// Begins to open it. opened() follows.
    void open();
    /// Begins to close it. ended() follows.
    void close();
    /// Is sent with the next flush().
    void send(const Messages& messages, std::uint32_t sender, std::uint32_t number);
    void send_text(std::string_view text);
    /// Needn't be called from within the calls below.
    void flush();

protected:
    virtual void opened() {}
    /// Part of a message, which begins with the first one after message_ended().
    void piece(std::string_view) override { unexpected("a message"); }
    void message_ended() override { unexpected("a message"); }
    /// The answer goes out by itself.
    virtual void pinged() {}
    /// The server has closed the socket after both sides' close frames.
    virtual void ended() {}

    /// The type of the message that is coming in.
    Opcode opcode() const noexcept { return opcode_; }
    /// When the bytes that are handed out now were read.
    Clock::time_point now() const noexcept { return now_; }
    Run& run() noexcept { return run_; }

private:
    enum class State { Ended, Upgrading, Open, Closing, Closed };

    void ready(std::uint32_t events) override;
    void read_all(bool has_ended);
    void take(std::string_view bytes);
    std::string_view take_head(std::string_view bytes);
    void end();
    void message_began(Opcode opcode) override { opcode_ = opcode; }
    void control(Opcode opcode, std::string_view payload) override;
    void send_control(Opcode opcode, std::string_view payload);
    [[noreturn]] static void unexpected(const char* what);

    Run& run_;
    const std::string request_;
    State state_ = State::Ended;
    std::optional<Stream> stream_;
    Outgoing outgoing_;
    FrameReader reader_;
    std::string head_; // of the answer to the upgrade, so far
    Opcode opcode_ = Opcode::Text;
    Clock::time_point now_;
};

} // namespace qi::bench

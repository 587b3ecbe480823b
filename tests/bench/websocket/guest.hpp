// One WebSocket connection of a client that this program serves. What is odd about what the client does ends the
// program.
#pragma once

#include "connection.hpp"

#include <string>
#include <string_view>

namespace qi::bench {

class Guest : public Connection {
public:
    explicit Guest(Run& run) : Connection(run, Role::Server) {}

    /// Begins with a connection that was accepted. opened() follows, and in the end ended().
    void welcome(int descriptor);
    /// Begins to close it.
    void close();
    bool is_open() const noexcept { return state_ == State::Open; }
    bool has_ended() const noexcept { return state_ == State::Ended; }

protected:
    /// A whole text message; goes out with the next flush.
    void send(std::string_view text);
    virtual void opened() {}
    /// The socket is closed after both sides' close frames, which had the code 1000.
    virtual void ended() {}

private:
    enum class State { Ended, Upgrading, Open, Closing, Closed };

    void take_head(const std::string& head) override;
    void close_frame(std::string_view payload) override;
    void no_more() override;
    void settled() override;

    State state_ = State::Ended;
};

} // namespace qi::bench

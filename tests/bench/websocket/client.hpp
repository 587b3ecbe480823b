// One WebSocket connection to the server: opens, speaks, closes, and may be opened again. What is odd about what the
// server does ends the program.
#pragma once

#include "connection.hpp"
#include "messages.hpp"

#include <string>
#include <string_view>

namespace qi::bench {

class Client : public Connection {
public:
    Client(Run& run, std::string_view path);

    /// Begins to open it. opened() follows.
    void open();
    /// Begins to close it. ended() follows.
    void close();
    /// Is sent with the next flush().
    void send(const Messages& messages, std::uint32_t sender, std::uint32_t number);
    void send_text(std::string_view text);

protected:
    virtual void opened() {}
    /// The server has closed the socket after both sides' close frames.
    virtual void ended() {}

private:
    enum class State { Ended, Upgrading, Open, Closing, Closed };

    void take_head(const std::string& head) override;
    void close_frame(std::string_view payload) override;
    void no_more() override;

    const std::string request_;
    State state_ = State::Ended;
};

} // namespace qi::bench

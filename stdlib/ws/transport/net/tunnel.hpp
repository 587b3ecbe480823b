// A socket that leads through an HTTP proxy to a server (RFC 9110, 9.3.6). The service thread.
#pragma once

#include "ws/transport/net/event_loop.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace qi::ws {

struct TunnelFailure {
    int system_error = 0;      // of TCP
    std::optional<int> status; // the proxy's answer, where it gave one
};

class TunnelUser {
public:
    virtual ~TunnelUser() = default;
    /// The socket now leads to the server. It is the user's to close. The tunnel isn't destroyed in the call.
    virtual void on_tunnel(int socket) noexcept = 0;
    virtual void on_tunnel_failed(TunnelFailure failure) noexcept = 0;
};

/// One attempt to have a tunnel opened.
class Tunnel final : public SocketUser {
public:
    Tunnel(EventLoop& loop, TunnelUser& user) noexcept : loop_(loop), user_(user) {}
    ~Tunnel() override;

    /// The user is told later, or at once.
    void start(const std::string& address, std::uint16_t port, std::string request);
    bool is_connected() const noexcept { return phase_ != Phase::Connecting; }

private:
    enum class Phase : std::uint8_t { Connecting, Asking, Reading, Over };

    void on_socket(int events) noexcept override;
    void ask();
    void read();
    void fail(TunnelFailure failure) noexcept;

    EventLoop& loop_;
    TunnelUser& user_;
    int socket_ = -1;
    std::unique_ptr<SocketWatch> watch_;
    Phase phase_ = Phase::Connecting;
    std::string request_;
    std::string answer_;
};

} // namespace qi::ws

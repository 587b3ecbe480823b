// One connection that is being made: name, addresses one after the other, handshake; all of it within the
// dial timeout. The service thread.
#pragma once

#include "ws/transport/exchange/loop_context.hpp"
#include "ws/transport/net/addresses.hpp"
#include "ws/transport/net/lws.hpp"
#include "ws/transport/net/resolver.hpp"
#include "ws/transport/net/tunnel.hpp"

#include <memory>
#include <string>
#include <vector>

namespace qi::ws {

class Loop;

class Dial final : public OpeningUser, public AlarmUser, public ResolveUser, public TunnelUser {
public:
    Dial(Id id, std::shared_ptr<ConnectCommand> command, EventLoop& loop, LoopContext& context, Library& library,
         Resolver& resolver, Loop& owner);
    ~Dial() override;

    void start();
    /// Ends it by a failure of kind :closed.
    void cancel() noexcept;

    Id id() const noexcept { return id_; }
    const std::shared_ptr<ConnectCommand>& command() const noexcept { return command_; }
    std::unique_ptr<OpeningLink> take_link() noexcept { return std::move(link_); }

private:
    void try_next();
    void give_up(ConnectFailure failure) noexcept;
    void on_tunnel(int socket) noexcept override;
    void on_tunnel_failed(TunnelFailure failure) noexcept override;
    void open_link(int socket);
    ConnectFailure proxy_failure(const std::string& reason) const;
    bool is_connected() const noexcept;
    void on_open(LinkOpened opened) noexcept override;
    void on_failed(LinkFailure failure) noexcept override;
    void on_alarm() noexcept override;
    void on_resolved(std::vector<std::string> addresses, const std::string& reason) noexcept override;

    const Id id_;
    const std::shared_ptr<ConnectCommand> command_;
    EventLoop& loop_;
    LoopContext& context_;
    Library& library_;
    Resolver& resolver_;
    Loop& owner_;
    Alarm alarm_;
    TimePoint deadline_;
    Addresses addresses_;
    std::unique_ptr<OpeningLink> link_;
    std::vector<std::unique_ptr<OpeningLink>> spent_; // still on the call stack, perhaps
    std::unique_ptr<Tunnel> tunnel_;
    std::vector<std::unique_ptr<Tunnel>> spent_tunnels_;
    bool over_ = false;
};

/// The failure of an attempt as a user is told.
ConnectFailure describe_failure(const LinkFailure& failure, const ConnectCommand& command, const std::string& address);

} // namespace qi::ws

// The sockets that listen, and where they come from: from `qi serve`, if this process is one of its workers; from the
// service manager, if it has opened one at the address (LISTEN_FDS); else they are made here. All of it on the
// interpreter's thread, so that a port in use is known at once.
#pragma once

#include "base/inherited_sockets.hpp"
#include "base/result.hpp"
#include "base/service_manager.hpp"
#include "base/worker_line.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace qi::ws {

struct ListenSocket {
    int socket = -1; // the caller closes it
    SocketAddress address;
    std::optional<std::size_t> inherited; // its number among those of the service manager

    std::uint16_t port() const noexcept { return address.port(); }
};

class ListenSockets {
public:
    ListenSockets();

    /// Errors: :in-use, :permission-denied, :value for a host that isn't an address of this machine. A name is
    /// resolved here, and that may take a while; "localhost" isn't.
    Result<ListenSocket> open(const std::string& host, std::uint16_t port, bool reuse_port);
    /// The program has closed the listener that had it.
    void note_closed(const ListenSocket& closed) noexcept;
    /// Another worker of `qi serve` serves in place of this one from now on.
    bool is_replaced() noexcept { return line_.is_there() && line_.is_replaced(); }
    /// This process ends: what is closed from now on is for the next worker of `qi serve`.
    void note_ending() noexcept { line_.say_ending(); }
    /// A signal stops the program.
    void note_stopping() noexcept;
    /// Of this process; in a worker of `qi serve` it isn't told anything.
    const ServiceManager& manager() const noexcept { return manager_; }

private:
    WorkerLine line_;
    InheritedSockets inherited_;
    ServiceManager manager_;
    std::vector<std::size_t> inherited_in_use_;
    std::vector<SocketAddress> any_port_; // that were asked for with port 0
    bool told_stopping_ = false;
};

} // namespace qi::ws

#include "ws/transport/net/listen_socket.hpp"

#include "base/system_error.hpp"
#include "ws/transport/http/url.hpp"
#include "ws/transport/kinds.hpp"
#include "ws/transport/messages.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <sys/socket.h>
#include <utility>

namespace qi::ws {

namespace {

Error describe(int error, const std::string& endpoint) {
    switch (error) {
    case EADDRINUSE: return failure(kind::in_use, message::listen_in_use, {endpoint});
    case EACCES:
    case EPERM: return failure(kind::permission_denied, message::listen_denied, {endpoint});
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EIO:
    case ECONNRESET:
    case EPIPE:
    case ETIMEDOUT: return failure(kind::io, message::listen_failed, {endpoint, system_error_text(error)});
    default: return failure(kind::value, message::listen_address, {endpoint, system_error_text(error)});
    }
}

Result<SocketAddress> resolve(const std::string& host, std::uint16_t port, const std::string& endpoint) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | (is_address(host) ? AI_NUMERICHOST : 0);
    addrinfo* found = nullptr;
    const std::string name = host == "localhost" ? "127.0.0.1" : host;
    if (const int fault = getaddrinfo(name.c_str(), std::to_string(port).c_str(), &hints, &found); fault != 0) {
        if (fault == EAI_SYSTEM) return describe(errno, endpoint);
        const Kind what = fault == EAI_AGAIN || fault == EAI_MEMORY ? kind::io : kind::value;
        return failure(what, message::listen_address, {endpoint, address_error_text(fault)});
    }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, freeaddrinfo);
    SocketAddress address;
    address.size = found->ai_addrlen;
    std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
    return address;
}

} // namespace

ListenSockets::ListenSockets()
    : line_(WorkerLine::from_environment()), inherited_(InheritedSockets::from_environment()),
      manager_(ServiceManager::from_environment()) {}

Result<ListenSocket> ListenSockets::open(const std::string& host, std::uint16_t port, bool reuse_port) {
    const std::string endpoint = join_endpoint(host, port);
    const auto asked = resolve(host, port, endpoint);
    if (!asked) return asked.error();
    ListenSocket made;
    if (line_.is_there()) {
        const auto before = port == 0 ? std::count(any_port_.begin(), any_port_.end(), *asked) : 0;
        made.socket = line_.listen_at(*asked, static_cast<std::uint32_t>(before), reuse_port);
        if (port == 0 && made.socket >= 0) any_port_.push_back(*asked);
    } else if (made.inherited = inherited_.find(*asked); made.inherited) {
        const bool in_use =
            std::find(inherited_in_use_.begin(), inherited_in_use_.end(), *made.inherited) != inherited_in_use_.end();
        made.socket = in_use ? -EADDRINUSE : inherited_.open(*made.inherited);
    } else {
        made.socket = listen_at(*asked, reuse_port);
    }
    if (made.socket < 0) return describe(-made.socket, endpoint);
    if (made.inherited) inherited_in_use_.push_back(*made.inherited);
    made.address = SocketAddress::of(made.socket).value_or(*asked);
    return made;
}

void ListenSockets::note_stopping() noexcept {
    if (!std::exchange(told_stopping_, true)) manager_.tell("STOPPING=1");
}

void ListenSockets::note_closed(const ListenSocket& closed) noexcept {
    if (line_.is_there()) return line_.give_back(closed.address);
    if (!closed.inherited) return;
    const auto place = std::find(inherited_in_use_.begin(), inherited_in_use_.end(), *closed.inherited);
    if (place != inherited_in_use_.end()) inherited_in_use_.erase(place);
}

} // namespace qi::ws

#include "door.hpp"

#include "fail.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>

namespace qi::bench {

Door::Door(Run& run, Guest& guest)
    : guest_(guest), descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = run.target.address;
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (descriptor_ < 0 || bind(descriptor_, any, size) != 0 || listen(descriptor_, 16) != 0 ||
        getsockname(descriptor_, any, &size) != 0)
        fail_by_system("can't listen");
    port_ = ntohs(address.sin_port);
    run.loop.watch(descriptor_, *this);
}

Door::~Door() { close(descriptor_); }

void Door::ready(std::uint32_t) {
    for (;;) {
        int accepted = accept4(descriptor_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (accepted < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (accepted < 0) fail_by_system("can't accept");
        if (!guest_.has_ended()) fail("the client connects twice");
        guest_.welcome(accepted);
    }
}

} // namespace qi::bench

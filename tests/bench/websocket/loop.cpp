#include "loop.hpp"

#include "fail.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/epoll.h>
#include <unistd.h>

namespace qi::bench {

Loop::Loop(double patience) : patience_(seconds(patience)), descriptor_(epoll_create1(EPOLL_CLOEXEC)) {
    if (descriptor_ < 0) fail_by_system("can't make an epoll");
}

Loop::~Loop() { close(descriptor_); }

void Loop::watch(int descriptor, Watched& watched) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = &watched;
    if (epoll_ctl(descriptor_, EPOLL_CTL_ADD, descriptor, &event) != 0) fail_by_system("can't watch a socket");
}

void Loop::once(Clock::time_point deadline) {
    auto now = Clock::now();
    if (now >= deadline) return;
    bool is_patient = deadline - now > patience_;
    auto time = std::chrono::ceil<std::chrono::milliseconds>(std::min(deadline - now, patience_));
    epoll_event events[256];
    int count = epoll_wait(descriptor_, events, std::size(events), static_cast<int>(time.count()));
    if (count < 0 && errno != EINTR) fail_by_system("can't wait");
    if (count == 0 && is_patient) fail("nothing has come for " + std::to_string(time.count()) + " ms");
    for (int i = 0; i < count; ++i) static_cast<Watched*>(events[i].data.ptr)->ready(events[i].events);
}

void Loop::until(Clock::time_point deadline) {
    while (Clock::now() < deadline) once(deadline);
}

} // namespace qi::bench

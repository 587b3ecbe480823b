#include "ws/transport/exchange/counts.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

namespace qi::ws {

namespace {

/// Of the whole process, from Linux 6.2 on, where the folder's size says it; 0 before that.
std::uint64_t open_descriptors() noexcept {
    struct stat folder {};
    return ::stat("/proc/self/fd", &folder) == 0 && folder.st_size > 0 ? static_cast<std::uint64_t>(folder.st_size) : 0;
}

/// What is counted up before what is counted down is seen first by the other thread, but for a moment: never below 0.
std::uint64_t difference(std::uint64_t up, std::uint64_t down) noexcept { return up > down ? up - down : 0; }

} // namespace

Statistics statistics_of(const Counts& counts) {
    Statistics all;
    const ServiceCounts& service = counts.service;
    const ProgramCounts& program = counts.program;
    const std::uint64_t ended = service.ended.get(), settled = service.settled.get();
    all.closed = service.closed.all();
    all.accepted = service.accepted.get();
    all.connected = service.connected.get();
    all.open = difference(all.accepted + all.connected, ended);
    for (std::size_t i = 0; i < all.refused.size(); ++i) all.refused[i] = service.refused[i].get();
    all.slow = program.slow.get();
    all.skipped = program.skipped.get();
    all.dropped = service.dropped.get();
    all.published = program.published.get();
    all.sent = {program.messages.get(), program.bytes.get()};
    all.received = {service.messages.get(), service.bytes.get()};
    all.buffered = difference(program.queued.get(), settled);
    all.descriptors = open_descriptors();
    if (all.descriptors == 0) all.descriptors = service.watched.get();
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) all.descriptor_limit = limit.rlim_cur;
    return all;
}

} // namespace qi::ws

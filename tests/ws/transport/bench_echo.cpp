// Echo through the transport, both ends in one process: messages a second, round trips in microseconds,
// processor time. Not a test; run by hand on a quiet machine.
//
//   ws_transport_bench both [connections [window [size [seconds [idle connections]]]]]
//   ws_transport_bench server …    the same against plain sockets that only count bytes
#include "base/mutex.hpp"
#include "ws/transport/service.hpp"
#include "ws/transport/wire/frame.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <vector>

namespace {

using namespace qi;
using namespace qi::ws;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// As the interpreter waits: a list of ids and a condition.
class Parking final : public Waker {
public:
    void wake(std::span<const Id> ids) noexcept override {
        {
            Lock lock(mutex_);
            ids_.insert(ids_.end(), ids.begin(), ids.end());
        }
        woken_.notify_one();
    }
    bool wait(std::vector<Id>& ids, Clock::time_point deadline) {
        ids.clear();
        Lock lock(mutex_);
        while (ids_.empty())
            if (!woken_.wait_until(mutex_, deadline)) return false;
        ids.swap(ids_);
        return true;
    }

private:
    Mutex mutex_;
    Condition woken_;
    std::vector<Id> ids_ QI_GUARDED_BY(mutex_);
};

struct End {
    Parking waker;
    std::unique_ptr<Service> service = std::move(*Service::create(waker));
};

void serve(std::atomic<std::uint16_t>& port, const std::atomic<bool>& stop) {
    End end;
    ListenOptions options;
    options.connection.ping_interval = 0ms;
    const Id listener = *end.service->listen(options);
    port = *end.service->port(listener);
    std::vector<Id> woken;
    while (!stop) {
        end.waker.wait(woken, Clock::now() + 50ms);
        while (end.service->accept(listener)->has_value()) {
        }
        for (const Id id : woken) {
            if (id == listener) continue;
            while (true) {
                auto event = end.service->receive(id);
                if (!event || !event->has_value()) break;
                if ((*event)->type == EventType::Message)
                    (void)end.service->send(id, MessageType::Text, (*event)->data);
            }
        }
    }
}

double seconds_of(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

Id open(End& end, const std::string& url) {
    ConnectOptions options;
    options.url = url;
    options.connection.ping_interval = 0ms;
    const Id id = *end.service->connect(options);
    std::vector<Id> woken;
    while (std::holds_alternative<Pending>(*end.service->poll_open(id))) end.waker.wait(woken, Clock::now() + 1s);
    return id;
}

struct Workload {
    int connections = 1;
    int window = 1;
    int size = 64;
    int seconds = 3;
    int idle = 0;
};

struct Outcome {
    std::uint64_t messages = 0;
    double seconds = 0;
    double client_processor = 0; // where it is known
    std::vector<double> round_trips;

    void note_round_trip(Clock::time_point& since) {
        const auto now = Clock::now();
        round_trips.push_back(std::chrono::duration<double, std::micro>(now - since).count());
        since = now;
    }
};

Outcome drive_by_service(const Workload& load, std::uint16_t port) {
    End end;
    const std::string url = "ws://127.0.0.1:" + std::to_string(port) + "/";
    for (int i = 0; i < load.idle; ++i) open(end, url);
    std::vector<Id> ids;
    for (int i = 0; i < load.connections; ++i) ids.push_back(open(end, url));
    const std::string text(static_cast<std::size_t>(load.size), 'x');
    Outcome outcome;
    Clock::time_point sent_at = Clock::now();
    for (const Id id : ids)
        for (int i = 0; i < load.window; ++i) (void)end.service->send(id, MessageType::Text, text);
    const auto start = Clock::now();
    const auto deadline = start + std::chrono::seconds(load.seconds);
    std::vector<Id> woken;
    while (Clock::now() < deadline && end.waker.wait(woken, deadline)) {
        for (const Id id : woken) {
            while (true) {
                auto event = end.service->receive(id);
                if (!event || !event->has_value()) break;
                ++outcome.messages;
                if (load.connections == 1 && load.window == 1) outcome.note_round_trip(sent_at);
                (void)end.service->send(id, MessageType::Text, text);
            }
        }
    }
    outcome.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return outcome;
}

int open_plain(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::string head = "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::send(socket, head.data(), head.size(), MSG_NOSIGNAL) < 0)
        std::exit(1);
    std::string answer;
    char byte = 0;
    while (!answer.ends_with("\r\n\r\n") && ::recv(socket, &byte, 1, 0) == 1) answer += byte;
    return socket;
}

void send_plain(int socket, const std::string& frame, std::size_t count) {
    static std::string many;
    while (many.size() < frame.size() * count) many += frame;
    std::size_t sent = 0;
    while (sent < frame.size() * count) {
        const ssize_t size = ::send(socket, many.data() + sent, frame.size() * count - sent, MSG_NOSIGNAL);
        if (size <= 0) std::exit(1);
        sent += static_cast<std::size_t>(size);
    }
}

Outcome drive_by_sockets(const Workload& load, std::uint16_t port) {
    std::string frame(static_cast<std::size_t>(load.size) + largest_header, '\0');
    FrameHeader header;
    header.payload = static_cast<std::uint64_t>(load.size);
    header.mask = MaskKey{1, 2, 3, 4};
    frame.resize(write_frame(frame.data(), header, std::string(static_cast<std::size_t>(load.size), 'x').data()));
    const std::size_t answer_size = header_size(header.payload, false) + header.payload;
    std::vector<pollfd> sockets;
    for (int i = 0; i < load.idle; ++i) open_plain(port);
    for (int i = 0; i < load.connections; ++i) sockets.push_back({open_plain(port), POLLIN, 0});
    std::vector<std::size_t> partial(sockets.size());
    Outcome outcome;
    Clock::time_point sent_at = Clock::now();
    for (const pollfd& entry : sockets) send_plain(entry.fd, frame, static_cast<std::size_t>(load.window));
    const auto start = Clock::now();
    const auto deadline = start + std::chrono::seconds(load.seconds);
    std::vector<char> bytes(1 << 20);
    while (Clock::now() < deadline && ::poll(sockets.data(), sockets.size(), 1000) > 0) {
        for (std::size_t i = 0; i < sockets.size(); ++i) {
            if (sockets[i].revents == 0) continue;
            const ssize_t size = ::recv(sockets[i].fd, bytes.data(), bytes.size(), 0);
            if (size <= 0) std::exit(1);
            partial[i] += static_cast<std::size_t>(size);
            const std::size_t whole = partial[i] / answer_size;
            partial[i] %= answer_size;
            if (whole == 0) continue;
            outcome.messages += whole;
            if (load.connections == 1 && load.window == 1) outcome.note_round_trip(sent_at);
            send_plain(sockets[i].fd, frame, whole);
        }
    }
    outcome.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    outcome.client_processor = seconds_of(CLOCK_THREAD_CPUTIME_ID);
    return outcome;
}

} // namespace

int main(int count, char** arguments) {
    const auto number = [&](int index, int otherwise) {
        return index < count ? std::atoi(arguments[index]) : otherwise;
    };
    const bool by_sockets = count > 1 && std::string_view(arguments[1]) == "server";
    const Workload load{number(2, 1), number(3, 1), number(4, 64), number(5, 3), number(6, 0)};

    std::atomic<std::uint16_t> port{0};
    std::atomic<bool> stop{false};
    std::thread server([&] { serve(port, stop); });
    while (port == 0) std::this_thread::sleep_for(1ms);

    Outcome outcome = by_sockets ? drive_by_sockets(load, port) : drive_by_service(load, port);
    const auto messages = static_cast<double>(outcome.messages);
    std::printf("C%d W%d %d bytes, %d idle: %.0f msgs/s", load.connections, load.window, load.size, load.idle,
                messages / outcome.seconds);
    if (auto& samples = outcome.round_trips; !samples.empty()) {
        std::nth_element(samples.begin(), samples.begin() + static_cast<long>(samples.size() / 2), samples.end());
        std::printf(", p50 %.1f us", samples[samples.size() / 2]);
    }
    std::printf(", %.2f us of processor a message%s\n",
                (seconds_of(CLOCK_PROCESS_CPUTIME_ID) - outcome.client_processor) * 1e6 / messages,
                by_sockets ? " in the server" : "");
    std::fflush(stdout);
    stop = true;
    server.join();
}

// Echo through the whole transport: a client's service and a server's in one process, each with its own
// service thread. Messages a second, round trips in microseconds. Not a test; run by hand on a quiet machine.
//
//   ws_transport_bench [connections [window [size [seconds [idle connections]]]]]
#include "base/mutex.hpp"
#include "ws/transport/service.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <sys/resource.h>
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
        Lock lock(mutex_);
        ids_.insert(ids_.end(), ids.begin(), ids.end());
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
        while (end.service->accept(listener)->has_value()) {}
        for (const Id id : woken) {
            if (id == listener) continue;
            while (true) {
                auto event = end.service->receive(id);
                if (!event || !event->has_value()) break;
                if ((*event)->type == EventType::Message) (void)end.service->send(id, MessageType::Text, (*event)->data);
            }
        }
    }
}

/// Of all threads, in seconds.
double processor_time() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
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

} // namespace

int main(int count, char** arguments) {
    const auto argument = [&](int index, int otherwise) { return index < count ? std::atoi(arguments[index]) : otherwise; };
    const int connections = argument(1, 1);
    const int window = argument(2, 1);
    const int size = argument(3, 64);
    const int seconds = argument(4, 3);
    const int idle = argument(5, 0);

    std::atomic<std::uint16_t> port{0};
    std::atomic<bool> stop{false};
    std::thread server([&] { serve(port, stop); });
    while (port == 0) std::this_thread::sleep_for(1ms);

    {
        End end;
        const std::string url = "ws://127.0.0.1:" + std::to_string(port) + "/";
        for (int i = 0; i < idle; ++i) open(end, url);
        std::vector<Id> ids;
        for (int i = 0; i < connections; ++i) ids.push_back(open(end, url));
        const std::string text(static_cast<std::size_t>(size), 'x');
        std::vector<double> samples;
        std::uint64_t received = 0;
        Clock::time_point sent_at = Clock::now();
        for (const Id id : ids)
            for (int i = 0; i < window; ++i) (void)end.service->send(id, MessageType::Text, text);
        const double used_before = processor_time();
        const auto start = Clock::now();
        const auto deadline = start + std::chrono::seconds(seconds);
        std::vector<Id> woken;
        while (Clock::now() < deadline) {
            if (!end.waker.wait(woken, deadline)) break;
            for (const Id id : woken) {
                while (true) {
                    auto event = end.service->receive(id);
                    if (!event || !event->has_value()) break;
                    ++received;
                    if (connections == 1 && window == 1) {
                        const auto now = Clock::now();
                        samples.push_back(std::chrono::duration<double, std::micro>(now - sent_at).count());
                        sent_at = now;
                    }
                    (void)end.service->send(id, MessageType::Text, text);
                }
            }
        }
        const double took = std::chrono::duration<double>(Clock::now() - start).count();
        std::printf("C%d W%d %d bytes, %d idle: %.0f msgs/s", connections, window, size, idle, static_cast<double>(received) / took);
        if (!samples.empty()) {
            std::nth_element(samples.begin(), samples.begin() + static_cast<long>(samples.size() / 2), samples.end());
            std::printf(", p50 %.1f us", samples[samples.size() / 2]);
        }
        std::printf(", %.2f us of processor a message", (processor_time() - used_before) * 1e6 / static_cast<double>(received));
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        std::printf(", %ld kB resident at most\n", usage.ru_maxrss);
    }
    stop = true;
    server.join();
}

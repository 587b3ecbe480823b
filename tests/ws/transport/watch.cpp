// The event loop: sockets that it watches, when it comes round, who wakes it.
#include "ws/transport/net/event_loop.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <memory>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace qi::ws::test {

namespace {

using namespace std::chrono_literals;

struct Watcher final : SocketUser {
    void on_socket(int happened) noexcept override {
        events |= happened;
        ++calls;
        if (then) then();
    }
    void on_socket_error() noexcept override { ++errors; }
    int events = 0;
    int calls = 0;
    int errors = 0;
    std::function<void()> then;
};

struct Woken final : WakeUser {
    void on_wake() noexcept override { ++times; }
    int times = 0;
};

struct OpenLoop : EventLoop {
    OpenLoop() { REQUIRE(open() == 0); }
    void look() {
        come_round_at_once();
        wait();
    }
};

/// Two ends of a stream.
struct Ends {
    Ends() { REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0); }
    ~Ends() {
        for (const int end : ends)
            if (end >= 0) ::close(end);
    }
    void write() const { REQUIRE(::write(ends[1], "x", 1) == 1); }
    void read() const {
        char byte;
        REQUIRE(::read(ends[0], &byte, 1) == 1);
    }
    int ends[2];
};

/// A pipe whose reader is gone: an error for whoever watches its other end.
struct BrokenPipe {
    BrokenPipe() {
        REQUIRE(pipe(ends) == 0);
        ::close(ends[0]);
    }
    ~BrokenPipe() { ::close(ends[1]); }
    int ends[2];
};

} // namespace

TEST_CASE("what happens to a socket is told as long as it is watched for that") {
    OpenLoop loop;
    const Ends ends;
    Watcher watcher;
    SocketWatch watch(loop, ends.ends[0], watcher);
    ends.write();
    loop.look();
    CHECK(watcher.calls == 0);
    watch.watch(socket_event::readable);
    loop.look();
    loop.look(); // it isn't read
    CHECK(watcher.calls == 2);
    CHECK(watcher.events == socket_event::readable);
    watch.watch(socket_event::readable | socket_event::writable);
    loop.look();
    CHECK(watcher.events == (socket_event::readable | socket_event::writable));
    ends.read();
    watcher.events = 0;
    watch.watch(socket_event::readable | socket_event::peer_gone);
    loop.look();
    CHECK(watcher.events == 0);
    REQUIRE(::shutdown(ends.ends[1], SHUT_WR) == 0);
    loop.look();
    CHECK(watcher.events == (socket_event::readable | socket_event::peer_gone));
    watch.watch(0);
    watcher.events = 0;
    loop.look();
    CHECK(watcher.events == 0);
}

TEST_CASE("a watch that another's user destroys is told of nothing, nor is who has its descriptor next") {
    OpenLoop loop;
    Ends first, second;
    Watcher one, other, next;
    auto a = std::make_unique<SocketWatch>(loop, first.ends[0], one);
    auto b = std::make_unique<SocketWatch>(loop, second.ends[0], other);
    for (SocketWatch* watch : {a.get(), b.get()}) watch->watch(socket_event::readable);
    std::unique_ptr<SocketWatch> c;
    const auto destroy = [&](Ends& ends, std::unique_ptr<SocketWatch>& watch) {
        return [&] {
            if (c != nullptr) return;
            watch.reset();
            const int again = ::dup(ends.ends[1]); // writable, and nothing in it
            REQUIRE(again >= 0);
            REQUIRE(::dup3(again, ends.ends[0], O_CLOEXEC) == ends.ends[0]);
            ::close(again);
            c = std::make_unique<SocketWatch>(loop, ends.ends[0], next);
            c->watch(socket_event::readable);
        };
    };
    one.then = destroy(second, b);
    other.then = destroy(first, a);
    first.write();
    second.write();
    loop.look();
    CHECK(one.calls + other.calls == 1);
    CHECK(next.calls == 0);
}

TEST_CASE("a socket that another one takes the place of is watched as well") {
    OpenLoop loop;
    Ends first, second;
    Watcher watcher;
    SocketWatch watch(loop, first.ends[0], watcher);
    watch.watch(socket_event::readable);
    loop.look();
    REQUIRE(::dup3(second.ends[0], first.ends[0], O_CLOEXEC) == first.ends[0]);
    watch.watch(socket_event::readable | socket_event::writable);
    loop.look();
    CHECK(watcher.events == socket_event::writable);
    second.write();
    loop.look();
    CHECK(watcher.events == (socket_event::writable | socket_event::readable));
}

TEST_CASE("an error ends the watching, and it may be begun again") {
    OpenLoop loop;
    const BrokenPipe pipe;
    Watcher watcher;
    SocketWatch watch(loop, pipe.ends[1], watcher);
    watch.watch(socket_event::writable);
    loop.look();
    CHECK(watcher.errors == 1);
    loop.look();
    CHECK(watcher.errors == 1);
    watch.watch(socket_event::writable);
    loop.look();
    CHECK(watcher.errors == 2);
}

TEST_CASE("what can't be watched is an error, once") {
    OpenLoop loop;
    char name[] = "/tmp/qi-watch-XXXXXX";
    const int file = mkstemp(name);
    REQUIRE(file >= 0); // epoll watches no files
    unlink(name);
    Watcher watcher;
    {
        SocketWatch watch(loop, file, watcher);
        watch.watch(socket_event::readable);
        loop.look();
        loop.look();
    }
    CHECK(watcher.errors == 1);
    CHECK(watcher.calls == 0);
    ::close(file);
}

TEST_CASE("the loop comes round at the earliest time that was asked for, and only once") {
    OpenLoop loop;
    const TimePoint before = loop.now();
    loop.come_round_by(before + 10s);
    loop.come_round_by(before + 20ms);
    loop.come_round_by(before + 10s);
    loop.wait();
    CHECK(loop.now() >= before + 20ms);
    CHECK(loop.now() < before + 5s);
    std::thread waker([&] {
        std::this_thread::sleep_for(20ms);
        loop.wake();
    });
    loop.wait(); // for ever, but for that
    CHECK(loop.now() >= before + 40ms);
    waker.join();
}

TEST_CASE("no wake-up is lost, and many are one") {
    OpenLoop loop;
    Woken woken, other;
    WakeHandle wake(loop, woken);
    const WakeHandle unused(loop, other);
    for (int i = 0; i < 3; ++i) wake.send();
    loop.look();
    loop.look();
    CHECK(woken.times == 1);
    CHECK(other.times == 0);
    // What is written before is seen behind it, at once.
    std::atomic<int> written{0};
    constexpr int count = 20000;
    std::thread sender([&] {
        for (int i = 1; i <= count; ++i) {
            written.store(i, std::memory_order_relaxed);
            wake.send();
        }
    });
    bool lost = false;
    for (int seen = 0; seen < count && !lost;) {
        const int times = woken.times;
        loop.come_round_by(loop.now() + 5s);
        loop.wait();
        seen = written.load(std::memory_order_relaxed);
        lost = woken.times == times; // it came round by time alone
    }
    sender.join();
    CHECK_FALSE(lost);
}

TEST_CASE("a signal wakes its user, and does afterwards what it did before") {
    struct sigaction before {};
    struct sigaction ignored {};
    ignored.sa_handler = SIG_IGN;
    REQUIRE(sigaction(SIGHUP, &ignored, &before) == 0);
    OpenLoop loop;
    Woken woken;
    {
        const SignalHandle handle(loop, SIGHUP, woken);
        raise(SIGHUP);
        loop.look();
        CHECK(woken.times == 1);
    }
    raise(SIGHUP);
    struct sigaction after {};
    sigaction(SIGHUP, &before, &after);
    CHECK((after.sa_handler == SIG_IGN));
    loop.look();
    CHECK(woken.times == 1);
}

} // namespace qi::ws::test

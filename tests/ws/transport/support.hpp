// What the tests of the transport share: waiting with a limit, a raw TCP peer, echo loops.
#pragma once

#include "base/mutex.hpp"
#include "ws/transport/service.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace qi::ws::test {

using namespace std::chrono_literals;

inline constexpr std::size_t KiB = 1024, MiB = 1024 * KiB;

/// Lets the testing thread sleep until the service has something new.
class SleepingWaker final : public Waker {
public:
    void wake(std::span<const Id> ids) noexcept override;
    /// False once the time has passed with nothing new.
    bool sleep_until(std::chrono::steady_clock::time_point deadline);
    /// As a goroutine parks: until that id is woken, since forget(id).
    bool park_until(Id id, std::chrono::steady_clock::time_point deadline);
    void forget(Id id) noexcept;
    /// Makes the service thread stand still from its next wake-up until release().
    void hold() noexcept;
    /// Until it does. What it delivered before that has been woken for.
    bool stands_still_until(std::chrono::steady_clock::time_point deadline);
    void release() noexcept;

private:
    Mutex mutex_;
    Condition changed_;
    bool woken_ QI_GUARDED_BY(mutex_) = false;
    bool held_ QI_GUARDED_BY(mutex_) = false;
    bool stands_ QI_GUARDED_BY(mutex_) = false;
    std::set<Id> ids_ QI_GUARDED_BY(mutex_);
};

/// A service, and what its user would do by parking: ask again after each wake-up, for at most ten seconds.
class Fixture {
public:
    explicit Fixture(ServiceOptions options = {});

    Service& operator*() noexcept { return *service_; }
    Service* operator->() noexcept { return service_.get(); }
    SleepingWaker& waker() noexcept { return waker_; }

    bool until(const std::function<bool()>& holds, std::chrono::milliseconds limit = 10s);
    /// Asks again only after wake-ups of that id, as the interpreter does.
    bool until(Id id, const std::function<bool()>& holds, std::chrono::milliseconds limit = 10s);

    Id listen(ListenOptions options = {});
    std::string url(Id listener, std::string_view target = "/");
    /// Waits until it is open; fails the test if it doesn't.
    Id connect(ConnectOptions options);
    Id connect(const std::string& url);
    ConnectFailure failure_of(ConnectOptions options);
    Id accept(Id listener);
    /// A client's end and a server's.
    std::pair<Id, Id> pair(ConnectionOptions client = {}, ConnectionOptions server = {});

    void send(Id id, MessageType type, std::string_view payload);
    void send(Id id, std::string_view text) { send(id, MessageType::Text, text); }
    Event receive(Id id, std::chrono::milliseconds limit = 10s);
    std::string receive_text(Id id);
    /// Everything up to the Close event, which is the last.
    std::vector<Event> receive_all(Id id);
    bool is_over(Id id);
    void close_and_wait(Id id, std::uint16_t code = 1000);

private:
    SleepingWaker waker_;
    std::unique_ptr<Service> service_;
};

/// A socket with no WebSocket in it, for what no sound peer does. Blocking, each call for at most ten seconds.
class RawSocket {
public:
    /// Takes the socket over; -1 for none.
    explicit RawSocket(int socket = -1);
    ~RawSocket();
    RawSocket(RawSocket&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
    RawSocket& operator=(RawSocket&& other) noexcept {
        std::swap(socket_, other.socket_);
        return *this;
    }

    static RawSocket connect(std::uint16_t port);

    int fd() const noexcept { return socket_; }
    bool send(std::string_view bytes);
    /// As much as there is, at most `limit`; empty at the end of the stream or after the time.
    std::string receive(std::size_t limit = 65536);
    /// Exactly so much, or less at the end of the stream.
    std::string receive_exactly(std::size_t size);
    /// Up to and with the empty line.
    std::string receive_head();
    std::string receive_all();
    void finish();
    /// RST instead of FIN.
    void reset();
    void close();

private:
    int socket_;
};

class RawListener {
public:
    RawListener();
    std::uint16_t port() const noexcept { return port_; }
    std::string url(std::string_view target = "/") const {
        return "ws://127.0.0.1:" + std::to_string(port_) + std::string(target);
    }
    RawSocket accept();
    /// Accepts and upgrades. `head` gets what the client sent.
    RawSocket accept_websocket(std::string* head = nullptr);

private:
    RawSocket socket_;
    std::uint16_t port_ = 0;
};

/// The 101 for a request's head.
std::string upgrade_answer(std::string_view request, std::string_view more_headers = {});
/// A client's handshake by hand; the answer is read and returned.
std::string upgrade(RawSocket& socket, std::string_view target = "/", std::string_view more_headers = {});
/// A frame; masked as a client's if so wished.
std::string frame(int opcode, std::string_view payload, bool masked, bool final = true);
/// One frame that has arrived: opcode and unmasked payload. Empty payload and opcode -1 at the end.
struct RawFrame {
    int opcode = -1;
    bool final = true;
    std::string payload;
};
RawFrame receive_frame(RawSocket& socket);
std::string close_payload_of(int code, std::string_view reason = {});

/// Resident memory of this process, in bytes; always 0 under a sanitizer, which has memory of its own.
std::size_t resident_memory();

} // namespace qi::ws::test

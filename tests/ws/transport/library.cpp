// What libwebsockets does rarely. Functions of the same names here are found before its own.
#include "support.hpp"

#include <atomic>
#include <dlfcn.h>
#include <poll.h>
#include <thread>

struct lws;
struct lws_context;
struct lws_context_creation_info;
struct lws_vhost;

namespace {
std::atomic<bool> out_of_memory{false};
std::atomic<bool> postpones_upgrade{false};
std::atomic<bool> hides_descriptors{false};
std::atomic<int> taken{0}; // descriptors that the library was seen without
} // namespace

extern "C" lws_vhost* lws_create_vhost(lws_context* context, const lws_context_creation_info* info) {
    if (out_of_memory) return nullptr;
    static const auto own = reinterpret_cast<decltype(&lws_create_vhost)>(dlsym(RTLD_NEXT, "lws_create_vhost"));
    return own(context, info);
}

// The library calls it itself for a socket that it takes over. Without it, as where it has no memory for a head left,
// the upgrade goes on in another round.
extern "C" int lws_service_fd_tsi(lws_context* context, pollfd* event, int thread) {
    if (postpones_upgrade.exchange(false)) return 0;
    static const auto own = reinterpret_cast<decltype(&lws_service_fd_tsi)>(dlsym(RTLD_NEXT, "lws_service_fd_tsi"));
    return own(context, event, thread);
}

// Nobody asks for the descriptor of a connection that has none, but who has just taken it.
extern "C" int lws_get_socket_fd(lws* wsi) {
    static const auto own = reinterpret_cast<decltype(&lws_get_socket_fd)>(dlsym(RTLD_NEXT, "lws_get_socket_fd"));
    thread_local int last = -1;
    const int descriptor = own(wsi);
    if (descriptor < 0 && hides_descriptors) return last;
    if (descriptor < 0 && wsi != nullptr) ++taken;
    return last = descriptor;
}

namespace qi::ws::test {

namespace {

struct OutOfMemory {
    OutOfMemory() { out_of_memory = true; }
    ~OutOfMemory() { out_of_memory = false; }
};

constexpr std::string_view asks_to_upgrade =
    "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

} // namespace

TEST_CASE("a service that can't start for lack of memory is an error") {
    const OutOfMemory now;
    SleepingWaker waker;
    const auto service = Service::create(waker);
    REQUIRE_FALSE(service);
    CHECK(service.error().kind.name == "io");
}

TEST_CASE("a TLS connection for which there is no memory fails, and doesn't take another's certificates") {
    Fixture ws;
    RawListener listener;
    ConnectOptions options;
    options.url = "wss://127.0.0.1:" + std::to_string(listener.port()) + "/";
    {
        const OutOfMemory now;
        const ConnectFailure failure = ws.failure_of(options);
        CHECK(failure.kind.name == "unreachable");
        CHECK(failure.retryable);
    }
    REQUIRE(ws->connect(options));
    RawSocket peer = listener.accept();
    CHECK(peer.receive_exactly(2) == "\x16\x03"); // there is memory again: it speaks TLS (RFC 8446, 5.1)
}

TEST_CASE("a connection whose upgrade is under way when the service ends is closed with 1001") {
    Fixture ws;
    ListenOptions options;
    options.authorize = true;
    const Id asking = ws.listen(options);
    const Id listener = ws.listen();
    RawSocket other = RawSocket::connect(*ws->port(listener));
    upgrade(other);
    const Id open = ws.accept(listener);
    RawSocket late = RawSocket::connect(*ws->port(asking));
    late.send(asks_to_upgrade);
    std::optional<Id> id;
    REQUIRE(ws.until(asking, [&] { return (id = *ws->pending(asking)).has_value(); }));
    // The service thread is to find the answer and the end together.
    ws.waker().forget(open);
    ws.waker().hold();
    other.send(frame(1, "hello", true));
    REQUIRE(ws.waker().park_until(open, std::chrono::steady_clock::now() + 10s));
    Decision decision;
    decision.accepted = true;
    REQUIRE(ws->answer(*id, decision));
    std::string head;
    RawFrame last;
    std::thread peers([&] {
        // Nothing says that the end has been asked for; before that, the upgrade is an ordinary one.
        std::this_thread::sleep_for(50ms);
        postpones_upgrade = true;
        ws.waker().release();
        head = late.receive_head();
        last = receive_frame(late);
        late.send(frame(8, last.payload, true));
        // The end isn't over before that.
        other.send(frame(8, receive_frame(other).payload, true));
    });
    ws->shutdown(8s);
    peers.join();
    CHECK_FALSE(postpones_upgrade);
    CHECK(head.starts_with("HTTP/1.1 101"));
    CHECK(last.opcode == 8);
    CHECK(last.payload == close_payload_of(1001));
}

TEST_CASE("a request that is closed while its upgrade is under way ends without an answer") {
    Fixture ws;
    ListenOptions options;
    options.authorize = true;
    const Id listener = ws.listen(options);
    RawSocket peer = RawSocket::connect(*ws->port(listener));
    peer.send(asks_to_upgrade);
    std::optional<Id> id;
    REQUIRE(ws.until(listener, [&] { return (id = *ws->pending(listener)).has_value(); }));
    // The service thread is to find both together.
    ws.waker().forget(listener);
    ws.waker().hold();
    RawSocket other = RawSocket::connect(*ws->port(listener));
    other.send(asks_to_upgrade);
    REQUIRE(ws.waker().park_until(listener, std::chrono::steady_clock::now() + 10s));
    Decision decision;
    decision.accepted = true;
    REQUIRE(ws->answer(*id, decision));
    REQUIRE(ws->close(*id));
    postpones_upgrade = true;
    ws.waker().release();
    CHECK(peer.receive_all().empty());
    CHECK(ws.until(*id, [&] { return *ws->poll_closed(*id); }));
    CHECK_FALSE(postpones_upgrade);
    CHECK_FALSE(ws->accept(listener)->has_value());
}

TEST_CASE("the descriptor of a connection that ends is taken from the library, which would look for it among all") {
    Fixture ws;
    const Id listener = ws.listen();
    const int before = taken;
    for (int n = 0; n < 3; ++n) {
        RawSocket peer = RawSocket::connect(*ws->port(listener));
        upgrade(peer);
        const Id id = ws.accept(listener);
        REQUIRE(ws->close(id));
        peer.send(frame(8, receive_frame(peer).payload, true));
        CHECK(peer.receive_all().empty());
        CHECK(ws.until(id, [&] { return *ws->poll_closed(id); }));
    }
    // The socket is closed behind that.
    CHECK(ws.until([&] { return taken - before == 3; }));
}

TEST_CASE("where a descriptor can't be taken the library closes the socket") {
    hides_descriptors = true;
    {
        Fixture ws;
        const Id listener = ws.listen();
        const int before = taken;
        for (int n = 0; n < 2; ++n) {
            RawSocket peer = RawSocket::connect(*ws->port(listener));
            upgrade(peer);
            const Id id = ws.accept(listener);
            REQUIRE(ws->close(id));
            peer.send(frame(8, receive_frame(peer).payload, true));
            CHECK(peer.receive_all().empty());
        }
        CHECK(taken == before);
    }
    hides_descriptors = false;
}

} // namespace qi::ws::test

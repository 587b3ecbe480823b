// What libwebsockets does rarely. Functions of the same names here are found before its own.
#include "support.hpp"

#include <atomic>
#include <dlfcn.h>

struct lws_context;
struct lws_context_creation_info;
struct lws_vhost;

namespace {
std::atomic<bool> out_of_memory{false};
}

extern "C" lws_vhost* lws_create_vhost(lws_context* context, const lws_context_creation_info* info) {
    if (out_of_memory) return nullptr;
    static const auto own = reinterpret_cast<decltype(&lws_create_vhost)>(dlsym(RTLD_NEXT, "lws_create_vhost"));
    return own(context, info);
}

namespace qi::ws::test {

namespace {

struct OutOfMemory {
    OutOfMemory() { out_of_memory = true; }
    ~OutOfMemory() { out_of_memory = false; }
};

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

} // namespace qi::ws::test

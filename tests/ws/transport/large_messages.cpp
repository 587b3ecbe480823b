// Messages that the kernel takes in parts, and those who read them slowly, or have said that they send no more.
#include "support.hpp"
#include "ws/transport/net/block_pool.hpp"

#include <cstring>
#include <random>
#include <sys/socket.h>
#include <thread>

namespace qi::ws::test {

namespace {

std::string noise(std::size_t size, unsigned seed) {
    std::mt19937 random(seed);
    std::string bytes(size, ' ');
    for (std::size_t i = 0; i + 4 <= size; i += 4) {
        const auto word = static_cast<std::uint32_t>(random());
        std::memcpy(bytes.data() + i, &word, 4);
    }
    return bytes;
}

/// A server's end, and a peer of it that has a small buffer for what it gets.
struct SlowPeer {
    explicit SlowPeer(ConnectionOptions options = roomy()) {
        ListenOptions listening;
        listening.connection = options;
        const Id listener = ws.listen(listening);
        socket = RawSocket::connect(*ws->port(listener));
        const int size = 16 * KiB;
        setsockopt(socket.fd(), SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
        upgrade(socket);
        id = ws.accept(listener);
    }
    static ConnectionOptions roomy() {
        ConnectionOptions options;
        options.send_buffer = 64 * MiB;
        return options;
    }
    Fixture ws;
    RawSocket socket;
    Id id = 0;
};

} // namespace

TEST_CASE("messages of all sizes, queued together, reach a slow reader whole and in order") {
    SlowPeer peer;
    const std::size_t sizes[] = {10,      70 * KiB,    5000,     3 * MiB,      0,       1,   200 * KiB,
                                 4 * KiB, 4 * KiB + 1, 32 * KiB, 32 * KiB + 1, 2 * MiB, 125, 9 * KiB};
    unsigned seed = 0;
    for (int round = 0; round < 3; ++round)
        for (const std::size_t size : sizes) peer.ws.send(peer.id, MessageType::Binary, noise(size, seed++));
    // The close frame goes behind all of them.
    REQUIRE(peer.ws->close(peer.id, 1000, "done"));
    seed = 0;
    for (int round = 0; round < 3; ++round)
        for (const std::size_t size : sizes) {
            const RawFrame got = receive_frame(peer.socket);
            CHECK(got.opcode == 2);
            REQUIRE(got.payload == noise(size, seed++));
        }
    CHECK(receive_frame(peer.socket).payload == close_payload_of(1000, "done"));
}

TEST_CASE("a peer that has closed its sending side still gets the rest of what the kernel took a part of") {
    SlowPeer peer;
    const std::string large = noise(8 * MiB, 1);
    peer.ws.send(peer.id, MessageType::Binary, large);
    std::this_thread::sleep_for(50ms); // the kernel has what it takes, and the rest waits
    peer.socket.send(frame(8, close_payload_of(1000), true));
    ::shutdown(peer.socket.fd(), SHUT_WR);
    std::this_thread::sleep_for(50ms);
    CHECK(receive_frame(peer.socket).payload == large);
    CHECK(receive_frame(peer.socket).payload == close_payload_of(1000));
    CHECK(peer.socket.receive_all().empty());
    peer.ws.receive_all(peer.id);
    CHECK(peer.ws->info(peer.id)->close->clean);
}

TEST_CASE("a peer that closes first gets the rest, and then the end of TCP") {
    SlowPeer peer;
    const std::string large = noise(8 * MiB, 3);
    peer.ws.send(peer.id, MessageType::Binary, large);
    std::this_thread::sleep_for(50ms);
    peer.socket.send(frame(8, close_payload_of(1000), true)); // and leaves TCP to the server
    std::this_thread::sleep_for(50ms);
    CHECK(receive_frame(peer.socket).payload == large);
    CHECK(receive_frame(peer.socket).payload == close_payload_of(1000));
    const auto before = std::chrono::steady_clock::now();
    CHECK(peer.socket.receive_all().empty());
    CHECK(std::chrono::steady_clock::now() - before < 5s); // it would wait for ten
    peer.ws.receive_all(peer.id);
    CHECK(peer.ws->info(peer.id)->close->clean);
}

TEST_CASE("a peer that has said its last and takes nothing is cut off") {
    ConnectionOptions options;
    options.send_buffer = 64 * MiB;
    options.close_timeout = 300ms;
    options.ping_interval = 0ms;
    SlowPeer peer(options);
    peer.ws.send(peer.id, MessageType::Binary, noise(8 * MiB, 4));
    std::this_thread::sleep_for(50ms);
    SUBCASE("with a close frame") { peer.socket.send(frame(8, close_payload_of(1000), true)); }
    SUBCASE("with the end of TCP alone") { ::shutdown(peer.socket.fd(), SHUT_WR); }
    peer.ws.receive_all(peer.id);
    std::this_thread::sleep_for(1s);
    // What was on its way is all that is left to read.
    std::size_t left = 0;
    for (std::string piece; !(piece = peer.socket.receive(MiB)).empty();) left += piece.size();
    CHECK(left < 8 * MiB);
}

TEST_CASE("a close frame that was read behind a full inbox waits for what is stuck") {
    ConnectionOptions options;
    options.send_buffer = 64 * MiB;
    options.channel_capacity = 2;
    SlowPeer peer(options);
    const std::string large = noise(8 * MiB, 5);
    peer.ws.send(peer.id, MessageType::Binary, large);
    std::this_thread::sleep_for(50ms);
    std::string all;
    for (int n = 0; n < 20; ++n) all += frame(1, std::to_string(n), true);
    peer.socket.send(all + frame(8, close_payload_of(1000), true));
    std::this_thread::sleep_for(50ms);
    for (int n = 0; n < 20; ++n) REQUIRE(peer.ws.receive_text(peer.id) == std::to_string(n));
    CHECK(receive_frame(peer.socket).payload == large);
    CHECK(receive_frame(peer.socket).payload == close_payload_of(1000));
    CHECK(peer.socket.receive_all().empty());
}

TEST_CASE("a peer that is gone in the middle of a message takes nothing with it") {
    SlowPeer peer;
    for (int i = 0; i < 8; ++i) peer.ws.send(peer.id, MessageType::Binary, noise(2 * MiB, 2));
    std::this_thread::sleep_for(20ms);
    peer.socket.reset();
    const auto events = peer.ws.receive_all(peer.id);
    CHECK(events.back().code == 1006);
    const auto [client, server] = peer.ws.pair();
    peer.ws.send(client, "on");
    CHECK(peer.ws.receive_text(server) == "on");
}

TEST_CASE("what is lent is sent from where it is, and let go of when it has gone") {
    SlowPeer peer;
    const auto text = std::make_shared<const std::string>(12 * MiB, 'l');
    REQUIRE(*peer.ws->send(peer.id, MessageType::Text, Outgoing{*text, text, true}) == SendStatus::Sent);
    std::this_thread::sleep_for(50ms);
    CHECK(text.use_count() == 2); // the kernel has only a part of it
    CHECK(receive_frame(peer.socket).payload == *text);
    CHECK(peer.ws.until([&] { return text.use_count() == 1; }));
    // A client masks, and so has a copy.
    const auto [client, server] = peer.ws.pair();
    REQUIRE(*peer.ws->send(client, MessageType::Text, Outgoing{*text, text, true}) == SendStatus::Sent);
    const Event event = peer.ws.receive(server);
    CHECK(event.data.view() == *text);
    CHECK(event.code_points == text->size());
    CHECK(peer.ws.until([&] { return text.use_count() == 1; }));
}

TEST_CASE("blocks of large messages are kept warm, and given back when nobody wants them") {
    const auto pool = std::make_shared<BlockPool>();
    const auto take = [&](std::size_t size) {
        Block* block = pool->take(pool, size);
        return Buffer(block, block->bytes(), size);
    };
    const char* place = nullptr;
    {
        const Buffer buffer = take(MiB);
        place = buffer.data();
        CHECK(pool->kept() == 0);
    }
    CHECK(pool->kept() >= MiB);
    {
        const Buffer again = take(MiB - 1000);
        CHECK(again.data() == place);
        CHECK(pool->kept() == 0);
        // Much smaller, or larger, than what was kept.
        const Buffer slice = again.slice(5, 10);
        CHECK(take(100 * KiB).data() != place);
    }
    CHECK(take(3 * MiB).data() != place);
    const std::size_t kept = pool->kept();
    pool->age();
    CHECK(pool->kept() == kept);
    CHECK(take(MiB).data() == place);
    pool->age(); // nobody has wanted the others since
    CHECK(pool->kept() < kept);
    CHECK(pool->kept() >= MiB);
    CHECK(pool->is_in_use());
    pool->age();
    CHECK(pool->kept() == 0);
    CHECK_FALSE(pool->is_in_use());
    // What has come back since the last look goes as well, if nobody takes any more.
    CHECK(take(MiB).size() == MiB);
    {
        const Buffer buffer = take(3 * MiB);
        pool->age();
        CHECK(pool->kept() >= MiB);
    }
    CHECK(pool->kept() >= 4 * MiB);
    pool->age();
    CHECK(pool->kept() == 0);
    // More than a share isn't kept, nor what comes back when all has gone.
    {
        std::vector<Buffer> many;
        for (int i = 0; i < 50; ++i) many.push_back(take(MiB));
    }
    CHECK(pool->kept() <= BlockPool::most_kept);
    CHECK(pool->kept() > BlockPool::most_kept / 2);
    Buffer late = take(MiB);
    pool->age();
    pool->age();
    CHECK_FALSE(pool->is_in_use());
    late = {};
    CHECK(pool->kept() == 0);
    // A block outlives the pool's other users.
    Buffer last;
    {
        const auto other = std::make_shared<BlockPool>();
        Block* block = other->take(other, MiB);
        last = Buffer(block, block->bytes(), MiB);
    }
    CHECK(last.size() == MiB);
}

} // namespace qi::ws::test

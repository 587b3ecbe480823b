// TLS on our side of a socket, with OpenSSL by itself on the other.
#include "ws/transport/net/tls_stream.hpp"
#include "certificates.hpp"
#include "support.hpp"

#include <cerrno>
#include <map>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace qi::ws::test {

namespace {

/// Both ends in one thread, neither of which blocks. `room` is what the kernel keeps of what we send.
class Pair {
public:
    explicit Pair(int version = TLS1_3_VERSION, int room = 0) {
        REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_) == 0);
        if (room != 0) REQUIRE(setsockopt(ends_[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof room) == 0);
        ServerTls ours;
        ours.cert = certificates()("good.pem");
        ours.key = certificates()("good.key");
        auto context = server_tls_context(ours);
        REQUIRE(context);
        server = TlsStream::accept(ends_[0], context->get());
        REQUIRE(server != nullptr);
        SSL_CTX* theirs = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_max_proto_version(theirs, version);
        peer = SSL_new(theirs);
        SSL_CTX_free(theirs);
        SSL_set_fd(peer, ends_[1]);
        SSL_set_msg_callback(peer, count_record);
        SSL_set_msg_callback_arg(peer, this);
    }
    ~Pair() {
        SSL_free(peer);
        server.reset();
        for (const int end : ends_)
            if (end >= 0) ::close(end);
    }

    void shake_hands() {
        for (int i = 0; i < 20; ++i) {
            const int theirs = SSL_connect(peer);
            const TlsStream::Progress ours = server->shake_hands();
            REQUIRE(ours != TlsStream::Progress::Failed);
            if (theirs == 1 && ours == TlsStream::Progress::Done) return drain();
        }
        FAIL("no end of the handshake");
    }
    /// What follows a handshake: tickets.
    void drain() {
        char byte = 0;
        REQUIRE(SSL_peek(peer, &byte, 1) <= 0);
        records.clear();
    }

    /// All that has come so far.
    std::string received() {
        std::string all;
        char bytes[20000];
        for (int size = 0; (size = SSL_read(peer, bytes, sizeof bytes)) > 0;)
            all.append(bytes, static_cast<std::size_t>(size));
        return all;
    }
    void send(std::string_view bytes) {
        REQUIRE(SSL_write(peer, bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size()));
    }
    std::string read(std::size_t size) {
        std::string into(size, '\0');
        const ssize_t got = server->read(into);
        into.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return into;
    }
    void close_peer() {
        ::close(ends_[1]);
        ends_[1] = -1;
    }
    int peer_socket() const { return ends_[1]; }

    std::unique_ptr<TlsStream> server;
    SSL* peer = nullptr;
    std::vector<std::size_t> records; // that hold data, as they have come: their sizes

private:
    static void count_record(int written, int, int type, const void* bytes, std::size_t, SSL*, void* self) {
        if (written != 0 || type != SSL3_RT_HEADER) return;
        const auto* head = static_cast<const unsigned char*>(bytes);
        if (head[0] == SSL3_RT_APPLICATION_DATA)
            static_cast<Pair*>(self)->records.push_back(static_cast<std::size_t>(head[3]) << 8 | head[4]);
    }
    int ends_[2] = {-1, -1};
};

std::string pattern(std::size_t size) {
    std::string made(size, '\0');
    std::uint32_t state = 7;
    for (char& byte : made) byte = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
    return made;
}

/// Cut into pieces of these sizes in turn, half of which have an owner.
std::vector<Link::Piece> pieces_of(const Buffer& whole, std::initializer_list<std::size_t> sizes) {
    std::vector<Link::Piece> pieces;
    std::size_t at = 0;
    while (at < whole.size())
        for (const std::size_t size : sizes) {
            const std::string_view here = whole.view().substr(std::min(at, whole.size()), size);
            if (here.empty()) break;
            pieces.push_back({here, pieces.size() % 2 == 0 ? &whole : nullptr});
            at += here.size();
        }
    return pieces;
}

} // namespace

TEST_CASE("small pieces share a record, large ones fill records") {
    int version = TLS1_3_VERSION;
    SUBCASE("TLS 1.3") {}
    SUBCASE("TLS 1.2") { version = TLS1_2_VERSION; }
    Pair pair(version);
    pair.shake_hands();
    const std::size_t around = version == TLS1_3_VERSION ? 17 : 24; // RFC 8446, 5.2 and 5.3; RFC 5288, 3
    const auto written = [&](std::size_t size, std::initializer_list<std::size_t> sizes) {
        const Buffer whole = Buffer::copy_of(pattern(size));
        pair.records.clear();
        REQUIRE(pair.server->write(pieces_of(whole, sizes)));
        CHECK(pair.server->empty());
        CHECK(pair.received() == whole.view());
        std::vector<std::size_t> plain;
        for (const std::size_t record : pair.records) plain.push_back(record - around);
        return plain;
    };
    CHECK(written(1, {1}) == std::vector<std::size_t>{1});
    CHECK(written(900, {2, 64}) == std::vector<std::size_t>{900});
    CHECK(written(16384, {10, 100}) == std::vector<std::size_t>{16384});
    CHECK(written(16394, {10, 16384}) == std::vector<std::size_t>{16384, 10});
    CHECK(written(16385, {16385}) == std::vector<std::size_t>{16384, 1});
    // More than is sent at once.
    CHECK(written(150000, {10, 149990}).size() == 10);
    CHECK(written(150000, {7, 13, 5000, 40000}).size() == 10);
    CHECK(pair.server->taken() == 1 + 900 + 16384 + 16394 + 16385 + 300000);
}

TEST_CASE("what the kernel doesn't take waits, and is counted as taken by whole records") {
    int version = TLS1_3_VERSION;
    SUBCASE("TLS 1.3") {}
    SUBCASE("TLS 1.2") { version = TLS1_2_VERSION; }
    Pair pair(version, 20000);
    pair.shake_hands();
    const Buffer whole = Buffer::copy_of(pattern(3'000'000));
    REQUIRE(pair.server->write(pieces_of(whole, {10, 16384, 3, 50000, 100, 200000})));
    CHECK_FALSE(pair.server->empty());
    CHECK(pair.server->left() > 2'000'000);
    REQUIRE(pair.server->write(pieces_of(whole, {1'000'000})));
    std::string all;
    std::uint64_t before = 0;
    while (!pair.server->empty()) {
        const std::uint64_t taken = pair.server->taken();
        CHECK(taken >= before);
        before = taken;
        const std::string got = pair.received();
        all += got;
        // All that the kernel had, and not a byte of what it hadn't whole.
        CHECK(taken == all.size());
        REQUIRE(!got.empty());
        REQUIRE(pair.server->flush());
    }
    CHECK(pair.server->taken() == 6'000'000);
    all += pair.received();
    CHECK(all == std::string(whole.view()) + std::string(whole.view()));
}

TEST_CASE("how TLS ends: told, cut off, or not TLS at all") {
    Pair pair;
    std::array<char, 100> into;
    errno = 0;
    SUBCASE("told") {
        pair.shake_hands();
        pair.send("last");
        SSL_shutdown(pair.peer);
        CHECK(pair.read(100) == "last");
        CHECK(pair.server->read(into) == 0);
    }
    SUBCASE("cut off") {
        pair.shake_hands();
        pair.close_peer();
        CHECK(pair.server->read(into) == 0);
    }
    SUBCASE("nothing yet") {
        pair.shake_hands();
        CHECK(pair.server->read(into) == -1);
        CHECK(errno == EAGAIN);
    }
    SUBCASE("something else") {
        pair.shake_hands();
        REQUIRE(::write(pair.peer_socket(), "GET / HTTP/1.1\r\n\r\n", 18) == 18);
        CHECK(pair.server->read(into) == -1);
        CHECK(errno == EPROTO);
    }
    SUBCASE("no handshake") {
        REQUIRE(::write(pair.peer_socket(), "GET / HTTP/1.1\r\n\r\n", 18) == 18);
        CHECK(pair.server->shake_hands() == TlsStream::Progress::Failed);
    }
    SUBCASE("we tell it") {
        pair.shake_hands();
        pair.server->end_writing();
        CHECK(pair.received().empty());
        CHECK((SSL_get_shutdown(pair.peer) & SSL_RECEIVED_SHUTDOWN) != 0);
    }
}

TEST_CASE("what OpenSSL holds is told of, and comes to an end") {
    Pair pair;
    pair.shake_hands();
    for (int i = 0; i < 10; ++i) pair.send(std::string(1000, static_cast<char>('a' + i)));
    CHECK(pair.read(400) == std::string(400, 'a'));
    CHECK(pair.server->has_pending());
    pair.server->read_exactly();
    std::string rest;
    while (pair.server->has_pending()) rest += pair.read(5000);
    CHECK(rest.size() == 9600);
    pair.send("one");
    pair.send("two");
    CHECK(pair.read(100) == "one");
    CHECK_FALSE(pair.server->has_pending()); // the other is still the kernel's
    CHECK(pair.read(100) == "two");
}

TEST_CASE("keys change under way (RFC 8446, 4.6.3)") {
    Pair pair;
    pair.shake_hands();
    for (int i = 0; i < 5; ++i) {
        REQUIRE(SSL_key_update(pair.peer, SSL_KEY_UPDATE_REQUESTED) == 1);
        pair.send("from the peer");
        CHECK(pair.read(100) == "from the peer");
        const Buffer answer = Buffer::copy_of(pattern(40000));
        REQUIRE(pair.server->write(pieces_of(answer, {40000})));
        CHECK(pair.received() == answer.view());
    }
    CHECK(pair.server->taken() == 200000);
}

// RFC 6066, 4: embedded clients have no room for more.
TEST_CASE("a peer that wants small records gets small ones") {
    int version = TLS1_3_VERSION;
    SUBCASE("TLS 1.3") {}
    SUBCASE("TLS 1.2") { version = TLS1_2_VERSION; }
    Pair pair(version);
    REQUIRE(SSL_set_tlsext_max_fragment_length(pair.peer, TLSEXT_max_fragment_length_512) == 1);
    pair.shake_hands();
    const Buffer whole = Buffer::copy_of(pattern(50000));
    REQUIRE(pair.server->write(pieces_of(whole, {7, 2000, 30000})));
    CHECK(pair.received() == whole.view());
    CHECK(pair.records.size() >= 50000 / 512);
    CHECK(pair.server->taken() == 50000);
}

// No read keeps the thread that serves everybody for as long as one peer likes, and nothing is lost on the way.
TEST_CASE("a read gives up the thread behind what carries no message") {
    Pair pair;
    pair.shake_hands();
    for (int i = 0; i < 100; ++i) {
        REQUIRE(SSL_key_update(pair.peer, SSL_KEY_UPDATE_NOT_REQUESTED) == 1);
        REQUIRE(SSL_do_handshake(pair.peer) == 1);
    }
    pair.send("at last");
    pair.server->read_exactly(); // else all of it is one read's worth
    std::array<char, 100> into;
    int reads = 0;
    ssize_t size = -1;
    for (; size < 0 && reads < 1000; ++reads) {
        size = pair.server->read(into);
        if (size < 0) REQUIRE(errno == EINTR);
    }
    CHECK(std::string_view(into.data(), 7) == "at last");
    CHECK(reads == 101);
    CHECK(pair.server->read(into) == -1);
    CHECK(errno == EAGAIN);
}

TEST_CASE("what many key updates in one read are answered with doesn't pile up") {
    Pair pair(TLS1_3_VERSION, 5000);
    pair.shake_hands();
    std::array<char, 100> into;
    int error = EINTR;
    for (int round = 0; round < 1000 && (error == EINTR || error == EAGAIN); ++round) {
        // Until the kernel has no room for more.
        while (SSL_do_handshake(pair.peer) == 1 && SSL_key_update(pair.peer, SSL_KEY_UPDATE_REQUESTED) == 1) {
        }
        for (int reads = 0; reads < 100; ++reads) {
            error = pair.server->read(into) == -1 ? errno : 0;
            if (error != EINTR) break;
        }
        CHECK(pair.server->left() < 300 * 1024);
    }
    CHECK(error != EAGAIN);
    CHECK(error != EINTR);
    CHECK(error != 0);
}

// Its answers would be all that is kept for it, and it makes as many as it likes.
TEST_CASE("a peer that wants new keys for ever and reads nothing is given up") {
    Pair pair(TLS1_3_VERSION, 5000);
    pair.shake_hands();
    std::array<char, 100> into;
    int error = EAGAIN;
    int asked = 0;
    for (; asked < 100'000 && error == EAGAIN; ++asked) {
        REQUIRE(SSL_key_update(pair.peer, SSL_KEY_UPDATE_REQUESTED) == 1);
        REQUIRE(SSL_do_handshake(pair.peer) == 1);
        error = pair.server->read(into) == -1 ? errno : 0;
        CHECK(pair.server->left() < 300 * 1024);
    }
    INFO(asked);
    CHECK(error != EAGAIN);
    CHECK(error != 0);
}

TEST_CASE("a client's stream goes on with what somebody else has secured, and outlives nobody") {
    ClientTls options;
    options.ca = certificates()("ca.pem");
    auto context = client_tls_context(options);
    REQUIRE(context);
    Pair pair;
    // The peer's SSL is the one that is taken over here.
    pair.shake_hands();
    auto client = TlsStream::over(pair.peer_socket(), pair.peer);
    REQUIRE(client != nullptr);
    const Buffer whole = Buffer::copy_of(pattern(30000));
    REQUIRE(client->write(pieces_of(whole, {100, 20000})));
    std::string got;
    for (std::string more = pair.read(20000); !more.empty(); more = pair.read(20000)) got += more;
    CHECK(got == whole.view());
    client.reset();
    // Whoever has the SSL may still write on it: it goes nowhere.
    CHECK(SSL_shutdown(pair.peer) >= 0);
    std::array<char, 10> into;
    CHECK(pair.server->read(into) == -1);
    CHECK(errno == EAGAIN);
}

} // namespace qi::ws::test

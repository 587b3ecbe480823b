// The real thing over loopback: messages both ways, through both roles.
#include "support.hpp"

namespace qi::ws::test {

TEST_CASE("a message goes there and back") {
    Fixture ws;
    const auto [client, server] = ws.pair();
    ws.send(client, "hello");
    CHECK(ws.receive_text(server) == "hello");
    ws.send(server, MessageType::Binary, std::string_view("\0\xff\1", 3));
    const Event event = ws.receive(client);
    CHECK(event.type == EventType::Binary);
    CHECK(event.data.view() == std::string_view("\0\xff\1", 3));
    ws.send(client, "");
    CHECK(ws.receive_text(server).empty());
    ws.send(server, "");
    CHECK(ws.receive_text(client).empty());
}

TEST_CASE("what is answered at once and what is queued keep their order") {
    Fixture ws;
    const auto [client, server] = ws.pair();
    // Of an empty message nobody counts when it is written; the large ones are always queued.
    const std::size_t sizes[] = {1, 0, 100, 4000, 0, 7, 200'000, 30};
    std::size_t sent = 0;
    for (std::size_t round = 0; round < 200; ++round) {
        ws.send(client, "question");
        CHECK(ws.receive_text(server) == "question");
        const std::size_t end = sent + round % 5;
        const auto text = [&](std::size_t n) { return std::string(sizes[n % 8], static_cast<char>('a' + n % 26)); };
        for (std::size_t n = sent; n < end; ++n) ws.send(server, text(n));
        for (; sent < end; ++sent) REQUIRE(ws.receive_text(client) == text(sent));
    }
    CHECK(ws->info(server)->sent.messages == sent);
    CHECK(*ws->buffered(server) == 0);
}

TEST_CASE("both ends know what they are") {
    Fixture ws;
    ListenOptions listening;
    listening.protocols = {"chat", "feed"};
    const Id listener = ws.listen(listening);
    ConnectOptions options;
    options.url = ws.url(listener, "/room%20a?who=me&x=1%2B1&flag");
    options.protocols = {"other", "feed", "chat"};
    options.headers = {{"X-Auth", "secret"}, {"User", "u"}, {"Cookie", "a=b"}};
    options.origin = "https://o.example";
    const Id client = ws.connect(options);
    const Id server = ws.accept(listener);
    const Info near = *ws->info(client);
    const Info far = *ws->info(server);
    CHECK(near.role == Role::Client);
    CHECK(far.role == Role::Server);
    CHECK(near.protocol == "feed");
    CHECK(far.protocol == "feed");
    CHECK(near.local == far.remote);
    CHECK(near.remote == far.local);
    CHECK(near.state == State::Open);
    CHECK(far.url == options.url);
    const Request& request = **ws->request(server);
    CHECK(request.method == "GET");
    CHECK(request.path == "/room a");
    CHECK(request.query == std::vector<std::pair<std::string, std::string>>{{"who", "me"}, {"x", "1+1"}, {"flag", ""}});
    CHECK(*request.header("x-auth") == "secret");
    CHECK(*request.header("user") == "u");
    CHECK(*request.header("origin") == "https://o.example");
    CHECK(request.protocols == options.protocols);
    CHECK(request.remote == near.local);
    CHECK_FALSE(request.secure);
    CHECK(*ws->request(client) == nullptr);
    ws.send(client, "four");
    ws.receive_text(server);
    CHECK(ws->info(client)->sent.messages == 1);
    CHECK(ws->info(client)->sent.bytes == 4);
    CHECK(ws->info(server)->received.messages == 1);
    CHECK(ws->info(server)->received.bytes == 4);
    CHECK(ws->ids() == std::vector<Id>{client, server});
}

TEST_CASE("ten megabytes go both ways") {
    Fixture ws;
    const auto [client, server] = ws.pair();
    std::string large(10 << 20, 'a');
    for (std::size_t i = 0; i < large.size(); i += 4093) large[i] = static_cast<char>('b' + i % 20);
    for (const auto& [from, to] : {std::pair{client, server}, std::pair{server, client}}) {
        ws.send(from, large);
        ws.send(from, "after");
        CHECK(ws.receive_text(to) == large);
        CHECK(ws.receive_text(to) == "after");
    }
    CHECK(ws.until(client, [&, id = client] { return *ws->poll_flushed(id); }));
    CHECK(ws.until(server, [&, id = server] { return *ws->poll_flushed(id); }));
}

TEST_CASE("sizes around every limit of the frame format arrive whole") {
    Fixture ws;
    const auto [client, server] = ws.pair();
    for (const std::size_t size : {1u, 125u, 126u, 127u, 1024u, 1025u, 32767u, 32768u, 32769u, 65535u, 65536u, 65537u,
                                   131071u, 131072u, 200000u}) {
        const std::string text(size, 'x');
        ws.send(client, text);
        CHECK(ws.receive_text(server) == text);
        ws.send(server, text);
        CHECK(ws.receive_text(client) == text);
    }
}

TEST_CASE("many small messages keep their order") {
    Fixture ws;
    ConnectionOptions options;
    options.channel_capacity = 64;
    const auto [client, server] = ws.pair(options, options);
    constexpr int count = 20000;
    int sent = 0;
    int received = 0;
    while (received < count) {
        while (sent < count && sent - received < 5000) ws.send(client, std::to_string(sent++));
        REQUIRE(ws.receive_text(server) == std::to_string(received));
        ++received;
    }
    CHECK(ws->info(server)->received.messages == count);
}

TEST_CASE("a thousand connections") {
    Fixture ws;
    const Id listener = ws.listen();
    std::vector<Id> clients;
    for (int i = 0; i < 1000; ++i) {
        ConnectOptions options;
        options.url = ws.url(listener);
        clients.push_back(*ws->connect(std::move(options)));
    }
    std::vector<Id> servers;
    for (int i = 0; i < 1000; ++i) servers.push_back(ws.accept(listener));
    for (const Id id : servers) ws.send(id, std::to_string(id));
    for (const Id id : clients) {
        REQUIRE(ws.until([&] { return !std::holds_alternative<Pending>(*ws->poll_open(id)); }));
        REQUIRE(std::holds_alternative<Opened>(*ws->poll_open(id)));
        ws.receive_text(id);
    }
    CHECK(ws->ids().size() == 2000);
    for (const Id id : clients) REQUIRE(ws->close(id));
    for (const Id id : servers) CHECK(ws.receive(id).type == EventType::Close);
    REQUIRE(ws.until([&] { return ws->ids().empty(); }));
}

} // namespace qi::ws::test

// More of what decides without a socket of its own: compression, proxies, the pauses of :reconnect, topics, files, the
// URL of a Redis.
#include "ws/transport/exchange/direct_writer.hpp"
#include "ws/transport/exchange/loop_context.hpp"
#include "ws/transport/http/proxy.hpp"
#include "ws/transport/http/redis_url.hpp"
#include "ws/transport/http/static_files.hpp"
#include "ws/transport/net/resolver.hpp"
#include "ws/transport/peers/reconnector.hpp"
#include "ws/transport/service/ended_records.hpp"
#include "ws/transport/topics/backplane.hpp"
#include "ws/transport/topics/shared_message.hpp"
#include "ws/transport/topics/topics.hpp"
#include "ws/transport/wire/deflate.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace qi::ws::test {

namespace {

class StillClock final : public TimeSource {
public:
    TimePoint now() const noexcept override { return time; }
    TimePoint time{};
};

std::string inflated(Inflater& inflater, std::string_view bytes, bool keep) {
    BufferBuilder into;
    if (inflater.add(bytes, true, keep, into, 1'000'000) != Inflater::Outcome::Good) return "not good";
    return std::string(into.view());
}

} // namespace

TEST_CASE("what is deflated inflates to itself, with and without context") {
    for (const int bits : {9, 12, 15})
        for (const bool keep : {true, false}) {
            CAPTURE(bits);
            CAPTURE(keep);
            Deflater deflater(bits);
            Inflater inflater;
            std::size_t first = 0;
            for (int n = 0; n < 3; ++n) {
                const std::string text = "the same words again and again, a hundred of them " + std::to_string(n / 3);
                const auto packed = deflater.deflate(text, keep);
                REQUIRE(packed);
                CHECK(inflated(inflater, packed->view(), keep) == text);
                if (n == 0) first = packed->size();
                if (n == 1) CHECK((packed->size() < first / 2) == keep);
            }
        }
}

TEST_CASE("inflating stops at the limit, and at garbage") {
    const auto bomb = Deflater(15).deflate(std::string(1'000'000, 'x'), false);
    REQUIRE(bomb);
    CHECK(bomb->size() < 2000);
    BufferBuilder into;
    CHECK(Inflater().add(bomb->view(), true, false, into, 999'999) == Inflater::Outcome::TooBig);
    BufferBuilder other;
    CHECK(Inflater().add("\xff\xff\xff\xff garbage", true, false, other, 1000) == Inflater::Outcome::Corrupt);
}

TEST_CASE("final blocks end the stream and not the conversation") {
    std::string text;
    for (unsigned n = 0; n < 20'000; ++n) text += static_cast<char>(n * 2654435761u >> 24);
    const auto packed = Deflater(15).deflate(text, true);
    REQUIRE(packed);
    // The end of the flush, an empty final block of fixed codes, the start of the empty block that every message ends
    // with.
    const std::string final_block("\0\0\xff\xff"
                                  "\x03\0"
                                  "\0",
                                  7);
    Inflater inflater;
    CHECK(inflated(inflater, std::string(packed->view()) + final_block, true) == text);
    // What comes later refers back across it: 9 bytes, from 20,000 bytes ago.
    Deflater second(15);
    REQUIRE(second.deflate(text, true));
    const auto repeated = second.deflate(text.substr(0, 9), true);
    REQUIRE(repeated);
    CHECK(inflated(inflater, repeated->view(), true) == text.substr(0, 9));
}

TEST_CASE("what a compressed message costs is bounded by what comes of it") {
    BufferBuilder into;
    std::string blocks;
    SUBCASE("final blocks with nothing in them") {
        for (int n = 0; n < 1000; ++n) blocks += std::string("\x03\0", 2);
        CHECK(Inflater().add(blocks, false, true, into, 1'000'000) == Inflater::Outcome::Corrupt);
    }
    SUBCASE("blocks with nothing in them") {
        for (int n = 0; n < 20'000; ++n) blocks += std::string("\0\0\0\xff\xff", 5);
        CHECK(Inflater().add(blocks, false, true, into, 1'000) == Inflater::Outcome::TooBig);
        // Across pieces, too; and each message is counted for itself.
        Inflater inflater;
        const std::string half = blocks.substr(0, 50'000);
        CHECK(inflater.add(half + '\0', true, true, into, 1'000) == Inflater::Outcome::Good);
        CHECK(inflater.add(half, false, true, into, 1'000) == Inflater::Outcome::Good);
        CHECK(inflater.add(half, false, true, into, 1'000) == Inflater::Outcome::TooBig);
    }
    CHECK(into.size() == 0);
}

TEST_CASE("offers of compression and their answers") {
    const auto answer = answer_deflate_offers("permessage-deflate; server_no_context_takeover; client_max_window_bits",
                                              Compression::ContextTakeover);
    REQUIRE(answer);
    CHECK_FALSE(answer->terms.own_takeover);
    CHECK(answer->terms.peer_takeover);
    CHECK(answer->terms.compression() == Compression::NoContext);
    CHECK_FALSE(answer_deflate_offers("permessage-deflate; unknown=1", Compression::ContextTakeover));
    CHECK_FALSE(answer_deflate_offers("permessage-deflate", Compression::Disabled));
    CHECK(answer_deflate_offers("permessage-deflate; server_max_window_bits=8x, permessage-deflate",
                                Compression::ContextTakeover));
    CHECK(
        std::holds_alternative<DeflateTerms>(read_deflate_answer("permessage-deflate", Compression::ContextTakeover)));
    CHECK(std::holds_alternative<const Message*>(
        read_deflate_answer("permessage-deflate; surprise", Compression::ContextTakeover)));
    CHECK(std::holds_alternative<const Message*>(read_deflate_answer("permessage-deflate", Compression::Disabled)));
}

TEST_CASE("a shared message is in memory once, as it goes out") {
    const StillClock clock;
    Exchange exchange;
    LoopContext context{exchange, clock};
    const std::string text(100'000, 'x');
    SharedMessage message(MessageType::Binary, copy_as_frame(Opcode::Binary, text), text.size(), context);
    CHECK(message.payload.view() == text);
    CHECK(message.plain().bytes.size() == text.size() + header_size(text.size(), false));
    CHECK(message.plain().bytes.data() + header_size(text.size(), false) == message.payload.data());
    const SharedFrame& packed = message.compressed(15);
    REQUIRE(packed.usable);
    CHECK(packed.bytes.view().starts_with("\xc2"));
    CHECK(&message.compressed(15) == &packed);
    CHECK_FALSE(SharedMessage(MessageType::Text, copy_as_frame(Opcode::Text, ""), 0, context).compressed(9).usable);
}

// Who may write.

TEST_CASE("a direct writer writes while it is lent and nothing is under way") {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    char got[8];
    DirectWriter writer;
    CHECK_FALSE(writer.write("never"));
    writer.lend(ends[0]);
    CHECK(writer.write("one"));
    CHECK_FALSE(writer.write("two")); // the first hasn't been taken yet
    CHECK(::read(ends[1], got, sizeof got) == 3);
    CHECK(writer.write("three"));
    CHECK(::read(ends[1], got, sizeof got) == 5);
    writer.take_back();
    CHECK_FALSE(writer.write("never"));
    writer.lend(ends[0]);
    ::close(ends[1]);
    CHECK_FALSE(writer.write("nobody is there"));
    ::close(ends[0]);
}

// Proxies.

TEST_CASE("proxies and what is asked of them") {
    const auto proxy = parse_proxy("http://us%65r:p%40ss@Proxy.test:3128/");
    REQUIRE(proxy);
    CHECK(proxy->host == "proxy.test");
    CHECK(proxy->port == 3128);
    CHECK(proxy->credentials == "user:p@ss");
    CHECK_FALSE(parse_proxy("socks5://h:1"));
    CHECK_FALSE(parse_proxy("http://"));
    CHECK_FALSE(parse_proxy("http://h:99999"));
    const Url url = *parse_url("wss://far.test/x");
    const std::string request = tunnel_request(url, *proxy);
    CHECK(request.starts_with("CONNECT far.test:443 HTTP/1.1\r\nHost: far.test:443\r\n"));
    CHECK(request.find("Proxy-Authorization: Basic dXNlcjpwQHNz\r\n") != std::string::npos); // RFC 7617, 2
    CHECK(request.ends_with("\r\n\r\n"));
}

TEST_CASE("which proxy the environment names") {
    const auto from = [](const char* url, std::string https, std::string http, std::string none) {
        const auto found = proxy_from_environment(*parse_url(url), [&](const char* name) {
            const std::string_view n = name;
            return n == "https_proxy" ? https : n == "http_proxy" ? http : n == "no_proxy" ? none : std::string();
        });
        REQUIRE(found);
        return *found ? (*found)->host : std::string();
    };
    CHECK(from("wss://a.test/", "http://s:1", "http://p:1", "") == "s");
    CHECK(from("ws://a.test/", "http://s:1", "http://p:1", "") == "p");
    CHECK(from("ws://a.test/", "", "http://p:1", "b.test, .a.test").empty());
    CHECK(from("ws://localhost/", "", "http://p:1", "").empty());
    CHECK(from("ws://[::1]/", "", "http://p:1", "").empty());
    CHECK(is_exempt("10.0.0.0/8", "10.1.2.3", 80));
    CHECK_FALSE(is_exempt("10.0.0.0/8", "11.1.2.3", 80));
    CHECK(is_exempt("a.test:80", "x.a.test", 80));
    CHECK_FALSE(is_exempt("a.test:80", "a.test", 81));
    CHECK_FALSE(is_exempt("a.test", "ba.test", 80));
}

// Coming back.

namespace {

struct Redials final : ReconnectorUser {
    void on_redial(Reconnector&) noexcept override { ++count; }
    int count = 0;
};

struct Lost {
    explicit Lost(Reconnect plan) : command(std::make_shared<ConnectCommand>()) {
        command->options.reconnect = plan;
        command->flow = std::make_shared<Flow>(1 << 20, 100);
    }
    std::vector<std::int64_t> delays() {
        std::vector<std::int64_t> found;
        for (const Delivery& delivery : context.deliveries())
            if (const auto* event = std::get_if<Event>(&delivery.what);
                event != nullptr && event->type == EventType::Reconnecting)
                found.push_back(event->delay.count());
        return found;
    }
    StillClock clock;
    Exchange exchange;
    LoopContext context{exchange, clock};
    Redials redials;
    std::shared_ptr<ConnectCommand> command;
};

} // namespace

TEST_CASE("pauses grow by the factor up to the most, and start anew") {
    using namespace std::chrono_literals;
    Lost lost({std::nullopt, 100ms, 3, 1000ms, 0});
    Reconnector reconnector(1, lost.command, lost.context, lost.redials);
    reconnector.lose({});
    for (int n = 0; n < 4; ++n) CHECK(reconnector.pause_again());
    reconnector.come_back();
    CHECK_FALSE(reconnector.is_down());
    reconnector.lose({});
    CHECK(lost.delays() == std::vector<std::int64_t>{100, 300, 900, 1000, 1000, 100});
    lost.clock.time += 99ms;
    lost.context.timers.run(lost.context.timers.now());
    CHECK(lost.redials.count == 0);
    lost.clock.time += 1ms;
    lost.context.timers.run(lost.context.timers.now());
    CHECK(lost.redials.count == 1);
}

TEST_CASE("no more attempts than allowed, and jitter stays within its share") {
    using namespace std::chrono_literals;
    Lost few({2, 100ms, 2, 1000ms, 0});
    Reconnector reconnector(1, few.command, few.context, few.redials);
    reconnector.lose({});
    CHECK(reconnector.pause_again());
    CHECK_FALSE(reconnector.pause_again());
    Lost many({std::nullopt, 1000ms, 1, 1000ms, 0.25});
    Reconnector jittery(2, many.command, many.context, many.redials);
    jittery.lose({});
    for (int n = 0; n < 200; ++n) jittery.pause_again();
    std::int64_t least = 10000, most = 0;
    for (const std::int64_t delay : many.delays()) {
        least = std::min(least, delay);
        most = std::max(most, delay);
    }
    CHECK(least >= 750);
    CHECK(most <= 1250);
    CHECK(most - least > 100);
}

// Names.

namespace {

std::atomic<int> slow_names{0};
std::atomic<bool> slow_ones_go_on{false};

/// Names that begin with "slow" are answered when the test says so.
Resolved ask_on_paper(const std::string& name) {
    if (name.starts_with("slow")) {
        ++slow_names;
        slow_ones_go_on.wait(false);
    }
    return {{name + " is here"}, {}};
}

struct Asker final : ResolveUser {
    void on_resolved(std::vector<std::string> addresses, const std::string&) noexcept override {
        told.push_back(addresses.at(0));
    }
    std::vector<std::string> told;
};

struct Names {
    Names() { REQUIRE(uv_loop_init(&loop) == 0); }
    ~Names() {
        resolver.reset();
        while (uv_run(&loop, UV_RUN_NOWAIT) != 0) {
        }
        CHECK(uv_loop_close(&loop) == 0);
        let_go();
    }
    static void let_go() {
        slow_ones_go_on = true;
        slow_ones_go_on.notify_all();
    }
    bool until(const std::function<bool()>& holds) {
        using namespace std::chrono_literals;
        const auto deadline = std::chrono::steady_clock::now() + 10s;
        while (!holds() && std::chrono::steady_clock::now() < deadline) {
            uv_run(&loop, UV_RUN_NOWAIT);
            std::this_thread::sleep_for(1ms);
        }
        return holds();
    }
    uv_loop_t loop;
    std::unique_ptr<Resolver> resolver = std::make_unique<Resolver>(&loop, ask_on_paper);
};

} // namespace

TEST_CASE("a slow name holds up nobody who asks for another") {
    slow_ones_go_on = false;
    slow_names = 0;
    Names names;
    std::vector<Asker> slow(6);
    for (Asker& asker : slow) names.resolver->resolve("slow", asker);
    REQUIRE(names.until([] { return slow_names == 1; }));
    Asker quick, late;
    names.resolver->resolve("quick", quick);
    CHECK(names.until([&] { return quick.told == std::vector<std::string>{"quick is here"}; }));
    SUBCASE("it is asked for once, and all who didn't give up are told") {
        names.resolver->cancel(slow[1]);
        for (const char* name : {"slow 2", "slow 3", "slow 4"}) names.resolver->resolve(name, late);
        REQUIRE(names.until([] { return slow_names == Resolver::most_threads; }));
        names.resolver->resolve("after those", late);
        names.resolver->resolve("never", quick);
        names.resolver->cancel(quick);
        Names::let_go();
        CHECK(names.until([&] { return late.told.size() == 4 && !slow[0].told.empty(); })); // in any order
        for (std::size_t i = 0; i < slow.size(); ++i) CHECK(slow[i].told.size() == (i == 1 ? 0 : 1));
        CHECK(quick.told.size() == 1);
        names.resolver->resolve("slow", late); // anew
        CHECK(names.until([&] { return late.told.size() == 5; }));
        CHECK(slow_names == 5);
    }
    SUBCASE("nor the end") {}
}

// Topics.

TEST_CASE("topics know their members, in order, and go with the last of them") {
    Topics topics;
    CHECK(topics.add("news", 3));
    CHECK_FALSE(topics.add("news", 1));
    CHECK_FALSE(topics.add("news", 2));
    CHECK(topics.add("other", 2));
    const auto members = topics.members("news");
    CHECK(std::vector<Id>(members.begin(), members.end()) == std::vector<Id>{1, 2, 3});
    CHECK_FALSE(topics.remove("news", 2));
    CHECK(topics.members("news").size() == 2);
    CHECK_FALSE(topics.remove("news", 1));
    CHECK(topics.remove("news", 3));
    CHECK(topics.members("news").empty());
    CHECK(topics.names() == std::vector<std::string>{"other"});
}

// Records of what has ended.

TEST_CASE("records that are known to have ended go by number, the longest known first") {
    EndedRecords records;
    for (Id id = 1; id <= 1024; ++id) records.add(id, id % 2 == 0 ? 100 : 0);
    for (Id id = 1; id <= 1024; ++id) records.settle(id);
    CHECK_FALSE(records.surplus());
    records.settle(4711);
    records.add(2000, 0);
    CHECK(records.surplus() == Id{1});
    CHECK_FALSE(records.surplus());
    records.remove(3);
    records.add(2001, 0);
    CHECK_FALSE(records.surplus());
    records.add(2002, 0);
    CHECK(records.surplus() == Id{5});
}

TEST_CASE("records with something unread go by number and by bytes, the first that ended first") {
    EndedRecords records;
    for (Id id = 1; id <= 16384; ++id) records.add(id, 1000);
    CHECK_FALSE(records.surplus());
    records.add(20000, 1000);
    CHECK(records.surplus() == Id{1});
    records.take(2, 1000); // read to the end
    records.settle(2);
    records.add(20001, 1000);
    CHECK_FALSE(records.surplus());
    for (Id id = 1; id <= 16384; ++id) records.remove(id);
    records.add(30000, 200u << 20);
    records.add(30001, 50u << 20);
    CHECK_FALSE(records.surplus());
    records.take(30001, 20u << 20);
    records.add(30002, 30u << 20);
    CHECK(records.surplus() == Id{20000});
    CHECK(records.surplus() == Id{20001});
    CHECK(records.surplus() == Id{30000});
    CHECK_FALSE(records.surplus());
}

// Files.

namespace {

struct Folder {
    Folder() {
        char name[] = "/tmp/qi-files-XXXXXX";
        root = std::filesystem::canonical(mkdtemp(name)).string();
        std::filesystem::create_directories(root + "/www/sub");
        write("secret.txt", "secret");
        write("www/page.html", "0123456789");
        write("www/.hidden", "hidden");
        write("www/sub/index.html", "index");
        std::filesystem::create_symlink(root + "/secret.txt", root + "/www/link.txt");
    }
    ~Folder() { std::filesystem::remove_all(root); }
    void write(const std::string& name, std::string_view text) const { std::ofstream(root + "/" + name) << text; }
    /// Status and the bytes that would be sent; "" for none, "-" where there is no such file.
    std::string get(const std::string& path, Headers headers = {}, const std::string& method = "GET") const {
        Request request;
        request.method = method;
        request.path = request.target = path;
        request.headers = std::move(headers);
        auto answer = find_file(root + "/www", request);
        if (!answer) return "-";
        std::string body;
        if (answer->file >= 0) {
            body.resize(answer->length);
            body.resize(static_cast<std::size_t>(std::max<ssize_t>(
                0, ::pread(answer->file, body.data(), body.size(), static_cast<off_t>(answer->offset)))));
            ::close(answer->file);
        }
        return std::to_string(answer->status) + " " + body;
    }
    std::string root;
};

} // namespace

TEST_CASE("files, and no way out of their folder") {
    const Folder folder;
    CHECK(folder.get("/page.html") == "200 0123456789");
    CHECK(folder.get("/page.html", {}, "HEAD") == "200 ");
    CHECK(folder.get("/sub/") == "200 index");
    CHECK(folder.get("/sub") == "301 ");
    for (const char* path : {"/../secret.txt", "/sub/../../secret.txt", "/link.txt", "/.hidden", "/sub/..",
                             "/page.html/", "/none", "//", "page.html", "/..\\secret.txt", "/"}) {
        CAPTURE(path);
        CHECK(folder.get(path) == "-");
    }
    CHECK(folder.get(std::string("/page.html\0x", 12)) == "-");
}

TEST_CASE("ranges of files") {
    const Folder folder;
    const auto range = [&](const char* wanted) { return folder.get("/page.html", {{"range", wanted}}); };
    CHECK(range("bytes=0-3") == "206 0123");
    CHECK(range("bytes=5-") == "206 56789");
    CHECK(range("bytes=-2") == "206 89");
    CHECK(range("bytes=-99") == "206 0123456789");
    CHECK(range("bytes=8-99") == "206 89");
    CHECK(range("bytes=10-") == "416 ");
    CHECK(range("bytes=-0") == "416 ");
    for (const char* whole :
         {"bytes=3-1", "bytes=0-1,3-4", "lines=0-1", "bytes=-", "bytes=x-1", "bytes=99999999999999999999-"}) {
        CAPTURE(whole);
        CHECK(range(whole) == "200 0123456789");
    }
}

TEST_CASE("what Redis doesn't get is told once a round") {
    uv_loop_t loop;
    REQUIRE(uv_loop_init(&loop) == 0);
    {
        const StillClock clock;
        Exchange exchange;
        LoopContext context{exchange, clock};
        Resolver resolver(&loop);
        Backplane backplane(&loop, context, resolver,
                            BackplaneCommand{"redis.test", 1, {}, {}, 1, std::make_shared<Flow>(0, 10), {}});
        for (int round = 1; round <= 2; ++round) {
            for (int n = 0; n < 100; ++n) backplane.publish("news", MessageType::Text, "x");
            backplane.on_round();
            backplane.on_round();
            REQUIRE(context.deliveries().size() == static_cast<std::size_t>(round));
            CHECK(std::get<std::unique_ptr<BackplaneReport>>(context.deliveries().back().what)->status.dropped ==
                  100u * static_cast<unsigned>(round));
        }
    }
    while (uv_run(&loop, UV_RUN_NOWAIT) != 0) {
    }
    CHECK(uv_loop_close(&loop) == 0);
}

TEST_CASE("the URL of a Redis") {
    const auto url = parse_redis_url("redis://us%65r:p%40ss@[::1]:7000/0");
    REQUIRE(url);
    CHECK(url->host == "::1");
    CHECK(url->port == 7000);
    CHECK(url->user == "user");
    CHECK(url->password == "p@ss");
    CHECK(url->shown() == "redis://[::1]:7000");
    CHECK(parse_redis_url("redis://h")->port == 6379);
    CHECK(parse_redis_url("redis://h/")->host == "h");
    for (const char* wrong :
         {"http://h", "redis://", "redis://h:0", "redis://h:x", "redis://h:70000", "redis://user@h", "redis://[::1",
          "redis://[::1]x", "h", "redis://h/1", "redis://h:1/0/", "redis://h?db=1", "redis://h#x"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_redis_url(wrong));
    }
}

} // namespace qi::ws::test

// Fuzzes what Redis may say, over a real socket: the first line is what is asked of it (s subscribe, u unsubscribe, p
// publish, i ping), the rest its answers, which arrive in two pieces.
#include "fuzz/target.hpp"

#include "base/utf8.hpp"
#include "ws/transport/topics/redis_line.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace qi;
using namespace qi::ws;
using namespace qi::fuzz;

namespace {

/// Its clock stands still: nothing is late.
class StillTime final : public TimeSource {
public:
    TimePoint now() const noexcept override { return TimePoint(std::chrono::milliseconds(1)); }
};

class User final : public RedisLineUser {
public:
    void on_line_up(RedisLine& line) noexcept override { require(line.is_up() && !down, "up twice, or after the end"); }
    void on_line_down(RedisLine& line, const std::string& reason) noexcept override {
        require(!down && !line.is_up(), "down twice");
        require(!reason.empty() && utf8::valid(reason) && reason.find_first_of("\r\n") == std::string::npos,
                "a reason that is no line of text", reason);
        down = true;
    }
    void on_channel_message(std::string_view, std::string_view) noexcept override {
        require(!down, "a message after the end");
    }
    void on_subscribed() noexcept override { require(!down, "subscribed on a line that is down"); }
    void on_unsubscribed(std::string_view channel) noexcept override {
        require(!down && channel == "a", "unsubscribed from what nobody asked");
    }
    void on_pong() noexcept override { require(!down, "a pong after the end"); }

    bool down = false;
};

EventLoop loop;
int listener = -1;
std::uint16_t port = 0;

void look() {
    loop.come_round_at_once();
    loop.wait();
}

} // namespace

int LLVMFuzzerInitialize(int*, char***) {
    setenv("QI_LANG", "en", 1);
    require(loop.open() == 0, "an event loop");
    listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    require(::bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0 && ::listen(listener, 4) == 0,
            "a listener");
    require(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0, "its port");
    port = ntohs(address.sin_port);
    return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Choices choices(text_of(data, std::min<std::size_t>(size, 8192)));
    const std::string_view asks = choices.line();
    const std::string_view answers = choices.rest();
    StillTime time;
    Timers timers(time);
    User user;
    {
        RedisLine line(loop, timers, user);
        line.open("127.0.0.1", port, "", asks.starts_with('l') ? "secret" : "");
        const int peer = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        require(peer >= 0, "a connection");
        // So that no port is kept waiting.
        const linger at_once{1, 0};
        ::setsockopt(peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        const auto go_on = [] {
            for (int i = 0; i < 3; ++i) look();
        };
        go_on();
        const auto ask = [&] {
            for (const char c : asks.substr(0, 8)) {
                if (c == 's') line.subscribe("a");
                if (c == 'u') line.unsubscribe("a");
                if (c == 'p') line.publish("a", "text");
                if (c == 'i') line.ping();
            }
            line.flush();
        };
        const std::size_t half = asks.empty() ? 0 : answers.size() * static_cast<unsigned char>(asks.back()) / 256;
        for (const std::string_view piece : {std::string_view("+PONG\r\n").substr(asks.starts_with('-') ? 7 : 0),
                                             answers.substr(0, half), answers.substr(half)}) {
            if (!user.down && !piece.empty()) static_cast<void>(::send(peer, piece.data(), piece.size(), MSG_NOSIGNAL));
            go_on();
            if (line.is_up()) ask();
        }
        ::shutdown(peer, SHUT_WR);
        go_on();
        require(user.down, "a line outlives its Redis");
        ::close(peer);
    }
    for (int i = 0; i < 3; ++i) look();
    return 0;
}

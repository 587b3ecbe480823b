// What the namespace keeps: the service, started on first use, and for each id how its messages are handed over.
// Interpreter thread, but for `wake`, which the service thread calls.
#pragma once

#include "base/units.hpp"
#include "native/native.hpp"
#include "ws/transport/service.hpp"
#include "ws/ws.hpp"

#include <memory>
#include <optional>
#include <unordered_map>

namespace qi::stdlib {

/// What a goroutine waits for on an id; each is a wake key of its own.
enum class Waiting : std::int64_t { Receive, Send, Change };
inline constexpr std::int64_t lanes = 3;
inline WakeKey wake_key(ws::Id id, Waiting lane) noexcept { return id * lanes + static_cast<std::int64_t>(lane); }

/// How a connection's messages reach the program. Listeners hand theirs on to what they accept.
struct Habits {
    bool bytes = false; // binary messages as bytes values, not base64
    std::optional<Duration> read_timeout;
    std::optional<Duration> write_timeout;
    bool listener = false;
};

class WebSockets final : public OutsideWorld, private ws::Waker {
public:
    WebSockets(Vm& vm, WsSettings settings);
    ~WebSockets() override;

    /// Started if it wasn't.
    Result<ws::Service*> service();
    /// Null before first use.
    ws::Service* running() noexcept { return service_.get(); }

    Habits& habits(ws::Id id) { return habits_[id]; }
    bool knows(ws::Id id) const { return habits_.count(id) != 0; }
    int listeners() const noexcept { return listeners_; }
    void count_listener(int change) noexcept { listeners_ += change; }

    // Values made again and again
    Value message(const ws::Event& event, const Habits& habits);
    Value timeout_message();
    Value connect_failure(const ws::ConnectFailure& failure);

    bool could_wake() override { return service_ != nullptr && service_->could_wake(); }
    void finish() override;
    bool is_serving() override { return listeners_ > 0; }

private:
    void wake(std::span<const ws::Id> ids) noexcept override;

    Vm& vm_;
    WsSettings settings_;
    std::unique_ptr<ws::Service> service_;
    std::unordered_map<ws::Id, Habits> habits_;
    int listeners_ = 0;
    std::vector<WakeKey> keys_; // service thread: those of one wake-up
    Value type_, data_, code_, reason_, error_, kind_;
    Value text_message_, text_binary_, text_close_, text_error_, text_timeout_, text_pong_;
};

} // namespace qi::stdlib

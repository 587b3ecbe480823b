// The door between the interpreter's thread and the service thread: commands one way, deliveries the other,
// each handed over as a whole list under one lock. All that is shared is here, in flow.hpp and in counts.hpp;
// everything else belongs to one of the two.
#pragma once

#include "base/mutex.hpp"
#include "base/service_manager.hpp"
#include "ws/transport/exchange/counts.hpp"
#include "ws/transport/exchange/event.hpp"
#include "ws/transport/exchange/flow.hpp"
#include "ws/transport/exchange/topic_board.hpp"
#include "ws/transport/http/proxy.hpp"
#include "ws/transport/http/request.hpp"
#include "ws/transport/http/url.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace qi::ws {

// Commands, from the interpreter to the service thread.

struct ConnectCommand {
    ConnectOptions options;
    Url url;
    std::string host;           // to connect to; the URL's, unless redirected
    std::optional<Proxy> proxy; // then to this one, and the URL's host is its affair
    std::uint16_t port = 0;
    SslContext tls; // for wss
    std::shared_ptr<Flow> flow;
};
struct ListenCommand {
    ListenOptions options;
    int socket = -1; // bound and listening; the service thread closes it
    SslContext tls;
    ServiceManager manager; // is told when the certificates are read again
};
struct SendCommand {
    MessageType type = MessageType::Text;
    Buffer payload;
};
struct CloseCommand {
    std::uint16_t code = 0;
    std::string reason;
    std::optional<Milliseconds> limit; // for the peer's answer, instead of the close timeout. 0: it is cut at once
    bool slow = false;                 // because it doesn't keep up: the program gets an error that says so
    bool after_requests = false;       // of a listener: what it has accepted is decided and answered first
    bool stops = false;                // a listener: it answers who asks for its health until the program has ended
};
struct PingCommand {
    std::uint64_t ticket = 0;
    std::string payload;
};
/// One message for many. Each receiver's flow has counted it.
struct BroadcastCommand {
    MessageType type = MessageType::Text;
    Buffer frame;         // whole and unmasked: most receivers get it as it is
    std::size_t size = 0; // of the payload, which is its last part
    std::vector<Id> receivers;
    std::string topic; // where it is for the other nodes as well
    bool relay = false;
};
/// Joins the topics of all processes that name the same Redis.
struct BackplaneCommand {
    std::string host;
    std::uint16_t port = 0;
    std::string user;
    std::string password;
    std::uint64_t number = 0;        // of the joins, from 1: what comes from there carries it
    std::shared_ptr<Flow> flow;      // of what comes from there
    std::vector<std::string> topics; // that somebody listens to by now
};
/// Somebody here listens to the topic from now on, or nobody any more.
struct TopicCommand {
    std::string topic;
    bool listening = false;
};
struct ResumeCommand {};
/// Each of its frames is written to stderr, or no longer.
struct TraceCommand {
    bool on = false;
};
struct AnswerCommand {
    Decision decision;
};
/// To a listener: upgrades are refused. Replaced: nothing is accepted any more.
struct DrainCommand {
    bool replaced = false;
};
/// To nobody in particular: a signal stops the program.
struct StoppingCommand {};
/// To nobody in particular: close everything, at the latest in that time.
struct ShutdownCommand {
    Milliseconds deadline{};
};

struct Command {
    Id id = 0;
    // Large and rare ones behind a pointer: a list of sends is what matters.
    std::variant<SendCommand, ResumeCommand, TraceCommand, std::unique_ptr<CloseCommand>, std::unique_ptr<PingCommand>,
                 std::unique_ptr<ConnectCommand>, std::unique_ptr<ListenCommand>, std::unique_ptr<AnswerCommand>,
                 std::unique_ptr<BroadcastCommand>, std::unique_ptr<BackplaneCommand>, std::unique_ptr<TopicCommand>,
                 DrainCommand, StoppingCommand, ShutdownCommand>
        what;
};

// Deliveries, from the service thread to the interpreter.

struct OpenedDelivery {
    Id listener = 0; // 0 for a client
    std::string protocol;
    Compression compression = Compression::Disabled;
    std::string local;
    std::string remote;
    std::optional<TlsInfo> tls;
    std::chrono::system_clock::time_point at{};
};
/// A connection that a listener got, or a request to it that waits for an answer.
struct AcceptedDelivery {
    Id listener = 0;
    Request request;
    std::string url;
    ConnectionOptions options;
    std::shared_ptr<Flow> flow;
    bool awaits_answer = false;
};
/// The end of a connection. After its Close event, or without one if it never was open.
struct EndedDelivery {
    bool clean = false;
};
struct PongDelivery {
    std::uint64_t ticket = 0;
    double milliseconds = 0;
};
/// Somebody waits for the outbox.
struct DrainedDelivery {};
/// Of a listener: upgrades are refused now, and what was let in before has been delivered.
struct DrainingDelivery {};

/// Published on another node.
struct BackplaneDelivery {
    std::uint64_t number = 0; // of the BackplaneCommand
    std::string topic;
    MessageType type = MessageType::Text;
    Buffer frame; // as in a BroadcastCommand
    std::size_t size = 0;
};

struct BackplaneReport {
    std::uint64_t number = 0; // of the BackplaneCommand
    BackplaneStatus status;
};

struct Delivery {
    Id id = 0;
    std::variant<Event, DrainedDelivery, PongDelivery, EndedDelivery, std::unique_ptr<OpenedDelivery>,
                 std::unique_ptr<AcceptedDelivery>, std::unique_ptr<ConnectFailure>, std::unique_ptr<BackplaneDelivery>,
                 std::unique_ptr<BackplaneReport>, std::unique_ptr<Rejections>, std::unique_ptr<Notice>,
                 DrainingDelivery>
        what;
};

class Exchange {
public:
    Counts counts;
    TopicBoard topics;
    const Vitals* vitals = nullptr; // of the program, if it has some; before the service thread starts

    // Interpreter.

    /// Hands over all of `from` and leaves it empty. True when the service thread has to be woken for it.
    [[nodiscard]] bool submit(std::vector<Command>& from) QI_EXCLUDES(commands_mutex_);
    /// Swaps what was delivered into `into`, which is empty. Cheap when there is nothing.
    void collect(std::vector<Delivery>& into) QI_EXCLUDES(deliveries_mutex_);
    bool has_deliveries() const noexcept { return deliveries_waiting_.load(std::memory_order_acquire); }

    // Service thread.

    /// Swaps the commands into `into`, which is empty. The next submit says to wake.
    void take(std::vector<Command>& into) QI_EXCLUDES(commands_mutex_);
    bool has_commands() const noexcept { return commands_waiting_.load(std::memory_order_acquire); }
    /// Hands over all of `from` and leaves it empty.
    void publish(std::vector<Delivery>& from) QI_EXCLUDES(deliveries_mutex_);

    // Either.

    Id next_id() noexcept { return next_id_.fetch_add(1, std::memory_order_relaxed); }
    bool was_given_out(Id id) const noexcept { return id >= 1 && id < next_id_.load(std::memory_order_relaxed); }

private:
    std::atomic<Id> next_id_{1};
    std::atomic<bool> commands_waiting_{false};
    std::atomic<bool> deliveries_waiting_{false};
    Mutex commands_mutex_;
    Mutex deliveries_mutex_;
    std::vector<Command> commands_ QI_GUARDED_BY(commands_mutex_);
    std::vector<Delivery> deliveries_ QI_GUARDED_BY(deliveries_mutex_);
};

} // namespace qi::ws

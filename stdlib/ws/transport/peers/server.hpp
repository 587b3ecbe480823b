// The server: sockets that listen, and the requests that come in through them until libwebsockets takes
// over or they are refused. Requests are read, judged and answered here. The service thread.
#pragma once

#include "ws/transport/exchange/loop_context.hpp"
#include "ws/transport/exchange/registry.hpp"
#include "ws/transport/http/request.hpp"
#include "ws/transport/net/event_loop.hpp"
#include "ws/transport/net/lws.hpp"
#include "ws/transport/net/tls_stream.hpp"
#include "ws/transport/peers/listener.hpp"

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace qi::ws {

class Handshake;
class Loop;

/// A connection counted by a listener. listener 0: not counted.
struct Admission {
    Id listener = 0;
    std::string ip;
};

/// What a handshake is told about the connection that it is on.
struct AcceptedSocket {
    int socket = -1;
    std::string local;
    std::string remote;
    std::unique_ptr<TlsStream> tls; // on which nobody has shaken hands yet
};

class Server final : public WakeUser {
public:
    Server(EventLoop& loop, LoopContext& context, Library& library, Loop& owner) noexcept;
    ~Server() override;

    void listen(Id id, std::unique_ptr<ListenCommand> command);
    /// Takes over a socket that the listener has got.
    void on_accepted(Listener& listener, int socket, std::string remote);
    /// False if it isn't one. `after_requests`: nothing is accepted any more, and what was is decided and answered
    /// first; each request has its handshake timeout for that. `stops`: it is only told to stop, and goes with
    /// close_all.
    bool close(Id id, bool after_requests = false, bool stops = false);
    /// The program closes what it was to decide about. `limit`: for the peer to take the answer; 0: it is cut off at
    /// once.
    void close_request(Id id, std::optional<Milliseconds> limit);
    void answer(Id id, Decision decision);
    /// Upgrades are refused from now on. Replaced: nothing is accepted any more, since another process does that.
    void drain(Id listener, bool replaced);
    /// A signal stops the program: what listeners say about themselves says so from now on.
    void note_stopping() noexcept { program_stops_ = true; }
    void close_all();
    /// A server connection that came through here has ended.
    void on_connection_ended(Id id) noexcept;
    /// Destroys what is over, and closes listeners that have waited for their requests. Between rounds.
    void sweep() noexcept;
    /// No answer is on its way out any more.
    bool is_quiet() const noexcept;

private:
    friend class Handshake;
    void on_wake() noexcept override;
    /// Somebody has connected, and isn't answered yet.
    bool has_requests(Id listener) const noexcept;
    /// The interpreter was asked; the handshake has its id.
    void on_asked(Handshake& handshake);
    void on_over(Handshake& handshake, bool upgraded) noexcept;
    void release(const Admission& admission) noexcept;
    /// Without a status it is counted, and not told in the log.
    void note_refused(Id listener, Refusal why, std::optional<int> status);

    EventLoop& loop_;
    LoopContext& context_;
    Library& library_;
    Loop& owner_;
    std::unique_ptr<SignalHandle> hang_up_; // while some listener has certificates: SIGHUP reloads them
    ServiceManager manager_;
    bool told_ready_ = false;
    bool program_stops_ = false;
    Registry<Listener> listeners_;
    std::unordered_map<const Handshake*, std::unique_ptr<Handshake>> handshakes_;
    std::unordered_map<Id, Handshake*> asked_;
    std::unordered_map<Id, Admission> admissions_; // of connections
    std::vector<Id> closing_;                      // listeners that are closed when their requests are answered
    std::size_t lingering_ = 0;                    // of the handshakes
    std::size_t half_closed_ = 0;                  // and of them those whose peer sends no more
    std::vector<std::unique_ptr<Handshake>> over_;
};

} // namespace qi::ws

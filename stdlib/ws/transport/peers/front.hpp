// The front door: sockets that listen, and the requests that come in through them until libwebsockets takes
// over or they are refused. Requests are read, judged and answered here. The service thread.
#pragma once

#include "base/sip_hash.hpp"
#include "ws/transport/exchange/desk.hpp"
#include "ws/transport/exchange/registry.hpp"
#include "ws/transport/http/head.hpp"
#include "ws/transport/net/lws.hpp"
#include "ws/transport/net/tls_door.hpp"
#include "ws/transport/net/watch.hpp"
#include "ws/transport/peers/message_memory.hpp"

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace qi::ws {

class Front;
class Handshake;

/// One listening socket and what it allows.
class Listener final : public SocketUser, public AlarmUser {
public:
    Listener(Id id, std::unique_ptr<ListenCommand> command, uv_loop_t* loop, Front& front, Desk& desk);
    ~Listener() override;

    Id id() const noexcept { return id_; }
    const ListenOptions& options() const noexcept { return command_->options; }
    /// nullptr: it speaks plain text.
    ssl_ctx_st* tls() const noexcept { return command_->tls.get(); }
    /// Reads its certificates again, for connections from now on; if that fails it keeps those it has, and says so on
    /// stderr.
    void reload_tls() noexcept;

    /// What the unfinished messages of all its connections hold. Outlives the listener.
    const std::shared_ptr<MessageMemory>& memory() const noexcept { return memory_; }

    /// What speaks against this request, as a status; 0: nothing.
    int objection(const Request& request) const;
    /// The subprotocol for it; empty: none.
    std::string choose_protocol(const Request& request) const;
    /// Counts a connection from `ip`, unless there are too many.
    bool admit(const std::string& ip);
    void release(const std::string& ip) noexcept;
    /// Counts a request that was answered with this status in place of what it asked for.
    void note_refused(int status);
    /// Tells the program what was counted.
    void tell_refusals() noexcept;

private:
    /// Goes off a while after the first refusal.
    class Telling final : public AlarmUser {
    public:
        Telling(Timers& timers, Listener& listener) noexcept : listener_(listener), alarm_(timers, *this) {}
        void begin() noexcept;

    private:
        void on_alarm() noexcept override { listener_.tell_refusals(); }
        Listener& listener_;
        Alarm alarm_;
    };
    void on_socket(int events) noexcept override;
    void on_alarm() noexcept override;

    const Id id_;
    const std::unique_ptr<ListenCommand> command_; // its TLS context can be replaced
    Front& front_;
    const std::shared_ptr<MessageMemory> memory_;
    SocketWatch watch_;
    Alarm pause_;
    Desk& desk_;
    Refusals refusals_; // not yet told
    Telling telling_;
    std::uint32_t admitted_ = 0;
    std::unordered_map<std::string, std::uint32_t, SecretHash> admitted_by_ip_;
};

/// A connection counted by a listener. listener 0: not counted.
struct Admission {
    Id listener = 0;
    std::string ip;
};

class FrontUser {
public:
    virtual ~FrontUser() = default;
    /// A server connection is open. The link is to be taken from the handshake.
    virtual void on_upgraded(Handshake& handshake, LinkOpened opened) noexcept = 0;
};

/// What a handshake is told about the connection that it is on.
struct Arrival {
    int socket = -1;
    std::string local;
    std::string remote;
    std::optional<TlsInfo> tls;
    std::shared_ptr<const Outside> outside; // where the socket isn't the peer's own
};

class Front final : public TlsDoorUser, public SignalUser {
public:
    Front(uv_loop_t* loop, Desk& desk, Library& library, FrontUser& user) noexcept;
    ~Front() override;

    void listen(Id id, std::unique_ptr<ListenCommand> command);
    /// False if it isn't one.
    bool close(Id id);
    /// The program closes what it was to decide about. `limit`: for the peer to take the answer; 0: it is cut off at
    /// once.
    void close_request(Id id, std::optional<Milliseconds> limit);
    void answer(Id id, Decision decision);
    void close_all();
    /// A server connection that came through here has ended.
    void on_connection_ended(Id id) noexcept;
    /// Destroys what is over. Between rounds.
    void sweep() noexcept;
    /// Nothing is on its way out any more: no answer, nothing through TLS.
    bool is_quiet() const noexcept;

private:
    friend class Listener;
    friend class Handshake;
    struct Door {
        std::unique_ptr<TlsDoor> door;
        Id listener = 0;
        Admission admission; // until the handshake has it
        std::string remote;
    };
    void on_accepted(Listener& listener, int socket);
    void shake_hands(Listener& listener, Arrival arrival, bool admitted, Admission admission);
    void on_signal() noexcept override;
    void on_secured(TlsDoor& door) noexcept override;
    void on_door_closed(TlsDoor& door) noexcept override;
    /// The interpreter was asked; the handshake has its id.
    void on_asked(Handshake& handshake);
    void on_over(Handshake& handshake, bool upgraded) noexcept;
    void release(const Admission& admission) noexcept;
    void note_refused(Id listener, int status);

    uv_loop_t* loop_;
    Desk& desk_;
    Library& library_;
    FrontUser& user_;
    std::unique_ptr<SignalHandle> hang_up_; // while some listener has certificates: SIGHUP reloads them
    Registry<Listener> listeners_;
    std::unordered_map<const Handshake*, std::unique_ptr<Handshake>> handshakes_;
    std::unordered_map<Id, Handshake*> asked_;
    std::unordered_map<Id, Admission> admissions_; // of connections
    std::unordered_map<const TlsDoor*, Door> doors_;
    std::size_t lingering_ = 0;   // of the handshakes
    std::size_t half_closed_ = 0; // and of them those whose peer sends no more
    std::vector<std::unique_ptr<Handshake>> over_;
    std::vector<std::unique_ptr<TlsDoor>> closed_doors_;
};

} // namespace qi::ws

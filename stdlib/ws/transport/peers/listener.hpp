// A socket that listens, and whom it lets in. The service thread.
#pragma once

#include "base/sip_hash.hpp"
#include "ws/transport/exchange/exchange.hpp"
#include "ws/transport/exchange/loop_context.hpp"
#include "ws/transport/net/event_loop.hpp"
#include "ws/transport/peers/message_memory.hpp"

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace qi::ws {

class Server;

/// One listening socket and what it allows.
class Listener final : public SocketUser, public AlarmUser {
public:
    Listener(Id id, std::unique_ptr<ListenCommand> command, EventLoop& loop, Server& server, LoopContext& context);
    ~Listener() override;

    Id id() const noexcept { return id_; }
    const ListenOptions& options() const noexcept { return command_->options; }
    /// nullptr: it speaks plain text.
    ssl_ctx_st* tls() const noexcept { return command_->tls.get(); }
    /// Nobody is let in any more. What it has let in is served on.
    void stop_accepting() noexcept;
    /// Upgrades are answered with 503 from now on, and all else as before: it is to be closed when its connections have
    /// gone.
    void drain() noexcept { draining_ = true; }
    bool is_draining() const noexcept { return draining_; }
    /// Reads its certificates again, for connections from now on; if that fails it keeps those it has, and the log says
    /// so.
    void reload_tls() noexcept;

    /// Nobody is let in any more, and only who asks for its health or metrics is answered. Stays so.
    void stop() noexcept { stopping_ = true; }
    bool is_stopping() const noexcept { return stopping_; }

    /// What the unfinished messages of all its connections hold. Outlives the listener.
    const std::shared_ptr<MessageMemory>& memory() const noexcept { return memory_; }

    /// What speaks against this request, as a status; 0: nothing.
    int objection(const Request& request) const;
    /// The subprotocol for it; empty: none.
    std::string choose_protocol(const Request& request) const;
    /// Counts a connection from `ip`, unless there are too many: then it says of what.
    std::optional<Refusal> admit(const std::string& ip);
    void release(const std::string& ip) noexcept;
    /// Counts a request that was answered with this status in place of what it asked for, for the log.
    void note_refused(int status);
    /// Tells the program what was counted.
    void report_rejections() noexcept;

private:
    void on_socket(int events) noexcept override;
    void on_alarm() noexcept override;
    void expect_report();

    const Id id_;
    const std::unique_ptr<ListenCommand> command_; // its TLS context can be replaced
    EventLoop& loop_;
    Server& server_;
    const std::shared_ptr<MessageMemory> memory_;
    std::unique_ptr<SocketWatch> watch_;
    Alarm pause_;
    LoopContext& context_;
    Rejections rejections_;                                   // not yet told
    OwnAlarm<Listener, &Listener::report_rejections> report_; // a while after the first of them
    bool draining_ = false;
    bool stopping_ = false;
    std::uint32_t admitted_ = 0;
    std::unordered_map<std::string, std::uint32_t, SecretHash> admitted_by_ip_;
};

} // namespace qi::ws

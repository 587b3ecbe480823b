// One incoming request, from accept() to the upgrade or the refusal. The service thread.
//
//   Reading ──▶ Judging ──▶ Upgrading ──▶ over, a connection
//      │           │ refused
//      └───────────┴──────▶ Refusing ──▶ Lingering ──▶ over
//
// Judging lasts for listeners with `authorize`: until the interpreter answers. The handshake timeout runs
// through all of Reading and Judging.
#pragma once

#include "ws/transport/front.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace qi::ws {

class Handshake final : public SocketUser, public AlarmUser, public OpeningUser {
public:
    Handshake(const Listener& listener, int socket, std::string remote, Front& front);
    ~Handshake() override;

    void start();
    void answer(Decision decision);
    /// The listener has more connections than it may have.
    void refuse_full();
    /// The listener is gone.
    void refuse_at_close();

    /// That the connection will have; 0 while it isn't certain that there will be one.
    Id id() const noexcept { return id_; }
    Id listener() const noexcept { return listener_; }
    const ConnectionOptions& options() const noexcept { return options_; }
    const std::shared_ptr<Flow>& flow() const noexcept { return flow_; }
    const std::string& protocol() const noexcept { return protocol_; }
    /// Told to the interpreter: on the upgrade, or before if it has to answer.
    std::unique_ptr<AcceptedDelivery> describe(bool awaits_answer);
    bool was_described() const noexcept { return id_ != 0; }
    std::unique_ptr<OpeningLink> take_link() noexcept { return std::move(link_); }

    /// How the front counts it.
    Admission admission;

private:
    enum class Phase : std::uint8_t { Reading, Judging, Upgrading, Refusing, Lingering, Over };

    void on_socket(int events) noexcept override;
    void on_alarm() noexcept override;
    void on_open(LinkOpened opened) noexcept override;
    void on_failed(LinkFailure failure) noexcept override;
    void read();
    void linger();
    void judge();
    void refuse(int status, const Headers& headers, std::string_view body);
    void refuse(int status);
    void upgrade(const std::string& protocol, const Headers& headers);
    void write();
    void finish(bool upgraded) noexcept;

    Id id_ = 0;
    const Id listener_;
    const ConnectionOptions options_;
    const std::shared_ptr<Flow> flow_;
    Front& front_;
    int socket_;
    std::unique_ptr<SocketWatch> watch_;
    Alarm alarm_;
    Phase phase_ = Phase::Reading;
    std::string incoming_;
    ParsedHead head_;
    std::string outgoing_;
    std::string protocol_;
    std::optional<DeflateAnswer> deflate_;
    std::unique_ptr<OpeningLink> link_;
};

} // namespace qi::ws

// One incoming request, from accept() to the upgrade or the last byte of another answer. The service thread.
//
//   Securing ──▶ Reading ──────────────────────▶ Judging ──▶ Upgrading ──▶ over, a connection
//                   │ └───▶ ReadingBody ──────────▲ │ refused, or a plain request
//                   └──────────┴────────────────────┴──────▶ Answering ──▶ Lingering ──▶ over
//
// Securing is the handshake of TLS, and has the time of a handshake for itself.
// Judging lasts for listeners with `authorize` or `http`: until the interpreter answers, or the peer is seen to be
// gone. The handshake timeout runs through all of Reading and the judging of upgrades; a body has to come on in its
// steps.
#pragma once

#include "ws/transport/http/body_reader.hpp"
#include "ws/transport/http/static_files.hpp"
#include "ws/transport/peers/server.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace qi::ws {

class Handshake final : public SocketUser, public AlarmUser, public OpeningUser, private MemoryUser {
public:
    /// Takes over the socket.
    Handshake(const Listener& listener, AcceptedSocket accepted, Server& server);
    ~Handshake() override;

    void start();
    void answer(Decision decision);
    /// The program wants it to end, decided or not. `limit`: for the peer to take the answer; 0: it is cut off at once.
    void close(std::optional<Milliseconds> limit);
    /// The listener has more connections than it may have.
    void refuse_full(Refusal why);
    /// The listener is gone: what isn't decided yet won't be.
    void refuse_at_close();
    /// Something is on its way to the peer that the end of the program would cut off.
    bool is_answering() const noexcept { return phase_ == Phase::Answering || phase_ == Phase::Lingering; }

    /// That the connection will have; 0 while it isn't certain that there will be one.
    Id id() const noexcept { return id_; }
    Id listener() const noexcept { return listener_; }
    const ConnectionOptions& options() const noexcept { return options_; }
    const std::shared_ptr<Flow>& flow() const noexcept { return flow_; }
    const std::shared_ptr<MessageMemory>& memory() const noexcept { return memory_; }
    const std::string& protocol() const noexcept { return protocol_; }
    /// Told to the interpreter: on the upgrade, or before if it has to answer.
    std::unique_ptr<AcceptedDelivery> describe(bool awaits_answer);
    bool was_described() const noexcept { return id_ != 0; }
    std::unique_ptr<OpeningLink> take_link() noexcept { return std::move(link_); }

    /// How the server counts it.
    Admission admission;

private:
    enum class Phase : std::uint8_t { Securing, Reading, ReadingBody, Judging, Upgrading, Answering, Lingering, Over };

    void on_socket(int events) noexcept override;
    void on_alarm() noexcept override;
    void on_over_memory() noexcept override;
    void on_open(LinkOpened opened) noexcept override;
    void on_failed(LinkFailure failure) noexcept override;
    void watch(int events);
    void secure();
    void read();
    void read_body();
    void add_body(std::string_view bytes);
    void start_lingering();
    void linger();
    void on_peer_gone(bool reset);
    void judge();
    void judge_plain(const Listener& listener);
    void answer_about_itself(const Listener& listener);
    void ask();
    void answer_with(int status, const Headers& headers, std::string_view body);
    void answer_with(FileAnswer file);
    void refuse(int status, Refusal why);
    void start_answer(std::string bytes);
    std::string more_of_file();
    bool put(std::string bytes);
    void upgrade(const std::string& protocol, const Headers& headers);
    void write();
    void finish(bool upgraded) noexcept;
    bool is_upgrade() const noexcept { return head_.request.upgrade; }

    Id id_ = 0;
    const Id listener_;
    const ConnectionOptions options_;
    const std::shared_ptr<Flow> flow_;
    Server& server_;
    int socket_; // until it is handed on
    Stream stream_;
    std::unique_ptr<SocketWatch> watch_; // once it had to wait
    Alarm alarm_;
    Phase phase_ = Phase::Reading;
    Milliseconds patience_;
    bool limited_ = false;     // the program gives it that time for all that is left, and not for each step
    Milliseconds linger_time_; // for the peer to read an answer, before the socket is closed
    std::string local_, remote_;
    std::optional<TlsInfo> tls_; // from the upgrade on
    int asides_ = 0;             // of the peer's TLS
    std::string incoming_;
    ParsedRequest head_;
    bool without_body_ = false; // of the answer: it was HEAD
    bool half_closed_ = false;  // the peer sends no more, but may want the answer
    const std::shared_ptr<MessageMemory> memory_;
    BodyReader body_;
    MemoryShare body_memory_{*this, memory_}; // of the body that comes in, then of the answer that goes out
    std::uint64_t body_step_ = 0;             // bytes of the body since the alarm was set
    int file_ = -1;                           // what is left to answer with
    std::uint64_t file_offset_ = 0;
    std::uint64_t file_left_ = 0;
    std::string protocol_;
    std::optional<DeflateAnswer> deflate_;
    std::unique_ptr<OpeningLink> link_;
};

} // namespace qi::ws

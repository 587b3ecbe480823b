// A client connection with :reconnect, for as long as its id lives: while it is lost, when to dial again and what was
// never sent. The service thread.
#pragma once

#include "ws/transport/exchange/loop_context.hpp"

#include <memory>
#include <random>
#include <vector>

namespace qi::ws {

class Reconnector;

class ReconnectorUser {
public:
    virtual ~ReconnectorUser() = default;
    /// The pause is over.
    virtual void on_redial(Reconnector& reconnector) noexcept = 0;
};

class Reconnector final : public AlarmUser {
public:
    Reconnector(Id id, std::shared_ptr<ConnectCommand> command, LoopContext& context, ReconnectorUser& user);

    Id id() const noexcept { return id_; }
    const std::shared_ptr<ConnectCommand>& command() const noexcept { return command_; }
    bool is_down() const noexcept { return down_; }

    /// The connection is lost; these were never sent. The program is told, and the first pause begins.
    void lose(std::vector<Unsent> unsent);
    /// One more, sent by a program that didn't know yet.
    void add(Unsent unsent) { unsent_.push_back(std::move(unsent)); }
    /// An attempt came to nothing: the next pause begins. False when no attempt is left.
    bool pause_again();
    /// Not quite yet.
    void wait(Milliseconds delay) { alarm_.set_in(delay); }
    /// It is open again, and the program is told.
    void come_back();
    /// It stays away: an error that says why, unless the program knows, and the end.
    void end(const ConnectFailure* why);

private:
    void on_alarm() noexcept override { user_.on_redial(*this); }
    void pause();
    void deliver(Event event);
    Milliseconds next_delay();

    const Id id_;
    const std::shared_ptr<ConnectCommand> command_;
    LoopContext& context_;
    ReconnectorUser& user_;
    Alarm alarm_;
    bool down_ = false;
    std::uint32_t attempt_ = 0;
    std::vector<Unsent> unsent_;
    std::minstd_rand random_; // for the jitter alone
};

} // namespace qi::ws

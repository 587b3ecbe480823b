// One state machine, from open to ended, which is why it has more lines than other files.
#include "ws/transport/peers/connection.hpp"

#include "base/utf8.hpp"
#include "ws/transport/kinds.hpp"
#include "ws/transport/messages.hpp"
#include "ws/transport/wire/close_code.hpp"

#include <algorithm>
#include <chrono>

namespace qi::ws {

namespace {

// A peer that answers no pings must not make us remember them without end.
constexpr std::size_t most_outstanding_pings = 1024, most_wanted_pings = 1024;
// In one close timeout, to see whether bytes still move.
constexpr int looks_while_closing = 8;
// How long the program has for what it still sends when the peer has broken the rules.
constexpr Milliseconds longest_last_words{500};
// Of pings that came together each is answered, as far as that: RFC 6455, 5.5.3, asks for the last one only.
constexpr std::size_t most_unanswered = 64;

/// Close codes of a server that isn't done with us: going away, failing, restarting, busy, unreachable behind its
/// gateway.
bool means_come_back(std::uint16_t code) noexcept { return code == 1001 || (code >= 1011 && code <= 1014); }

} // namespace

Connection::Connection(Id id, Role role, const ConnectionOptions& options, const DeflateTerms& deflate,
                       std::shared_ptr<Flow> flow, LoopContext& context, ConnectionOwner& owner, bool comes_back)
    : id_(id), role_(role), options_(options), flow_(std::move(flow)), comes_back_(comes_back),
      traced_(context.log.is_on()), context_(context), owner_(owner), compressor_(deflate, options, context),
      outbox_(role == Role::Client ? &context.masks : nullptr, compressor_, comes_back),
      assembler_(options.read_limit, deflate, &context.resting), alarm_(context.timers, *this),
      close_timeout_(options.close_timeout), last_heard_(context.timers.now()) {
    if (options_.ping_interval.count() > 0) alarm_.set_in(options_.ping_interval);
    if (options_.rate_limit || options_.idle_timeout.count() > 0)
        activity_ = std::make_unique<ActivityLimits>(options_, context_, *this);
}

Connection::ActivityLimits::ActivityLimits(const ConnectionOptions& options, LoopContext& context,
                                           Connection& owner) noexcept
    : last_message(context.timers.now()), idle(context.timers, owner), delay(context.timers, owner) {
    if (options.rate_limit) rate.emplace(*options.rate_limit, last_message);
    if (options.idle_timeout.count() > 0) idle->set_in(options.idle_timeout);
}

Connection::~Connection() {
    flow_->direct_writer.take_back();
    // What never went out waits no more.
    clear_outbox();
    counts().settled.add(in_link_.bytes());
}

void Connection::clear_outbox() noexcept {
    counts().settled.add(outbox_.waiting().bytes());
    outbox_.clear();
}

void Connection::attach(std::unique_ptr<Link> link) noexcept {
    link_ = std::move(link);
    lend_socket();
}

/// Who compresses, may have to hand messages back, writes them down or asks when the last one went, sees all of them.
void Connection::lend_socket() noexcept {
    const bool plain = !compressor_.terms().agreed && !comes_back_ && !traced_ && activity_ == nullptr;
    if (const int socket = link_->bare_socket(); plain && socket >= 0) flow_->direct_writer.lend(socket);
}

void Connection::trace(bool on) noexcept {
    traced_ = on;
    if (on)
        flow_->direct_writer.take_back();
    else if (phase_ == Phase::Open && !verdict_)
        lend_socket();
}

void Connection::leave(Phase next) noexcept {
    flow_->direct_writer.take_back();
    phase_ = next;
    if (next != Phase::Faulted && next != Phase::Ended) return;
    assembler_.clear(); // nobody gets the rest
    memory_.hold(0);
}

// Commands.

void Connection::send(MessageType type, Buffer payload) {
    if (phase_ != Phase::Open) {
        // It was queued while the end was on its way to the interpreter.
        counts().settled.add(payload.size());
        if (flow_->note_sent(Load::message(payload.size()))) context_.deliver(id_, DrainedDelivery{});
        if (left_for_now_) owner_.on_sent_too_late(id_, {type, std::move(payload)});
        return;
    }
    note_message();
    if (traced_) context_.log.write(id_, '>', type == MessageType::Text ? "text" : "binary", payload.view());
    outbox_.push(type == MessageType::Text ? Opcode::Text : Opcode::Binary, std::move(payload));
}

void Connection::send_shared(SharedMessage& message) {
    // A client has to mask each of its frames in its own way, and a stream of its own is nobody else's.
    const bool compresses = compressor_.takes(message.payload.size());
    if (role_ == Role::Client || phase_ != Phase::Open || (compresses && compressor_.terms().own_takeover))
        return send(message.type, message.payload);
    note_message();
    if (traced_)
        context_.log.write(id_, '>', message.type == MessageType::Text ? "text" : "binary", message.payload.view());
    const SharedFrame* frame = compresses ? &message.compressed(compressor_.terms().own_window) : &message.plain();
    if (!frame->usable) frame = &message.plain();
    outbox_.push_framed(message.type == MessageType::Text ? Opcode::Text : Opcode::Binary, frame->bytes,
                        message.payload.size());
}

void Connection::close(std::uint16_t code, std::string_view reason, std::optional<Milliseconds> limit) {
    if (limit) close_timeout_ = *limit;
    if (verdict_)
        execute();
    else if (phase_ == Phase::Open)
        queue_close(Phase::Closing, code, reason);
    else if (limit && phase_ != Phase::Ended)
        wait_for_close();
    if (!limit || limit->count() > 0) return;
    // What the kernel takes of it still goes out.
    flush();
    drop();
}

void Connection::close_as_slow() {
    if (verdict_) return execute();
    if (phase_ != Phase::Open) return;
    slow_ = true;
    deliver_event(EventType::Error,
                  Buffer::copy_of(format(message::fault_slow, {std::to_string(options_.send_buffer)})), 0, kind::slow);
    queue_close(Phase::Closing, close_code::try_again_later, {});
}

void Connection::queue_close(Phase phase, std::uint16_t code, std::string_view reason) {
    leave(phase);
    close_code_ = code;
    close_reason_ = reason;
    if (traced_) context_.log.write(id_, '>', "close " + std::to_string(code), reason);
    outbox_.push(Opcode::Close, Buffer::copy_of(close_payload(code, reason)));
    wait_for_close();
    // The peer's close frame may stand behind messages that nobody reads any more.
    if (activity_ != nullptr && std::exchange(activity_->delayed, false)) read_on();
    resume();
}

/// From now on the peer has the close timeout. 0: nobody is waited for, but the frame goes out.
void Connection::wait_for_close() noexcept {
    delivered_ = link_->delivered().bytes;
    close_due_ = context_.timers.now() + std::max(close_timeout_, Milliseconds{1});
    alarm_.set(close_due_ - close_timeout_ * (looks_while_closing - 1) / looks_while_closing);
}

// A peer that still takes what was queued before the close frame isn't cut off in the middle of it, however long that
// lasts; one that has broken the rules is.
void Connection::on_close_wait() noexcept {
    const Link::Delivered delivered = link_->delivered();
    if ((phase_ == Phase::Closing || lingers_) && !delivered.all && delivered.bytes != delivered_)
        return wait_for_close();
    const TimePoint now = context_.timers.now();
    if (now >= close_due_) return lingers_ ? link_->drop() : drop();
    alarm_.set(std::min(close_due_, now + std::max(close_timeout_ / looks_while_closing, Milliseconds{1})));
}

void Connection::ping(std::uint64_t ticket, std::string_view payload) {
    if (phase_ != Phase::Open) return;
    if (wanted_pings_.size() >= most_wanted_pings) wanted_pings_.pop();
    wanted_pings_.push({ticket, std::string(payload)});
    ping_on();
}

// One at a time: a peer may answer only one of those that reach it together (RFC 6455, 5.5.3; libwebsockets 4.1 the
// first).
void Connection::ping_on() {
    if (phase_ != Phase::Open || wanted_pings_.empty()) return;
    if (!awaits_answer()) {
        WantedPing next = wanted_pings_.pop();
        send_ping(next.ticket, std::move(next.payload));
    }
    if (wanted_pings_.empty()) return;
    if (ping_turn_over_ == nullptr)
        ping_turn_over_ =
            std::make_unique<OwnAlarm<Connection, &Connection::on_ping_turn_over>>(context_.timers, *this);
    (*ping_turn_over_)->set(ping_turn_);
}

// The one before had its turn and wasn't answered: those behind it go out all the same, while there is time for an
// answer.
void Connection::on_ping_turn_over() noexcept {
    if (phase_ != Phase::Open) return;
    while (!wanted_pings_.empty()) {
        WantedPing next = wanted_pings_.pop();
        send_ping(next.ticket, std::move(next.payload));
    }
    flush();
}

bool Connection::awaits_answer() const noexcept { return !pings_.empty() && context_.timers.now() < ping_turn_; }

void Connection::send_ping(std::uint64_t ticket, std::string payload) {
    if (pings_.size() >= most_outstanding_pings) pings_.erase(pings_.begin());
    if (traced_) context_.log.write(id_, '>', "ping", payload);
    outbox_.push_urgent(Opcode::Ping, Buffer::copy_of(payload));
    pings_.push_back({ticket, std::move(payload), Clock::now()});
    // Half of the time for an answer, so that the next one has the other half.
    const Milliseconds patience = options_.pong_timeout.count() > 0 ? options_.pong_timeout : Milliseconds{10000};
    ping_turn_ = context_.timers.now() + patience / 2;
}

void Connection::resume() noexcept {
    if (verdict_) return execute();
    if (reading_ || phase_ == Phase::Ended) return;
    reading_ = true;
    note_message(); // the wait for the program was no idleness of the peer's
    // The pong clock stood still: what the peer sent meanwhile is seen only now.
    last_heard_ = context_.timers.now();
    pong_due_ = last_heard_ + options_.pong_timeout;
    read_on();
}

void Connection::read_on() noexcept {
    const bool held_back = phase_ == Phase::Open && activity_ != nullptr && activity_->delayed;
    if (reading_ && !held_back) link_->read(true);
}

void Connection::flush() noexcept {
    answer_pings();
    if (phase_ != Phase::Ended) note_flushed(outbox_.flush(*link_, context_));
}

void Connection::note_flushed(const Outbox::Progress& progress) {
    in_link_ += progress.given;
    if (progress.closed) close_written_ = true;
    if (phase_ == Phase::Closing && (progress.closed || !progress.given.empty())) wait_for_close();
    if (progress.lost) return;
    if (!link_->stuck())
        settle_sent();
    else if (!progress.given.empty())
        flow_->note_stuck(context_.timers.now().time_since_epoch().count());
}

void Connection::settle_sent() {
    if (in_link_.empty()) return;
    flow_->note_moving();
    counts().settled.add(in_link_.bytes());
    if (flow_->note_sent(std::exchange(in_link_, {}))) context_.deliver(id_, DrainedDelivery{});
}

// Neither an error nor a close: the program is told by whoever dials again.
void Connection::leave_for_now() {
    leave(Phase::Ended);
    left_for_now_ = true;
    alarm_.clear();
    // Nothing of what the outbox and the link have counts as queued any more.
    Load queued = std::exchange(in_link_, {});
    queued += outbox_.waiting();
    counts().settled.add(queued.bytes());
    if (flow_->note_sent(queued)) context_.deliver(id_, DrainedDelivery{});
    owner_.on_lost_for_now(*this, outbox_.take_unsent(*link_));
}

void Connection::drop() noexcept {
    if (phase_ == Phase::Ended) return;
    end_here();
    link_->drop();
}

// What the program gets to see.

void Connection::deliver_event(EventType type, Buffer data, std::uint16_t code, Kind kind) {
    deliver_event(Event{type, code, kind, std::move(data), 0, 0, {}, {}});
}

void Connection::deliver_message(Assembler::Whole message) {
    Event event;
    event.type = message.type == MessageType::Text ? EventType::Message : EventType::Binary;
    event.data = std::move(message.data);
    event.code_points = message.code_points;
    counts().messages.add(1);
    counts().bytes.add(event.data.size());
    deliver_event(std::move(event));
}

void Connection::deliver_event(Event&& event) {
    const bool full = flow_->note_received(event.data.size());
    context_.deliver(id_, std::move(event));
    if (!full || !reading_ || phase_ != Phase::Open) return;
    link_->read(false);
    reading_ = false;
    if (!flow_->stay_stopped()) resume();
}

// What the program sends until it has seen the error, as the answer to a message that came before, goes out ahead of
// the close frame; nobody is waited for if it doesn't look.
void Connection::fail(Kind kind, const std::string& text, std::uint16_t code, bool broken) {
    if (verdict_) return;
    verdict_ = Verdict{code, broken};
    assembler_.clear(); // nobody gets the rest
    memory_.hold(0);
    reading_ = false;
    link_->read(false);
    deliver_event(EventType::Error, Buffer::copy_of(text), 0, kind);
    alarm_.set_in(std::min(longest_last_words, options_.close_timeout));
    if (!flow_->stay_until_empty()) execute();
}

void Connection::execute() noexcept {
    const Verdict verdict = *verdict_;
    verdict_.reset();
    flow_->direct_writer.take_back();
    note_flushed(outbox_.flush(*link_, context_));
    clear_outbox();
    unanswered_.clear();
    queue_close(Phase::Faulted, verdict.code, {});
    note_flushed(outbox_.flush(*link_, context_, verdict.broken));
    if (!verdict.broken) return;
    // A close frame of the peer couldn't be told from anything else.
    link_->finish();
    end(verdict.code, {}, false);
    alarm_.set_in(options_.close_timeout);
}

void Connection::end(std::uint16_t code, const std::string& reason, bool clean) {
    leave(Phase::Ended);
    alarm_.clear();
    activity_.reset();
    clear_outbox();
    deliver_event(EventType::Close, Buffer::copy_of(reason), code);
    counts().closed.add(code);
    counts().ended.add(1);
    context_.deliver(id_, EndedDelivery{clean});
}

// The link.

void Connection::on_frame(std::uint64_t payload, bool compressed) noexcept {
    if (phase_ == Phase::Open && !verdict_ && assembler_.would_exceed(payload, compressed))
        fail_too_big(true); // what it holds isn't read, nor what is behind it
}

std::span<char> Connection::room(std::uint64_t left, bool compressed) noexcept {
    if (compressed || phase_ != Phase::Open || verdict_ || slow_) return {};
    return assembler_.room(left, context_.blocks);
}

void Connection::on_data(std::string_view bytes, bool last, MessageType type, bool compressed) noexcept {
    note_heard();
    if (traced_) context_.log.write(id_, '<', type == MessageType::Text ? "text" : "binary", bytes);
    if (phase_ == Phase::Ended || phase_ == Phase::Faulted || verdict_ || slow_) return;
    auto outcome = assembler_.add(bytes, last, type, context_.slab, compressed);
    note_unfinished();
    if (auto* whole = std::get_if<Assembler::Whole>(&outcome)) {
        if (phase_ == Phase::Open && activity_ != nullptr && !within_rate()) return;
        if (phase_ == Phase::Closing && flow_->is_crammed()) return;
        deliver_message(std::move(*whole));
    } else if (auto* fault = std::get_if<Assembler::Fault>(&outcome)) {
        on_fault(*fault);
    }
}

void Connection::note_unfinished() {
    memory_.hold(assembler_.memory());
    if (!assembler_.is_within() || options_.message_timeout.count() == 0) return;
    last_piece_ = context_.timers.now();
    if (message_late_ == nullptr)
        message_late_ = std::make_unique<OwnAlarm<Connection, &Connection::on_message_late>>(context_.timers, *this);
    // It may be set for an earlier one; it then looks again.
    if (!(*message_late_)->is_set()) (*message_late_)->set(last_piece_ + options_.message_timeout);
}

void Connection::on_message_late() noexcept {
    if (phase_ != Phase::Open || !assembler_.is_within()) return;
    // Nothing comes in while we don't read.
    const bool reads = reading_ && (activity_ == nullptr || !activity_->delayed);
    const TimePoint due = (reads ? last_piece_ : context_.timers.now()) + options_.message_timeout;
    if (context_.timers.now() < due) return (*message_late_)->set(due);
    if (comes_back_) {
        leave_for_now();
        return link_->drop();
    }
    fail(kind::timeout, format(message::fault_message_timeout, {std::to_string(options_.message_timeout.count())}),
         close_code::policy_violation);
}

void Connection::fail_too_big(bool broken) {
    fail(kind::too_big, format(message::fault_too_big, {std::to_string(options_.read_limit)}), close_code::too_big,
         broken);
}

void Connection::on_over_memory() noexcept {
    if (phase_ == Phase::Open)
        fail(kind::too_big, format(message::fault_memory_limit, {std::to_string(memory_.limit())}),
             close_code::too_big);
    else
        leave(Phase::Faulted);
}

void Connection::on_fault(Assembler::Fault fault) {
    // Our own close frame is out already, or on its way: nothing to add to it.
    if (phase_ != Phase::Open) {
        leave(Phase::Faulted);
        return;
    }
    switch (fault) {
    case Assembler::Fault::TooBig: return fail_too_big(false);
    case Assembler::Fault::NotUtf8: return fail(kind::utf8, format(message::fault_utf8), close_code::invalid_payload);
    case Assembler::Fault::Corrupt:
        return fail(kind::protocol, format(message::fault_deflate), close_code::invalid_payload);
    case Assembler::Fault::OutOfMemory: return fail(kind::limit, format(message::fault_memory), close_code::too_big);
    }
}

void Connection::on_violation() noexcept {
    if (phase_ == Phase::Open && !verdict_)
        return fail(kind::protocol, format(message::fault_protocol), close_code::protocol_error, true);
    // Our close frame is on its way already. The peer's can't be read any more.
    if (phase_ == Phase::Ended || verdict_) return;
    leave(Phase::Faulted);
    note_flushed(outbox_.flush(*link_, context_, true));
    link_->finish();
}

void Connection::on_ping(std::string_view payload) noexcept {
    if (traced_) context_.log.write(id_, '<', "ping", payload);
    note_heard();
    if (phase_ != Phase::Open) return;
    if (unanswered_.size() >= most_unanswered) unanswered_.drop();
    unanswered_.push(std::string(payload));
    if (options_.control) deliver_event(EventType::Ping, Buffer::copy_of(payload));
}

// Not while the peer takes nothing: what waits for it stays bounded.
void Connection::answer_pings() {
    if (unanswered_.empty() || phase_ != Phase::Open || link_->stuck()) return;
    while (!unanswered_.empty()) {
        const std::string payload = unanswered_.pop();
        if (traced_) context_.log.write(id_, '>', "pong", payload);
        outbox_.push_urgent(Opcode::Pong, Buffer::copy_of(payload));
    }
}

void Connection::on_read() noexcept {
    if (!unanswered_.empty() && !verdict_) flush();
}

void Connection::on_pong(std::string_view payload) noexcept {
    const Clock::time_point now = Clock::now();
    if (traced_) context_.log.write(id_, '<', "pong", payload);
    note_heard();
    if (phase_ == Phase::Ended) return;
    const auto answered = std::find_if(pings_.begin(), pings_.end(),
                                       [&](const OutstandingPing& ping) { return ping.payload == payload; });
    const bool heartbeat = answered != pings_.end() && answered->ticket == 0;
    if (answered != pings_.end()) {
        // A peer may answer only the latest of several (RFC 6455, 5.5.3): the earlier ones are answered with it.
        for (auto it = pings_.begin(); it <= answered; ++it) {
            if (it->ticket == 0) continue;
            const std::chrono::duration<double, std::milli> round_trip = now - it->sent;
            context_.deliver(id_, PongDelivery{it->ticket, round_trip.count()});
        }
        pings_.erase(pings_.begin(), answered + 1);
        ping_on();
        flush();
    }
    if (options_.control && !heartbeat && phase_ == Phase::Open)
        deliver_event(EventType::Pong, Buffer::copy_of(payload));
}

void Connection::on_peer_close(std::string_view payload) noexcept {
    if (phase_ == Phase::Ended) return;
    flow_->direct_writer.take_back();
    std::uint16_t code = close_code::no_status;
    std::string reason;
    std::string fault;
    if (payload.size() >= 2) {
        code = static_cast<std::uint16_t>((static_cast<unsigned char>(payload[0]) << 8) |
                                          static_cast<unsigned char>(payload[1]));
        reason = payload.substr(2);
        if (!may_be_sent(code)) fault = format(message::fault_close_code, {std::to_string(code)});
        if (!utf8::valid(reason)) fault = format(message::fault_close_reason);
    } else if (payload.size() == 1) {
        fault = format(message::fault_protocol);
    }
    if (traced_) context_.log.write(id_, '<', "close " + std::to_string(code), reason);
    // What is queued goes out before our answer, as far as the kernel takes it.
    owner_.on_last_chance();
    note_flushed(outbox_.flush(*link_, context_));
    if (comes_back_ && phase_ == Phase::Open && fault.empty() && means_come_back(code)) {
        leave_for_now();
        return answer_close(code);
    }
    clear_outbox();
    const bool ours_first = (close_written_ || slow_) && phase_ != Phase::Open;
    if (!close_written_) answer_close(fault.empty() ? code : close_code::protocol_error);
    if (!fault.empty() && phase_ == Phase::Open) {
        leave(Phase::Faulted);
        deliver_event(EventType::Error, Buffer::copy_of(fault), 0, kind::protocol);
        return end(close_code::protocol_error, {}, false);
    }
    if (ours_first)
        end(close_code_, close_reason_, true);
    else
        end(code, reason, true);
}

/// Without a close frame of the peer. Who was told why it is closed needn't be told that the frame didn't get out.
void Connection::end_here() {
    const bool said = close_written_ || slow_;
    end(said ? close_code_ : close_code::abnormal, said ? close_reason_ : std::string{}, false);
}

void Connection::answer_close(std::uint16_t code) {
    if (traced_) context_.log.write(id_, '>', "close " + std::to_string(code), {});
    outbox_.push(Opcode::Close, Buffer::copy_of(close_payload(code, {})));
    note_flushed(outbox_.flush(*link_, context_, true));
}

void Connection::on_writable() noexcept {
    settle_sent();
    flush();
}

void Connection::on_input_over() noexcept {
    lingers_ = true;
    wait_for_close();
}

void Connection::on_lost(Loss loss) noexcept {
    if (verdict_) {
        close_code_ = verdict_->code;
        close_written_ = true;
        verdict_.reset();
        leave(Phase::Faulted);
    }
    if (comes_back_ && phase_ == Phase::Open) leave_for_now();
    if (phase_ == Phase::Open && loss == Loss::Reset) {
        leave(Phase::Faulted);
        deliver_event(EventType::Error, Buffer::copy_of(format(message::fault_reset)), 0, kind::reset);
    }
    if (phase_ != Phase::Ended) end_here();
    owner_.on_ended(*this);
}

// Limits.

void Connection::note_message() noexcept {
    if (activity_ != nullptr) activity_->last_message = context_.timers.now();
}

/// False: the message isn't to be handed over.
bool Connection::within_rate() {
    note_message();
    if (!activity_->rate) return true;
    RateMeter& rate = *activity_->rate;
    const TimePoint now = context_.timers.now();
    switch (rate.action()) {
    case RateAction::Drop:
        if (rate.take(now)) return true;
        counts().dropped.add(1);
        return false;
    case RateAction::Close:
        if (rate.take(now)) return true;
        fail(kind::rate_limit,
             format(message::fault_rate,
                    {std::to_string(options_.rate_limit->messages), std::to_string(options_.rate_limit->per.count())}),
             close_code::policy_violation);
        return false;
    case RateAction::Delay: break;
    }
    if (rate.borrow(now) && !activity_->delayed) {
        activity_->delayed = true;
        link_->read(false);
        activity_->delay->set_in(rate.wait());
    }
    return true;
}

void Connection::on_delay_over() noexcept {
    activity_->delayed = false;
    // Nothing was heard meanwhile, and that was our doing.
    last_heard_ = context_.timers.now();
    if (awaits_pong_) pong_due_ = std::max(pong_due_, last_heard_ + options_.pong_timeout);
    read_on();
}

void Connection::on_idle() noexcept {
    if (phase_ != Phase::Open) return;
    // Nothing comes in while the program is behind with what has come.
    const TimePoint due = (reading_ ? activity_->last_message : context_.timers.now()) + options_.idle_timeout;
    if (context_.timers.now() < due) return activity_->idle->set(due);
    close(close_code::going_away, {});
    flush();
}

// Time.

void Connection::on_alarm() noexcept {
    if (verdict_)
        execute();
    else if (lingers_)
        on_close_wait();
    else if (phase_ == Phase::Open)
        heartbeat();
    else if (phase_ == Phase::Ended)
        link_->drop(); // the peer doesn't close its side
    else
        on_close_wait();
}

void Connection::note_heard() noexcept {
    last_heard_ = context_.timers.now();
    // The alarm is set for the pong, which may be allowed more time than there is between two pings.
    if (std::exchange(awaits_pong_, false) && phase_ == Phase::Open) alarm_.set(last_heard_ + options_.ping_interval);
}

void Connection::heartbeat() {
    const TimePoint now = context_.timers.now();
    // Nothing is heard while reading is stopped, and that isn't the peer's fault.
    if (!reading_ || (activity_ != nullptr && activity_->delayed)) return alarm_.set_in(options_.ping_interval);
    if (awaits_pong_ && now >= pong_due_ && comes_back_) {
        leave_for_now();
        return link_->drop();
    }
    if (awaits_pong_ && now >= pong_due_) {
        leave(Phase::Faulted);
        deliver_event(EventType::Error,
                      Buffer::copy_of(format(message::fault_pong, {std::to_string(options_.pong_timeout.count())})), 0,
                      kind::pong_timeout);
        return drop();
    }
    if (awaits_pong_) return alarm_.set(pong_due_);
    const TimePoint next = last_heard_ + options_.ping_interval;
    if (now < next) return alarm_.set(next);
    if (!awaits_answer()) send_ping(0, "qi-" + std::to_string(++heartbeats_)); // else the answer to that one will do
    flush();
    if (options_.pong_timeout.count() == 0) return alarm_.set_in(options_.ping_interval);
    awaits_pong_ = true;
    pong_due_ = now + options_.pong_timeout;
    alarm_.set(pong_due_);
}

} // namespace qi::ws

#include "ws/transport/peers/server.hpp"

#include "ws/transport/peers/handshake.hpp"

#include <algorithm>
#include <csignal>
#include <unistd.h>
#include <utility>

namespace qi::ws {

namespace {

std::string address_of(const std::string& endpoint) { return endpoint.substr(0, endpoint.rfind(':')); }

} // namespace

Server::Server(EventLoop& loop, LoopContext& context, Library& library, Loop& owner) noexcept
    : loop_(loop), context_(context), library_(library), owner_(owner) {}

Server::~Server() = default;

void Server::listen(Id id, std::unique_ptr<ListenCommand> command) {
    if (command->tls != nullptr && hang_up_ == nullptr) hang_up_ = std::make_unique<SignalHandle>(loop_, SIGHUP, *this);
    manager_ = command->manager;
    listeners_.insert(id, std::make_unique<Listener>(id, std::move(command), loop_, *this, context_));
    // Now SIGHUP doesn't end the process any more.
    if (!std::exchange(told_ready_, true)) manager_.tell("READY=1");
}

bool Server::has_requests(Id listener) const noexcept {
    return std::any_of(handshakes_.begin(), handshakes_.end(), [&](const auto& entry) {
        return entry.first->listener() == listener && !entry.first->is_answering();
    });
}

bool Server::close(Id id, bool after_requests, bool stops) {
    Listener* listener = listeners_.find(id);
    if (listener == nullptr) return false;
    if (after_requests && has_requests(id)) {
        listener->stop_accepting();
        closing_.push_back(id);
        return true;
    }
    std::erase(closing_, id);
    const bool known = listener->is_stopping(); // the program has been told
    std::vector<Handshake*> waiting;
    for (const auto& [key, handshake] : handshakes_)
        if (handshake->listener() == id) waiting.push_back(handshake.get());
    listener->report_rejections();
    if (stops)
        listener->stop();
    else
        listeners_.remove(id);
    bool certificates = false;
    listeners_.each([&](Id, const Listener& listener) { certificates = certificates || listener.tls() != nullptr; });
    if (!certificates) hang_up_.reset();
    for (Handshake* handshake : waiting) handshake->refuse_at_close();
    if (!known) context_.deliver(id, EndedDelivery{true});
    return true;
}

void Server::drain(Id id, bool replaced) {
    Listener* listener = listeners_.find(id);
    if (listener == nullptr) return;
    replaced ? listener->stop_accepting() : listener->drain();
    context_.deliver(id, DrainingDelivery{});
}

void Server::close_request(Id id, std::optional<Milliseconds> limit) {
    const auto handshake = asked_.find(id);
    if (handshake != asked_.end()) handshake->second->close(limit);
}

void Server::close_all() {
    for (const Id id : listeners_.ids()) close(id);
}

void Server::answer(Id id, Decision decision) {
    const auto handshake = asked_.find(id);
    if (handshake != asked_.end()) handshake->second->answer(std::move(decision));
}

void Server::on_asked(Handshake& handshake) { asked_.emplace(handshake.id(), &handshake); }

void Server::on_accepted(Listener& listener, int socket, std::string remote) {
    Admission admission{listener.id(), address_of(remote)};
    AcceptedSocket accepted{socket, {}, std::move(remote), nullptr};
    const std::optional<Refusal> full = listener.admit(admission.ip);
    if (listener.tls() != nullptr) {
        // A 503 would take a TLS handshake first, as many at once as there are peers.
        if (!full) accepted.tls = TlsStream::accept(socket, listener.tls());
        if (accepted.tls == nullptr) { // or no memory
            if (!full) listener.release(admission.ip);
            note_refused(listener.id(), full.value_or(Refusal::Memory), 503);
            ::close(socket);
            return;
        }
    }
    accepted.local = local_endpoint(socket);
    auto made = std::make_unique<Handshake>(listener, std::move(accepted), *this);
    Handshake& handshake = *made;
    handshakes_.emplace(&handshake, std::move(made));
    if (full) return handshake.refuse_full(*full);
    handshake.admission = std::move(admission);
    handshake.start();
}

void Server::on_wake() noexcept {
    manager_.tell_reloading();
    listeners_.each([](Id, Listener& listener) { listener.reload_tls(); });
    manager_.tell("READY=1");
}

void Server::on_over(Handshake& handshake, bool upgraded) noexcept {
    if (upgraded)
        admissions_.emplace(handshake.id(), std::move(handshake.admission));
    else
        release(handshake.admission);
    asked_.erase(handshake.id());
    const auto entry = handshakes_.find(&handshake);
    over_.push_back(std::move(entry->second));
    handshakes_.erase(entry);
}

void Server::release(const Admission& admission) noexcept {
    if (Listener* listener = listeners_.find(admission.listener)) listener->release(admission.ip);
}

void Server::note_refused(Id id, Refusal why, std::optional<int> status) {
    context_.exchange.counts.service.refuse(why);
    if (!status) return;
    if (Listener* listener = listeners_.find(id)) listener->note_refused(*status);
}

void Server::on_connection_ended(Id id) noexcept {
    const auto admission = admissions_.find(id);
    if (admission == admissions_.end()) return;
    release(admission->second);
    admissions_.erase(admission);
}

bool Server::is_quiet() const noexcept {
    return std::none_of(handshakes_.begin(), handshakes_.end(),
                        [](const auto& entry) { return entry.first->is_answering(); });
}

void Server::sweep() noexcept {
    for (const Id id : std::vector<Id>(closing_))
        if (!has_requests(id)) close(id);
    over_.clear();
}

} // namespace qi::ws

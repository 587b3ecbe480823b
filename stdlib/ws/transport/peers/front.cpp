#include "ws/transport/peers/front.hpp"

#include "ws/transport/messages.hpp"
#include "ws/transport/peers/handshake.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace qi::ws {

namespace {

// In one round, so that a flood of connections doesn't starve those that are open.
constexpr int most_accepted_at_once = 64;
// Out of descriptors: an accept that fails would be called again at once, for ever.
constexpr Milliseconds pause_when_full{100};
// What is refused meanwhile is told together, however much it is.
constexpr Milliseconds between_reports{10000};

std::string address_of(const std::string& endpoint) { return endpoint.substr(0, endpoint.rfind(':')); }

} // namespace

Listener::Listener(Id id, std::unique_ptr<ListenCommand> command, uv_loop_t* loop, Front& front, Desk& desk)
    : id_(id), command_(std::move(command)), front_(front),
      memory_(std::make_shared<MessageMemory>(*command_->options.memory_limit)), watch_(loop, command_->socket, *this),
      pause_(desk.timers, *this), desk_(desk), telling_(desk.timers, *this) {
    watch_.watch(UV_READABLE);
}

Listener::~Listener() {
    watch_.watch(0);
    ::close(command_->socket);
}

void Listener::on_socket(int) noexcept {
    for (int i = 0; i < most_accepted_at_once; ++i) {
        const int socket = ::accept4(command_->socket, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (socket >= 0) {
            // Its time for the request begins now, however long this round has taken by now.
            uv_update_time(front_.loop_);
            const int on = 1;
            ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            front_.on_accepted(*this, socket);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            if (refusals_.empty()) telling_.begin();
            ++refusals_.out_of_descriptors;
            watch_.watch(0);
            pause_.set_in(pause_when_full);
            return;
        }
        if (errno != ECONNABORTED && errno != EINTR) return;
    }
}

void Listener::Telling::begin() noexcept { alarm_.set_in(between_reports); }

void Listener::note_refused(int status) {
    if (refusals_.empty()) telling_.begin();
    ++refusals_.by_status[status];
}

void Listener::tell_refusals() noexcept {
    if (refusals_.empty()) return;
    refusals_.within = between_reports;
    desk_.deliver(id_, std::make_unique<Refusals>(std::exchange(refusals_, {})));
}

void Listener::on_alarm() noexcept { watch_.watch(UV_READABLE); }

int Listener::objection(const Request& request) const {
    const ListenOptions& allowed = options();
    if (allowed.paths && std::find(allowed.paths->begin(), allowed.paths->end(), request.path) == allowed.paths->end())
        return 404;
    if (!allowed.origins) return 0;
    const std::string* origin = request.header("origin");
    const bool fits =
        origin != nullptr && std::any_of(allowed.origins->begin(), allowed.origins->end(),
                                         [&](const std::string& glob) { return matches_glob(glob, *origin); });
    return fits ? 0 : 403;
}

void Listener::reload_tls() noexcept {
    if (!options().tls) return;
    auto made = server_tls_context(*options().tls);
    if (made)
        command_->tls = std::move(*made);
    else
        std::fprintf(stderr, "%s\n", format(message::tls_reload, {made.error().text()}).c_str());
}

std::string Listener::choose_protocol(const Request& request) const {
    const auto& supported = options().protocols;
    for (const std::string& offered : request.protocols)
        if (std::find(supported.begin(), supported.end(), offered) != supported.end()) return offered;
    return {};
}

bool Listener::admit(const std::string& ip) {
    if (admitted_ >= options().max_connections) return false;
    if (options().max_per_ip) {
        std::uint32_t& count = admitted_by_ip_[ip];
        if (count >= *options().max_per_ip) return false;
        ++count;
    }
    ++admitted_;
    return true;
}

void Listener::release(const std::string& ip) noexcept {
    --admitted_;
    const auto count = admitted_by_ip_.find(ip);
    if (count != admitted_by_ip_.end() && --count->second == 0) admitted_by_ip_.erase(count);
}

Front::Front(uv_loop_t* loop, Desk& desk, Library& library, FrontUser& user) noexcept
    : loop_(loop), desk_(desk), library_(library), user_(user) {}

Front::~Front() = default;

void Front::listen(Id id, std::unique_ptr<ListenCommand> command) {
    if (command->tls != nullptr && hang_up_ == nullptr) hang_up_ = std::make_unique<SignalHandle>(loop_, SIGHUP, *this);
    listeners_.insert(id, std::make_unique<Listener>(id, std::move(command), loop_, *this, desk_));
}

bool Front::close(Id id) {
    if (listeners_.find(id) == nullptr) return false;
    std::vector<Handshake*> waiting;
    for (const auto& [key, handshake] : handshakes_)
        if (handshake->listener() == id) waiting.push_back(handshake.get());
    std::vector<TlsDoor*> unsecured; // nothing was asked there yet
    for (const auto& [key, entry] : doors_)
        if (entry.listener == id && !entry.door->is_secured()) unsecured.push_back(entry.door.get());
    listeners_.find(id)->tell_refusals();
    listeners_.remove(id);
    bool certificates = false;
    listeners_.each([&](Id, const Listener& listener) { certificates = certificates || listener.tls() != nullptr; });
    if (!certificates) hang_up_.reset();
    for (Handshake* handshake : waiting) handshake->refuse_at_close();
    for (TlsDoor* door : unsecured) door->close();
    desk_.deliver(id, EndedDelivery{true});
    return true;
}

void Front::close_request(Id id, std::optional<Milliseconds> limit) {
    const auto handshake = asked_.find(id);
    if (handshake != asked_.end()) handshake->second->close(limit);
}

void Front::close_all() {
    for (const Id id : listeners_.ids()) close(id);
}

void Front::answer(Id id, Decision decision) {
    const auto handshake = asked_.find(id);
    if (handshake != asked_.end()) handshake->second->answer(std::move(decision));
}

void Front::on_asked(Handshake& handshake) { asked_.emplace(handshake.id(), &handshake); }

void Front::on_accepted(Listener& listener, int socket) {
    std::string remote = remote_endpoint(socket);
    Admission admission{listener.id(), address_of(remote)};
    const bool admitted = listener.admit(admission.ip);
    if (!admitted) admission = {};
    if (listener.tls() == nullptr) {
        std::string local = local_endpoint(socket);
        return shake_hands(listener, {socket, std::move(local), std::move(remote), std::nullopt, nullptr}, admitted,
                           std::move(admission));
    }
    // A 503 would take a TLS handshake first, as many at once as there are peers.
    if (!admitted) {
        listener.note_refused(503);
        ::close(socket);
        return;
    }
    auto made = std::make_unique<TlsDoor>(loop_, desk_.timers, socket, listener.tls(),
                                          listener.options().handshake_timeout, *this);
    TlsDoor& door = *made;
    doors_.emplace(&door, Door{std::move(made), listener.id(), std::move(admission), std::move(remote)});
    door.start();
}

void Front::shake_hands(Listener& listener, Arrival arrival, bool admitted, Admission admission) {
    auto made = std::make_unique<Handshake>(listener, std::move(arrival), *this);
    Handshake& handshake = *made;
    handshakes_.emplace(&handshake, std::move(made));
    if (!admitted) return handshake.refuse_full();
    handshake.admission = std::move(admission);
    handshake.start();
}

void Front::on_secured(TlsDoor& door) noexcept {
    Door& entry = doors_.find(&door)->second;
    const int inner = door.take_inner();
    Listener* listener = listeners_.find(entry.listener);
    if (listener == nullptr) {
        ::close(inner);
        return;
    }
    shake_hands(*listener, {inner, local_endpoint(door.socket()), std::move(entry.remote), door.info(), door.outside()},
                true, std::exchange(entry.admission, {}));
}

void Front::on_door_closed(TlsDoor& door) noexcept {
    const auto entry = doors_.find(&door);
    release(entry->second.admission);
    closed_doors_.push_back(std::move(entry->second.door));
    doors_.erase(entry);
}

void Front::on_signal() noexcept {
    listeners_.each([](Id, Listener& listener) { listener.reload_tls(); });
}

void Front::on_over(Handshake& handshake, bool upgraded) noexcept {
    if (upgraded)
        admissions_.emplace(handshake.id(), std::move(handshake.admission));
    else
        release(handshake.admission);
    asked_.erase(handshake.id());
    const auto entry = handshakes_.find(&handshake);
    over_.push_back(std::move(entry->second));
    handshakes_.erase(entry);
}

void Front::release(const Admission& admission) noexcept {
    if (Listener* listener = listeners_.find(admission.listener)) listener->release(admission.ip);
}

void Front::note_refused(Id id, int status) {
    if (Listener* listener = listeners_.find(id)) listener->note_refused(status);
}

void Front::on_connection_ended(Id id) noexcept {
    const auto admission = admissions_.find(id);
    if (admission == admissions_.end()) return;
    release(admission->second);
    admissions_.erase(admission);
}

bool Front::is_quiet() const noexcept {
    return doors_.empty() && std::none_of(handshakes_.begin(), handshakes_.end(),
                                          [](const auto& entry) { return entry.first->is_answering(); });
}

void Front::sweep() noexcept {
    over_.clear();
    closed_doors_.clear();
}

} // namespace qi::ws

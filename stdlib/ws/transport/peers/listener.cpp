#include "ws/transport/peers/listener.hpp"

#include "base/glob.hpp"
#include "ws/transport/messages.hpp"
#include "ws/transport/net/endpoint.hpp"
#include "ws/transport/net/tls.hpp"
#include "ws/transport/peers/server.hpp"

#include <algorithm>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace qi::ws {

namespace {

// In one round, so that a flood of connections doesn't starve those that are open.
constexpr int most_accepted_at_once = 64;
// Out of descriptors: an accept that fails would be called again at once, for ever.
constexpr Milliseconds pause_when_full{100};
// What is refused meanwhile is told together, however much it is.
constexpr Milliseconds between_reports{10000};

} // namespace

Listener::Listener(Id id, std::unique_ptr<ListenCommand> command, EventLoop& loop, Server& server, LoopContext& context)
    : id_(id), command_(std::move(command)), loop_(loop), server_(server),
      memory_(std::make_shared<MessageMemory>(*command_->options.memory_limit)),
      watch_(std::make_unique<SocketWatch>(loop, command_->socket, *this)), pause_(context.timers, *this),
      context_(context), report_(context.timers, *this) {
    // What is accepted takes it over from here.
    const int on = 1;
    ::setsockopt(command_->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    watch_->watch(socket_event::readable);
}

Listener::~Listener() { stop_accepting(); }

void Listener::stop_accepting() noexcept {
    pause_.clear();
    watch_.reset();
    if (command_->socket >= 0) ::close(std::exchange(command_->socket, -1));
}

void Listener::on_socket(int) noexcept {
    for (int i = 0; i < most_accepted_at_once; ++i) {
        sockaddr_storage remote{};
        socklen_t size = sizeof remote;
        const int socket =
            ::accept4(command_->socket, reinterpret_cast<sockaddr*>(&remote), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (socket >= 0) {
            // Its time for the request begins now, however long this round has taken by now.
            loop_.update_time();
            server_.on_accepted(*this, socket, endpoint_of(remote));
            continue;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            if (!stopping_) {
                expect_report();
                ++rejections_.out_of_descriptors;
            }
            context_.exchange.counts.service.refuse(Refusal::Descriptors);
            watch_->watch(0);
            pause_.set_in(pause_when_full);
            return;
        }
        if (errno != ECONNABORTED && errno != EINTR) return;
    }
}

void Listener::expect_report() {
    if (rejections_.empty()) report_->set_in(between_reports);
}

void Listener::note_refused(int status) {
    if (stopping_) return; // the program has been told the last of it
    expect_report();
    ++rejections_.by_status[status];
}

void Listener::report_rejections() noexcept {
    if (rejections_.empty()) return;
    rejections_.within = between_reports;
    context_.deliver(id_, std::make_unique<Rejections>(std::exchange(rejections_, {})));
}

void Listener::on_alarm() noexcept { watch_->watch(socket_event::readable); }

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
        context_.deliver(id_, std::make_unique<Notice>(
                                  Notice{0, "certificates-kept", format(message::tls_reload, {made.error().text()})}));
}

std::string Listener::choose_protocol(const Request& request) const {
    const auto& supported = options().protocols;
    for (const std::string& offered : request.protocols)
        if (std::find(supported.begin(), supported.end(), offered) != supported.end()) return offered;
    return {};
}

std::optional<Refusal> Listener::admit(const std::string& ip) {
    if (admitted_ >= options().max_connections) return Refusal::MaxConnections;
    if (options().max_per_ip) {
        std::uint32_t& count = admitted_by_ip_[ip];
        if (count >= *options().max_per_ip) return Refusal::MaxPerIp;
        ++count;
    }
    ++admitted_;
    return std::nullopt;
}

void Listener::release(const std::string& ip) noexcept {
    --admitted_;
    const auto count = admitted_by_ip_.find(ip);
    if (count != admitted_by_ip_.end() && --count->second == 0) admitted_by_ip_.erase(count);
}

} // namespace qi::ws

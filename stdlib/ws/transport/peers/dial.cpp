#include "ws/transport/peers/dial.hpp"

#include "base/system_error.hpp"
#include "ws/transport/kinds.hpp"
#include "ws/transport/messages.hpp"
#include "ws/transport/peers/loop.hpp"

#include <algorithm>
#include <cerrno>
#include <unistd.h>

namespace qi::ws {

namespace {

ConnectFailure make_failure(Kind kind, const Url& url, bool retryable, const Message& message,
                            std::initializer_list<std::string_view> arguments) {
    return ConnectFailure{kind, format(message, arguments), retryable, url.text, std::nullopt, {}};
}

} // namespace

ConnectFailure describe_failure(const LinkFailure& failure, const ConnectCommand& command, const std::string& address) {
    const Url& url = command.url;
    switch (failure.stage) {
    case LinkFailure::Stage::Tls: {
        const std::string& name = command.options.tls.server_name;
        // A server that is being restarted, or a balancer in front of none, says nothing about the next attempt.
        const bool again = is_broken_off(failure.tls);
        return make_failure(again ? kind::handshake : kind::tls, url, again, message::connect_tls,
                            {tls_failure_text(failure.tls, name.empty() ? url.host : name), url.shown()});
    }
    case LinkFailure::Stage::Answer: {
        if (failure.reason == nullptr) {
            const std::string status = std::to_string(*failure.status);
            auto described = make_failure(kind::handshake, url, *failure.status / 100 == 5, message::connect_status,
                                          {status, url.shown()});
            described.status = failure.status;
            described.headers = failure.headers;
            return described;
        }
        return make_failure(kind::handshake, url, !failure.status, message::connect_not_websocket,
                            {format(*failure.reason), url.shown()});
    }
    case LinkFailure::Stage::Dropped:
        return make_failure(kind::handshake, url, true, message::connect_dropped, {url.shown()});
    case LinkFailure::Stage::Connect: break;
    }
    const std::string endpoint = join_endpoint(address, command.port);
    switch (failure.system_error) {
    case ECONNRESET:
    case EPIPE: return make_failure(kind::handshake, url, true, message::connect_dropped, {url.shown()});
    case ECONNREFUSED: return make_failure(kind::refused, url, true, message::connect_refused, {endpoint, url.shown()});
    case 0: return make_failure(kind::unreachable, url, true, message::connect_failed, {endpoint, url.shown()});
    case ETIMEDOUT: {
        const std::string limit = std::to_string(command.options.dial_timeout.count());
        return make_failure(kind::timeout, url, true, message::connect_timeout, {limit, url.shown()});
    }
    default:
        return make_failure(kind::unreachable, url, true, message::connect_unreachable,
                            {endpoint, system_error_text(failure.system_error), url.shown()});
    }
}

Dial::Dial(Id id, std::shared_ptr<ConnectCommand> command, EventLoop& loop, LoopContext& context, Library& library,
           Resolver& resolver, Loop& owner)
    : id_(id), command_(std::move(command)), loop_(loop), context_(context), library_(library), resolver_(resolver),
      owner_(owner), alarm_(context.timers, *this), deadline_(context.timers.now() + command_->options.dial_timeout) {}

Dial::~Dial() { resolver_.cancel(*this); }

void Dial::start() {
    alarm_.set(deadline_);
    const std::string& host = command_->proxy ? command_->proxy->host : command_->host;
    addresses_ = Addresses(known_addresses(host));
    if (addresses_.has_next())
        try_next();
    else
        resolver_.resolve(host, *this);
}

void Dial::cancel() noexcept {
    const Url& url = command_->url;
    give_up(make_failure(kind::closed, url, false, message::connect_ended, {url.shown()}));
}

void Dial::give_up(ConnectFailure failure) noexcept {
    if (over_) return;
    over_ = true;
    alarm_.clear();
    if (link_ != nullptr) spent_.push_back(std::move(link_));
    owner_.on_dial_failed(*this, std::move(failure));
}

void Dial::on_resolved(std::vector<std::string> addresses, const std::string& reason) noexcept {
    if (over_) return;
    if (addresses.empty()) {
        const Url& url = command_->url;
        if (command_->proxy) return give_up(proxy_failure(reason));
        return give_up(make_failure(kind::dns, url, true, message::connect_dns, {command_->host, reason, url.shown()}));
    }
    addresses_ = Addresses(std::move(addresses));
    try_next();
}

void Dial::try_next() {
    const std::string& address = addresses_.next();
    alarm_.set(addresses_.turn_ends(context_.timers.now(), deadline_));
    if (!command_->proxy) return open_link(-1);
    if (tunnel_ != nullptr) spent_tunnels_.push_back(std::move(tunnel_));
    tunnel_ = std::make_unique<Tunnel>(loop_, *this);
    tunnel_->start(address, command_->proxy->port, tunnel_request(command_->url, *command_->proxy));
}

/// On a socket that leads to the server already, or on one to the address of this attempt.
void Dial::open_link(int socket) {
    ClientAttempt attempt;
    attempt.url = &command_->url;
    attempt.options = &command_->options;
    attempt.address = addresses_.current();
    attempt.port = command_->port;
    attempt.tls = command_->tls.get();
    attempt.socket = socket;
    if (link_ != nullptr) spent_.push_back(std::move(link_));
    link_ = library_.make_link(*this);
    library_.connect(*link_, attempt);
}

void Dial::on_tunnel(int socket) noexcept {
    if (!over_) return open_link(socket);
    ::close(socket);
}

void Dial::on_tunnel_failed(TunnelFailure failure) noexcept {
    if (over_) return;
    if (!failure.status && addresses_.has_next()) return try_next();
    std::string reason;
    if (failure.status == 407)
        reason = format(message::proxy_credentials);
    else if (failure.status)
        reason = format(message::proxy_status, {std::to_string(*failure.status)});
    else
        reason = failure.system_error != 0 ? system_error_text(failure.system_error) : format(message::proxy_no_answer);
    ConnectFailure described = proxy_failure(reason);
    described.status = failure.status;
    give_up(std::move(described));
}

ConnectFailure Dial::proxy_failure(const std::string& reason) const {
    const std::string endpoint = join_endpoint(command_->proxy->host, command_->proxy->port);
    return make_failure(kind::proxy, command_->url, true, message::connect_proxy,
                        {endpoint, reason, command_->url.shown()});
}

bool Dial::is_connected() const noexcept {
    return link_ != nullptr ? link_->is_connected() : tunnel_ != nullptr && tunnel_->is_connected();
}

void Dial::on_open(LinkOpened opened) noexcept {
    if (over_) return;
    over_ = true;
    alarm_.clear();
    owner_.on_dialed(*this, std::move(opened));
}

void Dial::on_failed(LinkFailure failure) noexcept {
    if (over_) return;
    if (failure.stage == LinkFailure::Stage::Connect && addresses_.has_next()) return try_next();
    give_up(describe_failure(failure, *command_, addresses_.current()));
}

void Dial::on_alarm() noexcept {
    if (context_.timers.now() < deadline_) {
        if (is_connected())
            alarm_.set(deadline_);
        else
            try_next();
        return;
    }
    const Url& url = command_->url;
    const std::string limit = std::to_string(command_->options.dial_timeout.count());
    give_up(make_failure(kind::timeout, url, true, message::connect_timeout, {limit, url.shown()}));
}

} // namespace qi::ws

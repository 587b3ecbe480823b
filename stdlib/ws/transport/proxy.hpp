// HTTP proxies: which one a connection goes through, and asking it for a tunnel (RFC 9110, 9.3.6).
#pragma once

#include "base/result.hpp"
#include "ws/transport/url.hpp"
#include "ws/transport/watch.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace qi::ws {

struct Proxy {
    std::string host; // in lower case, without the brackets of an IPv6 address
    std::uint16_t port = 80;
    std::string credentials; // "user:password", percent-decoded; empty: none
};

/// "http://[user:pass@]host[:port]". Error :value.
Result<Proxy> parse_proxy(std::string_view text);

/// The value of an environment variable, empty if it isn't set.
using Environment = std::function<std::string(const char* name)>;
/// What https_proxy, http_proxy and no_proxy say about a URL. The loopback never goes through a proxy from there.
/// Error :proxy for a proxy that can't be read; it names the variable.
Result<std::optional<Proxy>> proxy_from_environment(const Url& url, const Environment& environment);
/// Whether a no_proxy list names the host: "*", names with all below them, host:port, addresses, networks (a.b.c.d/n).
bool is_exempt(std::string_view list, const std::string& host, std::uint16_t port);

/// The CONNECT request for a tunnel to the URL's host.
std::string tunnel_request(const Url& url, const Proxy& proxy);

struct TunnelFailure {
    int system_error = 0;      // of TCP
    std::optional<int> status; // the proxy's answer, where it gave one
};

class TunnelUser {
public:
    virtual ~TunnelUser() = default;
    /// The socket now leads to the server. It is the user's to close. The tunnel isn't destroyed in the call.
    virtual void on_tunnel(int socket) noexcept = 0;
    virtual void on_tunnel_failed(TunnelFailure failure) noexcept = 0;
};

/// One attempt to have a tunnel opened. The service thread.
class Tunnel final : public SocketUser {
public:
    Tunnel(uv_loop_t* loop, TunnelUser& user) noexcept : loop_(loop), user_(user) {}
    ~Tunnel() override;

    /// The user is told later, or at once.
    void start(const std::string& address, std::uint16_t port, std::string request);
    bool is_connected() const noexcept { return phase_ != Phase::Connecting; }

private:
    enum class Phase : std::uint8_t { Connecting, Asking, Reading, Over };

    void on_socket(int events) noexcept override;
    void ask();
    void read();
    void fail(TunnelFailure failure) noexcept;

    uv_loop_t* loop_;
    TunnelUser& user_;
    int socket_ = -1;
    std::unique_ptr<SocketWatch> watch_;
    Phase phase_ = Phase::Connecting;
    std::string request_;
    std::string answer_;
};

} // namespace qi::ws

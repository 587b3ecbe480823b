// What can be asked for when connecting and listening, with the defaults of the contract. Plain data; ranges are
// checked where a program's maps are read (ws/option_rows.cpp).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace qi::ws {

using Milliseconds = std::chrono::milliseconds;

struct Header {
    std::string name;
    std::string value;
};
using Headers = std::vector<Header>;

/// permessage-deflate, RFC 7692.
enum class Compression : std::uint8_t { Disabled, ContextTakeover, NoContext };

/// What is wanted of it.
struct DeflateWish {
    Compression compression = Compression::Disabled;
    int window_bits = 15; // neither side shall refer back further than 2 to the power of that bytes: RFC 7692, 7.1.2
};

// Of a connection that keeps its context, each side's last 8 KiB; others keep nothing.
constexpr int window_bits_with_context = 13, window_bits_without_context = 15;

/// What happens to messages beyond a rate limit: the connection is closed with 1008, the peer is slowed down, or
/// they are forgotten.
enum class RateAction : std::uint8_t { Close, Delay, Drop };
struct RateLimit {
    std::uint32_t messages = 100; // in `per`, on average
    Milliseconds per{1000};
    std::uint32_t burst = 100; // at once
    RateAction action = RateAction::Close;
};

/// What client and server connections have in common.
struct ConnectionOptions {
    std::uint64_t read_limit = 32u << 20; // bytes; a longer message ends the connection with 1009
    std::uint32_t channel_capacity = 256; // messages held before the peer is slowed down
    std::uint64_t send_buffer =
        16u << 20;                     // bytes queued before send() says Full; Flow limits the number of tiny messages
    Milliseconds close_timeout{5000};  // for the peer's close frame
    Milliseconds ping_interval{30000}; // heartbeat while nothing arrives; 0: none
    Milliseconds pong_timeout{10000};  // no answer in that time: lost. 0: never
    bool control = false;              // also hand over pongs
    Compression compression = Compression::Disabled;
    std::uint64_t compression_threshold = 512;            // bytes; shorter messages go uncompressed
    std::optional<std::uint16_t> compression_window_bits; // nullopt: as deflate() says. Not 8, which zlib can't
    std::uint16_t compression_memory_level = 7; // zlib's memLevel, 1 to 9, of a connection that keeps its context
    Milliseconds idle_timeout{0};               // no message either way: closed with 1001. 0: never
    Milliseconds message_timeout{60000};        // no byte more of a message that has begun: closed with 1008. 0: never
    std::optional<RateLimit> rate_limit;        // of messages received
    bool skip_when_slow = false; // a slow one misses what is published, instead of being closed with 1013
    Milliseconds slow_timeout{
        2000}; // what is published waits so long for one whose send buffer is full; then it is slow

    DeflateWish deflate() const noexcept {
        const bool keeps = compression == Compression::ContextTakeover;
        return {compression,
                compression_window_bits.value_or(keeps ? window_bits_with_context : window_bits_without_context)};
    }
};

/// How old a TLS may be, and which ciphers it may use.
struct TlsStrength {
    bool only_1_3 = false; // else 1.2 as well
    std::string
        ciphers; // as OpenSSL writes them, of TLS 1.2 and of 1.3; of a version that has none here, those that are sound
};

struct ClientTls {
    std::string ca;   // PEM file, trusted besides the system's; empty: only those
    std::string cert; // PEM files of a client certificate; both or neither
    std::string key;
    std::string server_name; // for SNI and the name in the certificate (and Host); empty: the URL's host
    bool verify = true;
    TlsStrength strength;
};

/// What to do when an open connection is lost: pauses of `initial`, times `factor` each, at most `max`, each a random
/// part longer or shorter.
struct Reconnect {
    std::optional<std::uint32_t> retries; // nullopt: for ever
    Milliseconds initial{1000};
    double factor = 2;
    Milliseconds max{30000};
    double jitter = 0.2;
};

struct ConnectOptions {
    std::string url;
    Headers headers;                    // in order; a name may come several times
    std::vector<std::string> protocols; // in order of preference
    std::optional<std::string> origin;
    Milliseconds dial_timeout{10000}; // name, TCP, TLS and upgrade together
    ClientTls tls;
    std::optional<std::string> proxy;    // "http://[user:pass@]host:port"
    bool proxy_from_environment = false; // without one: what https_proxy, http_proxy and no_proxy say
    std::optional<Reconnect> reconnect;
    ConnectionOptions connection;
};

struct ServerTls {
    std::string cert; // PEM file, the chain included
    std::string key;  // PEM file
    std::string ca;   // PEM file; given: clients must show a certificate signed by it
    TlsStrength strength;
};

/// How the connections of a listener are closed that is to take no more: each with this, one after the other in that
/// time.
struct Drain {
    std::uint16_t code = 1012; // service restart (IANA's registry of close codes)
    std::string reason;
    Milliseconds over{0};
};

struct ListenOptions {
    std::string host = "127.0.0.1";                  // an address; "::" takes IPv4 as well
    std::uint16_t port = 0;                          // 0: the system picks
    bool reuse_port = false;                         // other processes may listen on it as well (SO_REUSEPORT)
    std::optional<std::vector<std::string>> paths;   // those that upgrade, exactly; others get 404. nullopt: any
    std::vector<std::string> protocols;              // supported; the client's first that is among them is chosen
    std::optional<std::vector<std::string>> origins; // allowed Origin values, '*' globs; others get 403
    std::optional<ServerTls> tls;
    Milliseconds handshake_timeout{5000};  // to finish the request (and to decide on it)
    std::uint32_t max_connections = 10000; // past it: 503
    std::optional<std::uint32_t> max_per_ip;
    std::optional<std::uint64_t> memory_limit; // bytes of all unfinished messages; nullopt: a quarter of the memory
    bool authorize = false;                    // every upgrade waits for Service::answer
    bool http = false;                         // so do plain requests; without it they get 426
    std::vector<std::string> service_paths;    // what connects to these is for Service::accept_for_service
    std::optional<std::string> static_folder;  // served to GET and HEAD before anything else but these two:
    std::optional<std::string> metrics;        // the path at which what is counted is answered
    std::optional<std::string> health;         // the path at which it is answered whether anybody is let in
    std::optional<Drain> drain;                // before a signal stops the program
    ConnectionOptions connection;
};

} // namespace qi::ws

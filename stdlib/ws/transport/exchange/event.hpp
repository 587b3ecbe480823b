// What the transport tells its user: events of a connection, how connecting went, what a connection is.
// Plain data, made by the service thread and read by the interpreter's.
#pragma once

#include "base/result.hpp"
#include "ws/transport/net/tls.hpp"
#include "ws/transport/options.hpp"
#include "ws/transport/wire/buffer.hpp"
#include "ws/transport/wire/message_type.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace qi::ws {

/// Connections and listeners share the numbers: from 1, never reused.
using Id = std::int64_t;

enum class State : std::uint8_t { Connecting, Open, Closing, Closed };
enum class EventType : std::uint8_t { Message, Binary, Close, Error, Ping, Pong, Reconnecting, Open };

/// A message that was queued and of which the kernel didn't take the whole.
struct Unsent {
    MessageType type = MessageType::Text;
    Buffer data;
};

/// Messages in the order sent, then at most one Error, then exactly one Close.
struct Event {
    EventType type = EventType::Message;
    std::uint16_t code = 0; // Close: the code as in RFC 6455, 7.4; 1005 none sent, 1006 lost
    Kind kind{""};          // Error: :protocol :utf8 :too-big :tls :reset :pong-timeout :slow …
    Buffer data;            // Message: valid UTF-8. Binary, Ping, Pong: the payload. Close: the reason. Error: the text
    std::size_t code_points = 0;                       // Message: in the data
    std::uint32_t attempt = 0;                         // Reconnecting: from 1
    Milliseconds delay{};                              // Reconnecting: until then
    std::shared_ptr<const std::vector<Unsent>> unsent; // Open, again: in the order they were sent
};

/// Why a connection didn't come about. A value for the program, not an exception.
struct ConnectFailure {
    Kind kind{""};    // as in the table of the contract: :dns :refused :timeout :tls :handshake …
    std::string text; // in the user's language, with the URL in it
    bool retryable = false;
    std::string url;
    std::optional<int> status; // :handshake: the status of the HTTP answer, where there was one
    Headers headers;           // and its headers, names in lower case
};

/// What a listener turned away lately.
struct Rejections {
    Id listener = 0;
    std::uint16_t port = 0;
    Milliseconds within{};
    std::map<int, std::uint64_t> by_status;
    std::uint64_t out_of_descriptors = 0; // so often nobody could be accepted for a while

    bool empty() const noexcept { return by_status.empty() && out_of_descriptors == 0; }
};

/// Something that a log should say of a connection or a listener.
struct Notice {
    Id about = 0;
    std::string_view event; // its name, the same in all languages
    std::string text;
};

/// How the connection to the other nodes is.
struct BackplaneStatus {
    bool connected = false;
    std::string error;         // why it isn't
    std::uint64_t dropped = 0; // messages that the others didn't get because it wasn't
    // Kept where the topics are.
    bool settled = false; // the first attempt is over
    std::string url;
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
};

struct Traffic {
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0; // of payload, after decompression
};

struct CloseInfo {
    std::uint16_t code = 0;
    std::string reason;
    bool clean = false; // both close frames were seen
};

struct Info {
    Id id = 0;
    std::string url; // client: as given; server: ws://host:port/target
    Role role = Role::Client;
    State state = State::Connecting;
    std::string protocol;
    Compression compression = Compression::Disabled; // what was agreed
    std::string local;
    std::string remote;
    std::optional<TlsInfo> tls;
    std::chrono::system_clock::time_point opened_at{};
    Traffic sent;
    Traffic received;
    std::uint64_t skipped = 0; // published messages that it missed, since it was slow
    std::optional<CloseInfo> close;
    std::vector<std::string> subscriptions; // topics, in the order asked for
};

} // namespace qi::ws

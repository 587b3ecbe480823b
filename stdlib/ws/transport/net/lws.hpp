// The only door to libwebsockets: sockets of both roles, as Links. Service thread only. lws.cpp and
// library_events.cpp alone include its header.
#pragma once

#include "base/result.hpp"
#include "ws/transport/http/url.hpp"
#include "ws/transport/net/endpoint.hpp"
#include "ws/transport/net/event_loop.hpp"
#include "ws/transport/net/link.hpp"
#include "ws/transport/net/stream.hpp"
#include "ws/transport/net/tls.hpp"
#include "ws/transport/wire/deflate.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qi::ws {

/// What an opening handshake came to.
struct LinkOpened {
    std::string protocol;
    std::string local;
    std::string remote;
    std::optional<TlsInfo> tls;
    DeflateTerms deflate;
};

/// Why it didn't.
struct LinkFailure {
    enum class Stage : std::uint8_t {
        Connect, // TCP: system_error says why, 0 if unknown
        Tls,
        Answer,  // the server answered something else: status, or reason why it is no answer
        Dropped, // closed before a whole answer
    };
    Stage stage = Stage::Connect;
    int system_error = 0;
    TlsTrouble tls;
    std::optional<int> status;
    Headers headers;
    const Message* reason = nullptr;
};

/// Whom a link tells while it opens: one of the two, once. The link isn't destroyed in the call.
class OpeningUser {
public:
    virtual ~OpeningUser() = default;
    virtual void on_open(LinkOpened opened) noexcept = 0;
    virtual void on_failed(LinkFailure failure) noexcept = 0;
};

/// A link that can still be opening. Destroying it ends the socket.
class OpeningLink : public Link {
public:
    /// From on_open on.
    virtual void use(LinkUser& user) noexcept = 0;
    /// TCP is connected already.
    virtual bool is_connected() const noexcept = 0;
};

/// A client's attempt at one address.
struct ClientAttempt {
    const Url* url = nullptr;
    const ConnectOptions* options = nullptr;
    std::string address; // in numbers
    std::uint16_t port = 0;
    ssl_ctx_st* tls = nullptr; // for wss
    int socket = -1;           // given: leads to the server already, and is the link's from now on
};

class Library {
public:
    /// Of the library that runs, "4.1.6".
    static std::string_view version() noexcept;
    static Result<std::unique_ptr<Library>> create(EventLoop& loop, bool log);
    virtual ~Library() = default;

    virtual std::unique_ptr<OpeningLink> make_link(OpeningUser& user) = 0;
    /// The user is told later or at once. Everything in the attempt is copied or outlives the link's opening.
    virtual void connect(OpeningLink& link, const ClientAttempt& attempt) = 0;
    /// An accepted socket on which an upgrade was found good.
    struct Upgrade {
        Stream stream;        // its socket is taken over
        std::string head;     // what the library is to see of it
        std::string answer;   // header lines for the 101
        bool deflate = false; // they agree to compression
        std::string rest;     // what came behind the head
    };
    virtual void adopt(OpeningLink& link, Upgrade upgrade) = 0;
    /// Does what needs no event; before each wait of the loop. Destroyed, it ends every socket that is left.
    virtual void settle() noexcept = 0;
    /// Something has come up that settle() has to see to.
    virtual bool is_unsettled() const noexcept = 0;
};

} // namespace qi::ws

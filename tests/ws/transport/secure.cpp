// TLS: certificates made here, good ones and others.
#include "certificates.hpp"
#include "support.hpp"
#include "ws/transport/net/tls.hpp"

#include <openssl/ssl.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace qi::ws::test {

namespace {

/// A TLS server of one connection: upgrades, then echoes one frame and closes. On a thread of its own.
class TlsPeer {
public:
    explicit TlsPeer(const std::string& certificate, const std::string& client_ca = {})
        : context_(SSL_CTX_new(TLS_server_method())) {
        REQUIRE(SSL_CTX_use_certificate_chain_file(context_, certificates()(certificate + ".pem").c_str()) == 1);
        REQUIRE(SSL_CTX_use_PrivateKey_file(context_, certificates()(certificate + ".key").c_str(), SSL_FILETYPE_PEM) ==
                1);
        if (!client_ca.empty()) {
            REQUIRE(SSL_CTX_load_verify_file(context_, client_ca.c_str()) == 1);
            SSL_CTX_set_verify(context_, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
        }
        thread_ = std::thread([this] { serve(); });
    }
    ~TlsPeer() {
        thread_.join();
        SSL_CTX_free(context_);
    }
    std::string url(std::string_view host = "127.0.0.1") const {
        return "wss://" + std::string(host) + ":" + std::to_string(listener_.port()) + "/";
    }

private:
    void serve() {
        RawSocket socket = listener_.accept();
        SSL* ssl = SSL_new(context_);
        SSL_set_fd(ssl, socket.fd());
        if (SSL_accept(ssl) == 1) {
            std::string head;
            char byte = 0;
            while (!head.ends_with("\r\n\r\n") && SSL_read(ssl, &byte, 1) == 1) head += byte;
            if (head.ends_with("\r\n\r\n")) {
                const std::string answer =
                    upgrade_answer(head) + frame(1, "over TLS", false) + frame(2, std::string(100000, 'b'), false);
                SSL_write(ssl, answer.data(), static_cast<int>(answer.size()));
                char rest[65536];
                while (SSL_read(ssl, rest, sizeof rest) > 0) {
                }
            }
            SSL_shutdown(ssl);
        }
        SSL_free(ssl);
    }

    RawListener listener_;
    SSL_CTX* context_;
    std::thread thread_;
};

ConnectOptions secure(const std::string& url, const std::string& ca = certificates()("ca.pem")) {
    ConnectOptions options;
    options.url = url;
    options.tls.ca = ca;
    options.connection.close_timeout = 100ms; // the peer answers no close frame
    return options;
}

} // namespace

TEST_CASE("wss with an authority of one's own") {
    Fixture ws;
    TlsPeer peer("good");
    std::string host = "127.0.0.1";
    SUBCASE("by address") {}
    SUBCASE("by name") { host = "localhost"; }
    const Id id = ws.connect(secure(peer.url(host)));
    CHECK(ws.receive_text(id) == "over TLS");
    CHECK(ws.receive(id).data.size() == 100000);
    const Info info = *ws->info(id);
    REQUIRE(info.tls);
    CHECK(info.tls->version == "TLSv1.3");
    CHECK_FALSE(info.tls->cipher.empty());
    CHECK(info.tls->peer == "/CN=good");
    ws.send(id, std::string(1 << 20, 'x'));
    CHECK(ws.until(id, [&] { return *ws->poll_flushed(id); }));
    ws.close_and_wait(id);
}

TEST_CASE("a certificate that nobody trusts") {
    Fixture ws;
    TlsPeer peer("good");
    const ConnectFailure failure = ws.failure_of(secure(peer.url(), ""));
    CHECK(failure.kind.name == "tls");
    CHECK_FALSE(failure.retryable);
    INFO(failure.text);
    CHECK(failure.text.find("{:tls {:ca \"file.pem\"}}") != std::string::npos);
}

TEST_CASE("a certificate that signed itself") {
    Fixture ws;
    SUBCASE("is refused, and the mending named") {
        TlsPeer peer("self");
        const ConnectFailure failure = ws.failure_of(secure(peer.url(), ""));
        CHECK(failure.kind.name == "tls");
        CHECK(failure.text ==
              "TLS failed: the server's certificate is self-signed; trust it by {:tls {:ca \"file.pem\"}} (" +
                  failure.url + ")");
    }
    SUBCASE("is trusted when given") {
        TlsPeer peer("self");
        ws.close_and_wait(ws.connect(secure(peer.url(), certificates()("self.pem"))));
    }
    SUBCASE("is taken when nothing is verified") {
        TlsPeer peer("self");
        ConnectOptions options = secure(peer.url(), "");
        options.tls.verify = false;
        ws.close_and_wait(ws.connect(options));
    }
}

TEST_CASE("a certificate of somebody else") {
    Fixture ws;
    TlsPeer peer("other");
    ConnectOptions options = secure(peer.url());
    SUBCASE("is refused, and the mending named") {
        const ConnectFailure failure = ws.failure_of(options);
        CHECK(failure.kind.name == "tls");
        INFO(failure.text);
        CHECK(failure.text.find("isn't for 127.0.0.1") != std::string::npos);
        CHECK(failure.text.find(":server-name") != std::string::npos);
    }
    SUBCASE("is right for its own name") {
        options.tls.server_name = "other.example";
        ws.close_and_wait(ws.connect(options));
    }
}

TEST_CASE("a server that wants to know who it is") {
    Fixture ws;
    TlsPeer peer("good", certificates()("ca.pem"));
    ConnectOptions options = secure(peer.url());
    SUBCASE("is shown a certificate") {
        options.tls.cert = certificates()("other.pem");
        options.tls.key = certificates()("other.key");
        ws.close_and_wait(ws.connect(options));
    }
    SUBCASE("is shown none") {
        const ConnectFailure failure = ws.failure_of(options);
        INFO(failure.text);
        CHECK((failure.kind.name == "tls" || failure.kind.name == "handshake"));
    }
}

TEST_CASE("a server that doesn't speak TLS") {
    Fixture ws;
    const Id listener = ws.listen();
    const ConnectFailure failure =
        ws.failure_of(secure("wss://127.0.0.1:" + std::to_string(*ws->port(listener)) + "/"));
    INFO(failure.text);
    CHECK(failure.kind.name == "handshake");
    CHECK(failure.retryable);
    CHECK(failure.text.find("doesn't speak TLS") != std::string::npos);
}

TEST_CASE("files that can't be used") {
    Fixture ws;
    ConnectOptions options = secure("wss://127.0.0.1:9/", "/nonexistent.pem");
    const auto missing = ws->connect(options);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().kind.name == "tls");
    CHECK(missing.error().text() == "/nonexistent.pem can't be used: no such file");
    options = secure("wss://127.0.0.1:9/");
    options.tls.cert = certificates()("good.pem");
    CHECK(ws->connect(options).error().kind.name == "value");
    options.tls.key = certificates()("other.key");
    CHECK(ws->connect(options).error().kind.name == "tls");
}

} // namespace qi::ws::test

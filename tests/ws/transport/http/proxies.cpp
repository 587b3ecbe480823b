// Proxies: what is asked of them, and which one the environment names.
#include "ws/transport/http/proxy.hpp"

#include <doctest/doctest.h>

#include <string>

namespace qi::ws::test {

TEST_CASE("proxies and what is asked of them") {
    const auto proxy = parse_proxy("http://us%65r:p%40ss@Proxy.test:3128/");
    REQUIRE(proxy);
    CHECK(proxy->host == "proxy.test");
    CHECK(proxy->port == 3128);
    CHECK(proxy->credentials == "user:p@ss");
    CHECK_FALSE(parse_proxy("socks5://h:1"));
    CHECK_FALSE(parse_proxy("http://"));
    CHECK_FALSE(parse_proxy("http://h:99999"));
    const Url url = *parse_url("wss://far.test/x");
    const std::string request = tunnel_request(url, *proxy);
    CHECK(request.starts_with("CONNECT far.test:443 HTTP/1.1\r\nHost: far.test:443\r\n"));
    CHECK(request.find("Proxy-Authorization: Basic dXNlcjpwQHNz\r\n") != std::string::npos); // RFC 7617, 2
    CHECK(request.ends_with("\r\n\r\n"));
}

TEST_CASE("which proxy the environment names") {
    const auto from = [](const char* url, std::string https, std::string http, std::string none) {
        const auto found = proxy_from_environment(*parse_url(url), [&](const char* name) {
            const std::string_view n = name;
            return n == "https_proxy" ? https : n == "http_proxy" ? http : n == "no_proxy" ? none : std::string();
        });
        REQUIRE(found);
        return *found ? (*found)->host : std::string();
    };
    CHECK(from("wss://a.test/", "http://s:1", "http://p:1", "") == "s");
    CHECK(from("ws://a.test/", "http://s:1", "http://p:1", "") == "p");
    CHECK(from("ws://a.test/", "", "http://p:1", "b.test, .a.test").empty());
    CHECK(from("ws://localhost/", "", "http://p:1", "").empty());
    CHECK(from("ws://[::1]/", "", "http://p:1", "").empty());
    CHECK(is_exempt("10.0.0.0/8", "10.1.2.3", 80));
    CHECK_FALSE(is_exempt("10.0.0.0/8", "11.1.2.3", 80));
    CHECK(is_exempt("a.test:80", "x.a.test", 80));
    CHECK_FALSE(is_exempt("a.test:80", "a.test", 81));
    CHECK_FALSE(is_exempt("a.test", "ba.test", 80));
}

} // namespace qi::ws::test

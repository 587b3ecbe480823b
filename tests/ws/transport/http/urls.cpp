// The URLs of WebSockets, and that of a Redis.
#include "ws/transport/http/redis_url.hpp"
#include "ws/transport/http/url.hpp"

#include <doctest/doctest.h>

#include <string>

namespace qi::ws::test {

TEST_CASE("URLs") {
    const auto url = *parse_url("WSS://Example.COM:8443/a/b?c=d%20e");
    CHECK(url.secure);
    CHECK(url.host == "example.com");
    CHECK(url.port == 8443);
    CHECK(url.target == "/a/b?c=d%20e");
    CHECK(url.authority() == "example.com:8443");
    CHECK(parse_url("ws://h")->target == "/");
    CHECK(parse_url("ws://h:/")->port == 80);
    CHECK(parse_url("wss://[::1]:/x")->port == 443);
    CHECK(parse_url("ws://h:")->authority() == "h");
    CHECK(parse_url("ws://h?x")->target == "/?x");
    CHECK(parse_url("ws://h")->authority() == "h");
    CHECK(parse_url("ws://h:443")->authority() == "h:443");
    CHECK(parse_url("wss://h:443")->authority() == "h");
    CHECK(parse_url("ws://[::1]:80/")->authority() == "[::1]");
    CHECK(parse_url("ws://[2001:DB8::1]:81/")->endpoint() == "[2001:db8::1]:81");
}

TEST_CASE("what isn't a WebSocket URL is named exactly") {
    const auto text = [](std::string_view url) {
        const auto parsed = parse_url(url);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().kind.name == "invalid-url");
        return parsed.error().text();
    };
    CHECK(text("") == "a WebSocket URL starts with ws:// or wss://: ");
    CHECK(text("example.com/x") == "a WebSocket URL starts with ws:// or wss://: example.com/x");
    CHECK(text("http://h/") == "a WebSocket URL starts with ws:// or wss://, not http://: http://h/");
    CHECK(text("ws:///x") == "the URL has no host: ws:///x");
    CHECK(text("ws://:80/") == "the URL has no host: ws://:80/");
    CHECK(text("ws://u:p@h/").starts_with("a WebSocket URL can't have a user name or password"));
    CHECK(text("ws://h/#f") == "a WebSocket URL can't have a fragment (#...): ws://h/#f");
    for (const char* port : {"0", "65536", "x", "-1", "+80", "80x", "99999999999999999999"})
        CHECK(text("ws://h:" + std::string(port) + "/") ==
              "the URL's port must be 1 to 65535, not \"" + std::string(port) + "\": ws://h:" + port + "/");
    CHECK(text("ws://h/a b") == "the URL has a character that must be percent-encoded (%20): ws://h/a b");
    CHECK(text("ws://h/\r\nX: y").find("(%0D)") != std::string::npos);
    CHECK(text("ws://h/é").find("(%C3)") != std::string::npos);
    text("ws://h\r\n/");
    text("ws://a b/");
    text("ws://[::1/");
    text("ws://[1.2.3.4]/");
    text("ws://[::1]x/");
    text("ws://" + std::string(300, 'x') + "/");
}

TEST_CASE("percent signs") {
    CHECK(percent_decode("a%20b%2f%2F+", false) == "a b//+");
    CHECK(percent_decode("a+b", true) == "a b");
    CHECK(percent_decode("100%", false) == "100%");
    CHECK(percent_decode("%zz%4", false) == "%zz%4");
}

TEST_CASE("the URL of a Redis") {
    const auto url = parse_redis_url("redis://us%65r:p%40ss@[::1]:7000/0");
    REQUIRE(url);
    CHECK(url->host == "::1");
    CHECK(url->port == 7000);
    CHECK(url->user == "user");
    CHECK(url->password == "p@ss");
    CHECK(url->shown() == "redis://[::1]:7000");
    CHECK(parse_redis_url("redis://h")->port == 6379);
    CHECK(parse_redis_url("redis://h/")->host == "h");
    for (const char* wrong :
         {"http://h", "redis://", "redis://h:0", "redis://h:x", "redis://h:70000", "redis://user@h", "redis://[::1",
          "redis://[::1]x", "h", "redis://h/1", "redis://h:1/0/", "redis://h?db=1", "redis://h#x"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_redis_url(wrong));
    }
}

} // namespace qi::ws::test

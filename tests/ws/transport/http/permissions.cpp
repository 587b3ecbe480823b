// What a program may reach: patterns of the command line, and URLs as messages show them.
#include "ws/transport/http/permissions.hpp"
#include "base/glob.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <random>
#include <string>

namespace qi::ws::test {

TEST_CASE("globs") {
    CHECK(matches_glob("*", ""));
    CHECK(matches_glob("https://*.example.com", "https://a.b.EXAMPLE.com"));
    CHECK_FALSE(matches_glob("https://*.example.com", "https://example.com"));
    CHECK_FALSE(matches_glob("https://*.example.com", "https://a.example.com.evil.org"));
    CHECK(matches_glob("a*b*c", "aXbbYc"));
    CHECK_FALSE(matches_glob("a*b*c", "aXbY"));
    CHECK_FALSE(matches_glob("", "x"));
    CHECK(matches_glob("/a*", "/abc", LetterCase::Counts));
    CHECK_FALSE(matches_glob("/a*", "/Abc", LetterCase::Counts));
}

TEST_CASE("patterns of what may be reached") {
    const auto allows = [](const char* pattern, const char* url) {
        return parse_pattern(pattern)->allows(*parse_url(url));
    };
    CHECK(allows("Example.COM", "ws://EXAMPLE.com/any"));
    CHECK(allows("WSS://*.example.com/v1/*", "wss://A.example.com/v1/x?y=1"));
    CHECK_FALSE(allows("wss://*.example.com/v1/*", "wss://a.example.com/V1/x"));
    CHECK_FALSE(allows("wss://*.example.com/v1/*", "wss://a.example.com/v1/../x"));
    CHECK_FALSE(allows("wss://*.example.com/v1/*", "wss://a.example.com/v1/%2E%2e/x"));
    CHECK_FALSE(allows("wss://*.example.com/v1/*", "wss://a.example.com/v1%2f../x"));
    CHECK(allows("wss://*.example.com/v1/*", "wss://a.example.com/v1/x?back=/.."));
    CHECK_FALSE(allows("wss://h/*", "wss://h:444/"));
    CHECK(allows("wss://h/*", "wss://h:443/"));
    CHECK(allows("wss://h:443/*", "wss://h/"));
    CHECK(allows("*://h/*", "ws://h/"));
    CHECK_FALSE(allows("*://h/*", "wss://h:80/"));
    CHECK(allows("ws://*/*", "ws://h:46327/a/b"));
    CHECK_FALSE(allows("ws://*.h/*", "ws://a.h:81/"));
    CHECK(allows("ws://h:1/v1/*", "ws://h:1/v1/x?token=1"));
    CHECK(allows("ws://h:1/v1", "ws://h:1/v1"));
    CHECK_FALSE(allows("ws://h:1/v1", "ws://h:1/v1?token=1"));
    CHECK_FALSE(allows("ws://h:1/*/public", "ws://h:1/admin?/public"));
    CHECK(allows("ws://h:1/v1?a=*&b=2", "ws://h:1/v1?a=1&b=2"));
    CHECK_FALSE(allows("ws://h:1/v1?a=*", "ws://h:1/v1"));
    CHECK_FALSE(allows("ws://h:1/*?a=1", "ws://h:1/x?b?a=1"));
    CHECK_FALSE(allows("ws://h:1/v1/*", "ws://h:1/v1/%252e%252e/x"));
    CHECK_FALSE(allows("ws://h:1/v1/*", "ws://h:1/v1/%5c../x"));
    Permissions permissions{true, {*parse_pattern("redis.test:6379"), *parse_pattern("ws://*/*")}, {}};
    CHECK(permissions.may_connect("Redis.Test", 6379));
    CHECK_FALSE(permissions.may_connect("redis.test", 6380));
    CHECK_FALSE(permissions.may_connect("other.test", 80));
    CHECK(Permissions{}.may_connect("anything", 1));
    CHECK_FALSE(parse_pattern("http://x/"));
    CHECK_FALSE(parse_pattern("x:port"));
}

TEST_CASE("URLs as messages show them") {
    struct Row {
        const char* text;
        const char* shown;
    };
    for (const Row& row :
         {Row{"ws://h:1/a/b", "ws://h:1/a/b"}, Row{"wss://h/?token=abc", "wss://h/?token=***"},
          Row{"wss://h/x?a=1&token=&b&c=d=e#f", "wss://h/x?a=***&token=&b&c=***#f"},
          Row{"wss://h?token=abc", "wss://h?token=***"}, Row{"ws://user:secret@h:1/x", "ws://user:***@h:1/x"},
          Row{"ws://secret@h/", "ws://***@h/"}, Row{"redis://u:se:cr@et@h:1", "redis://u:***@h:1"},
          Row{"redis://:se/cret@h:1", "redis://:***@h:1"}, Row{"user:secret@proxy:1", "user:***@proxy:1"},
          Row{"ws://[::1]:1/@x", "ws://[::1]:1/@x"}, Row{"ws://h:1/@x", "ws://h:1/@x"},
          Row{"ws://h/?a=b?c=d&&e=f", "ws://h/?a=***&&e=***"}, Row{"", ""}, Row{"?", "?"}, Row{"://", "://"}}) {
        CAPTURE(row.text);
        CHECK(masked_url(row.text) == row.shown);
    }
}

/// Whatever stands in a path, however often it is escaped: what climbs out of the pattern's folder is refused.
TEST_CASE("no spelling of .. passes a pattern") {
    std::mt19937 random(1);
    const auto one_of = [&](std::size_t n) { return random() % n; };
    const auto escaped = [&](char c, std::size_t times) {
        std::string text(1, c);
        for (std::size_t i = 0; i < times; ++i) {
            constexpr const char* digits[] = {"0123456789abcdef", "0123456789ABCDEF"};
            const char* const set = digits[one_of(2)];
            std::string next;
            // All of it, or what an earlier round escaped: the % alone.
            for (const char byte : text)
                if (i == 0 || byte == '%')
                    next += std::string("%") + set[static_cast<unsigned char>(byte) >> 4] + set[byte & 15];
                else
                    next += byte;
            text = next;
        }
        return text;
    };
    const NetPattern pattern = *parse_pattern("ws://h:1/v1/*");
    for (int round = 0; round < 2000; ++round) {
        const bool back = one_of(2) == 0;
        const std::string slash = back ? escaped('\\', 1 + one_of(4)) : escaped('/', one_of(4));
        const std::string path =
            "/v1/x" + slash + escaped('.', one_of(5)) + escaped('.', one_of(5)) + escaped('/', one_of(3)) + "y";
        CAPTURE(path);
        const auto url = parse_url("ws://h:1" + path);
        REQUIRE(url);
        CHECK_FALSE(pattern.allows(*url));
    }
    CHECK(percent_decode_fully("%25%35%32%2%%41%zz%") == "R%2%A%zz%");
}

} // namespace qi::ws::test

#include "base/base64.hpp"
#include "base/message.hpp"
#include "base/near.hpp"
#include "base/source.hpp"
#include "base/units.hpp"
#include "base/utf8.hpp"

#include <doctest/doctest.h>

using namespace qi;

TEST_CASE("UTF-8 is checked as the Unicode standard says") {
    CHECK(utf8::valid("añ日😀"));
    for (const char* bad :
         {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE0\x80\x80", "\xF0\x80\x80\x80", "a\xFF", "\xE6\x97"})
        CHECK_FALSE(utf8::valid(bad));
    CHECK(utf8::valid_prefix("12345678abc\xFFz") == 11);
    CHECK(utf8::count("añ日😀") == 4);
    // Every length and every place within a word, and more words than one sum holds.
    std::string text;
    for (std::size_t i = 0, points = 0; i < 200; ++i, ++points) {
        CHECK(utf8::count(text) == points);
        text += i % 4 == 0 ? "a" : i % 4 == 1 ? "ñ" : i % 4 == 2 ? "日" : "😀";
    }
    text.clear();
    for (std::size_t i = 0; i < 10000; ++i) text += "😀";
    CHECK(utf8::count(text) == 10000);
    CHECK(utf8::count(std::string(10000, 'a')) == 10000);
    CHECK(utf8::count(std::string_view(text).substr(1, 3999)) == 999); // continuations alone count as nothing
    CHECK(utf8::offset_of("añ日", 2) == 3);
    CHECK(utf8::offset_of("añ日", 9) == 6);
    CHECK(utf8::width("a日") == 3);
}

TEST_CASE("shortened text is one line and stays UTF-8") {
    CHECK(utf8::shortened("a\nb", 10) == "a b");
    CHECK(utf8::shortened("日本語日本語", 10) == "日本…");
    CHECK(utf8::valid(utf8::shortened("日本語日本語", 11)));
    CHECK(utf8::valid(utf8::shortened("日本語日本語", 12)));
}

TEST_CASE("a message is UTF-8 whatever it quotes") {
    static constexpr Message message{"{0}, {1}", "{0}、{1}"};
    CHECK(format(message, {"日", std::string_view("%\xE6\x97")}) == "日, %\uFFFD\uFFFD");
}

TEST_CASE("base64 there and back") {
    std::string bytes;
    for (int i = 0; i < 300; ++i) {
        CHECK(base64::decode(base64::encode(bytes)) == bytes);
        bytes += static_cast<char>(i * 7);
    }
    CHECK(base64::encode("fo") == "Zm8=");
    for (const char* bad : {"a", "ab=c", "Zm9=", "Zh==", "=abc", "Zm8"}) CHECK_FALSE(base64::decode(bad));
}

TEST_CASE("near names") {
    CHECK(edit_distance("println", "pritnln", 3) == 1);
    CHECK(edit_distance("abc", "xyz", 3) == 3);
    NearNames near("pritnln");
    for (const char* name : {"print", "println", "prn", "inspect"}) near.offer(name);
    CHECK(near.best().front() == "println");
    NearNames bare("trim");
    for (const char* name : {"str/trim", "str/trim-left", "trip", "str/xtrim"}) bare.offer(name);
    CHECK(bare.best() == std::vector<std::string>{"str/trim"});
}

TEST_CASE("durations and sizes") {
    using namespace std::chrono_literals;
    CHECK(parse_duration("1m30s") == 90s);
    CHECK(parse_duration("1.5s") == 1500ms);
    for (const char* bad : {"", "1", "s", "1s1m", "1 s", "-1s", "1x", "9999999h"}) CHECK_FALSE(parse_duration(bad));
    CHECK(parse_size("64KiB") == 65536);
    for (const char* bad : {"", "KiB", "-1", "1.5B", "1 KiB", "1TB"}) CHECK_FALSE(parse_size(bad));
}

TEST_CASE("places and excerpts") {
    const Source source("f", "(日本 x)\r\n\t(y)\n");
    CHECK(source.locate(8) == "f:1:5");
    CHECK(source.excerpt({8, 9}) == "      1 | (日本 x)\n        |       ^");
    CHECK(source.excerpt({13, 14}) == "      2 | \t(y)\n        | \t^");
    // At the very end, and beyond a line's end.
    CHECK(source.locate(1000) == "f:3:1");
    CHECK(source.excerpt({16, 30}).ends_with("^"));
    // A long line is shown around the caret.
    const Source wide("w", std::string(5000, 'a') + "日" + std::string(5000, 'b'));
    CHECK(wide.excerpt({5000, 5003}).size() < 400);
    CHECK(utf8::valid(wide.excerpt({5000, 5003})));
}

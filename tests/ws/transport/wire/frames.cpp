// Frames and masks, and which close codes may be sent.
#include "ws/transport/wire/close_code.hpp"
#include "ws/transport/wire/frame.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

namespace qi::ws::test {

TEST_CASE("headers as RFC 6455 draws them") {
    const auto header = [](std::uint64_t size, bool final = true) {
        char bytes[largest_header];
        FrameHeader drawn;
        drawn.payload = size;
        drawn.final = final;
        return std::string(bytes, write_header(bytes, drawn));
    };
    CHECK(header(5) == "\x81\x05");
    CHECK(header(5, false) == "\x01\x05");
    CHECK(header(125) == "\x81\x7d");
    CHECK(header(126) == std::string("\x81\x7e\0\x7e", 4));
    CHECK(header(65535) == "\x81\x7e\xff\xff");
    CHECK(header(65536) == std::string("\x81\x7f\0\0\0\0\0\1\0\0", 10));
    for (const std::uint64_t size : {0u, 125u, 126u, 65535u, 65536u})
        CHECK(header_size(size, false) == header(size).size());
}

TEST_CASE("the masked hello of RFC 6455, 5.7") {
    char bytes[32];
    FrameHeader header;
    header.payload = 5;
    header.mask = MaskKey{0x37, 0xfa, 0x21, 0x3d};
    const std::size_t size = write_frame(bytes, header, "Hello");
    CHECK(std::string(bytes, size) == "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
}

TEST_CASE("masking by words is masking by bytes, wherever it starts") {
    std::string text(100, '\0');
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 7);
    const MaskKey key{1, 0x80, 0xff, 0x42};
    for (std::size_t offset = 0; offset < 9; ++offset) {
        for (std::size_t size = 0; size < 40; ++size) {
            std::string masked(size, '\0');
            copy_masked(masked.data(), text.data() + offset, size, key, offset);
            for (std::size_t i = 0; i < size; ++i)
                REQUIRE(masked[i] ==
                        static_cast<char>(static_cast<unsigned char>(text[offset + i]) ^ key[(offset + i) & 3]));
        }
    }
}

TEST_CASE("masks differ") {
    MaskSource source;
    std::set<MaskKey> keys;
    for (int i = 0; i < 1000; ++i) keys.insert(source.next());
    CHECK(keys.size() == 1000);
}

TEST_CASE("close codes that may be sent") {
    for (const int code : {1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 4999}) CHECK(may_be_sent(code));
    for (const int code : {-1, 0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65535}) CHECK_FALSE(may_be_sent(code));
}

} // namespace qi::ws::test

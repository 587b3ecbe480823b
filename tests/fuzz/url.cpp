// Fuzzes URLs: what is taken for one can be put together again from its parts, and nothing in it reaches beyond its
// line of a request.
#include "fuzz/target.hpp"

#include "ws/transport/http/redis_url.hpp"
#include "ws/transport/http/url.hpp"

using namespace qi;
using namespace qi::ws;
using namespace qi::fuzz;

int LLVMFuzzerInitialize(int*, char***) {
    setenv("QI_LANG", "en", 1);
    return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = text_of(data, size);
    require(percent_decode(text, true).size() <= size, "decoding makes it longer");
    static_cast<void>(is_address(std::string(text)));
    if (const auto redis = parse_redis_url(std::string(text))) {
        require(!redis->host.empty() && redis->port != 0, "a Redis nowhere");
        require(redis->password.empty() || redis->shown().find(":" + redis->password + "@") == std::string::npos,
                "a password is shown", text);
    }
    const auto url = parse_url(text);
    if (!url) return 0;
    require(url->port != 0 && !url->host.empty(), "a URL to nowhere");
    require(url->target.starts_with('/'), "a target that doesn't begin with a slash");
    for (const std::string* part : {&url->host, &url->target})
        for (const char c : *part)
            require(static_cast<unsigned char>(c) > ' ' && c != '\x7F', "a control character or blank in a URL", text);
    const auto again = parse_url((url->secure ? "wss://" : "ws://") + url->authority() + url->target);
    require(again && again->host == url->host && again->port == url->port && again->target == url->target &&
                again->secure == url->secure,
            "a URL isn't what it was when put together again");
    return 0;
}

// Fuzzes permission patterns: the first line is a pattern, the second a URL. Something without a '*' permits what is
// spelled as it, and nothing that lies elsewhere.
#include "fuzz/target.hpp"

#include "ws/transport/http/permissions.hpp"
#include "ws/transport/wire/ascii.hpp"

using namespace qi;
using namespace qi::ws;
using namespace qi::fuzz;

int LLVMFuzzerInitialize(int*, char***) {
    setenv("QI_LANG", "en", 1);
    return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Choices choices(text_of(data, size));
    const std::string_view text = choices.line();
    const auto pattern = parse_pattern(text);
    const auto url = parse_url(choices.line());
    const bool everywhere = text.find('*') != std::string_view::npos;
    if (pattern && url) {
        Permissions permissions{true, {*pattern}, {*pattern}};
        const bool allowed = permissions.may_connect(*url);
        require(!Permissions{true, {}, {}}.may_connect(*url), "nothing permitted permits something");
        require(!allowed || everywhere || text.find(':') == std::string_view::npos ||
                    text.find("://") == std::string_view::npos || pattern->scheme.empty() ||
                    url->secure == equals_ignoring_case(pattern->scheme, "wss"),
                "another scheme");
        static_cast<void>(permissions.may_connect(url->host, url->port));
        static_cast<void>(permissions.may_listen(url->host, url->port));
    }
    if (!url) return 0;
    // A URL permits itself, and no other host or path.
    const std::string own = (url->secure ? "wss://" : "ws://") + url->endpoint() + url->target;
    const auto exact = parse_pattern(own);
    if (!exact || own.find('*') != std::string::npos) return 0;
    const bool climbs = percent_decode(url->target, false).find("..") != std::string::npos ||
                        url->target.find('%') != std::string::npos || url->target.find('?') != std::string::npos;
    require(climbs || exact->allows(*url), "a URL isn't permitted by itself");
    Url other = *url;
    other.host += "x";
    require(!exact->allows(other), "another host");
    other = *url;
    other.target += "x";
    require(!exact->allows(other), "another path");
    other = *url;
    other.port = static_cast<std::uint16_t>(other.port ^ 1);
    require(!exact->allows(other), "another port");
    return 0;
}

#include "ws/transport/http/redis_url.hpp"

#include "ws/transport/http/url.hpp"
#include "ws/transport/kinds.hpp"
#include "ws/transport/messages.hpp"

#include <charconv>

namespace qi::ws {

std::string RedisUrl::shown() const { return "redis://" + join_endpoint(host, port); }

Result<RedisUrl> parse_redis_url(const std::string& text) {
    const auto wrong = [&] { return failure(kind::invalid_url, message::redis_url, {masked_url(text)}); };
    constexpr std::string_view scheme = "redis://";
    std::string_view rest = text;
    if (!rest.starts_with(scheme)) return wrong();
    rest.remove_prefix(scheme.size());
    std::string_view database;
    if (const std::size_t slash = rest.find('/'); slash != std::string_view::npos) {
        database = rest.substr(slash + 1);
        rest = rest.substr(0, slash);
    }
    RedisUrl url;
    if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
        const std::string_view login = rest.substr(0, at);
        const std::size_t colon = login.find(':');
        if (colon == std::string_view::npos) return wrong();
        url.user = percent_decode(login.substr(0, colon), false);
        url.password = percent_decode(login.substr(colon + 1), false);
        rest = rest.substr(at + 1);
    }
    std::string_view port;
    if (rest.starts_with('[')) {
        const std::size_t end = rest.find(']');
        if (end == std::string_view::npos) return wrong();
        url.host = rest.substr(1, end - 1);
        rest = rest.substr(end + 1);
    } else {
        url.host = rest.substr(0, rest.find(':'));
        rest = rest.substr(url.host.size());
    }
    if (url.host.empty() || url.host.find_first_of("?#") != std::string::npos) return wrong();
    if (!rest.empty()) {
        if (!rest.starts_with(':')) return wrong();
        port = rest.substr(1);
        const auto parsed = std::from_chars(port.data(), port.data() + port.size(), url.port);
        if (port.empty() || parsed.ec != std::errc() || parsed.ptr != port.data() + port.size() || url.port == 0)
            return wrong();
    }
    // Whoever names one expects to be apart from the others. /0 is what a client gets that names none.
    if (!database.empty() && database != "0")
        return failure(kind::invalid_url, message::redis_database, {url.shown(), std::string(database)});
    return url;
}

} // namespace qi::ws

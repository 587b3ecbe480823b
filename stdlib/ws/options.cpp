#include "ws/options.hpp"

#include "base/near.hpp"
#include "data/print.hpp"
#include "native/units.hpp"
#include "ws/messages.hpp"
#include "ws/transport/service.hpp"

#include <algorithm>

namespace qi::stdlib {

namespace {

constexpr std::uint64_t MiB = 1024 * 1024, GiB = 1024 * MiB, TiB = 1024 * GiB;

/// As it would be written: "4GiB".
std::string size_text(std::uint64_t bytes) {
    return bytes % TiB == 0   ? std::to_string(bytes / TiB) + "TiB"
           : bytes % GiB == 0 ? std::to_string(bytes / GiB) + "GiB"
                              : std::to_string(bytes / MiB) + "MiB";
}

/// At most three of the names that begin as the text does but for its last letter, or that have it for a word:
/// :retries for retry, :dial-timeout for timeout.
std::vector<std::string> related(std::string_view text, std::span<const std::string_view> names) {
    std::vector<std::string> found;
    if (text.size() < 3) return found;
    for (std::string_view name : names) {
        name.remove_prefix(1);
        const bool same_beginning = text.size() > 3 && name.starts_with(text.substr(0, text.size() - 1));
        const bool is_a_word = ("-" + std::string(name) + "-").find("-" + std::string(text) + "-") != std::string::npos;
        if ((same_beginning || is_a_word) && found.size() < 3) found.emplace_back(name);
    }
    return found;
}

/// One option map being read. Every error names the option.
class Reading {
public:
    explicit Reading(Vm& vm) : vm_(vm) {}

    Error wrong(std::string_view option, std::string_view allowed, Value given) const {
        // A URL may have a password in it.
        if (is_string(given)) given = make_string(vm_.store, ws::masked_url(text_of(given)));
        return failure_at(argument, kind::value, msg::ws_option_type, {option, allowed, shortened(vm_.store, given)});
    }

    Error wrong_header(std::string_view option, Value name) const {
        return failure_at(argument, kind::value, msg::ws_header_name, {option, shortened(vm_.store, name)});
    }

    Result<std::string> string(std::string_view option, Value v) const {
        if (!is_string(v)) return wrong(option, msg::is_string.text(), v);
        return std::string(text_of(v));
    }
    Result<bool> boolean(std::string_view option, Value v) const {
        if (!v.is_boolean()) return wrong(option, msg::is_bool.text(), v);
        return v.is_truthy();
    }
    Result<std::vector<std::string>> strings(std::string_view option, Value v) const {
        if (!is_sequential(v)) return wrong(option, msg::is_strings.text(), v);
        std::vector<std::string> result;
        for (const Value item : items_of(v)) {
            if (!is_string(item)) return wrong(option, msg::is_strings.text(), v);
            result.emplace_back(text_of(item));
        }
        return result;
    }
    Result<Duration> duration(std::string_view option, Value v) const {
        auto result = duration_of(vm_, argument, v);
        if (!result) return wrong(option, msg::is_duration.text(), v);
        return result;
    }
    Result<ws::Milliseconds> milliseconds(std::string_view option, Value v) const {
        auto result = duration(option, v);
        if (!result) return result.error();
        // Rounded up: a duration that isn't zero doesn't become zero.
        return std::chrono::ceil<ws::Milliseconds>(*result);
    }
    Result<std::uint64_t> size(std::string_view option, Value v, std::uint64_t most) const {
        auto result = size_of(vm_, argument, v);
        if (!result) return wrong(option, msg::is_size.text(), v);
        if (*result > most) return wrong(option, format(msg::is_size_to, {size_text(most)}), v);
        return result;
    }
    Result<std::int64_t> integer(std::string_view option, Value v, std::int64_t least, std::int64_t most) const {
        if (!is_integer(v) || as_integer(v) < least || as_integer(v) > most)
            return wrong(option, format(msg::is_integer, {std::to_string(least), std::to_string(most)}), v);
        return as_integer(v);
    }

    Result<double> number(std::string_view option, Value v, int least, int most) const {
        if (is_number(v) && as_float(v) >= least && as_float(v) <= most) return as_float(v);
        const std::string range = format(msg::between, {std::to_string(least), std::to_string(most)});
        return wrong(option, format(msg::is_number_in, {range}), v);
    }

    Error unknown(Value key, std::span<const std::string_view> names) const {
        const std::string text = is_keyword(key)  ? std::string(as_symbol(key)->text())
                                 : is_string(key) ? std::string(text_of(key))
                                                  : readable(vm_.store, key);
        NearNames near(text);
        std::string all;
        for (const std::string_view name : names) {
            near.offer(name.substr(1));
            all += (all.empty() ? "" : " ") + std::string(name);
        }
        auto best = near.best();
        if (best.empty()) best = related(text, names);
        for (auto& name : best) name = ":" + name;
        const std::string advice =
            best.empty() ? format(msg::ws_options_are, {all}) : format(msg::did_you_mean, {join_names(best)});
        return failure_at(argument, kind::value, msg::ws_option_unknown, {readable(vm_.store, key), advice});
    }

    int argument = 1;

private:
    Vm& vm_;
};

/// Where the values go. One of the two requests is being filled.
struct Target {
    ConnectRequest* connect = nullptr;
    ListenRequest* listen = nullptr;
};

// What a row may be about.
ws::ConnectOptions& client(Target& t) { return t.connect->options; }
ws::ListenOptions& server(Target& t) { return t.listen->options; }
ws::ConnectionOptions& either(Target& t) { return t.connect != nullptr ? client(t).connection : server(t).connection; }
Habits& habits(Target& t) { return t.connect != nullptr ? t.connect->habits : t.listen->habits; }
ws::ClientTls& client_tls(Target& t) { return client(t).tls; }
ws::ServerTls& server_tls(Target& t) { return *server(t).tls; }
ws::Reconnect& reconnect(Target& t) { return *client(t).reconnect; }
ws::RateLimit& rate_limit(Target& t) { return *either(t).rate_limit; }

using Read = Result<void> (*)(const Reading&, std::string_view option, Value, Target&);

struct Option {
    std::string_view name;
    Read read;
    const Option* inside = nullptr; // of the map that it takes
    std::size_t count = 0;          // of those
};

template <typename T>
struct Holds {
    using Type = T;
};
template <typename T>
struct Holds<std::optional<T>> {
    using Type = T;
};

/// Stores what a reader gave, or hands its error on.
template <typename T, typename Place>
Result<void> put(Result<T>&& result, Place& place) {
    if (!result) return result.error();
    place = static_cast<typename Holds<Place>::Type>(std::move(*result)); // integers have been checked to fit
    return {};
}

/// What `read` makes of the value goes to `member` of what `of` gives.
template <auto of, auto member, auto read, auto... limits>
Result<void> take(const Reading& reading, std::string_view option, Value v, Target& target) {
    return put((reading.*read)(option, v, limits...), of(target).*member);
}

// The readers of rows.
template <auto of, auto member>
constexpr Read text = take<of, member, &Reading::string>;
template <auto of, auto member>
constexpr Read texts = take<of, member, &Reading::strings>;
template <auto of, auto member>
constexpr Read flag = take<of, member, &Reading::boolean>;
template <auto of, auto member>
constexpr Read duration = take<of, member, &Reading::duration>;
template <auto of, auto member>
constexpr Read milliseconds = take<of, member, &Reading::milliseconds>;
template <auto of, auto member, std::uint64_t most>
constexpr Read size = take<of, member, &Reading::size, most>;
template <auto of, auto member, std::int64_t least, std::int64_t most>
constexpr Read integer = take<of, member, &Reading::integer, least, most>;
template <auto of, auto member, int least, int most>
constexpr Read number = take<of, member, &Reading::number, least, most>;

/// A function is called elsewhere: the request only says that there is one.
template <auto of, auto member>
Result<void> function(const Reading& r, std::string_view option, Value v, Target& t) {
    if (!qi::is_function(v)) return r.wrong(option, msg::is_function.text(), v);
    of(t).*member = true;
    return {};
}

Result<void> read_entries(const Reading& reading, std::string_view option, Value map, std::span<const Option> options,
                          Target& target) {
    if (!is_map(map)) return reading.wrong(option, msg::is_map.text(), map);
    MapCursor cursor(map);
    for (Value key, value; cursor.next(key, value);) {
        const Option* found = nullptr;
        if (is_keyword(key))
            for (const Option& option : options)
                if (option.name.substr(1) == as_symbol(key)->text()) found = &option;
        if (found == nullptr) {
            std::vector<std::string_view> names;
            for (const Option& option : options) names.push_back(option.name);
            return reading.unknown(key, names);
        }
        if (value.is_nil()) continue; // as if it weren't there
        if (auto done = found->read(reading, found->name, value, target); !done) return done;
    }
    return {};
}

Result<ws::Headers> header_list(const Reading& reading, std::string_view option, Value v) {
    ws::Headers headers;
    if (!is_map(v)) return reading.wrong(option, msg::is_map.text(), v);
    MapCursor cursor(v);
    for (Value key, value; cursor.next(key, value);) {
        std::string name;
        if (is_string(key))
            name = text_of(key);
        else if (is_keyword(key))
            name = as_symbol(key)->text();
        else
            return reading.wrong_header(option, key);
        const bool several = is_sequential(value);
        const std::vector<Value> values = several ? items_of(value) : std::vector<Value>{value};
        for (const Value each : values) {
            if (!is_string(each))
                return reading.wrong(std::string(option) + " \"" + name + "\"", msg::is_header_value.text(), value);
            headers.push_back({name, std::string(text_of(each))});
        }
    }
    return headers;
}

Result<void> read_headers(const Reading& reading, std::string_view option, Value v, Target& target) {
    return put(header_list(reading, option, v), target.connect->options.headers);
}

ws::TlsStrength& strength_of(Target& target) {
    return target.connect != nullptr ? target.connect->options.tls.strength : target.listen->options.tls->strength;
}

Result<void> read_min_version(const Reading& r, std::string_view option, Value v, Target& target) {
    const std::string_view version = is_string(v) ? text_of(v) : std::string_view{};
    if (version != "1.2" && version != "1.3") return r.wrong(option, msg::is_tls_version.text(), v);
    strength_of(target).only_1_3 = version == "1.3";
    return {};
}

Result<void> read_ciphers(const Reading& r, std::string_view option, Value v, Target& target) {
    return put(r.string(option, v), strength_of(target).ciphers);
}

constexpr Option client_tls_options[] = {
    {":min-version", read_min_version},
    {":ciphers", read_ciphers},
    {":ca", text<client_tls, &ws::ClientTls::ca>},
    {":cert", text<client_tls, &ws::ClientTls::cert>},
    {":key", text<client_tls, &ws::ClientTls::key>},
    {":server-name", text<client_tls, &ws::ClientTls::server_name>},
    {":verify", flag<client_tls, &ws::ClientTls::verify>},
};

Result<void> read_proxy(const Reading& r, std::string_view option, Value v, Target& target) {
    auto& options = target.connect->options;
    options.proxy_from_environment = false;
    if (is_keyword(v) && as_symbol(v)->text() == "none") return {};
    if (!is_string(v) || !ws::parse_proxy(text_of(v))) return r.wrong(option, msg::is_proxy.text(), v);
    options.proxy = text_of(v);
    return {};
}

constexpr Option reconnect_options[] = {
    {":retries", integer<reconnect, &ws::Reconnect::retries, 0, 1'000'000'000>},
    {":initial", milliseconds<reconnect, &ws::Reconnect::initial>},
    {":factor", number<reconnect, &ws::Reconnect::factor, 1, 1000>},
    {":max", milliseconds<reconnect, &ws::Reconnect::max>},
    {":jitter", number<reconnect, &ws::Reconnect::jitter, 0, 1>},
};

constexpr Option server_tls_options[] = {
    {":min-version", read_min_version},
    {":ciphers", read_ciphers},
    {":cert", text<server_tls, &ws::ServerTls::cert>},
    {":key", text<server_tls, &ws::ServerTls::key>},
    {":ca", text<server_tls, &ws::ServerTls::ca>},
};

Result<void> read_compression(const Reading& r, std::string_view option, Value v, Target& target) {
    constexpr std::string_view names[] = {"disabled", "context-takeover", "no-context"};
    for (int i = 0; i < 3; ++i) {
        if (!(is_keyword(v) && as_symbol(v)->text() == names[i]) && !(is_integer(v) && as_integer(v) == i)) continue;
        either(target).compression = static_cast<ws::Compression>(i);
        return {};
    }
    return r.wrong(option, msg::is_compression.text(), v);
}

Result<void> read_binary(const Reading& r, std::string_view option, Value v, Target& target) {
    const std::string_view name = is_keyword(v) ? as_symbol(v)->text() : "";
    if (name != "base64" && name != "bytes") return r.wrong(option, msg::is_binary.text(), v);
    habits(target).bytes = name == "bytes";
    return {};
}

/// That of the heartbeat, and that of ws/ping.
Result<void> read_pong_timeout(const Reading& r, std::string_view option, Value v, Target& target) {
    if (auto read = milliseconds<either, &ws::ConnectionOptions::pong_timeout>(r, option, v, target); !read)
        return read;
    habits(target).pong_timeout = either(target).pong_timeout;
    return {};
}

// What clients and servers have in common.
constexpr Option common_options[] = {
    {":read-timeout", duration<habits, &Habits::read_timeout>},
    {":write-timeout", duration<habits, &Habits::write_timeout>},
    {":close-timeout", milliseconds<either, &ws::ConnectionOptions::close_timeout>},
    {":ping-interval", milliseconds<either, &ws::ConnectionOptions::ping_interval>},
    {":pong-timeout", read_pong_timeout},
    {":message-timeout", milliseconds<either, &ws::ConnectionOptions::message_timeout>},
    {":read-limit", size<either, &ws::ConnectionOptions::read_limit, 128 * MiB>},
    {":send-buffer", size<either, &ws::ConnectionOptions::send_buffer, 4 * GiB>},
    {":channel-capacity", integer<either, &ws::ConnectionOptions::channel_capacity, 1, 10000>},
    {":compression", read_compression},
    {":compression-threshold", size<either, &ws::ConnectionOptions::compression_threshold, 100 * MiB>},
    {":binary", read_binary},
    {":control", flag<either, &ws::ConnectionOptions::control>},
};

Result<void> read_client_tls(const Reading& r, std::string_view option, Value v, Target& target) {
    return read_entries(r, option, v, client_tls_options, target);
}

/// What isn't there without the option begins with its defaults.
template <auto of, auto member, const auto& options>
Result<void> begin(const Reading& r, std::string_view option, Value v, Target& target) {
    (of(target).*member).emplace();
    return read_entries(r, option, v, options, target);
}

constexpr Option client_options[] = {
    {":headers", read_headers},
    {":protocols", texts<client, &ws::ConnectOptions::protocols>},
    {":origin", text<client, &ws::ConnectOptions::origin>},
    {":dial-timeout", milliseconds<client, &ws::ConnectOptions::dial_timeout>},
    {":tls", read_client_tls, client_tls_options, std::size(client_tls_options)},
    {":proxy", read_proxy},
    {":reconnect", begin<client, &ws::ConnectOptions::reconnect, reconnect_options>, reconnect_options,
     std::size(reconnect_options)},
};

Result<void> read_rate_action(const Reading& r, std::string_view option, Value v, Target& target) {
    constexpr std::string_view names[] = {"close", "delay", "drop"};
    for (int i = 0; i < 3; ++i)
        if (is_keyword(v) && as_symbol(v)->text() == names[i]) {
            either(target).rate_limit->action = static_cast<ws::RateAction>(i);
            return {};
        }
    return r.wrong(option, msg::is_rate_action.text(), v);
}

Result<void> read_rate_period(const Reading& r, std::string_view option, Value v, Target& target) {
    if (auto read = milliseconds<rate_limit, &ws::RateLimit::per>(r, option, v, target); !read) return read;
    rate_limit(target).per = std::max(rate_limit(target).per, ws::Milliseconds{1});
    return {};
}

constexpr Option rate_options[] = {
    {":messages", integer<rate_limit, &ws::RateLimit::messages, 1, 1'000'000>},
    {":per", read_rate_period},
    {":burst", integer<rate_limit, &ws::RateLimit::burst, 1, 1'000'000>},
    {":action", read_rate_action},
};

Result<void> read_rate_limit(const Reading& r, std::string_view option, Value v, Target& target) {
    ws::RateLimit& limit = either(target).rate_limit.emplace();
    limit.burst = 0;
    if (auto read = read_entries(r, option, v, rate_options, target); !read) return read;
    // As many at once as in one period, unless it says otherwise.
    if (limit.burst == 0) limit.burst = limit.messages;
    return {};
}

Result<void> read_slow(const Reading& r, std::string_view option, Value v, Target& target) {
    const std::string_view name = is_keyword(v) ? as_symbol(v)->text() : "";
    if (name != "close" && name != "skip") return r.wrong(option, msg::is_slow.text(), v);
    either(target).skip_when_slow = name == "skip";
    return {};
}

Result<void> read_paths(const Reading& r, std::string_view option, Value v, Target& target) {
    auto paths = r.strings(option, v);
    if (!paths) return paths.error();
    for (const std::string& path : *paths)
        if (!path.starts_with('/')) return r.wrong(option, msg::is_paths.text(), v);
    target.listen->options.paths = std::move(*paths);
    return {};
}

Result<std::int64_t> read_port(const Reading& r, Value v) { return r.integer(":port", v, 0, 65535); }

/// ws/listen sees to it itself.
Result<void> leave(const Reading&, std::string_view, Value, Target&) { return {}; }

constexpr Option server_options[] = {
    {":authorize", function<server, &ws::ListenOptions::authorize>},
    {":http", function<server, &ws::ListenOptions::http>},
    {":services", leave},
    {":static", text<server, &ws::ListenOptions::static_folder>},
    {":idle-timeout", milliseconds<either, &ws::ConnectionOptions::idle_timeout>},
    {":rate-limit", read_rate_limit, rate_options, std::size(rate_options)},
    {":slow", read_slow},
    {":slow-timeout", milliseconds<either, &ws::ConnectionOptions::slow_timeout>},
    {":port", integer<server, &ws::ListenOptions::port, 0, 65535>},
    {":host", text<server, &ws::ListenOptions::host>},
    {":paths", read_paths},
    {":protocols", texts<server, &ws::ListenOptions::protocols>},
    {":origins", texts<server, &ws::ListenOptions::origins>},
    {":handshake-timeout", milliseconds<server, &ws::ListenOptions::handshake_timeout>},
    {":memory-limit", size<server, &ws::ListenOptions::memory_limit, TiB>},
    {":max-connections", integer<server, &ws::ListenOptions::max_connections, 1, 1'000'000>},
    {":max-per-ip", integer<server, &ws::ListenOptions::max_per_ip, 1, 1'000'000>},
    {":tls", begin<server, &ws::ListenOptions::tls, server_tls_options>, server_tls_options,
     std::size(server_tls_options)},
};

template <std::size_t N>
std::vector<Option> with_common(const Option (&own)[N]) {
    std::vector<Option> all(std::begin(own), std::end(own));
    all.insert(all.end(), std::begin(common_options), std::end(common_options));
    return all;
}

const std::vector<Option>& all_client_options() {
    static const std::vector<Option> all = with_common(client_options);
    return all;
}
const std::vector<Option>& all_server_options() {
    static const std::vector<Option> all = with_common(server_options);
    return all;
}

std::vector<std::string> names_of(std::span<const Option> options) {
    std::vector<std::string> names;
    for (const Option& option : options) {
        names.emplace_back(option.name);
        for (const Option& inside : std::span(option.inside, option.count))
            names.push_back(std::string(option.name) + " " + std::string(inside.name));
    }
    return names;
}

std::string join_quoted(const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& name : names) all += (all.empty() ? "\"" : ", \"") + name + "\"";
    return all;
}

/// What the answers of :authorize and :http may have in them.
constexpr std::string_view refusal_keys[] = {":status", ":headers", ":body"};
constexpr std::string_view handler_names[] = {":open", ":message", ":binary", ":close", ":error"};
constexpr std::string_view acceptance_keys[] = {":protocol", ":headers", ":user"};

Result<DecisionRequest> decision_in(Vm& vm, Value given, const ws::Request& request) {
    const bool upgrade = request.upgrade;
    const Reading reading(vm);
    DecisionRequest result;
    ws::Decision& decision = result.decision;
    if (upgrade && given.is_boolean() && given.is_truthy()) {
        decision.accepted = true;
        return result;
    }
    if (given.is_nil() || (given.is_boolean() && !given.is_truthy())) {
        decision.status = upgrade ? 403 : 404;
        return result;
    }
    if (!is_map(given))
        return failure(kind::value, upgrade ? msg::ws_answer : msg::ws_http_answer, {shortened(vm.store, given)});
    const bool refusal = !upgrade || !map_get(given, vm.store.keyword("status")).is_absent();
    decision.accepted = !refusal;
    decision.status = 200;
    const std::span<const std::string_view> known =
        refusal ? std::span<const std::string_view>(refusal_keys) : acceptance_keys;
    MapCursor cursor(given);
    for (Value key, value; cursor.next(key, value);) {
        const std::string name = is_keyword(key) ? ":" + std::string(as_symbol(key)->text()) : std::string();
        if (std::find(known.begin(), known.end(), name) == known.end()) return reading.unknown(key, known);
        if (value.is_nil()) continue;
        if (name == ":status") {
            const auto status = reading.integer(name, value, 200, 599);
            if (!status) return status.error();
            decision.status = static_cast<int>(*status);
        } else if (name == ":headers") {
            auto headers = header_list(reading, name, value);
            if (!headers) return headers.error();
            decision.headers = std::move(*headers);
        } else if (name == ":body") {
            if (!is_string(value) && !is_bytes(value)) return reading.wrong(name, msg::is_text_or_bytes.text(), value);
            decision.body = text_of(value);
        } else if (name == ":protocol") {
            auto protocol = reading.string(name, value);
            if (!protocol) return protocol.error();
            // RFC 6455, 4.2.2: one of those that the client offered, or none.
            const auto& offered = request.protocols;
            if (!protocol->empty() && std::find(offered.begin(), offered.end(), *protocol) == offered.end())
                return failure(kind::value, msg::ws_not_offered,
                               {*protocol, offered.empty() ? msg::offered_nothing.text() : join_quoted(offered)});
            decision.protocol = std::move(*protocol);
        } else {
            result.user = value;
        }
    }
    return result;
}

} // namespace

Result<DecisionRequest> decision_of(Vm& vm, Value given, const ws::Request& request) {
    auto decision = decision_in(vm, given, request);
    if (!decision && decision.error().about_call) decision.error().callee = request.upgrade ? ":authorize" : ":http";
    return decision;
}

Result<ConnectRequest> connect_request(Vm& vm, std::string_view url, std::optional<Map> options) {
    ConnectRequest request;
    request.options.url = url;
    request.options.proxy_from_environment = true;
    if (options) {
        const Reading reading(vm);
        Target target{&request, nullptr};
        if (auto read = read_entries(reading, "", *options, all_client_options(), target); !read) return read.error();
    }
    return request;
}

Result<void> check_handlers(Vm& vm, Map handlers) {
    const Reading reading(vm);
    MapCursor cursor(handlers);
    for (Value key, value; cursor.next(key, value);) {
        const auto name = std::find_if(std::begin(handler_names), std::end(handler_names), [&](std::string_view each) {
            return is_keyword(key) && each.substr(1) == as_symbol(key)->text();
        });
        if (name == std::end(handler_names)) return reading.unknown(key, handler_names);
        if (!value.is_nil() && !is_function(value)) return reading.wrong(*name, msg::is_function.text(), value);
    }
    return {};
}

Value advice_on_listening(Vm& vm, Value options, std::int64_t port) {
    const auto has = [&](std::string_view name) {
        const Value value = map_get(options, vm.store.keyword(name));
        return !value.is_absent() && !value.is_nil();
    };
    if (!is_map(options) || !has("host") || has("origins") || has("max-per-ip")) return Value::nil();
    const std::string host(text_of(map_get(options, vm.store.keyword("host"))));
    if (host != "0.0.0.0" && host != "::") return Value::nil();
    return make_string(vm.store,
                       format(msg::ws_open_to_all, {ws::join_endpoint(host, static_cast<std::uint16_t>(port))}));
}

void declare_options(Vm& vm) {
    using Names = std::vector<std::string>;
    vm.options.declare("ws/connect", 1, [] { return names_of(all_client_options()); });
    vm.options.declare("ws/listen", 0, [] { return names_of(all_server_options()); });
    vm.options.declare("ws/serve", 0, [] {
        Names names = names_of(all_server_options());
        names.emplace_back(":listener");
        return names;
    });
    vm.options.declare("ws/on", 1, [] { return Names(std::begin(handler_names), std::end(handler_names)); });
    vm.options.declare("ws/receive", 1, [] { return Names{":timeout"}; });
    for (const std::size_t place : {1, 2, 3}) vm.options.declare("ws/close", place, [] { return Names{":timeout"}; });
}

Result<ListenRequest> listen_request(Vm& vm, Value options) {
    ListenRequest request;
    Reading reading(vm);
    reading.argument = 0;
    if (is_integer(options)) {
        const auto port = read_port(reading, options);
        if (!port) return port.error();
        request.options.port = static_cast<std::uint16_t>(*port);
        return request;
    }
    if (!is_map(options)) return failure_at(0, kind::value, msg::ws_listen_options, {shortened(vm.store, options)});
    Target target{nullptr, &request};
    if (auto read = read_entries(reading, "", options, all_server_options(), target); !read) return read.error();
    // What is misspelt says more than what is missing because of that.
    const Value port = map_get(options, vm.store.keyword("port"));
    if (port.is_absent()) return failure_at(0, kind::value, msg::ws_port_needed);
    if (auto sound = read_port(reading, port); !sound) return sound.error();
    return request;
}

} // namespace qi::stdlib

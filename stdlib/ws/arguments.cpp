#include "ws/arguments.hpp"

#include "base/base64.hpp"
#include "base/utf8.hpp"
#include "data/print.hpp"
#include "data/type_name.hpp"
#include "ws/messages.hpp"
#include "ws/transport/kinds.hpp"

namespace qi::stdlib {

Result<ws::Id> id_of(Call call, Value v, Named named) {
    if (is_integer(v)) {
        const std::int64_t id = as_integer(v);
        if (sockets(call).knows(id)) return id;
        return failure_at(named.argument, ws::kind::unknown_id, msg::ws_unknown_id, {std::to_string(id)});
    }
    if (is_map(v)) {
        const Value error = map_get(v, call.error_key());
        if (!error.is_absent()) {
            std::string text;
            append_display(call.store(), text, error);
            return failure_at(named.argument, ws::kind::unknown_id, msg::ws_error_as_id, {text});
        }
    }
    return failure_at(
        named.argument, kind::type, msg::argument_named_type,
        {msg::type_integer.text(), describe_value(call.store(), v), std::to_string(named.argument + 1), named.name});
}

std::string encoded_path(std::string_view path) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > 0x20 && byte < 0x7F && c != '%')
            out += c;
        else
            out.append("%").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
    }
    return out;
}

std::string shown_target(std::string_view url) { return std::string(url.substr(0, url.find('?'))); }

std::string place_of(Call call, ws::Id id) {
    ws::Service& service = *sockets(call).running();
    const auto request = service.request(id);
    const auto info = service.info(id);
    const std::string where = request && *request != nullptr ? encoded_path((*request)->path)
                              : info                         ? shown_target(info->url)
                                                             : "";
    return format(msg::ws_place, {std::to_string(id), where});
}

std::string text_of_rejections(const ws::Rejections& rejections) {
    const std::string port = std::to_string(rejections.port),
                      seconds = std::to_string(rejections.within.count() / 1000);
    std::uint64_t all = 0;
    std::string counts;
    for (const auto& [status, count] : rejections.by_status) {
        all += count;
        if (!counts.empty()) counts += ", ";
        counts += std::to_string(count) + " × " + std::to_string(status);
    }
    std::string text;
    if (all > 0) text = format(msg::ws_refusals, {port, std::to_string(all), seconds, counts});
    if (rejections.out_of_descriptors == 0) return text;
    if (all > 0) text += "; ";
    return text + format(msg::ws_out_of_descriptors, {port, std::to_string(rejections.out_of_descriptors), seconds});
}

Result<Value> listener_to_serve(Call call, Value options) {
    // Ids and ports are both integers: nobody who has a listener of that id means one of the system's ports.
    constexpr std::int64_t system_ports = 1024; // RFC 6335, 6
    if (is_integer(options) && as_integer(options) < system_ports && sockets(call).is_listening(as_integer(options)))
        return failure_at(0, kind::value, msg::ws_serve_listener, {std::to_string(as_integer(options))});
    if (!is_map(options)) return Value::nil();
    const Value listener = map_get(options, call.store().keyword("listener"));
    if (listener.is_absent()) return Value::nil();
    MapCursor cursor(options);
    for (Value key, value; cursor.next(key, value);)
        if (key != call.store().keyword("listener"))
            return failure_at(0, kind::value, msg::ws_listener_alone, {readable(call.store(), key)});
    const auto id = id_of(call, listener);
    if (!id) return id.error();
    if (!sockets(call).is_listener(*id)) return failure_at(0, kind::type, msg::ws_not_listener, {std::to_string(*id)});
    return listener;
}

Result<OutgoingMessage> outgoing(Call call, Value message, std::optional<Value> as) {
    Value data = message;
    std::string_view type = is_keyword(as.value_or(Value::nil())) ? as_symbol(*as)->text() : "";
    for (const NamedNumber& named : message_types)
        if (as && is_integer(*as) && as_integer(*as) == named.number) type = named.name;
    if (as && type != "text" && type != "binary")
        return failure_at(2, kind::value, msg::ws_send_as, {shortened(call.store(), *as)});
    if (is_map(message)) {
        const WebSockets& all = sockets(call);
        const Value kind = map_lookup(call.store(), message, all.type_key());
        const Value inner = map_lookup(call.store(), message, all.data_key());
        const bool received = kind == all.text_message() && is_string(inner);
        if (received && !as)
            return OutgoingMessage{ws::MessageType::Text, {text_of(inner), owner_of(as_string(inner)), true}};
        const bool known = is_string(kind) && (text_of(kind) == "message" || text_of(kind) == "binary") &&
                           (is_string(inner) || is_bytes(inner));
        if (!known) return failure_at(1, kind::type, msg::ws_unsendable, {describe_value(call.store(), message)});
        data = inner;
        if (!as) type = text_of(kind) == "binary" ? "binary" : "text";
    }
    if (!is_string(data) && !is_bytes(data))
        return failure_at(1, kind::type, msg::ws_unsendable, {describe_value(call.store(), message)});
    if (type.empty()) type = is_bytes(data) ? "binary" : "text";
    const std::string_view bytes = text_of(data);
    if (type == "binary" && is_string(data)) {
        auto decoded = base64::decode(bytes);
        if (!decoded) return failure_at(1, kind::value, msg::ws_not_base64);
        auto owner = std::make_shared<const std::string>(std::move(*decoded));
        const std::string_view view = *owner;
        return OutgoingMessage{ws::MessageType::Binary, {view, std::move(owner), false}};
    }
    if (type == "text" && is_bytes(data) && !utf8::valid(bytes)) return failure_at(1, kind::value, msg::bytes_not_utf8);
    return OutgoingMessage{type == "binary" ? ws::MessageType::Binary : ws::MessageType::Text,
                           {bytes, owner_of(as_string(data)), true}};
}

void define_constant(Setup setup, std::string_view name, std::span<const NamedNumber> entries, std::string_view doc) {
    Value map = empty_map(setup.store());
    for (const NamedNumber& entry : entries)
        map = map_assoc(setup.store(), map, setup.store().keyword(entry.name), Value::small(entry.number));
    setup.define(name, map, doc);
}

} // namespace qi::stdlib

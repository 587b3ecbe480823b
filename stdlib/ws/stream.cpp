// What typed streams (stream.qi) can't say in Qi: messages in both languages, and bytes.
#include "base/base64.hpp"
#include "base/near.hpp"
#include "base/utf8.hpp"
#include "data/print.hpp"
#include "data/type_name.hpp"
#include "native/native.hpp"
#include "ws/arguments.hpp"
#include "ws/messages.hpp"
#include "ws/ws.hpp"

#include <algorithm>

namespace qi::stdlib {

namespace {

constexpr Kind mismatch{"mismatch"};

/// Named after the function of ws/ that the program called. Its helpers, and what they go through a collection with,
/// stand between.
Value fail(Call call, Error error) {
    error.callee = call.running_function("ws/");
    return call.raise(error);
}

/// .message.items[2]; "the value" where the path is empty.
std::string shown_path(Call call, Value path) {
    std::string text;
    for (const Value step : items_of(path)) {
        if (is_integer(step))
            text += "[" + std::to_string(as_integer(step)) + "]";
        else
            text += readable(call.store(), step);
    }
    return text.empty() ? std::string(msg::stream_value.text()) : text;
}

/// Throws {:error … :kind :mismatch :path […]}.
Value misfit(Call call, Value path, const std::string& text) {
    Value map = call.make_error(mismatch, text);
    return call.raise_value(map_assoc(call.store(), map, call.store().keyword("path"), path));
}

/// An error that names the near one among the known. The message's {2} is `where`.
Value unknown(Call call, const CallMessage& message, Value given, const std::vector<std::string>& known,
              std::string_view where = {}) {
    const std::string text = readable(call.store(), given);
    NearNames near(text.starts_with(':') ? text.substr(1) : text);
    std::string all;
    for (const std::string& name : known) {
        near.offer(name);
        all += (all.empty() ? ":" : " :") + name;
    }
    auto best = near.best();
    for (auto& name : best) name = ":" + name;
    const std::string advice = !best.empty()   ? format(msg::did_you_mean, {join_names(best)})
                               : known.empty() ? std::string(msg::stream_none.text())
                                               : all;
    return fail(call, failure_at(0, kind::value, message, {text, advice, where}));
}

std::vector<std::string> names_of(Call call, Value keys) {
    std::vector<std::string> names;
    for (const Value key : items_of(keys))
        names.push_back(is_keyword(key) ? std::string(as_symbol(key)->text()) : readable(call.store(), key));
    return names;
}

/// Waits until nothing more comes on it; what has come stays to be received.
Value await_end(Call call, ws::Id id) {
    const auto state = sockets(call).running()->state(id);
    if (!state || *state == ws::State::Closed) return Value::nil();
    return call.park(sockets(call).record(id)->changed);
}

Error wrong_argument(Call call, std::int64_t number, std::string_view name, Value value) {
    const bool is_stream = name == "stream";
    // What ws/call gave when it failed, used as if it hadn't.
    if (const Value error = is_stream && is_map(value) ? map_get(value, call.error_key()) : Value::absent();
        !error.is_absent()) {
        std::string text;
        append_display(call.store(), text, error);
        return failure(kind::type, msg::stream_failed, {text});
    }
    const Message& wanted = is_stream           ? msg::type_ws_stream
                            : name == "service" ? msg::type_ws_service
                            : name == "url"     ? msg::type_string
                                                : msg::type_map;
    return failure(kind::type, msg::argument_named_type,
                   {wanted.text(), describe_value(call.store(), value), std::to_string(number), name});
}

/// RFC 3986, 3.3, without what is percent-encoded: the path of a request is compared decoded.
bool may_be_in_path(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~!$&'()*+,;=:@/").find(c) != std::string_view::npos;
}

constexpr Native typed_stream_natives[] = {
    native("%ws-await-end conn", "Waits until conn is closed, whatever is still to be received; nil.",
           [](Call call, std::int64_t conn) { return await_end(call, conn); }),
    native("%ws-misfit path expected value", "Throws that the value at the path isn't what the schema says.",
           [](Call call, Sequence path, Value expected, Value value) {
               return misfit(call, path,
                             format(msg::stream_misfit, {shown_path(call, path), readable(call.store(), expected),
                                                         shortened(call.store(), value)}));
           }),
    native("%ws-missing path expected", "Throws that nothing is at the path.",
           [](Call call, Sequence path, Value expected) {
               return misfit(call, path,
                             format(msg::stream_missing, {shown_path(call, path), readable(call.store(), expected)}));
           }),
    native("%ws-surplus path known", "Throws that what is at the path isn't in the schema.",
           [](Call call, Sequence path, Sequence known) {
               std::string all;
               for (const std::string& name : names_of(call, known)) all += (all.empty() ? ":" : " :") + name;
               return misfit(call, path, format(msg::stream_surplus, {shown_path(call, path), all}));
           }),
    native("%ws-unreadable text", "Throws that a message isn't JSON.",
           [](Call call, Value text) {
               return misfit(call, make_vector(call.store(), {}),
                             format(msg::stream_json, {shortened(call.store(), text)}));
           }),
    native(
        "%ws-not-text", "Throws that a message is binary.",
        [](Call call) { return misfit(call, make_vector(call.store(), {}), std::string(msg::stream_binary.text())); }),
    native("%ws-bad-type type", "Throws that a schema has this in it.",
           [](Call call, Value type) {
               return unknown(call, msg::stream_type, type,
                              {"string", "int", "float", "bool", "bytes", "any", "vector", "map", "enum"});
           }),
    native("%ws-bad-key key known", "Throws that a service has no such part.",
           [](Call call, Value key, Sequence known) {
               return unknown(call, msg::stream_part, key, names_of(call, known));
           }),
    native("%ws-no-field key", "Throws that a field has no such name.",
           [](Call call, Value key) {
               return fail(call, failure_at(0, kind::value, msg::stream_field_name, {readable(call.store(), key)}));
           }),
    native("%ws-no-handler path", "Throws that the service has no handler.",
           [](Call call, std::string_view path) {
               return fail(call, failure_at(0, kind::value, msg::stream_no_handler, {path}));
           }),
    native("%ws-bad-argument number name value", "Throws that the argument isn't what its name says.",
           [](Call call, std::int64_t number, std::string_view name, Value value) {
               return fail(call, wrong_argument(call, number, name, value));
           }),
    native("%ws-bad-field field view known", "Throws that a view names something that isn't a field.",
           [](Call call, Value field, Value view, Sequence known) {
               return unknown(call, msg::stream_field, field, names_of(call, known), readable(call.store(), view));
           }),
    native("%ws-bad-view view known", "Throws that the view doesn't exist.",
           [](Call call, Value view, Sequence known) {
               return unknown(call, msg::stream_view, view, names_of(call, known));
           }),
    native("%ws-bad-part key expected value", "Throws that a part of a service isn't what it must be.",
           [](Call call, Value key, std::string_view expected, Value value) {
               const Message& wanted = expected == "path"       ? msg::stream_path
                                       : expected == "function" ? msg::is_function
                                       : expected == "services" ? msg::stream_services
                                       : expected == "views"    ? msg::stream_views
                                       : expected == "answer"   ? msg::stream_answer
                                                                : msg::is_map;
               return fail(call,
                           failure_at(0, kind::value, msg::ws_option_type,
                                      {readable(call.store(), key), wanted.text(), shortened(call.store(), value)}));
           }),
    native("%ws-path? value", "True for a path that may be in a URL unchanged.",
           [](Call, Value value) {
               const std::string_view path = is_string(value) ? text_of(value) : std::string_view{};
               return Value::boolean(path.starts_with('/') && std::all_of(path.begin(), path.end(), may_be_in_path));
           }),
    native("%ws-same-field optional required", "Throws that a schema has a field twice.",
           [](Call call, Value optional, Value required) {
               return fail(call, failure_at(0, kind::value, msg::stream_same_field,
                                            {readable(call.store(), required), readable(call.store(), optional)}));
           }),
    native("%ws-same-path path", "Throws that two services have this path.",
           [](Call call, std::string_view path) {
               return fail(call, failure_at(0, kind::value, msg::stream_same_path, {path}));
           }),
    native("%ws-one-way what", "An error map: nothing can be sent, or received, in this direction.",
           [](Call call, std::string_view what) {
               return call.make_error(Kind{"direction"},
                                      format(what == "send" ? msg::stream_no_send : msg::stream_no_receive));
           }),
    native("%ws-from-base64 text", "The bytes; nil if text isn't base64.",
           [](Call call, std::string_view text) {
               auto decoded = base64::decode(text);
               return decoded ? make_bytes(call.store(), std::move(*decoded)) : Value::nil();
           }),
    native("%ws-reason text", "As much of it as a close frame holds.",
           [](Call call, std::string_view text) {
               if (text.size() > ws::largest_close_reason) {
                   std::size_t end = ws::largest_close_reason;
                   while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
                   text = text.substr(0, end);
               }
               return make_string(call.store(), text);
           }),
};

} // namespace

void define_typed_streams(Setup setup) { setup.define(typed_stream_natives); }

} // namespace qi::stdlib

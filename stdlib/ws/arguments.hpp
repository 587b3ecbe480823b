// What the natives of ws/ have in common: ids and messages as arguments.
#pragma once

#include "ws/websockets.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace qi::stdlib {

inline WebSockets& sockets(Program program) { return program.extension<WebSockets>(); }

struct NamedNumber {
    std::string_view name;
    int number;
};
/// A map of them, by their names.
void define_constant(Setup setup, std::string_view name, std::span<const NamedNumber> entries, std::string_view doc);

/// ws/message-types.
inline constexpr NamedNumber message_types[] = {{"text", 1}, {"binary", 2}};

/// Which argument an error is about, from 0 on.
struct Named {
    int argument = 0;
    std::string_view name = "conn";
};

/// The id that a value is; an error that says what it is instead.
Result<ws::Id> id_of(Call call, Value v, Named named = {});

/// A decoded path as a log and a dump show it: encoded again, with nothing but visible ASCII, so that no peer can write
/// lines, columns or controls of its own.
std::string encoded_path(std::string_view path);

/// The URL of a client's connection as a log and a dump show it: without its secrets, and so without its query.
std::string shown_target(std::string_view url);

/// A connection as a log names it: its id, and the path or URL.
std::string place_of(Call call, ws::Id id);

/// What a log says of them.
std::string text_of_rejections(const ws::Rejections& rejections);

/// The listener that ws/serve gets, as {:listener id}; nil if it is to listen itself.
Result<Value> listener_to_serve(Call call, Value options);

/// A message on its way out.
struct OutgoingMessage {
    ws::MessageType type;
    ws::Outgoing payload;
};

/// A string, bytes or a message map; `as` is :text or :binary, or its number.
Result<OutgoingMessage> outgoing(Call call, Value message, std::optional<Value> as);

} // namespace qi::stdlib

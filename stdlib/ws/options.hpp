// Option maps of ws/connect and ws/listen: every name, type and range checked, with an error that names the option, the
// value, what is allowed and the near name.
#pragma once

#include "ws/websockets.hpp"

namespace qi::stdlib {

struct ConnectRequest {
    ws::ConnectOptions options;
    Habits habits;
};
struct ListenRequest {
    ws::ListenOptions options;
    Habits habits;
};

/// What :authorize or :http decided about a request.
struct DecisionRequest {
    ws::Decision decision;
    Value user = Value::nil();
    std::optional<TopicRights> may;
};
Result<DecisionRequest> decision_of(Call call, Value given, const ws::Request& request);

Result<ConnectRequest> connect_request(Call call, std::string_view url, std::optional<Map> options);
/// Of ws/drain; it may be empty.
Result<ws::Drain> drain_request(Call call, std::optional<Map> options);
/// The connection that a message is published for, as {:from conn} names it; nothing: for the program itself.
Result<std::optional<ws::Id>> publisher_of(Call call, Map options);
/// The map of ws/on, checked.
Result<void> check_handlers(Call call, Map handlers);
/// `options`: a port or a map.
Result<ListenRequest> listen_request(Call call, Value options);
/// Their names, for whoever looks at programs.
void declare_options(Setup setup);
/// What the log should say of a listener with these options: anybody reaches it, and nothing keeps them apart. Or nil.
Value advice_on_listening(Call call, Value options, std::int64_t port);

} // namespace qi::stdlib

// Every option of ws/connect and ws/listen, each a row: name, reader with its limits, text; the default is that of the
// member it is stored in. Interpreter thread only.
#pragma once

#include "compiler/known_options.hpp"
#include "ws/option_reading.hpp"
#include "ws/options.hpp"

#include <vector>

namespace qi::stdlib {

/// Where the values go. One of the two requests is being filled.
struct Target {
    ConnectRequest* connect = nullptr;
    ListenRequest* listen = nullptr;
};

Result<void> read_client_options(const Reading& reading, Value map, ConnectRequest& request);
Result<void> read_server_options(const Reading& reading, Value map, ListenRequest& request);

Result<ws::Drain> read_drain_options(const Reading& reading, Value map);

std::vector<OptionDoc> drain_option_docs(Language in);
std::vector<OptionDoc> client_option_docs(Language in);
std::vector<OptionDoc> server_option_docs(Language in);

} // namespace qi::stdlib

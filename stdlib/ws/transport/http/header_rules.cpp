#include "ws/transport/http/header_rules.hpp"

#include "ws/transport/kinds.hpp"
#include "ws/transport/messages.hpp"
#include "ws/transport/wire/ascii.hpp"

#include <algorithm>
#include <array>

namespace qi::ws {

namespace {

struct OwnedHeader {
    std::string_view name;
    const Message* instead;
};

constexpr std::array owned_headers{
    OwnedHeader{"upgrade", &message::leave_out},
    OwnedHeader{"connection", &message::leave_out},
    OwnedHeader{"sec-websocket-key", &message::leave_out},
    OwnedHeader{"sec-websocket-version", &message::leave_out},
    OwnedHeader{"sec-websocket-accept", &message::leave_out},
    OwnedHeader{"sec-websocket-protocol", &message::use_protocols},
    OwnedHeader{"sec-websocket-extensions", &message::use_compression},
    OwnedHeader{"origin", &message::use_origin},
    OwnedHeader{"content-length", &message::leave_out},
    OwnedHeader{"transfer-encoding", &message::leave_out},
};

} // namespace

Result<void> check_header(const Header& header) {
    if (!is_token(header.name)) return failure(kind::value, message::header_name, {header.name});
    const bool sound = std::all_of(header.value.begin(), header.value.end(), [](char byte) {
        const auto c = static_cast<unsigned char>(byte);
        return c >= 0x20 ? c != 0x7F : c == '\t';
    });
    if (!sound) return failure(kind::value, message::header_value, {header.name});
    for (const OwnedHeader& owned : owned_headers)
        if (equals_ignoring_case(header.name, owned.name))
            return failure(kind::value, message::header_owned, {header.name, owned.instead->text()});
    return {};
}

Result<void> check_protocols(const std::vector<std::string>& protocols) {
    for (auto it = protocols.begin(); it != protocols.end(); ++it) {
        if (!is_token(*it)) return failure(kind::value, message::protocol_name, {*it});
        if (std::find(protocols.begin(), it, *it) != it) return failure(kind::value, message::protocol_twice, {*it});
    }
    return {};
}

} // namespace qi::ws

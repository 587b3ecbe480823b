// The names that close codes have (RFC 6455, 7.4.1), as ws/close-codes gives them.
#pragma once

#include "ws/arguments.hpp"

#include <span>

namespace qi::stdlib {

inline std::span<const NamedNumber> close_codes() noexcept {
    static constexpr NamedNumber all[] = {
        {"normal", 1000},          {"going-away", 1001},          {"protocol-error", 1002},  {"unsupported-data", 1003},
        {"no-status", 1005},       {"abnormal-closure", 1006},    {"invalid-payload", 1007}, {"policy-violation", 1008},
        {"message-too-big", 1009}, {"mandatory-extension", 1010}, {"internal-error", 1011},  {"service-restart", 1012},
        {"try-again-later", 1013}, {"bad-gateway", 1014}};
    return all;
}

} // namespace qi::stdlib

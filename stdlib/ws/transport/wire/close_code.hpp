// Which close codes may be sent and which may arrive: RFC 6455, 7.4, and IANA's registry. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace qi::ws {

namespace close_code {
inline constexpr std::uint16_t normal = 1000;
inline constexpr std::uint16_t going_away = 1001;
inline constexpr std::uint16_t protocol_error = 1002;
inline constexpr std::uint16_t no_status = 1005;
inline constexpr std::uint16_t abnormal = 1006;
inline constexpr std::uint16_t invalid_payload = 1007;
inline constexpr std::uint16_t policy_violation = 1008;
inline constexpr std::uint16_t too_big = 1009;
inline constexpr std::uint16_t try_again_later = 1013;
} // namespace close_code

/// 125 bytes of a control frame less two of code.
inline constexpr std::size_t largest_close_reason = 123;

/// 1004 was never defined; 1005, 1006 and 1015 only describe; 3000 and up belong to libraries and programs.
constexpr bool may_be_sent(int code) noexcept {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

} // namespace qi::ws

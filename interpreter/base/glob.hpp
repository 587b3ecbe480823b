// Patterns with '*'. Any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace qi {

enum class LetterCase : std::uint8_t { Ignored, Counts }; // of ASCII
/// '*' in the pattern matches anything, also nothing.
bool matches_glob(std::string_view pattern, std::string_view text, LetterCase letters = LetterCase::Ignored) noexcept;

} // namespace qi

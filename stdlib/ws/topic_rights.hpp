// What :authorize lets a connection do with topics. Interpreter thread only.
#pragma once

#include "base/glob.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace qi::stdlib {

/// Patterns of topics: * stands for any characters, also none, everything else for itself. What no pattern matches
/// isn't allowed.
struct TopicRights {
    std::vector<std::string> subscribe;
    std::vector<std::string> publish;
};

inline bool allows(const std::vector<std::string>& patterns, std::string_view topic) noexcept {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const std::string& pattern) { return matches_glob(pattern, topic, LetterCase::Counts); });
}

} // namespace qi::stdlib

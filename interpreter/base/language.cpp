#include "base/language.hpp"

#include <cstdlib>
#include <string_view>

namespace qi {

namespace {

Language from_environment() noexcept {
    for (const char* name : {"QI_LANG", "LC_ALL", "LANG"}) {
        const char* value = std::getenv(name);
        if (value == nullptr || *value == '\0') continue;
        return std::string_view(value).substr(0, 2) == "ja" ? Language::Japanese : Language::English;
    }
    return Language::English;
}

} // namespace

Language language() noexcept {
    static const Language chosen = from_environment();
    return chosen;
}

} // namespace qi

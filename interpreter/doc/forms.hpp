// The special forms, pipes and built-in macros: what `qi doc` says about them, as natives say it about themselves.
#pragma once

#include <span>
#include <string_view>

namespace qi {

struct FormDoc {
    std::string_view name;
    std::string_view usage; // how it is written; several ways on lines of their own
    std::string_view doc;   // prose, and last an example
};

/// In alphabetical order, the pipes last.
std::span<const FormDoc> form_docs() noexcept;

} // namespace qi

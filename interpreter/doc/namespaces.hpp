// The namespaces of the standard library and what each is for.
#pragma once

#include "base/message.hpp"

#include <span>
#include <string_view>

namespace qi {

struct NamespaceDoc {
    std::string_view name;
    Message summary;
};

/// Special forms and names without a prefix first, then in alphabetical order.
std::span<const NamespaceDoc> namespace_docs() noexcept;

/// The part before the slash; "core" for a name that has none.
std::string_view namespace_of(std::string_view name) noexcept;

} // namespace qi

#include "doc/namespaces.hpp"

namespace qi {

namespace {

constexpr NamespaceDoc namespace_table[] = {
#define NAMESPACE(name, define, english, japanese) {name, {english, japanese}},
#define PART(name, english, japanese) {name, {english, japanese}},
#include "language/namespaces.def"
};

} // namespace

std::span<const NamespaceDoc> namespace_docs() noexcept { return namespace_table; }

std::string_view namespace_of(std::string_view name) noexcept {
    const std::size_t slash = name.find('/');
    return slash == std::string_view::npos || slash == 0 ? std::string_view("core") : name.substr(0, slash);
}

} // namespace qi

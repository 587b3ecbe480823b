#include "stdlib.hpp"

#include "aliases.hpp"
#include "embedded.hpp"
#include "namespaces.hpp"

namespace qi {

namespace {

constexpr void (*definitions[])(Setup setup) = {
#define NAMESPACE(name, define, english, japanese) stdlib::define,
#define PART(name, english, japanese)
#include "language/namespaces.def"
};

} // namespace

void define_stdlib(Setup setup) {
    setup.begin_library();
    for (const auto define : definitions) define(setup);
}

void finish_stdlib(Setup setup) { setup.finish_library(stdlib::embedded, stdlib::aliases()); }

} // namespace qi

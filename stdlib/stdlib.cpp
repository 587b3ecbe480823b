#include "stdlib.hpp"

#include "aliases.hpp"
#include "embedded.hpp"
#include "namespaces.hpp"
#include "vm/modules/library.hpp"

#include <memory>

namespace qi {

namespace {

constexpr void (*definitions[])(Vm& vm) = {
#define NAMESPACE(name, define, english, japanese) stdlib::define,
#define PART(name, english, japanese)
#include "language/namespaces.def"
};

} // namespace

void define_stdlib(Vm& vm) {
    vm.globals.set_defining_core(true);
    for (const auto define : definitions) define(vm);
}

void finish_stdlib(Vm& vm) {
    vm.globals.set_defining_core(false);
    vm.set_library(std::make_unique<Library>(vm, stdlib::embedded, stdlib::aliases()));
}

} // namespace qi

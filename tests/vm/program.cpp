#include "vm/program.hpp"

#include "data/print.hpp"
#include "stdlib.hpp"
#include "vm/modules/loader.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace qi::tests {

Program::Program() {
    const char* stress = std::getenv("QI_GC_STRESS");
    vm.heap().set_stress(stress != nullptr && std::strcmp(stress, "1") == 0);
    define_stdlib(Setup(vm));
    finish_stdlib(Setup(vm));
}

Program::Outcome Program::outcome(std::string_view text) {
    const auto result = Loader(vm).run(std::make_shared<Source>("t", std::string(text)));
    return {result.ok, result.ok ? readable(vm.store, result.value) : result.problem};
}

std::string Program::run(std::string_view text) { return outcome(text).text; }

std::string run(std::string_view text) { return Program().run(text); }

double scale() {
    const char* given = std::getenv("QI_TEST_SCALE");
    return given == nullptr ? 1 : std::max(std::atof(given), 0.0001);
}

std::size_t scaled(std::size_t count) {
    return std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(count) * scale()));
}

} // namespace qi::tests

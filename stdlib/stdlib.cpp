#include "stdlib.hpp"

#include "args/args.hpp"
#include "core/core.hpp"
#include "embedded.hpp"
#include "json/json.hpp"
#include "str/str.hpp"
#include "vm/loader.hpp"

#include <cstdio>
#include <cstdlib>

namespace qi {

void define_stdlib(Vm& vm) {
    vm.globals.set_defining_core(true);
    stdlib::define_numbers(vm);
    stdlib::define_predicates(vm);
    stdlib::define_sequences(vm);
    stdlib::define_maps(vm);
    stdlib::define_text(vm);
    stdlib::define_conversion(vm);
    stdlib::define_args(vm);
    stdlib::define_state(vm);
    stdlib::define_goroutines(vm);
    stdlib::define_json(vm);
    stdlib::define_str(vm);
}

void finish_stdlib(Vm& vm) {
    for (const stdlib::Embedded& file : stdlib::embedded) {
        const auto outcome = Loader(vm).run(std::make_shared<Source>("qi:" + std::string(file.name), std::string(file.text)));
        if (!outcome.ok) { // a bug of ours: nothing works without it
            std::fprintf(stderr, "%s\n", outcome.problem.c_str());
            std::abort();
        }
    }
    vm.globals.set_defining_core(false);
}

} // namespace qi

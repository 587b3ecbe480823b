#include "stdlib.hpp"

#include "aliases.hpp"
#include "args/args.hpp"
#include "core/core.hpp"
#include "debug/debug.hpp"
#include "embedded.hpp"
#include "env/env.hpp"
#include "io/io.hpp"
#include "list/list.hpp"
#include "log/log.hpp"
#include "map/map.hpp"
#include "math/math.hpp"
#include "path/path.hpp"
#include "queue/queue.hpp"
#include "set/set.hpp"
#include "str/str.hpp"
#include "stream/stream.hpp"
#include "test/test.hpp"
#include "time/time.hpp"
#include "vm/library.hpp"
#include "json/json.hpp"

#include <memory>

namespace qi {

void define_stdlib(Vm& vm) {
    vm.globals.set_defining_core(true);
    stdlib::define_numbers(vm);
    stdlib::define_predicates(vm);
    stdlib::define_sequences(vm);
    stdlib::define_maps(vm);
    stdlib::define_text(vm);
    stdlib::define_conversion(vm);
    stdlib::define_bits(vm);
    stdlib::define_bytes(vm);
    stdlib::define_clock(vm);
    stdlib::define_state(vm);
    stdlib::define_evaluation(vm);
    stdlib::define_modules(vm);
    stdlib::define_goroutines(vm);
    stdlib::define_signals(vm);
    stdlib::define_select(vm);
    stdlib::define_str(vm);
    stdlib::define_list(vm);
    stdlib::define_map(vm);
    stdlib::define_set(vm);
    stdlib::define_math(vm);
    stdlib::define_json(vm);
    stdlib::define_io(vm);
    stdlib::define_path(vm);
    stdlib::define_env(vm);
    stdlib::define_args(vm);
    stdlib::define_time(vm);
    stdlib::define_log(vm);
    stdlib::define_test(vm);
    stdlib::define_stream(vm);
    stdlib::define_queues(vm);
    stdlib::define_debug(vm);
}

void finish_stdlib(Vm& vm) {
    vm.globals.set_defining_core(false);
    vm.set_library(std::make_unique<Library>(vm, stdlib::embedded, stdlib::aliases()));
}

} // namespace qi

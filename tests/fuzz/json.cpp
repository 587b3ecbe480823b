// Fuzzes JSON: what parses is written, parses again to the same, and is written the same.
#include "fuzz/sandbox.hpp"
#include "fuzz/target.hpp"

#include "base/utf8.hpp"
#include "data/string.hpp"

#include <memory>

using namespace qi;
using namespace qi::fuzz;

int LLVMFuzzerInitialize(int*, char***) {
    enter_scratch_folder();
    return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static std::unique_ptr<Sandbox> sandbox;
    static unsigned uses = 0;
    if (sandbox == nullptr || sandbox->is_spent() || ++uses % 4096 == 0) {
        sandbox = std::make_unique<Sandbox>();
        sandbox->run(
            "(defn round-trip [text]"
            "  (let [x (try (json/parse text))]"
            "    (if (and (error? x) (get x :kind))"
            "      true"
            "      (let [once (json/stringify x) again (json/parse once)]"
            "        (and (= x again) (= once (json/stringify again)) (= x (json/parse (json/pretty x))))))))");
    }
    Vm& vm = sandbox->vm();
    const Value text = make_string(vm.store, utf8::repaired(text_of(data, size)));
    const Vm::Outcome outcome = sandbox->call(vm.globals.find(vm.store.symbol("round-trip"))->value, {&text, 1});
    require(sandbox->is_spent() || (outcome.ok && outcome.value == Value::boolean(true)),
            "JSON doesn't come back as it went out");
    return 0;
}

// Fuzzes JSON: what parses is written, parses again to the same, and is written the same; what is read in one pass is
// what nlohmann/json reads.
#include "fuzz/sandbox.hpp"
#include "fuzz/target.hpp"

#include "base/utf8.hpp"
#include "data/equality.hpp"
#include "data/string.hpp"
#include "json/library.hpp"

#include <memory>

using namespace qi;
using namespace qi::fuzz;

namespace {

bool is_read_alike(Call call, std::string_view text, stdlib::JsonKeys keys) {
    const Value read = stdlib::JsonReader(call, text, keys).read();
    return read.is_absent() || same(read, stdlib::read_json_with_library(call, text, keys));
}

} // namespace

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
    const std::string repaired = utf8::repaired(text_of(data, size));
    for (const stdlib::JsonKeys keys : {stdlib::JsonKeys::String, stdlib::JsonKeys::Keyword})
        require(is_read_alike(Call(vm), repaired, keys), "JSON is read otherwise in one pass");
    const Value text = make_string(vm.store, repaired);
    const Vm::Outcome outcome = sandbox->call(vm.globals.find(vm.store.symbol("round-trip"))->value, {&text, 1});
    require(sandbox->is_spent() || (outcome.ok && outcome.value == Value::boolean(true)),
            "JSON doesn't come back as it went out");
    return 0;
}

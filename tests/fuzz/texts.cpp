// Fuzzes what takes a format or a pattern as text: the input is the function's name, the format, and the text or number
// that it is for, a line each.
#include "fuzz/sandbox.hpp"
#include "fuzz/target.hpp"

#include "base/utf8.hpp"
#include "data/print.hpp"
#include "data/string.hpp"

#include <memory>
#include <string>

using namespace qi;
using namespace qi::fuzz;

namespace {

constexpr const char* program = R"((defn reads-back [v] (if (= v (try (read (pr-str v)))) v (exit 99)))
(def by-name {
  "str/format" (fn [f x] (str/format f x x {:a x}))
  "time/format" (fn [f x] (time/format (to-int x) f))
  "time/parse" (fn [f x] (time/parse x f))
  "time/there-and-back" (fn [f x] (let [t (time/parse x f)] (time/parse (time/format t f) f)))
  "str/re-find" (fn [f x] (str/re-find f x))
  "str/re-find-all" (fn [f x] (str/re-find-all f x))
  "str/re-replace" (fn [f x] (str/re-replace f x x))
  "str/re-split" (fn [f x] (str/re-split f x))
  "str/pad-left" (fn [f x] (str/pad-left f (to-int x) f))
  "str/format-decimal" (fn [f x] (str/format-decimal (to-float x) (to-int f)))
  "str/format-percent" (fn [f x] (str/format-percent (to-float x) (to-int f)))
  "str/html-decode" (fn [f x] (str/html-decode (str f x)))
  "str/url-decode" (fn [f x] (str/url-decode (str f x)))
  "str/slug" (fn [f x] (str/slug (str f x)))
  "str/indent" (fn [f x] (str/indent f (to-int x)))
  "str/truncate" (fn [f x] (let [n (to-int x) cut (str/truncate f n)] cut))
  "str/wrap" (fn [f x] (str/wrap f (to-int x)))
  "to-int" (fn [f x] [(to-int x) (to-float f)])
  "read" (fn [f x] (reads-back (read x)))
  "keyword" (fn [f x] (reads-back (keyword f)))
  "symbol" (fn [f x] (reads-back (symbol f)))})
(defn run [name f x] (let [g (get by-name name)] (when g (g f x)))))";

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
        require(sandbox->run(program), "the program runs");
    }
    Vm& vm = sandbox->vm();
    const std::string text = utf8::repaired(text_of(data, size));
    Choices choices(text);
    Value arguments[3];
    for (Value& argument : arguments)
        argument = make_string(vm.store, &argument == &arguments[2] ? choices.rest() : choices.line());
    const Vm::Outcome outcome = sandbox->call(vm.globals.find(vm.store.symbol("run"))->value, arguments);
    require(!vm.scheduler.exit_status(), "what pr-str writes doesn't read as it was", text);
    const std::string shown = shortened(vm.store, outcome.value, 100000);
    require(utf8::valid(shown), "a value whose text isn't UTF-8", shown);
    return 0;
}

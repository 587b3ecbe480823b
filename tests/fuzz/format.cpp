// Fuzzes `qi fmt`: what it gives is read again, and formatting that changes nothing.
#include "fuzz/target.hpp"

#include "base/utf8.hpp"
#include "format/format.hpp"
#include "reader/reader.hpp"
#include "vm/vm.hpp"

#include <memory>

using namespace qi;
using namespace qi::fuzz;

int LLVMFuzzerInitialize(int*, char***) {
    setenv("QI_LANG", "en", 1);
    return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static std::unique_ptr<Vm> vm;
    static unsigned uses = 0;
    if (vm == nullptr || ++uses % 4096 == 0) vm = std::make_unique<Vm>();
    const Source source("t", std::string(text_of(data, size)));
    if (unreadable(source)) return 0; // who calls it has looked
    const auto formatted = format_source(vm->store, vm->names, source);
    const auto* once = std::get_if<std::string>(&formatted);
    if (once == nullptr) {
        const SyntaxError& error = std::get<SyntaxError>(formatted);
        require(error.span.begin <= error.span.end && error.span.end <= size, "an error beyond the end of the text");
        return 0;
    }
    require(utf8::valid(*once), "formatting gives what isn't UTF-8");
    const auto again = format_source(vm->store, vm->names, Source("t", *once));
    require(std::holds_alternative<std::string>(again), "what formatting gives can't be read");
    require(std::get<std::string>(again) == *once, "formatting twice isn't formatting once");
    return 0;
}

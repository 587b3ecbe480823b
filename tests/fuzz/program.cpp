// Fuzzes reader, compiler and VM: the input is a program. Once in a while it runs with a collection at every safepoint.
#include "fuzz/sandbox.hpp"
#include "fuzz/target.hpp"

#include <memory>

using namespace qi::fuzz;

int LLVMFuzzerInitialize(int*, char***) {
    enter_scratch_folder();
    return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static std::unique_ptr<Sandbox> sandbox;
    static unsigned uses = 0;
    if (sandbox == nullptr || sandbox->is_spent() || ++uses % 64 == 0) {
        sandbox = std::make_unique<Sandbox>();
        sandbox->exclude_from_programs();
    }
    sandbox->vm().heap().set_stress(size % 8 == 0);
    sandbox->run(text_of(data, size));
    return 0;
}

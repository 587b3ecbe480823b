// A VM with the standard library, and what programs come to in it. For tests.
#pragma once

#include "vm/vm.hpp"

#include <string>
#include <string_view>

namespace qi::tests {

class Program {
public:
    Program();

    /// The readable text of the program's value, or what the user would be told. The program is called `t`.
    std::string run(std::string_view text);
    /// The same, and whether it went well.
    struct Outcome {
        bool ok;
        std::string text;
    };
    Outcome outcome(std::string_view text);

    Vm vm;
};

/// In a VM of its own.
std::string run(std::string_view text);

/// How much of a large test to do: QI_TEST_SCALE, 1 if that isn't set.
double scale();
std::size_t scaled(std::size_t count);

} // namespace qi::tests

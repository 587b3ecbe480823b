// What the compiler needs of the virtual machine: macros called, functions made. Interpreter thread only.
#pragma once

#include "compiler/compiler.hpp"
#include "vm/vm.hpp"

namespace qi {

class Expander final : public MacroExpander {
public:
    explicit Expander(Vm& vm) : vm_(vm) {}
    Result<Value> expand(Value macro, std::span<const Value> arguments) override;
    Value make_function(Prototype* prototype) override { return vm_.make_function(prototype); }

private:
    Vm& vm_;
};

} // namespace qi

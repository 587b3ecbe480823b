// What the compiler needs of the virtual machine: macros called, functions made, and what is known of functions.
// Interpreter thread only.
#pragma once

#include "compiler/compiler.hpp"
#include "vm/vm.hpp"

namespace qi {

class Expander : public MacroExpander {
public:
    explicit Expander(Vm& vm) : vm_(vm) {}

    Result<Value> expand(Value macro, std::span<const Value> arguments) override;
    bool may_make(Value macro, Value symbol) const override;
    Value make_function(Prototype* prototype) override { return vm_.make_function(prototype); }
    /// A macro failed because of a name without a value: where nothing runs, that isn't a mistake of the program.
    bool lacked_name() const noexcept { return lacked_name_; }

private:
    Vm& vm_;
    bool lacked_name_ = false;
};

class VmFunctions final : public KnownFunctions {
public:
    explicit VmFunctions(Vm& vm) : vm_(vm) {}

    std::optional<std::pair<std::string, std::string>> misfit(const Variable& variable,
                                                              unsigned arguments) const override {
        return vm_.diagnosis.call_misfit(variable, arguments);
    }
    std::optional<std::string> pattern_fault(std::string_view text) const override;
    std::vector<TakenOptions> options_of(std::string_view function) const override { return vm_.options.of(function); }

private:
    Vm& vm_;
};

} // namespace qi

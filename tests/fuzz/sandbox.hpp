// A VM for programs and calls that nobody has thought up: what reaches outside the process is taken away, and what
// would run or wait for ever is stopped.
#pragma once

#include "vm/vm.hpp"
#include "ws/ws.hpp"

#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace qi::fuzz {

/// A name, or the beginning of names if it ends with '*', that fuzzing leaves alone.
struct Excluded {
    std::string_view name;
    std::string_view reason;
};
std::span<const Excluded> excluded_names();
bool is_excluded(std::string_view name);

/// The current folder is one of our own from here on, and what a program prints goes nowhere.
void enter_scratch_folder();

class Sandbox {
public:
    Sandbox();
    ~Sandbox();
    Sandbox(const Sandbox&) = delete;

    Vm& vm() noexcept { return *vm_; }
    /// Programs find something harmless behind the excluded names, and behind those that open files.
    void exclude_from_programs();
    /// Runs the source. True: it wasn't stopped.
    bool run(std::string_view text);
    Vm::Outcome call(Value function, std::span<const Value> arguments);
    /// What ran has changed the VM so that others had better get a new one.
    bool is_spent() const noexcept { return spent_; }

private:
    class Budget;
    class Watchdog;

    std::unique_ptr<Vm> vm_;
    std::unique_ptr<stdlib::WebSockets, stdlib::WebSocketsDelete> sockets_;
    std::unique_ptr<Budget> budget_;
    std::vector<QuietFailure> quiet_; // errors that nobody awaited are no finding
    bool spent_ = false;
};

} // namespace qi::fuzz

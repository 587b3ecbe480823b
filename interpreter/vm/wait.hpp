// What goroutines wait for if it comes from outside the program: a message, a line, the end of a process. It belongs to
// what brings it, which gives it to Scheduler::park and Scheduler::wake_all; nothing else has to know it. Interpreter
// thread only.
#pragma once

#include "vm/objects.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace qi {

/// Goroutines may be in it: as long as code of the program may still run, the owner calls Scheduler::wake_all before it
/// goes.
struct Wait {
    /// An observer of the program is shown the name, and the number if there is one.
    explicit Wait(std::string_view shown = {}, std::int64_t its_number = 0) noexcept
        : name(shown), number(its_number) {}
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;

    std::string text() const {
        return number == 0 ? std::string(name) : std::string(name) + " " + std::to_string(number);
    }

    const std::string_view name; // lives as long
    const std::int64_t number;
    WaitQueue queue;
};

/// For a call that parked and isn't made again, since its goroutine was cancelled or interrupted, perhaps after it was
/// woken: what it has begun is given up. It gets the number of the Wait and the goroutine's note.
using Abandon = void (*)(class Vm& vm, std::int64_t number, std::int64_t note);

} // namespace qi

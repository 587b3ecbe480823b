// The signals that a program takes itself. A goroutine of the library waits for them and starts the program's
// functions. Interpreter thread only.
#include "base/near.hpp"
#include "core/core.hpp"
#include "core/messages.hpp"
#include "data/print.hpp"
#include "data/type_name.hpp"
#include "native/convert.hpp"

#include <array>
#include <csignal>
#include <memory>

namespace qi::stdlib {

namespace {

struct NamedSignal {
    std::string_view name;
    int number;
};
constexpr std::array<NamedSignal, 4> takable{{{"int", SIGINT}, {"term", SIGTERM}, {"hup", SIGHUP}, {"usr1", SIGUSR1}}};

class SignalDesk final : public OutsideWorld {
public:
    explicit SignalDesk(Vm& vm) : vm_(vm) {
        for (Value& function : functions_) {
            function = Value::nil();
            vm.keep(&function);
        }
        vm.scheduler.add_outside(this);
        vm.scheduler.set_signal_taker(this);
        vm.set_extension(this);
    }

    /// True if nobody waits for signals yet.
    bool take(std::size_t number, Value function) {
        functions_[number] = function;
        vm_.scheduler.signals.take(takable[number].number, !function.is_nil());
        return !function.is_nil() && !std::exchange(waiting_, true);
    }
    /// The function of the next signal that has come; nil if none has.
    Value next() {
        for (std::size_t i = 0; i < takable.size(); ++i)
            if (vm_.scheduler.signals.has_come(takable[i].number) && !functions_[i].is_nil()) return functions_[i];
        return Value::nil();
    }
    // Who waits for what a signal's function does waits for something that may come.
    bool could_wake() override { return vm_.scheduler.signals.any_taken(); }
    void woken(std::int64_t) override { vm_.scheduler.wake_all(arrived); }

    Wait arrived{"on-signal"};

private:
    Vm& vm_;
    std::array<Value, takable.size()> functions_{};
    bool waiting_ = false;
};

Result<Value> take_signal(Vm& vm, Value signal, Value function) {
    const std::string_view name = is_keyword(signal) ? as_symbol(signal)->text() : std::string_view();
    std::size_t number = 0;
    while (number < takable.size() && takable[number].name != name) ++number;
    if (number == takable.size()) return failure_at(0, kind::value, msg::signal_name, {readable(vm.store, signal)});
    if (!function.is_nil() && !is_callable(function))
        return failure_at(1, kind::type, msg::argument_named_type,
                          {msg::type_function.text(), describe_value(vm.store, function), "2", "f"});
    return Value::boolean(vm.extension<SignalDesk>().take(number, function));
}

constexpr Native signal_natives[] = {
    native("%on-signal signal f", "Takes the signal; true if %next-signal isn't waited for yet.",
           [](Vm& vm, Value signal, Value f) { return take_signal(vm, signal, f); }),
    native("%next-signal", "Waits for a signal that the program takes; its function.",
           [](Vm& vm) {
               auto& desk = vm.extension<SignalDesk>();
               const Value function = desk.next();
               return function.is_nil() ? vm.scheduler.park(desk.arrived) : function;
           }),
};

} // namespace

void define_signals(Vm& vm) {
    define_natives(vm, signal_natives);
    static_cast<void>(vm.own(std::make_shared<SignalDesk>(vm)));
}

} // namespace qi::stdlib

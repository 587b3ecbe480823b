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
    explicit SignalDesk(Setup setup) : program_(setup) {
        for (Value& function : functions_) {
            function = Value::nil();
            setup.keep(&function);
        }
        setup.add_outside(this);
        setup.set_signal_taker(this);
        setup.set_extension(this);
    }

    /// True if nobody waits for signals yet.
    bool take(std::size_t number, Value function) {
        functions_[number] = function;
        program_.take_signal(takable[number].number, !function.is_nil());
        return !function.is_nil() && !std::exchange(waiting_, true);
    }
    /// The function of the next signal that has come; nil if none has.
    Value next() {
        for (std::size_t i = 0; i < takable.size(); ++i)
            if (program_.has_signal_come(takable[i].number) && !functions_[i].is_nil()) return functions_[i];
        return Value::nil();
    }
    // Who waits for what a signal's function does waits for something that may come.
    bool could_wake() override { return program_.takes_signals(); }
    void woken(std::int64_t) override { program_.wake_all(arrived); }

    Wait arrived{"on-signal"};

private:
    Program program_;
    std::array<Value, takable.size()> functions_{};
    bool waiting_ = false;
};

Result<Value> take_signal(Call call, Value signal, Value function) {
    const std::string_view name = is_keyword(signal) ? as_symbol(signal)->text() : std::string_view();
    std::size_t number = 0;
    while (number < takable.size() && takable[number].name != name) ++number;
    if (number == takable.size()) return failure_at(0, kind::value, msg::signal_name, {readable(call.store(), signal)});
    if (!function.is_nil() && !is_callable(function))
        return failure_at(1, kind::type, msg::argument_named_type,
                          {msg::type_function.text(), describe_value(call.store(), function), "2", "f"});
    return Value::boolean(call.extension<SignalDesk>().take(number, function));
}

constexpr Native signal_natives[] = {
    native("%on-signal signal f", "Takes the signal; true if %next-signal isn't waited for yet.",
           [](Call call, Value signal, Value f) { return take_signal(call, signal, f); }),
    native("%next-signal", "Waits for a signal that the program takes; its function.",
           [](Call call) {
               auto& desk = call.extension<SignalDesk>();
               const Value function = desk.next();
               return function.is_nil() ? call.park(desk.arrived) : function;
           }),
};

} // namespace

void define_signals(Setup setup) {
    setup.define(signal_natives);
    setup.own(std::make_shared<SignalDesk>(setup));
}

} // namespace qi::stdlib

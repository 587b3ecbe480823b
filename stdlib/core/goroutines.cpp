// Channels and time for goroutines. What can be built from these is in core.qi.
#include "core/core.hpp"

#include "data/print.hpp"
#include "native/units.hpp"

namespace qi::stdlib {

namespace {

Value sleep(Call call, Value time) {
    const auto duration = duration_of(call, 0, time);
    if (!duration) return call.raise(duration.error());
    if (call.resumption() == Resume::TimedOut) return Value::nil();
    return call.park_until(call.deadline_after(*duration));
}

/// (go/recv ch), (go/recv ch :timeout ms), (go/recv ch :else value)
Value receive(Call call, Channel* channel, Rest options) {
    std::optional<Clock::time_point> deadline;
    Value otherwise = Value::absent();
    if (options.size() % 2 != 0)
        return call.raise(failure(kind::arity, msg::odd_map, {std::to_string(options.size())}));
    for (std::size_t i = 0; i < options.size(); i += 2) {
        const std::string_view option = is_keyword(options[i]) ? as_symbol(options[i])->text() : "";
        if (option == "timeout") {
            const auto duration = duration_of(call, static_cast<int>(i) + 2, options[i + 1]);
            if (!duration) return call.raise(duration.error());
            deadline = call.deadline_after(*duration);
        } else if (option == "else") {
            otherwise = options[i + 1];
        } else {
            return call.raise(failure_at(static_cast<int>(i) + 1, kind::value, msg::unknown_option,
                                         {shortened(call.store(), options[i]), ":timeout :else"}));
        }
    }
    return call.receive(channel, deadline, otherwise);
}

Value make_chan(Call call, std::optional<std::int64_t> capacity) {
    if (!capacity) return Value{call.make_channel(Channel::unbounded)};
    if (*capacity < 0 || *capacity > 1'000'000'000)
        return call.raise(
            failure_at(0, kind::range, msg::argument_range,
                       {"capacity", format(msg::between, {"0", "1000000000"}), std::to_string(*capacity)}));
    return Value{call.make_channel(static_cast<std::uint32_t>(*capacity))};
}

Value close(Call call, Channel* channel) {
    call.close(channel);
    return Value::nil();
}

Value try_receive(Call call, Channel* channel) {
    const Value value = call.try_receive(channel);
    if (!value.is_absent()) return value;
    if (channel->closed()) return call.raise(failure_at(0, kind::closed, msg::channel_closed));
    return Value::nil();
}

constexpr Native goroutines_natives[] = {
    native("go/chan capacity?",
           "A channel that holds capacity values before go/send waits: any number without it, none with 0. Fails with "
           ":range if "
           "it is negative.\n"
           "(channel? (go/chan 1)) ;=> true",
           [](Call call, std::optional<std::int64_t> capacity) { return make_chan(call, capacity); }),
    native("go/send ch x",
           "Sends x to the channel ch, waiting while that is full; returns x. Fails with :closed.\n"
           "(go/send (go/chan) 1) ;=> 1",
           [](Call call, Channel* ch, Value x) { return call.send(ch, x); }),
    native("go/send! ch x", "The same as (go/send ch x). Fails with :closed.\n(go/send! (go/chan) 1) ;=> 1",
           [](Call call, Channel* ch, Value x) { return call.send(ch, x); }),
    native("go/recv ch option...",
           "Waits for a value of the channel ch and returns it. Each option is a keyword and what it means: :timeout d "
           "gives "
           "nil when d has passed; :else x gives x once ch is closed and empty, which fails with :closed otherwise. "
           "Fails with "
           ":value for another option.\n"
           "(go/recv (go 42)) ;=> 42",
           [](Call call, Channel* ch, Rest options) { return receive(call, ch, options); }),
    native("go/recv! ch option...",
           "The same as (go/recv ch option...). Fails with :closed or :value.\n(go/recv! (go 42)) ;=> 42",
           [](Call call, Channel* ch, Rest options) { return receive(call, ch, options); }),
    native("go/await p",
           "Waits for the value of the promise p and returns it; may be repeated. An error is the value {:error …}. "
           "Fails with :closed if no value will come.\n"
           "(go/await (go (+ 1 2))) ;=> 3",
           [](Call call, Channel* p) { return call.receive(p, std::nullopt, Value::absent()); }),
    native("go/try-recv ch",
           "A value of the channel ch if it has one, else nil. Fails with :closed once ch is closed and empty.\n"
           "(go/try-recv (go/chan)) ;=> nil",
           [](Call call, Channel* ch) { return try_receive(call, ch); }),
    native("go/try-recv! ch", "The same as (go/try-recv ch). Fails with :closed.\n(go/try-recv! (go/chan)) ;=> nil",
           [](Call call, Channel* ch) { return try_receive(call, ch); }),
    native("go/close ch",
           "Closes the channel ch; nil. What is in it can still be received. Closing twice is fine.\n"
           "(go/close (go/chan)) ;=> nil",
           [](Call call, Channel* ch) { return close(call, ch); }),
    native("go/close! ch", "The same as (go/close ch); nil.\n(go/close! (go/chan)) ;=> nil",
           [](Call call, Channel* ch) { return close(call, ch); }),
    native("go/closed? ch", "Whether the channel ch was closed.\n(go/closed? (go/chan)) ;=> false",
           [](Call, Channel* ch) { return ch->closed(); }),
    native("go/timeout time",
           "A channel that holds one nil and is closed when the time (ms, or \"1s\") has passed.\n(go/recv (go/timeout "
           "1)) ;=> nil",
           [](Call call, Value time) -> Result<Value> {
               const auto duration = duration_of(call, 0, time);
               if (!duration) return duration.error();
               return Value{call.timeout_channel(Clock::now() + *duration)};
           }),
    native("go/sleep time", "Waits for a time: milliseconds, or text such as \"1m30s\"; nil.\n(go/sleep 1) ;=> nil",
           [](Call call, Value time) { return sleep(call, time); }),
    native("sleep time", "Waits for a time, as go/sleep; nil.\n(sleep 1) ;=> nil",
           [](Call call, Value time) { return sleep(call, time); }),
};

} // namespace

void define_goroutines(Setup setup) { setup.define(goroutines_natives); }

} // namespace qi::stdlib

// What comes from outside: threads report it, goroutines wait for it, and a call that isn't made again gives up what it
// has begun.
#include "native/native.hpp"
#include "vm/program.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace qi;

namespace {

/// Doors that other threads open.
class Doors final : public OutsideWorld {
public:
    explicit Doors(Vm& vm) : vm_(vm) {
        vm.scheduler.add_outside(this);
        vm.set_extension(this);
    }

    bool could_wake() override { return true; }
    void woken(std::int64_t number) override { vm_.scheduler.wake_all(waits[number]); }
    void open(std::int64_t number) {
        std::thread([this, number] {
            is_open[number] = true;
            vm_.scheduler.wakes.wake(*this, number);
        }).join();
    }
    std::vector<GoroutineView> goroutines() const { return vm_.scheduler.goroutines(); }

    Wait waits[3]{Wait("door"), Wait("door", 1), Wait("door", 2)};
    std::atomic<bool> is_open[3]{};
    std::string given_up;

private:
    Vm& vm_;
};

void give_up_door(qi::Program program, std::int64_t number, std::int64_t note) {
    program.extension<Doors>().given_up += std::to_string(number) + ":" + std::to_string(note) + " ";
}

constexpr Native door_rows[] = {
    native("test/wait n", "n, once the door is open.",
           [](Call call, std::int64_t n) {
               auto& doors = call.extension<Doors>();
               if (doors.is_open[n]) return Value::small(n);
               call.note() = n * 10;
               return call.park<give_up_door>(doors.waits[n]);
           }),
    native("test/open n", "A thread opens the door.",
           [](Call call, std::int64_t n) {
               call.extension<Doors>().open(n);
               return Value::nil();
           }),
    native("test/knock n", "Those who wait for the door look again.",
           [](Call call, std::int64_t n) {
               call.wake_all(call.extension<Doors>().waits[n]);
               return Value::nil();
           }),
    native("test/given-up", "What was given up so far.",
           [](Call call) { return make_string(call.store(), call.extension<Doors>().given_up); }),
    native("test/shown", "What goroutines wait for.",
           [](Call call) {
               std::string text;
               for (const GoroutineView& view : call.extension<Doors>().goroutines()) text += view.outside + ";";
               return make_string(call.store(), text);
           }),
};

/// Views that show nothing; to ask the second one ends the first.
class Views final : public ChannelSource {
public:
    explicit Views(Vm& vm) : vm_(vm) {
        for (const char* name : {"first-view", "second-view"}) {
            shown_.push_back(vm.scheduler.make_view(*this, static_cast<std::int64_t>(shown_.size())));
            vm.globals.set(vm.globals.define(vm.store.symbol(name)), Value{shown_.back()});
        }
    }

    Value next(std::int64_t number, bool&) override {
        if (number == 1) vm_.scheduler.close(shown_[0]);
        return Value::absent();
    }
    void closed(std::int64_t) override {}

private:
    Vm& vm_;
    std::vector<Channel*> shown_;
};

/// A view that has its value only when it is asked for the second time.
class LateView final : public ChannelSource {
public:
    explicit LateView(Vm& vm) : shown(vm.scheduler.make_view(*this, 0)) {
        vm.set_extension(this);
        vm.globals.set(vm.globals.define(vm.store.symbol("late-view")), Value{shown});
    }

    Value next(std::int64_t, bool&) override { return ++asked == 2 ? Value::small(5) : Value::absent(); }
    void closed(std::int64_t) override {}

    Channel* shown;
    int asked = 0;
};

constexpr Native late_rows[] = {
    native("test/look", "Those who wait for the view look again.",
           [](Call call) {
               call.look_again(call.extension<LateView>().shown);
               return Value::nil();
           }),
};

/// The value of a program in which there is a view that is late.
std::string with_late_view(std::string_view text) {
    tests::Program program;
    LateView view(program.vm);
    Setup(program.vm).define(late_rows);
    return program.run(text);
}

/// The value of a program in which there are doors.
std::string with_doors(std::string_view text) {
    tests::Program program;
    Doors doors(program.vm);
    Setup(program.vm).define(door_rows);
    return program.run(text);
}

} // namespace

TEST_CASE("a thread wakes those who wait for what it reports, in their order, and no others") {
    CHECK(with_doors("(def log (atom []))"
                     "(each (fn [[n name]] (go (do (test/wait n) (swap! log conj name)))) [[1 :a] [2 :b] [1 :c]])"
                     "(go/sleep 5) (test/open 1) (go/sleep 5) (deref log)") == "[:a :c]");
    CHECK(with_doors("(go (test/wait 0)) (go (test/wait 2)) (go/sleep 5) (test/shown)") == "\";door;door 2;\"");
}

TEST_CASE("a call that isn't made again gives up what it has begun, once") {
    CHECK(with_doors("(def p (go (test/wait 1))) (go/sleep 5) (go/cancel! p) (go/sleep 5) (test/given-up)") ==
          "\"1:10 \"");
    // It has been woken, and hasn't run.
    CHECK(with_doors("(def p (go (test/wait 2))) (go/sleep 5) (test/knock 2) (go/cancel! p) (go/sleep 5) "
                     "(test/given-up)") == "\"2:20 \"");
    // It looked again in vain, and waits once more.
    CHECK(with_doors("(def p (go (test/wait 2))) (go/sleep 5) (test/knock 2) (go/sleep 5) (go/cancel! p) (go/sleep 5) "
                     "(test/given-up)") == "\"2:20 \"");
}

TEST_CASE("a call that has come to its end gives up nothing") {
    CHECK(with_doors("(def p (go (do (test/wait 1) (go/sleep 1000)))) (go/sleep 5) (test/open 1) (go/sleep 5) "
                     "(go/cancel! p) (go/sleep 5) (test/given-up)") == "\"\"");
}

TEST_CASE("to look at one channel may end another that was looked at before") {
    tests::Program program;
    Views views(program.vm);
    CHECK(program.run("(go/select first-view -> :ended second-view -> :came)") == ":ended");
    tests::Program other;
    Views others(other.vm);
    CHECK(other.run("(get (try (go/select! [[first-view inc] [second-view inc]])) :kind)") == ":closed");
}

TEST_CASE("a value that comes after the first look at its channel is taken") {
    CHECK(with_late_view("(go (do (go/sleep 5) (test/look))) (go/select! [[late-view inc]])") == "6");
    CHECK(with_late_view(
              "(go (do (go/sleep 5) (test/look))) (go/select! [[late-view inc] [:timeout 60000 (fn [] :late)]])") ==
          "6");
    CHECK(with_late_view("(go/select! [[late-view inc] [late-view dec]])") == "4");
    // It comes with the end of the time.
    CHECK(with_late_view("(go/select! [[late-view inc] [:timeout 1 (fn [] :late)]])") == "6");
}

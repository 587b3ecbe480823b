// The fuzzer: random programs and damaged ones, each run twice, once with a collection at every safepoint and what is
// unique changed in place, once without the first, and for every other hundred without the second. Both must come to
// the same, whatever it is; nothing may crash, hang, or upset a sanitizer. Text that is read and JSON that is parsed
// must come out as it went in.
//
//     fuzz [--rounds N] [--seconds N] [--seed N] [--show]
//
// The same seed gives the same programs. `--show` prints each before it runs, so that the last one is the culprit.
#include "base/utf8.hpp"
#include "fuzz/generator.hpp"
#include "vm/program.hpp"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <thread>

namespace {

using namespace qi::tests;
using Clock = std::chrono::steady_clock;

/// Programs that were damaged may run forever: they are interrupted from another thread.
class Watchdog {
public:
    Watchdog() : thread_([this] { watch(); }) {}
    ~Watchdog() {
        done_ = true;
        thread_.join();
    }
    Watchdog(const Watchdog&) = delete;

    /// True if it had to be interrupted.
    bool run(Program& program, const std::string& text, std::string& result) {
        interrupted_ = false;
        started_ = Clock::now().time_since_epoch().count();
        watched_ = &program.vm;
        result = program.run(text);
        watched_ = nullptr;
        while (busy_) std::this_thread::yield();
        return interrupted_;
    }

private:
    void watch() {
        while (!done_) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            busy_ = true;
            if (qi::Vm* vm = watched_;
                vm != nullptr && Clock::now().time_since_epoch().count() - started_ > 2'000'000'000) {
                interrupted_ = true;
                vm->scheduler.interrupt(2);
            }
            busy_ = false;
        }
    }

    std::atomic<qi::Vm*> watched_{nullptr};
    std::atomic<std::int64_t> started_{0};
    std::atomic<bool> interrupted_{false}, done_{false}, busy_{false};
    std::thread thread_;
};

struct Options {
    std::uint64_t rounds = ~std::uint64_t{0}, seed = 1;
    double seconds = 1e9;
    bool show = false;
};

int complain(std::uint64_t seed, const char* what, const std::string& text, const std::string& a,
             const std::string& b) {
    std::printf("seed %llu: %s\n%s\n--- one\n%s\n--- other\n%s\n", static_cast<unsigned long long>(seed), what,
                text.c_str(), a.c_str(), b.c_str());
    return 1;
}

int fuzz(const Options& options) {
    Watchdog watchdog;
    std::unique_ptr<Program> calm, stressed;
    const auto start = Clock::now();
    std::uint64_t round = 0;
    for (; round < options.rounds && std::chrono::duration<double>(Clock::now() - start).count() < options.seconds;
         ++round) {
        const std::uint64_t seed = options.seed + round;
        Generator make(seed * 0x9E3779B97F4A7C15u);
        const auto start_afresh = [&] {
            calm = std::make_unique<Program>();
            stressed = std::make_unique<Program>();
            calm->vm.store.in_place = round / 100 % 2 != 0;
            stressed->vm.heap().set_stress(true);
        };
        if (round % 100 == 0) start_afresh();
        const std::size_t kind = make.pick(8);
        const bool sound = kind < 4;
        std::string text = sound       ? make.program()
                           : kind == 4 ? make.soup()
                           : kind == 5 ? make.damaged(make.soup())
                                       : make.damaged(make.program());
        if (options.show)
            std::fprintf(stderr, "--- seed %llu\n%s\n", static_cast<unsigned long long>(seed), text.c_str());
        std::string a, b;
        const bool late_calm = watchdog.run(*calm, text, a), late_stressed = watchdog.run(*stressed, text, b);
        const bool late = late_calm || late_stressed;
        // Damaged programs may print times, races and names of what they redefine: only sound ones are compared.
        if (sound && !late && a != b) return complain(seed, "two runs differ", text, a, b);
        if (!sound || late) start_afresh();
        if (!qi::utf8::valid(a)) return complain(seed, "a message that isn't UTF-8", text, a, b);
        // JSON there and back: what parses prints, and parses as the same again.
        const std::string json = make.pick(3) == 0 ? make.damaged(make.json(4)) : make.json(4);
        if (!qi::utf8::valid(json)) continue;
        std::string quoted;
        for (const char c : json)
            quoted += c == '"' || c == '\\' ? std::string{'\\', c}
                      : c == '\n'           ? "\\n"
                      : c == '\r'           ? "\\r"
                                            : std::string(1, c);
        const std::string there_and_back = calm->run("(let [x (json/parse \"" + quoted +
                                                     "\")] (if (error? x) true (let [s (json/stringify x)] [(= x "
                                                     "(json/parse s)) (= s (json/stringify (json/parse s)))])))");
        if (there_and_back != "[true true]" && there_and_back != "true")
            return complain(seed, "JSON", json, there_and_back, "[true true]");
    }
    std::printf("%llu rounds\n", static_cast<unsigned long long>(round));
    return 0;
}

} // namespace

int main(int count, char** arguments) {
    setenv("QI_LANG", "en", 1);
    Options options;
    for (int i = 1; i < count; ++i) {
        const std::string name = arguments[i];
        if (name == "--show") {
            options.show = true;
        } else if (i + 1 < count && name == "--rounds") {
            options.rounds = std::strtoull(arguments[++i], nullptr, 10);
        } else if (i + 1 < count && name == "--seconds") {
            options.seconds = std::atof(arguments[++i]);
        } else if (i + 1 < count && name == "--seed") {
            options.seed = std::strtoull(arguments[++i], nullptr, 10);
        } else {
            std::fprintf(stderr, "fuzz [--rounds N] [--seconds N] [--seed N] [--show]\n");
            return 2;
        }
    }
    return fuzz(options);
}

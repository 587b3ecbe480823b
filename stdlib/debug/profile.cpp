// profile/: how long a part of the program takes, and how much of that the processor works.
#include "debug/debug.hpp"

#include <ctime>

namespace qi::stdlib {

namespace {

double processor_seconds() {
    std::timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}
double seconds() { return std::chrono::duration<double>(Clock::now().time_since_epoch()).count(); }

/// Sums over all runs from start to stop. One for each interpreter thread.
class Profile {
public:
    void start() {
        stop();
        running_ = true;
        began_ = seconds();
        processor_began_ = processor_seconds();
    }
    void stop() {
        if (!running_) return;
        running_ = false;
        ++runs_;
        elapsed_ += seconds() - began_;
        processor_ += processor_seconds() - processor_began_;
    }
    std::string report() const {
        char text[128];
        std::snprintf(text, sizeof text, "%8s %12s %12s\n%8d %12.6f %12.6f\n", "runs", "elapsed s", "processor s",
                      runs_, elapsed_, processor_);
        return text;
    }

private:
    bool running_ = false;
    int runs_ = 0;
    double began_ = 0, processor_began_ = 0, elapsed_ = 0, processor_ = 0;
};

Profile& profile() {
    static thread_local Profile mine;
    return mine;
}

constexpr Native profile_natives[] = {
    native("profile/start", "Begins to measure; nil.\n(profile/start) ;=> nil",
           [](Call) {
               profile().start();
               return Value::nil();
           }),
    native("profile/stop", "Ends what profile/start began; nil.\n(profile/stop) ;=> nil",
           [](Call) {
               profile().stop();
               return Value::nil();
           }),
    native("profile/clear", "Forgets what was measured; nil.\n(profile/clear) ;=> nil",
           [](Call) {
               profile() = Profile();
               return Value::nil();
           }),
    native("profile/report",
           "Prints a table: how many runs, seconds elapsed, seconds of the processor; nil.\n(profile/report) ;=> nil",
           [](Call call) {
               call.out().write(profile().report());
               return Value::nil();
           }),
};

} // namespace

void define_profile(Setup setup) { setup.define(profile_natives); }

} // namespace qi::stdlib

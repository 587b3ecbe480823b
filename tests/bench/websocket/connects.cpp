#include "crowd.hpp"
#include "loads.hpp"
#include "measure.hpp"

namespace qi::bench {

namespace {

class Visitor final : public Client {
public:
    Visitor(Run& run, Measure& measure, const bool& is_ending)
        : Client(run, "/echo"), measure_(measure), is_ending_(is_ending) {}

    void begin() {
        began_ = Clock::now();
        open();
    }

private:
    void opened() override { close(); }

    void ended() override {
        auto now = Clock::now();
        measure_.count(began_, now);
        if (!is_ending_) begin();
    }

    Measure& measure_;
    const bool& is_ending_;
    Clock::time_point began_;
};

} // namespace

void connects(Run& run, Report& report) {
    report_memory(run, report, "memory_before");
    Measure measure(run);
    bool is_ending = false;
    std::deque<Visitor> visitors;
    for (int i = 0; i < run.options.parallel; ++i) visitors.emplace_back(run, measure, is_ending).begin();
    measure.take([&](auto end) { run.loop.once(end); });
    is_ending = true;
    while (run.opening + run.open + run.closing > 0) run.loop.once();
    measure.report(report);
    report_memory(run, report, "memory_after");
}

} // namespace qi::bench

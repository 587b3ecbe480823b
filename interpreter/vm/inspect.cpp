// What goroutines do, for whoever watches the program.
#include "vm/scheduler.hpp"

#include "base/messages.hpp"

#include <algorithm>

namespace qi {

std::vector<GoroutineView> Scheduler::goroutines() const {
    std::vector<GoroutineView> views;
    for (const Goroutine* g : all_) {
        GoroutineView view{g->id, GoroutineView::Waits::Not, std::nullopt, {}, diagnosis_.waiting_place(*g), {}};
        if (g->status == Goroutine::Status::Parked) {
            view.waits = g->wait != nullptr                                     ? GoroutineView::Waits::Outside
                         : g->waiter.queue != nullptr || g->selecting_count > 0 ? GoroutineView::Waits::Channel
                                                                                : GoroutineView::Waits::Time;
            if (g->timer)
                view.time_left =
                    std::chrono::duration_cast<std::chrono::milliseconds>((*g->timer)->first - Clock::now());
            if (g->wait != nullptr) view.outside = g->wait->text();
        }
        if (g->started_in != nullptr)
            view.started =
                diagnosis_.place_of(g->started_in, static_cast<std::uint32_t>(g->started_at - g->started_in->words));
        views.push_back(std::move(view));
    }
    std::sort(views.begin(), views.end(), [](const GoroutineView& a, const GoroutineView& b) { return a.id < b.id; });
    return views;
}

/// Goroutines first, each with what it waits for and where; then what the outside world has to say of itself.
void Scheduler::write_dump() {
    dump_asked_.store(false, std::memory_order_relaxed);
    constexpr std::size_t most = 1000;
    const std::vector<GoroutineView> views = goroutines();
    std::string text = format(msg::dump_goroutines, {std::to_string(views.size())}) + "\n";
    for (std::size_t i = 0; i < views.size() && i < most; ++i) {
        const GoroutineView& view = views[i];
        using Waits = GoroutineView::Waits;
        std::string what(view.waits == Waits::Not       ? msg::dump_runs.text()
                         : view.waits == Waits::Channel ? msg::dump_waits_channel.text()
                         : view.waits == Waits::Time    ? msg::dump_waits_time.text()
                                                        : std::string_view(view.outside));
        if (view.time_left)
            what = format(msg::dump_with_limit,
                          {what, std::to_string(std::max<std::int64_t>(0, view.time_left->count()))});
        text += "  " + std::to_string(view.id) + "  " + what + "  " + view.place;
        if (!view.started.empty()) text += "  " + format(msg::dump_started, {view.started});
        text += '\n';
    }
    if (views.size() > most) text += "  " + format(msg::dump_more, {std::to_string(views.size() - most)}) + "\n";
    for (OutsideWorld* world : outside_) world->describe(text);
    text.pop_back();
    if (Journal* journal = diagnosis_.journal())
        journal->write({Journal::Level::Asked, "dump", msg::dump.text(), text});
    else
        diagnosis_.report(std::string(msg::dump.text()) + "\n" + text + "\n");
}

} // namespace qi

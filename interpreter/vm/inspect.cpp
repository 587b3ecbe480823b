// What goroutines do, for whoever watches the program.
#include "vm/scheduler.hpp"

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

} // namespace qi

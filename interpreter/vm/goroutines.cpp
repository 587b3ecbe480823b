// Goroutines that are ready, that wait, and the one place where the interpreter thread sleeps.
#include "vm/scheduler.hpp"

#include "base/messages.hpp"
#include "data/map.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <sys/mman.h>
#include <unistd.h>

namespace qi {

namespace {

constexpr std::size_t first_stack = 32;   // values
constexpr std::size_t pooled_stack = 256; // larger stacks aren't kept for reuse
constexpr std::size_t pool_size = 256;
constexpr std::size_t stack_step = 1024; // how far the usable part of a large stack grows at once

/// A page fault for each 4 KiB is most of the time that a recursion of millions of calls takes. The kernel may say no.
void ask_for_huge_pages(void* stack, std::size_t bytes) noexcept {
    constexpr std::size_t page = 4096, least = std::size_t{16} << 20; // eight pages of 2 MiB: little is left unused
    if (bytes < least) return;
    // From the first page on, which malloc shares: a mapping of two kinds couldn't be moved without a copy.
    const std::size_t before = reinterpret_cast<std::uintptr_t>(stack) % page;
    ::madvise(static_cast<char*>(stack) - before, bytes + before, MADV_HUGEPAGE);
}

} // namespace

Scheduler::Scheduler(Machine& machine, Store& store, Output& out, Output& err, Diagnosis& diagnosis, Current& now)
    : machine_(machine), store_(store), out_(out), err_(err), diagnosis_(diagnosis), now_(now) {
    now_.fuel = time_slice;
    heap().add_roots(this);
    heap().set_interrupt(&now_.fuel);
}

Scheduler::~Scheduler() {
    heap().remove_roots(this);
    for (const auto* list : {&all_, &graveyard_, &pool_})
        for (Goroutine* g : *list) delete g;
}

/// 1 GiB, or a quarter of the machine's memory or the heap's limit if that is less; 1 MiB where every safepoint looks
/// at the whole stack, which would take the square of its depth.
std::size_t Scheduler::most_stack_values() const noexcept {
    if (store_.heap.stress()) return (std::size_t{1} << 20) / sizeof(Value);
    static const std::size_t of_machine = [] {
        const auto memory =
            static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGE_SIZE));
        return static_cast<std::size_t>(std::min<std::uint64_t>(std::uint64_t{1} << 30, memory / 4) / sizeof(Value));
    }();
    return store_.heap.limit() == 0 ? of_machine : std::min(of_machine, store_.heap.limit() / 4 / sizeof(Value));
}

bool Scheduler::grow_stack(Goroutine& g, Value* needed_end) {
    const auto needed = static_cast<std::size_t>(needed_end - g.stack.get());
    const auto usable = static_cast<std::size_t>(g.limit - g.stack.get());
    if (needed > g.capacity) {
        const std::size_t most = most_stack_values();
        if (needed > most) {
            std::uint64_t frames = 0;
            for (const Value* base = g.base; base[-2].as_small() != 0; base -= base[-1].as_small()) ++frames;
            diagnosis_.raise(failure(kind::stack, msg::stack_overflow, {std::to_string(frames)}));
            return false;
        }
        const std::size_t capacity = std::min(most, std::max(needed + 16, g.capacity * 2));
        const std::ptrdiff_t base = g.base - g.stack.get();
        // The words may be moved as they are.
        void* moved = std::realloc(static_cast<void*>(g.stack.get()), capacity * sizeof(Value));
        if (moved == nullptr) throw std::bad_alloc();
        if (capacity > pooled_stack)
            store_.heap.adjust_outside(
                static_cast<std::ptrdiff_t>((capacity - (g.capacity > pooled_stack ? g.capacity : 0)) * sizeof(Value)));
        (void)g.stack.release();
        g.stack.reset(static_cast<Value*>(moved));
        g.capacity = capacity;
        g.base = g.stack.get() + base;
        ask_for_huge_pages(moved, capacity * sizeof(Value));
    }
    const std::size_t end =
        std::min(g.capacity, g.capacity <= stack_step ? g.capacity : std::max(needed, usable) + stack_step);
    for (std::size_t i = usable; i < end; ++i) g.stack[i] = Value::nil();
    g.limit = g.stack.get() + end;
    return true;
}

Goroutine* Scheduler::spawn(Closure* function, Channel* promise, bool discarded) {
    Goroutine* g = nullptr;
    if (!pool_.empty()) {
        g = pool_.back();
        pool_.pop_back();
    } else {
        g = new Goroutine();
        g->capacity = first_stack;
        g->stack.reset(static_cast<Value*>(std::malloc(first_stack * sizeof(Value))));
        if (g->stack == nullptr) throw std::bad_alloc();
    }
    g->id = promise == nullptr ? 0 : ++next_goroutine_; // 0: the main program
    g->limit = g->stack.get();
    g->base = g->stack.get() + 3;
    g->promise = promise;
    g->discarded = discarded;
    g->uncatchable = g->cancel_due = g->ending = g->aside = g->told_to_stop = false;
    g->held = Value::absent();
    if (promise == nullptr) g->caught = std::move(main_caught_);
    g->index = static_cast<std::uint32_t>(all_.size());
    all_.push_back(g);
    vitals.goroutines.set(all_.size());
    touch(*g);
    if (!grow_stack(*g, g->base + function->prototype->registers)) return g; // a single frame always fits
    g->base = g->stack.get() + 3;
    g->base[-3] = Value{function};
    g->base[-2] = Value::small(0);
    g->base[-1] = Value::small(0);
    g->pc = function->prototype->words;
    g->delivered = Value::nil();
    ready(g, Resume::Continue);
    return g;
}

void Scheduler::retire(Goroutine* g) {
    all_[g->index] = all_.back();
    all_[g->index]->index = g->index;
    all_.pop_back();
    vitals.goroutines.set(all_.size());
    if (g->promise == nullptr)
        main_caught_ = std::move(g->caught);
    else
        g->promise->runner = nullptr;
    g->promise = nullptr;
    g->caught.reset();
    leave_scope(*g);
    if (std::exchange(g->told_of_stop, false)) --told_;
    g->handlers.clear();
    g->suspended.clear();
    g->started_in = nullptr;
    g->started_at = nullptr;
    g->status = Goroutine::Status::Done;
    g->delivered = Value::nil();
    g->waiter.value = Value::nil();
    g->deadline.reset();
    g->note = 0;
    g->abandon = nullptr;
    // The list of those to be scanned may still name it until the next minor collection.
    graveyard_.push_back(g);
}

void Scheduler::touch(Goroutine& g) {
    if (!g.young_dirty) {
        g.young_dirty = true;
        young_dirty_.push_back(&g);
    }
    g.mark_dirty = true;
}

void Scheduler::ready(Goroutine* g, Resume resume) {
    g->status = Goroutine::Status::Ready;
    g->resume = resume;
    g->next_ready = nullptr;
    (ready_last_ != nullptr ? ready_last_->next_ready : ready_first_) = g;
    ready_last_ = g;
}

/// Takes it out of every queue that it waits in.
void Scheduler::unpark(Goroutine* g) {
    if (g->waiter.queue != nullptr) g->waiter.queue->remove(&g->waiter);
    for (std::uint32_t i = 0; i < g->selecting_count; ++i)
        if (g->selecting[i].queue != nullptr) g->selecting[i].queue->remove(&g->selecting[i]);
    g->selecting.reset();
    g->selecting_count = 0;
    if (std::exchange(g->wait, nullptr) != nullptr) --waiting_outside_;
    if (g->timer) {
        timers_.erase(*g->timer);
        g->timer.reset();
    }
}

void Scheduler::deliver(Goroutine* g, Value value) {
    unpark(g);
    g->delivered = value;
    touch(*g);
    ready(g, Resume::Deliver);
}

void Scheduler::start_timer(Goroutine& g, Clock::time_point when) {
    g.timer = timers_.emplace(when, TimerTarget{&g, nullptr});
}

Clock::time_point Scheduler::deadline_after(std::chrono::nanoseconds duration) {
    if (!now_.goroutine->deadline) now_.goroutine->deadline = Clock::now() + duration;
    return *now_.goroutine->deadline;
}

Value Scheduler::park_until(Clock::time_point deadline) {
    start_timer(*now_.goroutine, deadline);
    return Value::parked();
}

Value Scheduler::park(Wait& wait, std::optional<Clock::time_point> deadline, Abandon abandon) {
    Goroutine& g = *now_.goroutine;
    if (now_.resumption == Resume::Continue) last_try_ = false; // a new wait: there was something to do meanwhile
    g.waiter.goroutine = &g;
    g.waiter.value = Value::nil();
    wait.queue.push(&g.waiter);
    g.wait = &wait;
    ++waiting_outside_;
    g.abandon = abandon;
    g.waited_number = wait.number;
    if (deadline) start_timer(g, *deadline);
    return Value::parked();
}

void Scheduler::wake_all(Wait& wait) {
    while (!wait.queue.empty()) wake_one(wait);
}

void Scheduler::wake_one(Wait& wait) {
    if (wait.queue.empty()) return;
    Goroutine* g = wait.queue.first->goroutine;
    unpark(g);
    ready(g, Resume::Retry);
}

void Scheduler::fire_timers() {
    const auto now = Clock::now();
    if (!timers_.empty() && timers_.begin()->first <= now)
        diagnosis_.report(""); // what was written shows, however short the wait
    while (!timers_.empty() && timers_.begin()->first <= now) {
        const TimerTarget target = timers_.begin()->second;
        if (target.goroutine != nullptr) {
            unpark(target.goroutine); // erases the timer
            ready(target.goroutine, Resume::TimedOut);
        } else {
            timers_.erase(timers_.begin());
            // Unless the program has put something in or closed it itself.
            if (!target.channel->closed() && target.channel->count == 0) send(target.channel, Value::nil());
            close(target.channel);
        }
    }
}

bool Scheduler::safepoint(Goroutine& g) {
    refuel();
    end_if_over();
    pass_on();
    if (sampler_ != nullptr) [[unlikely]]
        sampler_->look(g);
    if (heap().wants_collection() || heap().stress()) {
        touch(g);
        heap().collect();
        touch(g); // it goes on, and makes young values again
    }
    if (heap().take_full()) [[unlikely]] {
        diagnosis_.raise_heap_is_full();
        return false;
    }
    // The program is what is interrupted, not whichever goroutine happens to run: the others only make way.
    if (interrupted_.load(std::memory_order_relaxed)) {
        if (g.promise != nullptr || g.told_to_stop) return true;
        if (!g.aside) interrupted_.store(false);
        throw_interrupt();
        return false;
    }
    if (g.aside && is_to_stop(g)) [[unlikely]] {
        throw_interrupt();
        return false;
    }
    if (stop_asked_.load(std::memory_order_relaxed) && !main_interrupted_) [[unlikely]]
        return true;
    return ready_first_ != nullptr || wakes.pending() || (!timers_.empty() && timers_.begin()->first <= Clock::now());
}

void Scheduler::pass_on() {
    for (OutsideWorld* world : outside_) world->pass_on();
}

void Scheduler::retry_external() {
    for (const auto& [channel, view] : views_) look_again(channel);
    for (const Goroutine* g : all_)
        if (g->wait != nullptr) wake_all(*g->wait);
}

/// Sleeps until something can run. False: nothing ever will.
bool Scheduler::wait_for_work() {
    diagnosis_.report("");
    pass_on();
    bool outside = false;
    const Goroutine* const last = ready_last_;
    for (OutsideWorld* world : outside_) outside = outside || world->could_wake();
    pass_on();                            // to answer, it may have found something to do
    if (ready_last_ != last) return true; // or taken in what somebody waited for
    const bool somebody_waits = waiting_outside_ > 0 || views_are_watched();
    if (timers_.empty() && !(outside && somebody_waits)) {
        // Asking the outside world may itself have brought what somebody waits for: all try once more before this
        // is called a deadlock.
        if (!somebody_waits || last_try_) return false;
        last_try_ = true;
        retry_external();
        return true;
    }
    last_try_ = false;
    std::optional<Clock::time_point> deadline;
    if (!timers_.empty()) deadline = timers_.begin()->first;
    if (stop_asked_.load(std::memory_order_relaxed) && !main_interrupted_) {
        constexpr std::chrono::milliseconds look_at_stop{10};
        const auto look = Clock::now() + look_at_stop;
        if (!deadline || look < *deadline) deadline = look;
    }
    // Half of the heap's empty blocks go back for each second of rest.
    if (heap().has_spare()) {
        const auto rested = Clock::now() + std::chrono::seconds(1);
        if (!deadline || rested < *deadline) {
            wakes.wait(rested);
            if (!wakes.pending()) heap().rest();
            return true;
        }
    }
    wakes.wait(deadline);
    return true;
}

Value Scheduler::report_deadlock(const Run& run) {
    if (run.alone)
        return diagnosis_.make_error(kind::deadlock,
                                     format(msg::macro_deadlock, {diagnosis_.waiting_place(*run.until)}));
    std::string text(msg::deadlock.text());
    constexpr std::size_t shown = 20;
    for (std::size_t i = 0; i < all_.size() && i < shown; ++i)
        text += "\n" + (all_[i]->id == 0
                            ? format(msg::main_waits_in, {diagnosis_.waiting_place(*all_[i])})
                            : format(msg::waits_in, {std::to_string(all_[i]->id), diagnosis_.waiting_place(*all_[i])}));
    if (all_.size() > shown) text += "\n" + format(msg::more_waiting, {std::to_string(all_.size() - shown)});
    return diagnosis_.make_error(kind::deadlock, text);
}

void Scheduler::finish(Goroutine& g, bool failed, Value value) {
    if (g.promise == nullptr) return;
    Channel* promise = g.promise;
    std::string told;
    if (g.scope != nullptr && g.scope->cancelled()) {
        value = Value::nil();
    } else if (failed && !g.uncatchable && stop_ && is_map(value) &&
               map_get(value, diagnosis_.kind_key()) == store_.keyword(kind::closed.name)) {
        promise->flags |= Channel::Failed; // as every connection is by now: that is nothing to be told
    } else if (failed && !g.uncatchable) {
        if (g.discarded) {
            report_quietly(value, msg::goroutine_failed, "goroutine-failed");
        } else {
            promise->flags |= Channel::Failed;
            told = diagnosis_.describe_error(value);
            diagnosis_.remember_origin(value, told);
        }
    }
    // Whoever awaits it gets it; it stays there for later ones.
    promise->inline_value = value;
    promise->count = 1;
    heap().wrote(promise, value);
    // Who selects it hasn't seen it yet, and may not look.
    if (!told.empty() && promise->receivers.empty() && (promise->flags & Channel::Overlooked) == 0)
        diagnosis_.note_unseen(promise, told);
    while (!promise->receivers.empty()) {
        Goroutine* receiver = promise->receivers.first->goroutine;
        if (!told.empty()) receiver->caught = std::make_unique<Caught>(Caught{value, {}, told});
        deliver(receiver, value);
    }
    wake_selectors(promise);
}

// --- Roots

namespace {

void trace_caught(Caught& caught, Tracer& tracer) {
    tracer.visit(caught.error);
    for (TraceFrame& frame : caught.trace.frames) tracer.visit(frame.prototype);
    tracer.visit(caught.trace.started_in);
}

} // namespace

void Scheduler::trace_goroutine(Goroutine& g, Tracer& tracer) {
    if (g.status == Goroutine::Status::Done) return;
    Value* const stack = g.stack.get();
    // The closure first: it may have moved already, and then its old place no longer tells its prototype.
    tracer.visit(g.base[-3]);
    const Value* top = g.base + frame_closure(g.base)->prototype->registers;
    const auto live = static_cast<std::size_t>(top - stack);
    tracer.visit(stack, live);
    tracer.visit(g.waiter.value);
    tracer.visit(g.delivered);
    tracer.visit(g.held);
    tracer.visit(g.promise);
    tracer.visit(g.started_in);
    tracer.visit(g.scope);
    if (g.caught != nullptr) trace_caught(*g.caught, tracer);
    for (Suspended& suspended : g.suspended) {
        for (TraceFrame& frame : suspended.trace.frames) tracer.visit(frame.prototype);
        tracer.visit(suspended.trace.started_in);
    }
}

void Scheduler::trace_young(Tracer& tracer) {
    for (Goroutine* g : young_dirty_) {
        g->young_dirty = false;
        if (g->status == Goroutine::Status::Done) continue;
        trace_goroutine(*g, tracer);
        // What stands above the top frame is stale: forgotten, so that a later frame there finds no dead pointers.
        Value* const top = g->base + frame_closure(g->base)->prototype->registers;
        for (Value* v = top; v < g->limit; ++v) *v = Value::nil();
        if (g->capacity > stack_step)
            g->limit = std::min(g->limit, std::max(top, std::min(g->stack.get() + g->capacity, top + stack_step)));
    }
    young_dirty_.clear();
    tracer.visit(at_end_.data(), at_end_.size());
    if (main_caught_ != nullptr) trace_caught(*main_caught_, tracer);
}

void Scheduler::trace_all(Tracer& tracer) {
    trace_changed(tracer);
    for (Goroutine* g : all_) {
        g->mark_dirty = false;
        trace_goroutine(*g, tracer);
    }
}

void Scheduler::trace_changed(Tracer& tracer) {
    for (Goroutine* g : all_) {
        if (!g->mark_dirty) continue;
        g->mark_dirty = false;
        trace_goroutine(*g, tracer);
    }
    tracer.visit(at_end_.data(), at_end_.size());
    if (main_caught_ != nullptr) trace_caught(*main_caught_, tracer);
    for (const auto& [channel, view] : views_) {
        Channel* open = channel; // which never moves
        tracer.visit(open);
    }
}

void Scheduler::after_mark(Heap& heap) {
    // A goroutine that waits in a channel holds it: nobody would ever learn that these timers fired.
    std::erase_if(timers_, [&](const auto& timer) {
        return timer.second.channel != nullptr && !heap.is_live(timer.second.channel);
    });
}

void Scheduler::after_minor(Heap&) {
    for (Goroutine* g : graveyard_) {
        if (g->capacity > pooled_stack)
            store_.heap.adjust_outside(-static_cast<std::ptrdiff_t>(g->capacity * sizeof(Value)));
        if (pool_.size() < pool_size && g->capacity <= pooled_stack)
            pool_.push_back(g);
        else
            delete g;
    }
    graveyard_.clear();
}

} // namespace qi

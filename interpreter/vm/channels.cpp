// Channels: values handed from one goroutine to another, and waiting for several at once.
#include "base/messages.hpp"
#include "data/type_name.hpp"
#include "vm/scheduler.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace qi {

namespace {

void push(Heap& heap, Channel* channel, Value value) {
    if (channel->ring_size == 0 && channel->count == 0) {
        channel->inline_value = value;
        channel->count = 1;
        heap.wrote(channel, value);
        return;
    }
    if (channel->count >= channel->ring_size) {
        const std::uint32_t size = channel->ring_size == 0 ? 8 : channel->ring_size * 2;
        auto* ring = static_cast<Value*>(std::malloc(size * sizeof(Value)));
        if (ring == nullptr) throw std::bad_alloc();
        for (std::uint32_t i = 0; i < channel->count; ++i)
            ring[i] = channel->ring_size == 0 ? channel->inline_value
                                              : channel->ring[(channel->head + i) & (channel->ring_size - 1)];
        std::free(channel->ring);
        heap.adjust_external(channel, static_cast<std::ptrdiff_t>((size - channel->ring_size) * sizeof(Value)));
        channel->ring = ring;
        channel->ring_size = size;
        channel->head = 0;
        channel->inline_value = Value::nil();
    }
    channel->ring[(channel->head + channel->count++) & (channel->ring_size - 1)] = value;
    heap.wrote(channel, value);
}

Value pop(Channel* channel) {
    --channel->count;
    if (channel->ring_size == 0) {
        const Value value = channel->inline_value;
        channel->inline_value = Value::nil();
        return value;
    }
    const Value value = channel->ring[channel->head];
    channel->ring[channel->head] = Value::nil();
    channel->head = (channel->head + 1) & (channel->ring_size - 1);
    return value;
}

} // namespace

Channel* Scheduler::make_channel(std::uint32_t capacity) {
    auto* channel = heap().make_fixed<Channel>(ObjectKind::Channel);
    channel->capacity = capacity;
    channel->count = channel->head = channel->ring_size = 0;
    channel->ring = nullptr;
    channel->inline_value = Value::nil();
    channel->runner = nullptr;
    channel->receivers = channel->senders = channel->selectors = WaitQueue{};
    heap().owns(channel);
    return channel;
}

void Scheduler::wake_selectors(Channel* channel) {
    while (!channel->selectors.empty()) {
        Goroutine* g = channel->selectors.first->goroutine;
        unpark(g);
        ready(g, Resume::Retry);
    }
}

Value Scheduler::send(Channel* channel, Value value) {
    if (channel->closed() || (channel->flags & (Channel::Promise | Channel::View)) != 0)
        return diagnosis_.raise(failure_at(0, kind::closed, msg::channel_closed));
    if (!channel->receivers.empty()) {
        deliver(channel->receivers.first->goroutine, value);
        return value;
    }
    if (channel->count < channel->capacity) {
        push(heap(), channel, value);
        wake_selectors(channel);
        return value;
    }
    Goroutine& g = *now_.goroutine;
    g.waiter.goroutine = &g;
    g.waiter.value = value;
    channel->senders.push(&g.waiter);
    wake_selectors(channel);
    return Value::parked();
}

Value Scheduler::try_receive(Channel* channel) {
    if ((channel->flags & Channel::Promise) != 0) {
        if (channel->count == 0) return Value::absent();
        if ((channel->flags & Channel::Failed) != 0) {
            if (auto unseen = diagnosis_.take_unseen(channel))
                now_.goroutine->caught =
                    std::make_unique<Caught>(Caught{channel->inline_value, {}, std::move(*unseen)});
        }
        return channel->inline_value;
    }
    if (channel->count == 0 && (channel->flags & Channel::View) != 0) refill(channel);
    if (channel->count > 0) {
        const Value value = pop(channel);
        if (!channel->senders.empty()) {
            Goroutine* sender = channel->senders.first->goroutine;
            const Value next = sender->waiter.value;
            push(heap(), channel, next);
            deliver(sender, next);
        }
        return value;
    }
    if (!channel->senders.empty()) {
        Goroutine* sender = channel->senders.first->goroutine;
        const Value value = sender->waiter.value;
        deliver(sender, value);
        return value;
    }
    return Value::absent();
}

Value Scheduler::receive(Channel* channel, std::optional<Clock::time_point> deadline, Value otherwise) {
    const Value value = try_receive(channel);
    if (!value.is_absent()) return value;
    if (channel->closed()) {
        if (!otherwise.is_absent()) return otherwise;
        return diagnosis_.raise(failure_at(0, kind::closed, msg::channel_closed));
    }
    if (now_.resumption == Resume::TimedOut) return Value::nil();
    Goroutine& g = *now_.goroutine;
    g.waiter.goroutine = &g;
    g.waiter.value = Value::nil();
    channel->receivers.push(&g.waiter);
    if (deadline) start_timer(g, *deadline);
    return Value::parked();
}

void Scheduler::close(Channel* channel) {
    if (channel->closed()) return;
    channel->flags |= Channel::Closed;
    if (const auto view = views_.find(channel); view != views_.end()) {
        view->second.source->closed(view->second.number);
        views_.erase(view);
    }
    for (WaitQueue* queue : {&channel->receivers, &channel->senders}) {
        while (!queue->empty()) {
            Goroutine* g = queue->first->goroutine;
            unpark(g);
            ready(g, Resume::Retry);
        }
    }
    wake_selectors(channel);
}

Channel* Scheduler::timeout_channel(Clock::time_point when) {
    Channel* channel = make_channel(1);
    timers_.emplace(when, TimerTarget{nullptr, channel});
    return channel;
}

Channel* Scheduler::make_view(ChannelSource& source, std::int64_t number) {
    Channel* channel = make_channel(0);
    channel->flags |= Channel::View;
    views_.emplace(channel, View{&source, number});
    return channel;
}

/// Takes one value for whoever looks, after those who have waited longer got theirs.
void Scheduler::refill(Channel* channel) {
    const auto found = views_.find(channel);
    if (found == views_.end()) return;
    const View view = found->second; // to take the last value may close the channel
    for (;;) {
        bool last = false;
        const Value value = view.source->next(view.number, last);
        const bool for_others = !value.is_absent() && !channel->receivers.empty();
        if (for_others)
            deliver(channel->receivers.first->goroutine, value);
        else if (!value.is_absent())
            push(heap(), channel, value);
        if (last) return close(channel);
        if (!for_others) return;
    }
}

void Scheduler::look_again(Channel* channel) {
    while (!channel->receivers.empty()) {
        Goroutine* g = channel->receivers.first->goroutine;
        unpark(g);
        ready(g, Resume::Retry);
    }
    wake_selectors(channel);
}

bool Scheduler::views_are_watched() const noexcept {
    return std::any_of(views_.begin(), views_.end(), [](const auto& entry) {
        return !entry.first->receivers.empty() || !entry.first->selectors.empty();
    });
}

int Scheduler::select(Goroutine& g, Value* channels, unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
        if (channels[i].is(ObjectKind::Channel)) continue;
        diagnosis_.raise(failure_of("go/select", -1, kind::type, msg::argument_type,
                                    {msg::type_channel.text(), describe_value(store_, channels[i])}));
        return -1;
    }
    for (unsigned i = 0; i < count; ++i)
        if (is_ready(static_cast<Channel*>(channels[i].object()))) return static_cast<int>(i);
    // To ask the source of a view may have ended one that was asked before: nothing would ever wake those in it.
    for (unsigned i = 0; i < count; ++i)
        if (static_cast<Channel*>(channels[i].object())->ready()) return static_cast<int>(i);
    g.selecting = std::make_unique<Waiter[]>(count);
    g.selecting_count = count;
    for (unsigned i = 0; i < count; ++i) {
        g.selecting[i].goroutine = &g;
        static_cast<Channel*>(channels[i].object())->selectors.push(&g.selecting[i]);
    }
    return -2;
}

} // namespace qi

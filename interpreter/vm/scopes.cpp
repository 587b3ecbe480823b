// Scopes, and how goroutines are cancelled: alone or with all of their scope, where they wait or when they next look.
#include "base/messages.hpp"
#include "vm/scheduler.hpp"

#include <optional>
#include <utility>

namespace qi {

Scope* Scheduler::make_scope() {
    auto* scope = heap().make_fixed<Scope>(ObjectKind::Scope);
    scope->first = nullptr;
    return scope;
}

Value Scheduler::join(Scope* scope) {
    Goroutine& g = *now_.goroutine;
    leave_scope(g);
    g.scope = scope;
    g.scope_next = scope->first;
    if (scope->first != nullptr) scope->first->scope_previous = &g;
    scope->first = &g;
    if (!scope->cancelled()) return Value::nil();
    throw_cancelled();
    return Value::thrown();
}

void Scheduler::leave_scope(Goroutine& g) noexcept {
    if (g.scope == nullptr) return;
    (g.scope_previous != nullptr ? g.scope_previous->scope_next : g.scope->first) = g.scope_next;
    if (g.scope_next != nullptr) g.scope_next->scope_previous = g.scope_previous;
    g.scope_previous = g.scope_next = nullptr;
    g.scope = nullptr;
}

void Scheduler::stop_waiting(Goroutine& g, Resume how) {
    unpark(&g);
    abandon_call(g);
    ready(&g, how);
}

/// It isn't parked any more, and the native that parked it isn't called again.
void Scheduler::abandon_call(Goroutine& g) {
    if (const Abandon abandon = std::exchange(g.abandon, nullptr)) machine_.give_up(abandon, g.waited_number, g.note);
}

void Scheduler::cancel(Scope* scope) {
    if (scope->cancelled()) return;
    scope->flags |= Scope::Cancelled;
    for (Goroutine* g = scope->first; g != nullptr; g = g->scope_next) {
        if (g->status == Goroutine::Status::Parked && !g->runs_deferred()) {
            stop_waiting(*g, Resume::Cancel);
        } else {
            g->cancel_due = true;
        }
    }
}

Value Scheduler::cancel(Channel* promise) {
    Goroutine* g = promise->runner;
    if (g == nullptr || (promise->flags & Channel::Cancelled) != 0) return Value::nil();
    promise->flags |= Channel::Cancelled;
    if (g->status != Goroutine::Status::Done && g->runs_deferred()) {
        touch(*g);
        g->held = diagnosis_.make_error(kind::cancelled, msg::cancelled.text());
        return Value::nil();
    }
    switch (g->status) {
    case Goroutine::Status::Parked: stop_waiting(*g, Resume::Cancel); return Value::nil();
    case Goroutine::Status::Ready:
        abandon_call(*g);
        g->delivered = Value::nil();
        g->resume = Resume::Cancel;
        return Value::nil();
    case Goroutine::Status::Running:
        if (g != now_.goroutine) {
            g->cancel_due = true; // it waits for a macro that runs now
            return Value::nil();
        }
        throw_cancelled();
        return Value::thrown();
    case Goroutine::Status::Done: break;
    }
    return Value::nil();
}

} // namespace qi

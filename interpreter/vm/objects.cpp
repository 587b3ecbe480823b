#include "vm/objects.hpp"

#include "data/store.hpp"
#include "data/vector.hpp"

#include <cstdlib>

namespace qi {

void WaitQueue::push(Waiter* waiter) noexcept {
    waiter->queue = this;
    waiter->previous = last;
    waiter->next = nullptr;
    (last != nullptr ? last->next : first) = waiter;
    last = waiter;
}

void WaitQueue::remove(Waiter* waiter) noexcept {
    (waiter->previous != nullptr ? waiter->previous->next : first) = waiter->next;
    (waiter->next != nullptr ? waiter->next->previous : last) = waiter->previous;
    waiter->previous = waiter->next = nullptr;
    waiter->queue = nullptr;
}

namespace {

void finalize_stream(Object* object) noexcept { delete static_cast<Stream*>(object)->source; }
std::size_t stream_external(const Object*) noexcept { return 0; }

void trace_channel(Object* object, Tracer& tracer) {
    auto* channel = static_cast<Channel*>(object);
    tracer.visit(channel->inline_value);
    for (std::uint32_t i = 0; i < channel->count && channel->ring_size != 0; ++i)
        tracer.visit(channel->ring[(channel->head + i) & (channel->ring_size - 1)]);
}

void finalize_channel(Object* object) noexcept { std::free(static_cast<Channel*>(object)->ring); }
std::size_t channel_external(const Object* object) noexcept {
    return static_cast<const Channel*>(object)->ring_size * sizeof(Value);
}

} // namespace

void add_vm_kinds(KindTable& kinds) {
    kinds[ObjectKind::Closure] = {with_pointers(items_layout<Closure>(), 1, 1)};
    kinds[ObjectKind::Native] = {fixed_layout<NativeFunction>()};
    kinds[ObjectKind::Atom] = {fixed_layout<Atom>(1, 1)};
    kinds[ObjectKind::Stream] = {fixed_layout<Stream>(1, 1), nullptr, nullptr, finalize_stream, stream_external};
    kinds[ObjectKind::Scope] = {fixed_layout<Scope>()};
    kinds[ObjectKind::Builder] = {fixed_layout<Builder>(1, 1)};
    kinds[ObjectKind::Channel] = {fixed_layout<Channel>(), nullptr, trace_channel, finalize_channel, channel_external};
}

Description describe_vm_kind(const Object* object) {
    switch (object->kind) {
    case ObjectKind::Closure: return {"function", "", Value::absent()};
    case ObjectKind::Native: {
        const std::string name(static_cast<const NativeFunction*>(object)->native->name());
        return {"native-function:" + name, "native-fn:" + name, Value::absent()};
    }
    case ObjectKind::Macro: {
        const auto* macro = static_cast<const Macro*>(object);
        return {"macro:" + std::string(as_symbol(macro->name)->text()), "", Value::absent()};
    }
    case ObjectKind::Atom: return {"atom:", "", static_cast<const Atom*>(object)->value};
    case ObjectKind::Channel: return {"channel", "", Value::absent()};
    case ObjectKind::Scope: return {"scope", "", Value::absent()};
    case ObjectKind::Stream: return {"stream", "", Value::absent()};
    case ObjectKind::Builder: return {"builder", "", Value::absent()};
    default: return {"object", "", Value::absent()};
    }
}

} // namespace qi

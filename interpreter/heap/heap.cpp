#include "heap/heap.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <new>

namespace qi {

Heap::Heap(const KindTable& kinds) : kinds_(kinds) { add_chunk(); }

Heap::~Heap() {
    for (Object* object : young_owners_) kinds_[object->kind].finalize(object);
    old_.finalize_all(kinds_);
}

void Heap::add_chunk() {
    if (!chunks_.empty()) nursery_used_ += static_cast<std::size_t>(top_ - chunks_.back().get());
    if (spare_chunks_.empty()) {
        chunks_.emplace_back(new char[nursery_bytes]);
    } else {
        chunks_.push_back(std::move(spare_chunks_.back()));
        spare_chunks_.pop_back();
    }
    top_ = chunks_.back().get();
    limit_ = top_ + nursery_bytes;
}

/// Its chunks stay for the next time, unless it was larger than it is expected to be then.
void Heap::empty_nursery() {
    if (stress_) poison();
    const std::size_t wanted = nursery_budget_ / nursery_bytes;
    for (; chunks_.size() > 1; chunks_.pop_back())
        if (spare_chunks_.size() < wanted) spare_chunks_.push_back(std::move(chunks_.back()));
    if (spare_chunks_.size() > wanted) spare_chunks_.pop_back(); // one each time
    nursery_used_ = 0;
    top_ = chunks_.front().get();
    limit_ = top_ + nursery_bytes;
}

void Heap::request_collection() noexcept {
    wants_collection_ = true;
    if (interrupt_ != nullptr && *interrupt_ > -hurry / 2) *interrupt_ -= hurry;
}

Object* Heap::allocate_slow(ObjectKind kind, std::size_t size, std::uint32_t length) {
    if (size > large_size) return allocate_old(kind, size, length);
    if (nursery_used_ + nursery_bytes >= nursery_budget_) request_collection();
    add_chunk();
    return allocate(kind, size, length);
}

Object* Heap::allocate_old(ObjectKind kind, std::size_t size, std::uint32_t length) {
    size = (size + 15) & ~std::size_t{15};
    auto* object = static_cast<Object*>(old_.allocate(size));
    *object = Object{kind, static_cast<std::uint8_t>(Object::Old | colour_), 0, length};
    if (kinds_[kind].trace != nullptr) {
        // It will be filled with values that are young, or that marking hasn't seen: look at it again.
        remember(object);
        if (marking_) mark_stack_.push_back(object);
    }
    if (over_threshold()) request_collection();
    return object;
}

void Heap::owns(Object* object) {
    const std::size_t bytes = kinds_[object->kind].external(object);
    if (object->is_old()) {
        old_.external_bytes += bytes;
        if (over_threshold()) request_collection();
        return;
    }
    young_owners_.push_back(object);
    external_young_ += bytes;
    // Off-heap bytes hang on short-lived objects (messages) more often than not: a minor collection frees them.
    if (external_young_ > 8 * nursery_bytes) request_collection();
}

void Heap::remove_roots(Roots* roots) noexcept {
    roots_.erase(std::remove(roots_.begin(), roots_.end(), roots), roots_.end());
}

void Tracer::visit(Value& value) {
    ++heap_.visited_;
    if (!value.is_object()) return;
    Object* object = value.object();
    if (heap_.phase_ == Heap::Phase::Minor) {
        if (object->is_old()) return;
        value =
            value.moved_to((object->space & Object::Forwarded) != 0 ? Heap::forwarding(object) : heap_.promote(object));
    } else if (object->is_old() && !heap_.is_marked(object)) {
        heap_.shade(object);
    }
}

Object* Heap::promote(Object* young) {
    const KindTraits& traits = kinds_[young->kind];
    const std::size_t size = (traits.size(young) + 15) & ~std::size_t{15};
    auto* old = static_cast<Object*>(old_.allocate(size));
    std::memcpy(static_cast<void*>(old), young, size);
    old->space = static_cast<std::uint8_t>(Object::Old | colour_);
    young->space |= Object::Forwarded;
    *reinterpret_cast<Object**>(young + 1) = old;
    if (traits.trace != nullptr) promoted_.push_back(old);
    promoted_bytes_ += size;
    return old;
}

void Heap::minor() {
    phase_ = Phase::Minor;
    promoted_bytes_ = 0;
    Tracer tracer(*this);
    visited_ = 0;
    for (Roots* roots : roots_) roots->trace_young(tracer);
    // Deep stacks are looked at as a whole each time, so they buy a larger nursery: the cost for each
    // allocated byte stays constant.
    nursery_budget_ = std::clamp(visited_ * 2 * sizeof(Value), nursery_bytes, largest_nursery);
    for (std::size_t i = 0; i < remembered_.size(); ++i) {
        Object* owner = remembered_[i];
        owner->space &= static_cast<std::uint8_t>(~Object::Remembered);
        kinds_[owner->kind].trace(owner, tracer);
    }
    remembered_.clear();
    while (!promoted_.empty()) {
        Object* object = promoted_.back();
        promoted_.pop_back();
        kinds_[object->kind].trace(object, tracer);
        // Marking hasn't seen what it points at among the old ones.
        if (marking_) mark_stack_.push_back(object);
    }
    // A young object with memory of its own either moved, and takes it along, or gives it back.
    for (Object* object : young_owners_) {
        if ((object->space & Object::Forwarded) != 0)
            old_.external_bytes += kinds_[object->kind].external(forwarding(object));
        else
            kinds_[object->kind].finalize(object);
    }
    young_owners_.clear();
    external_young_ = 0;
    for (Roots* roots : roots_) roots->after_minor(*this);
    phase_ = Phase::Idle;
    empty_nursery();
    ++statistics_.minor;
}

void Heap::poison() {
    for (const auto& chunk : chunks_) std::memset(chunk.get(), 0xDB, nursery_bytes);
}

void Heap::start_marking() {
    while (!old_.sweep(1024)) {
    }
    colour_ = colour_ == Object::MarkA ? Object::MarkB : Object::MarkA;
    marking_ = true;
    phase_ = Phase::Mark;
    Tracer tracer(*this);
    for (Roots* roots : roots_) roots->trace_all(tracer);
    phase_ = Phase::Idle;
}

/// Follows references until about `budget` bytes were looked at; true when there are none left.
bool Heap::mark_slice(std::size_t budget) {
    phase_ = Phase::Mark;
    Tracer tracer(*this);
    std::size_t done = 0;
    while (!mark_stack_.empty() && done < budget) {
        Object* object = mark_stack_.back();
        mark_stack_.pop_back();
        const KindTraits& traits = kinds_[object->kind];
        done += traits.size(object);
        traits.trace(object, tracer);
    }
    phase_ = Phase::Idle;
    return mark_stack_.empty();
}

void Heap::finish_marking() {
    phase_ = Phase::Mark;
    Tracer tracer(*this);
    for (Roots* roots : roots_) roots->trace_changed(tracer);
    phase_ = Phase::Idle;
    while (!mark_slice(~std::size_t{0})) {
    }
    marking_ = false;
    for (Roots* roots : roots_) roots->after_mark(*this);
    old_.start_sweep(colour_, kinds_);
    ++statistics_.major;
}

void Heap::set_threshold() noexcept {
    threshold_ = std::max(minimum_threshold, (old_.bytes() + old_.external_bytes) / 4 * 7);
    if (limit_bytes_ != 0) threshold_ = std::min(threshold_, limit_bytes_);
}

void Heap::set_limit(std::size_t bytes) noexcept {
    limit_bytes_ = bytes;
    set_threshold();
    keep_reserve();
}

/// Room for an error, for what is written until the next safepoint, and for what survives the collection there.
void Heap::keep_reserve() noexcept {
    constexpr std::size_t size = 8 * 1024 * 1024;
    if (limit_bytes_ != 0 && reserve_ == nullptr) reserve_.reset(new (std::nothrow) char[size]);
}

void Heap::use_reserve() noexcept {
    reserve_.reset();
    request_collection();
}

void Heap::finish_sweep() { set_threshold(); }

void Heap::collect() {
    if (held_ > 0) return;
    const auto start = std::chrono::steady_clock::now();
    wants_collection_ = false;
    minor();
    keep_reserve();
    if (limit_bytes_ != 0 && all_bytes() > limit_bytes_) {
        collect_all();
        return;
    }
    full_ = false;
    if (stress_ && ++stress_count_ % 1000 == 0) {
        collect_all();
        return;
    }
    if (!marking_ && !old_.sweeping() && over_threshold()) start_marking();
    if (marking_ && mark_slice(4 * nursery_bytes + 2 * promoted_bytes_)) finish_marking();
    if (old_.sweeping() && old_.sweep(64)) finish_sweep();
    const std::chrono::duration<double, std::milli> pause = std::chrono::steady_clock::now() - start;
    statistics_.longest_pause_ms = std::max(statistics_.longest_pause_ms, pause.count());
}

void Heap::collect_all() {
    if (held_ > 0) return;
    wants_collection_ = false;
    minor();
    if (marking_) finish_marking();
    while (!old_.sweep(1024)) {
    }
    start_marking();
    finish_marking();
    while (!old_.sweep(1024)) {
    }
    finish_sweep();
    // The last of it would be collected again and again.
    full_ = limit_bytes_ != 0 && all_bytes() > limit_bytes_ - limit_bytes_ / 32;
}

Heap::Statistics Heap::statistics() const noexcept {
    Statistics now = statistics_;
    now.old_bytes = old_.bytes();
    now.external_bytes = old_.external_bytes + external_young_;
    return now;
}

} // namespace qi

#include "heap/heap.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <malloc.h>
#include <new>
#include <sys/mman.h>
#include <utility>

namespace qi {

namespace {

KindTable worked_out(KindTable kinds) {
    for (KindTraits& traits : kinds.of) traits.follows = traits.trace != nullptr || traits.layout.follows();
    return kinds;
}

/// Empties it; what was extraordinary about its size goes back to the system.
template <typename T>
void forget(std::vector<T>& vector) {
    constexpr std::size_t ordinary = 64 * 1024;
    vector.clear();
    if (vector.capacity() > ordinary) vector.shrink_to_fit();
}

/// For pushing what can't fail then.
template <typename T>
void room_for_one(std::vector<T>& vector) {
    if (vector.size() == vector.capacity()) vector.reserve(vector.size() * 2 + 16);
}

using Pointer [[gnu::may_alias]] = Object*; // of any kind

/// The cache lines of an object after its first one, as far as it's not large.
QI_INLINE void fetch_rest(const Object* object) {
    constexpr std::size_t line = 64, most = 5 * line;
    const std::size_t size = std::min<std::size_t>(most, std::size_t{object->length} * sizeof(Value) + 16);
    for (std::size_t at = line; at < size; at += line) __builtin_prefetch(reinterpret_cast<const char*>(object) + at);
}

QI_INLINE void copy_words(Object* to, const Object* from, std::size_t size) {
    if (size > 128) {
        std::memcpy(static_cast<void*>(to), from, size);
        return;
    }
    for (std::size_t at = 0; at < size; at += 16)
        std::memcpy(reinterpret_cast<char*>(to) + at, reinterpret_cast<const char*>(from) + at, 16);
}

/// Visits the references of an object whose kind has a layout.
template <typename Visitor>
QI_INLINE void follow(Object* object, const ObjectLayout& layout, Visitor& visitor) {
    auto* const words = reinterpret_cast<Pointer*>(object);
    for (std::size_t i = 0; i < layout.pointers; ++i) visitor.visit(words[layout.pointers_at + i]);
    auto* const values = reinterpret_cast<Value*>(object) + layout.values_at;
    for (std::size_t i = 0, count = layout.count(object); i < count; ++i) visitor.visit(values[i]);
}

} // namespace

/// In a minor collection. Unless young objects are scattered, an address tells whether an object is young, and the old
/// ones aren't touched.
template <bool Scattered>
class Mover {
public:
    explicit Mover(Heap& heap) noexcept : heap_(heap) {}
    void visit(Value& value) {
        if constexpr (Scattered) {
            if (value.is_object() && !value.object()->is_old()) value = value.moved_to(heap_.move(value.object()));
        } else {
            if (heap_.nursery_.contains(value)) value = value.moved_to(heap_.move(value.object()));
        }
    }
    void visit(Pointer& object) {
        if constexpr (Scattered) {
            if (object != nullptr && !object->is_old()) object = heap_.move(object);
        } else {
            if (heap_.nursery_.contains(object)) object = heap_.move(object);
        }
    }

private:
    Heap& heap_;
};

/// In a major collection. An object that is found is marked a few finds later, when it has come into the cache.
class Marker {
public:
    explicit Marker(Heap& heap) noexcept : heap_(heap) { std::fill_n(window_, window, &nowhere_); }
    void visit(const Value& value) {
        if (value.is_object()) find(value.object());
    }
    void visit(Pointer object) {
        if (object != nullptr) find(object);
    }
    /// Marks the last of them.
    void flush() {
        for (Object*& object : window_) heap_.reach(std::exchange(object, &nowhere_));
    }

private:
    static constexpr std::size_t window = 16;

    void find(Object* object) {
        __builtin_prefetch(object, 1);
        Object* const earlier = std::exchange(window_[at_], object);
        at_ = (at_ + 1) % window;
        if (heap_.is_marked(earlier)) return;
        fetch_rest(earlier);
        heap_.shade(earlier);
    }

    Heap& heap_;
    Object nowhere_{ObjectKind::Free, Object::Old | Object::MarkA | Object::MarkB, 0, 0};
    Object* window_[window];
    std::size_t at_ = 0;
};

Heap::Heap(const KindTable& kinds) : kinds_(worked_out(kinds)) {}

Heap::~Heap() {
    for (Object* object : young_owners_) kinds_[object->kind].finalize(object);
    for (const Large& large : young_large_) old_.free_large(large.object, large.size);
    old_.finalize_all(kinds_);
}

void Heap::empty_nursery() {
    if (stress_) nursery_.poison();
    nursery_.empty(nursery_budget_);
    for (const Large& large : young_large_)
        if (large.object->is_old())
            old_.keep_large(large.object, large.size);
        else
            old_.free_large(large.object, large.size);
    young_large_.clear();
    young_large_bytes_ = 0;
}

void Heap::request_collection() noexcept {
    wants_collection_ = true;
    if (interrupt_ != nullptr && *interrupt_ > -hurry / 2) *interrupt_ -= hurry;
}

Object* Heap::allocate_slow(ObjectKind kind, std::size_t size, std::uint32_t length) {
    if (size > large_size) return allocate_large(kind, size, length);
    // While marking is under way, more often: a pause is for both.
    if (nursery_.extent() >= (marking_ ? nursery_budget_ / 2 : nursery_budget_)) request_collection();
    const bool stays_young = nursery_.extent() < 4 * nursery_budget_ || held_ > 0 || short_of_memory_;
    if (stays_young && nursery_.extend()) return allocate(kind, size, length);
    // A native makes very much between two safepoints: a large collection, nearly all of which will be needed. It is
    // old at once, which saves a copy, and memory for both. Until it is filled it holds nothing, for it may be left
    // half filled.
    Object* const object = allocate_old(kind, size, length);
    std::memset(static_cast<void*>(object + 1), 0, size - sizeof(Object));
    born_old_cost_ += size + cost_of_one;
    return object;
}

Object* Heap::allocate_large(ObjectKind kind, std::size_t size, std::uint32_t length) {
    room_for_one(young_large_);
    Object* object = old_.allocate_large(size);
    young_large_.push_back({object, size});
    *object = Object{kind, Object::Stays, 0, length};
    young_large_bytes_ += size;
    // A minor collection frees those that nothing refers to any more.
    if (young_large_bytes_ > 16 * smallest_nursery || over_threshold()) request_collection();
    return object;
}

Object* Heap::allocate_old(ObjectKind kind, std::size_t size, std::uint32_t length) {
    const bool follows = kinds_[kind].follows;
    if (follows) room_for_one(remembered_);
    if (follows && marking_) room_for_one(mark_stack_);
    size = (size + 15) & ~std::size_t{15};
    auto* object = static_cast<Object*>(old_.allocate(size));
    *object = Object{kind, static_cast<std::uint8_t>(Object::Old | colour_), 0, length};
    if (follows) {
        // It will be filled with values that are young, or that marking hasn't seen: look at it again.
        remember(object);
        if (marking_) mark_stack_.push_back(object);
    }
    if (marking_) owed_ += 2 * size;
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
    if (external_young_ > 16 * smallest_nursery) request_collection();
}

void Heap::remove_roots(Roots* roots) noexcept {
    roots_.erase(std::remove(roots_.begin(), roots_.end(), roots), roots_.end());
}

void Tracer::visit(Value* values, std::size_t count) {
    constexpr std::size_t few = 32; // the stack of most goroutines, of which there may be very many
    heap_.visited_ += count;
    const auto each = [&](auto&& visitor) {
        for (std::size_t i = 0; i < count; ++i) visitor.visit(values[i]);
    };
    if (heap_.phase_ == Heap::Phase::Minor) {
        if (heap_.scattered_)
            each(Mover<true>(heap_));
        else
            each(Mover<false>(heap_));
    } else if (count > few) {
        mark_many(values, count);
    } else {
        for (std::size_t i = 0; i < count; ++i)
            if (values[i].is_object()) heap_.reach(values[i].object());
    }
}

// Apart, for what a marker needs of a frame is more than a few values are worth.
[[gnu::noinline]] void Tracer::mark_many(Value* values, std::size_t count) {
    Marker marker(heap_);
    for (std::size_t i = 0; i < count; ++i) marker.visit(values[i]);
    marker.flush();
}

Object* Heap::promote(Object* young) {
    const KindTraits& traits = kinds_[young->kind];
    const std::size_t size = (traits.size_of(young) + 15) & ~std::size_t{15};
    promoted_bytes_ += size;
    Object* old = young;
    if ((young->space & Object::Stays) == 0) {
        old = static_cast<Object*>(old_.allocate(size));
        copy_words(old, young, size);
        young->space |= Object::Forwarded;
        *reinterpret_cast<Object**>(young + 1) = old;
    }
    old->space = static_cast<std::uint8_t>(Object::Old | colour_);
    if (traits.follows) promoted_.push_back(old);
    return old;
}

template <bool Scattered>
void Heap::move_all() {
    Mover<Scattered> mover(*this);
    Tracer tracer(*this);
    const auto follow_all = [&](Object* object) {
        const KindTraits& traits = kinds_[object->kind];
        if (traits.trace == nullptr)
            follow(object, traits.layout, mover);
        else
            traits.trace(object, tracer);
    };
    // They are anywhere in the old space: their headers, then the rest of them, are fetched before their turn.
    constexpr std::size_t ahead = 8;
    const std::size_t count = remembered_.size();
    for (std::size_t i = 0; i < std::min(count, 2 * ahead); ++i) __builtin_prefetch(remembered_[i], 1);
    for (std::size_t i = 0; i < count; ++i) {
        if (i + 2 * ahead < count) __builtin_prefetch(remembered_[i + 2 * ahead], 1);
        if (i + ahead < count) fetch_rest(remembered_[i + ahead]);
        Object* owner = remembered_[i];
        owner->space &= static_cast<std::uint8_t>(~Object::Remembered);
        follow_all(owner);
    }
    forget(remembered_);
    while (!promoted_.empty()) {
        Object* object = promoted_.back();
        promoted_.pop_back();
        follow_all(object);
        // Marking hasn't seen what it points at among the old ones.
        if (!marking_) continue;
        mark_stack_.push_back(object);
        promoted_cost_ += cost_of_one;
    }
}

void Heap::minor() {
    phase_ = Phase::Minor;
    made_ += young_bytes() + born_old_cost_;
    promoted_bytes_ = 0;
    promoted_cost_ = 0;
    Tracer tracer(*this);
    visited_ = 0;
    scattered_ = !young_large_.empty();
    for (Roots* roots : roots_) roots->trace_young(tracer);
    // Deep stacks are looked at as a whole each time, so they buy a larger nursery: the cost for each
    // allocated byte stays constant.
    const std::size_t most = nursery_.capacity() - Nursery::step; // a collection comes a step after it was wanted
    nursery_budget_ = std::clamp(visited_ * 2 * sizeof(Value), smallest_nursery, std::max(most, smallest_nursery));
    scattered_ ? move_all<true>() : move_all<false>();
    // A young object with memory of its own either moved, and takes it along, or gives it back.
    const std::size_t external = old_.external_bytes;
    for (Object* object : young_owners_) {
        if (Object* now = moved(object))
            old_.external_bytes += kinds_[now->kind].external(now);
        else
            kinds_[object->kind].finalize(object);
    }
    promoted_cost_ += promoted_bytes_;
    if (marking_) owed_ += 2 * (promoted_cost_ + old_.external_bytes - external);
    young_owners_.clear();
    external_young_ = 0;
    for (Roots* roots : roots_) roots->after_minor(*this);
    phase_ = Phase::Idle;
    empty_nursery();
    keep_reserve();
    ++statistics_.minor;
}

void Heap::start_marking() {
    colour_ = colour_ == Object::MarkA ? Object::MarkB : Object::MarkA;
    marking_ = true;
    owed_ = 0;
    phase_ = Phase::Mark;
    Tracer tracer(*this);
    for (Roots* roots : roots_) roots->trace_all(tracer);
    phase_ = Phase::Idle;
}

/// Follows references until about `budget` bytes were looked at, which are subtracted from it; true when there are none
/// left.
bool Heap::mark_slice(std::size_t& budget) {
    constexpr std::size_t at_once = 2048; // values of a large object
    phase_ = Phase::Mark;
    Tracer tracer(*this);
    Marker marker(*this);
    const auto pay = [&](std::size_t bytes) { budget -= std::min(budget, bytes); };
    while (budget > 0) {
        if (partly_ != nullptr) {
            const ObjectLayout& layout = kinds_[partly_->kind].layout;
            auto* const values = reinterpret_cast<Value*>(partly_) + layout.values_at;
            const std::size_t end = std::min(layout.count(partly_), partly_at_ + at_once);
            for (; partly_at_ < end; ++partly_at_) marker.visit(values[partly_at_]);
            pay(at_once * sizeof(Value));
            if (partly_at_ >= layout.count(partly_)) partly_ = nullptr;
            continue;
        }
        if (mark_stack_.empty()) {
            marker.flush();
            if (mark_stack_.empty()) break;
        }
        Object* object = mark_stack_.back();
        mark_stack_.pop_back();
        const KindTraits& traits = kinds_[object->kind];
        if (traits.trace != nullptr) {
            pay(traits.size_of(object) + cost_of_one);
            traits.trace(object, tracer);
        } else if (traits.layout.count(object) > at_once) {
            ObjectLayout pointers = traits.layout;
            pointers.values = 0;
            pointers.value_count = 0;
            follow(object, pointers, marker);
            partly_ = object;
            partly_at_ = 0;
        } else {
            pay(traits.layout.count(object) * sizeof(Value) + cost_of_one);
            follow(object, traits.layout, marker);
        }
    }
    marker.flush();
    phase_ = Phase::Idle;
    return mark_stack_.empty() && partly_ == nullptr;
}

/// Looks again at what has changed; false if more was found there than `budget` allows. Then marking goes on.
bool Heap::finish_marking(std::size_t& budget) {
    phase_ = Phase::Mark;
    Tracer tracer(*this);
    for (Roots* roots : roots_) roots->trace_changed(tracer);
    phase_ = Phase::Idle;
    if (!mark_slice(budget)) return false;
    marking_ = false;
    forget(mark_stack_);
    for (Roots* roots : roots_) roots->after_mark(*this);
    old_.start_sweep(colour_, kinds_);
    ++statistics_.major;
    return true;
}

void Heap::set_threshold() noexcept {
    threshold_ = std::max(minimum_threshold, old_and_external() / 8 * 13);
    if (limit_bytes_ != 0) threshold_ = std::min(threshold_, limit_bytes_);
}

void Heap::set_limit(std::size_t bytes) noexcept {
    limit_bytes_ = bytes;
    set_threshold();
    keep_reserve();
}

/// Room for an error, for what is written until the next safepoint, and for what survives the collection there.
void Heap::keep_reserve() noexcept {
    short_of_memory_ = false;
    if (limit_bytes_ == 0 || reserve_ != nullptr) return;
    void* const memory =
        ::mmap(nullptr, reserve_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory != MAP_FAILED) reserve_.reset(static_cast<char*>(memory));
}

void Heap::GiveBack::operator()(char* reserve) const noexcept { ::munmap(reserve, reserve_bytes); }

void Heap::use_reserve() noexcept {
    reserve_.reset();
    short_of_memory_ = true; // the reserve is for what the nursery's next steps hold
    request_collection();
}

void Heap::collect() {
    if (held_ > 0) return;
    const auto start = std::chrono::steady_clock::now();
    wants_collection_ = all_since_rest_ = false;
    statistics_.peak_bytes = std::max(statistics_.peak_bytes, all_bytes() + nursery_.extent());
    minor();
    if (limit_bytes_ != 0 && all_bytes() > limit_bytes_) {
        major();
    } else {
        full_ = false;
        if (stress_ && ++stress_count_ % 1000 == 0)
            major();
        else
            slice();
    }
    const std::chrono::nanoseconds pause = std::chrono::steady_clock::now() - start;
    statistics_.pauses.add(static_cast<std::uint64_t>(pause.count()));
    tell_vitals();
}

void Heap::tell_vitals() const noexcept {
    if (vitals_ == nullptr) return;
    vitals_->heap_bytes.set(old_.bytes() + old_.external_bytes + external_young_);
    vitals_->minor_collections.set(statistics_.minor);
    vitals_->major_collections.set(statistics_.major);
    vitals_->paused_nanoseconds.set(statistics_.pauses.total());
    vitals_->longest_pause.set(statistics_.pauses.longest());
}

/// The next piece of a major collection, if one is under way or due.
void Heap::slice() {
    const std::size_t became_old = promoted_bytes_ + std::exchange(born_old_cost_, 0);
    if (old_.sweeping()) {
        if (old_.sweep(swept_blocks + 2 * became_old / OldSpace::block_size)) set_threshold();
        return;
    }
    if (!marking_) {
        if (!over_threshold()) return;
        start_marking();
    }
    // What became old since the last slice is to be looked at, too, and as much again, or marking wouldn't end.
    const std::size_t least = old_.bytes() < in_cache ? slice_in_cache : slice_bytes;
    std::size_t budget = least + std::min(owed_, std::max(3 * nursery_budget_, 2 * promoted_cost_));
    owed_ -= budget - least;
    // A native made very much at once. This pause is long already.
    if (became_old > nursery_budget_) budget = std::max(budget, 4 * became_old);
    if (mark_slice(budget)) finish_marking(budget);
}

// What a burst has left behind would else lie there until there is as much again. So it is looked for, once, in pieces
// that delay what comes meanwhile by no more than a collection does.
void Heap::rest() {
    if (is_unsettled()) {
        constexpr std::chrono::milliseconds most{3};
        const auto until = std::chrono::steady_clock::now() + most;
        statistics_.peak_bytes = std::max(statistics_.peak_bytes, all_bytes() + nursery_.extent());
        wants_collection_ = false;
        minor();
        // What objects had of their own goes back, once for each time that all was looked at: it may take some
        // milliseconds, and a large heap isn't looked at here.
        if (is_marked_at_rest() && settle(until)) malloc_trim(0);
        old_.rest();
    }
    old_.rest();
    nursery_.rest();
    tell_vitals();
}

/// A major collection, as far as it gets; true when it is done. What one under way has marked may have died since, so
/// that one is finished first.
bool Heap::settle(std::chrono::steady_clock::time_point until) {
    while (std::chrono::steady_clock::now() < until) {
        if (marking_ || old_.sweeping()) {
            slice();
            continue;
        }
        if (std::exchange(all_since_rest_, false)) {
            made_ = 0;
            return true;
        }
        start_marking();
        all_since_rest_ = true;
    }
    return false;
}

void Heap::collect_all() {
    if (held_ > 0) return;
    wants_collection_ = false;
    minor();
    major();
}

/// All of a major collection. What was marked by one under way may have died since, so that one is finished first.
void Heap::major() {
    const auto finish = [&] {
        while (marking_) {
            std::size_t everything = ~std::size_t{0};
            finish_marking(everything);
        }
        while (!old_.sweep(1024)) {
        }
    };
    finish();
    start_marking();
    finish();
    set_threshold();
    // The last of it would be collected again and again.
    full_ = limit_bytes_ != 0 && all_bytes() > limit_bytes_ - limit_bytes_ / 32;
}

Heap::Statistics Heap::statistics() const noexcept {
    Statistics now = statistics_;
    now.old_bytes = old_.bytes();
    now.external_bytes = old_.external_bytes + external_young_;
    now.blocks = old_.blocks();
    now.peak_bytes = std::max(now.peak_bytes, all_bytes() + nursery_.extent());
    return now;
}

} // namespace qi

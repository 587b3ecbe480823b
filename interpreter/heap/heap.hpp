// The heap: a bump-pointer nursery, whose survivors are copied once into an old space that is marked in
// slices and swept by size class. Precise, and made simple by two rules (docs/internals/heap.md): it is only
// ever asked to collect at a safepoint of the VM, where every live value is in a root; and values are
// immutable except for a few kinds, and collections that one reference leads to: who writes calls `wrote`.
// Interpreter thread only. Knows objects by their header and by the KindTable it is given.
#pragma once

#include "base/vitals.hpp"
#include "heap/kind_table.hpp"
#include "heap/nursery.hpp"
#include "heap/old_space.hpp"
#include "heap/pauses.hpp"
#include "value/value.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace qi {

class Heap;

/// Visits references of roots and of odd kinds: moves what is young in a minor collection, marks in a major one.
class Tracer {
public:
    explicit Tracer(Heap& heap) noexcept : heap_(heap) {}
    void visit(Value& value) {
        if (value.is_object()) visit(&value, 1);
    }
    template <typename T>
    void visit(T*& object) {
        if (object == nullptr) return;
        Value value{reinterpret_cast<Object*>(object)};
        visit(value);
        object = reinterpret_cast<T*>(value.object());
    }
    void visit(Value* values, std::size_t count);

private:
    void mark_many(Value* values, std::size_t count);

    Heap& heap_;
};

/// A holder of values outside the heap.
class Roots {
public:
    virtual ~Roots() = default;
    /// Roots that may hold young values, visited by every minor collection.
    virtual void trace_young(Tracer&) = 0;
    /// All roots, visited when marking starts.
    virtual void trace_all(Tracer&) = 0;
    /// Roots that changed since `trace_all`, visited before marking ends. The nursery is empty then.
    virtual void trace_changed(Tracer& tracer) { trace_all(tracer); }
    /// Weak references: forget what `heap.is_live` denies. After each minor (`heap.moved` says where young ones went)
    /// …
    virtual void after_minor(Heap&) {}
    /// … and after marking, before sweeping.
    virtual void after_mark(Heap&) {}
};

class Heap {
public:
    explicit Heap(const KindTable& kinds);
    ~Heap();
    Heap(const Heap&) = delete;
    Heap& operator=(const Heap&) = delete;

    /// A new object, header filled in, the rest uninitialised: the caller fills it before the next safepoint.
    /// Never collects; throws std::bad_alloc if the system has no memory. An object over `large_size` may be one that
    /// doesn't move; it is young all the same until a collection finds that something refers to it.
    template <typename T>
    T* make(ObjectKind kind, std::size_t size = sizeof(T), std::uint32_t length = 0) {
        return reinterpret_cast<T*>(allocate(kind, size, length));
    }
    /// The same, but at an address that never changes.
    template <typename T>
    T* make_fixed(ObjectKind kind, std::size_t size = sizeof(T), std::uint32_t length = 0) {
        return reinterpret_cast<T*>(allocate_old(kind, size, length));
    }
    /// An object that owns memory off the heap announces it, once: `finalize` of its kind will run, and the
    /// bytes that `external` reports count towards the next collection.
    void owns(Object* object);
    /// Off-heap bytes that an object gained (or lost) since.
    void adjust_external(const Object* object, std::ptrdiff_t bytes) noexcept {
        (object->is_old() ? old_.external_bytes : external_young_) += static_cast<std::size_t>(bytes);
    }

    /// To be called after a reference was written into an existing object.
    void wrote(Object* owner, Value value) {
        if (!value.is_object() || !owner->is_old()) return;
        Object* target = value.object();
        if (!target->is_old()) {
            if ((owner->space & Object::Remembered) == 0) remember(owner);
        } else if (marking_ && !is_marked(target)) {
            shade(target);
        }
    }

    /// A weakly held object is handed out again: marking, if it is under way, must see it.
    void revive(Object* object) {
        if (marking_ && object->is_old() && !is_marked(object)) shade(object);
    }

    void add_roots(Roots* roots) { roots_.push_back(roots); }
    void remove_roots(Roots* roots) noexcept;

    /// True when the VM should call `collect` at its next safepoint. `flag` is also set when this becomes true.
    bool wants_collection() const noexcept { return wants_collection_; }
    /// What is lowered by `hurry` when a collection is wanted: the VM's fuel counter, so that its next check fails.
    void set_interrupt(std::int64_t* fuel) noexcept { interrupt_ = fuel; }
    static constexpr std::int64_t hurry = std::int64_t{1} << 40;

    /// A minor collection and, while one is under way or due, a slice of a major one. Only at safepoints.
    void collect();
    /// Everything at once.
    void collect_all();
    /// While one of these lives nothing is collected: for the compiler, which holds values the heap doesn't know of
    /// while macros run.
    class Hold {
    public:
        explicit Hold(Heap& heap) noexcept : heap_(heap) { ++heap_.held_; }
        ~Hold() { --heap_.held_; }
        Hold(const Hold&) = delete;
        Hold& operator=(const Hold&) = delete;

    private:
        Heap& heap_;
    };
    /// QI_GC_STRESS: the nursery at every safepoint, the whole heap at every thousandth; poisons what moved. A
    /// goroutine's stack ends at 1 MiB then.
    void set_stress(bool on) noexcept { stress_ = on; }

    /// The heap, with what its objects own, is to stay below that many bytes; 0: no limit. Nothing here fails:
    /// `collect` tries harder, and the code that runs the program asks `take_full` after it.
    void set_limit(std::size_t bytes) noexcept;
    std::size_t limit() const noexcept { return limit_bytes_; }
    /// The system gave no more, within one call that nothing could be collected in: what is kept for that is given up
    /// until the next collection, which is to come soon.
    void use_reserve() noexcept;
    bool is_short_of_memory() const noexcept { return short_of_memory_; }
    /// Memory of its user that counts towards the limit: stacks.
    void adjust_outside(std::ptrdiff_t bytes) noexcept {
        outside_bytes_ += static_cast<std::size_t>(bytes);
        if (limit_bytes_ != 0 && all_bytes() > limit_bytes_) request_collection();
    }
    /// Collecting everything left it close to its limit: said once for each time.
    bool take_full() noexcept { return std::exchange(full_, false); }
    bool stress() const noexcept { return stress_; }

    // For weak references.
    bool is_live(const Object* object) const noexcept { return !object->is_old() || is_marked(object); }
    /// Where a young object went in the minor collection just done; null if it died.
    Object* moved(Object* object) const noexcept {
        if (object->is_old()) return object;
        return (object->space & Object::Forwarded) != 0 ? forwarding(object) : nullptr;
    }

    struct Statistics {
        std::size_t minor = 0, major = 0;
        std::size_t old_bytes = 0, external_bytes = 0;
        std::size_t blocks = 0;     // of the old space, in use
        std::size_t peak_bytes = 0; // of objects, what they own elsewhere, and what the nursery took
        Pauses pauses;              // of `collect`
    };
    Statistics statistics() const noexcept;
    /// From now on each collection tells what it has found there, too.
    void report_to(Vitals& vitals) noexcept { vitals_ = &vitals; }
    /// How often objects have moved.
    std::size_t collections() const noexcept { return statistics_.minor; }

    /// Memory is kept for what comes next, or so much was made since the last collection that one is worth it.
    bool has_spare() const noexcept { return old_.spare_bytes() != 0 || nursery_.has_surplus() || is_unsettled(); }
    /// Nothing is being done: collects, for a few milliseconds at most, and gives back half of what is kept. Only at
    /// safepoints.
    void rest();

private:
    friend class Tracer;
    template <bool Scattered>
    friend class Mover;
    friend class Marker;
    enum class Phase { Idle, Minor, Mark };

    static constexpr std::size_t large_size = OldSpace::largest_cell;
    static constexpr std::size_t minimum_threshold = 2 * 1024 * 1024;
    static constexpr std::size_t smallest_nursery = 512 * 1024;
    // Looked at by each collection while marking is under way: more of a heap that is in the cache.
    static constexpr std::size_t slice_bytes = 512 * 1024;
    static constexpr std::size_t in_cache = 16 * 1024 * 1024;
    static constexpr std::size_t slice_in_cache = 4 * 1024 * 1024;
    static constexpr std::size_t swept_blocks = 32; // by each collection
    static constexpr std::size_t cost_of_one = 32;  // bytes that marking an object counts for beyond its size
    static constexpr std::size_t reserve_bytes = 8 * 1024 * 1024;
    // At rest: what has been made since, that a collection is worth it; and the largest heap that is marked then.
    static constexpr std::size_t worth_collecting = 256 * 1024;
    static constexpr std::size_t most_at_rest = 64 * 1024 * 1024;

    struct GiveBack { // to the system, and not to malloc, which may keep it from the nursery and the blocks
        void operator()(char* reserve) const noexcept;
    };
    struct Large {
        Object* object;
        std::size_t size;
    };

    Object* allocate(ObjectKind kind, std::size_t size, std::uint32_t length) {
        size = (size + 15) & ~std::size_t{15};
        if (size > static_cast<std::size_t>(nursery_.limit - nursery_.top)) [[unlikely]]
            return allocate_slow(kind, size, length);
        auto* object = reinterpret_cast<Object*>(nursery_.top);
        nursery_.top += size;
        *object = Object{kind, 0, 0, length};
        return object;
    }
    Object* allocate_slow(ObjectKind kind, std::size_t size, std::uint32_t length);
    Object* allocate_large(ObjectKind kind, std::size_t size, std::uint32_t length);
    Object* allocate_old(ObjectKind kind, std::size_t size, std::uint32_t length);
    void request_collection() noexcept;

    static Object* forwarding(const Object* object) noexcept { return *reinterpret_cast<Object* const*>(object + 1); }
    bool is_marked(const Object* object) const noexcept { return (object->space & colour_) != 0; }
    // The bit comes after what may throw.
    void remember(Object* owner) {
        remembered_.push_back(owner);
        owner->space |= Object::Remembered;
    }
    void shade(Object* object) {
        if (kinds_[object->kind].follows) mark_stack_.push_back(object);
        object->space = static_cast<std::uint8_t>((object->space & ~(Object::MarkA | Object::MarkB)) | colour_);
    }
    /// Where a young object is now.
    Object* move(Object* young) { return (young->space & Object::Forwarded) != 0 ? forwarding(young) : promote(young); }
    void reach(Object* object) {
        if (!is_marked(object)) shade(object);
    }
    void minor();
    template <bool Scattered>
    void move_all();
    void empty_nursery();
    Object* promote(Object* young);
    void start_marking();
    bool mark_slice(std::size_t& budget);
    bool finish_marking(std::size_t& budget);
    void slice();
    bool settle(std::chrono::steady_clock::time_point until);
    void major();
    void keep_reserve() noexcept;
    void set_threshold() noexcept;
    void tell_vitals() const noexcept;
    std::size_t all_bytes() const noexcept { return old_.bytes() + old_.external_bytes + outside_bytes_; }
    std::size_t old_and_external() const noexcept { return old_.bytes() + old_.external_bytes; }
    bool over_threshold() const noexcept { return old_and_external() > threshold_; }
    std::size_t young_bytes() const noexcept { return nursery_.used() + external_young_ + young_large_bytes_; }
    bool is_marked_at_rest() const noexcept { return old_and_external() <= most_at_rest; }
    /// There may be garbage that nobody would find for as long as nothing is done. Marking all of it is worth it when
    /// an eighth of it was made since that was done last.
    bool is_unsettled() const noexcept {
        if (held_ > 0) return false;
        return young_bytes() > worth_collecting ||
               (is_marked_at_rest() && made_ > std::max(worth_collecting, old_and_external() / 8));
    }

    const KindTable kinds_;
    OldSpace old_;
    Nursery nursery_;
    std::size_t nursery_budget_ = smallest_nursery;
    std::vector<Large> young_large_;
    std::size_t young_large_bytes_ = 0;
    std::vector<Object*> remembered_;
    std::vector<Object*> promoted_;   // copied, references not yet followed
    std::vector<Object*> mark_stack_; // marked, references not yet followed
    Object* partly_ = nullptr;        // its values from `partly_at_` on haven't been followed
    std::size_t partly_at_ = 0;
    std::vector<Object*> young_owners_; // young objects with a finalizer
    std::vector<Roots*> roots_;
    std::int64_t* interrupt_ = nullptr;
    std::size_t external_young_ = 0;
    std::size_t visited_ = 0; // references looked at since the minor collection began
    std::size_t threshold_ = minimum_threshold;
    std::size_t made_ = 0;        // bytes, up to the last minor collection, since all was marked at rest
    bool all_since_rest_ = false; // the major collection under way began at rest, and nothing was done since
    std::size_t limit_bytes_ = 0;
    std::unique_ptr<char, GiveBack> reserve_; // never touched: address space that a limit of the system counts
    std::size_t outside_bytes_ = 0;
    bool full_ = false;
    std::size_t born_old_cost_ = 0;  // since the last collection: what marking those objects counts for
    std::size_t promoted_bytes_ = 0; // by the last minor collection
    std::size_t promoted_cost_ = 0;  // what marking those objects counts for, while it is under way
    std::size_t owed_ = 0;           // bytes to be looked at for what has become old while marking is under way
    std::uint64_t stress_count_ = 0;
    Phase phase_ = Phase::Idle;
    std::uint8_t colour_ = Object::MarkA;
    bool marking_ = false;
    bool scattered_ = false; // during a minor collection: not everything young is in the nursery's range
    bool wants_collection_ = false;
    bool short_of_memory_ = false; // until the next collection
    bool stress_ = false;
    int held_ = 0;
    Statistics statistics_;
    Vitals* vitals_ = nullptr;
};

} // namespace qi

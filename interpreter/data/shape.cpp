#include "data/shape.hpp"

#include "data/equality.hpp"
#include "data/hashing.hpp"
#include "data/list.hpp"
#include "data/number.hpp"
#include "data/sequence.hpp"
#include "data/string.hpp"
#include "data/symbol.hpp"

#include <cstring>

namespace qi {

namespace {

/// Whether a key may stand for the other one in a shape: equal keys can look different, as [1] and (1) do, or 0.0 and
/// -0.0. Collections that hold others may do so only for themselves.
bool interchangeable(Value a, Value b) {
    const auto alike = [](Value x, Value y) {
        if (x == y) return true;
        if (!x.is_object() || !y.is_object() || x.object()->kind != y.object()->kind) return false;
        return (is_string(x) || is_bytes(x) || is_integer(x)) && same(x, y);
    };
    if (alike(a, b)) return true;
    const bool vectors = is_vector(a) && is_vector(b) && vector_count(a) == vector_count(b);
    if (!vectors && !(is_nonempty_list(a) && is_nonempty_list(b))) return false;
    SequenceCursor left(a), right(b);
    for (Value x, y; left.next(x);)
        if (!right.next(y) || !alike(x, y)) return false;
    return !right.next(b);
}

std::uint64_t index_hash(const Shape& shape, Value key) {
    return (shape.flags & Shape::Secret) == 0 ? hash_value(key) : secret_hash(key);
}

/// Enters a key; the number of places that were taken before one was free.
std::uint32_t enter(Shape* shape, std::uint32_t k) {
    std::uint64_t i = index_hash(*shape, shape->keys()[k]) & shape->index_mask;
    std::uint32_t taken = 0;
    for (; shape->index()[i] != 0; ++taken) i = (i + 1) & shape->index_mask;
    shape->index()[i] = static_cast<std::uint8_t>(k + 1);
    return taken;
}

} // namespace

int Shape::find(Value key) const noexcept {
    if (index_mask != 0) {
        const std::uint8_t* const table = index();
        for (std::uint64_t i = index_hash(*this, key) & index_mask;; i = (i + 1) & index_mask) {
            if (table[i] == 0) return -1;
            if (same_key(keys()[table[i] - 1], key)) return table[i] - 1;
        }
    }
    for (std::uint32_t i = 0; i < length; ++i)
        if (keys()[i] == key) return static_cast<int>(i);
    if (compares_by_identity(key)) return -1;
    for (std::uint32_t i = 0; i < length; ++i)
        if (same_key(keys()[i], key)) return static_cast<int>(i);
    return -1;
}

int Shape::find_string(std::string_view text) const noexcept {
    if ((flags & Strings) == 0) return -1;
    const auto is_it = [&](std::uint32_t k) { return is_string(keys()[k]) && text_of(keys()[k]) == text; };
    if (index_mask != 0) {
        const std::uint8_t* const table = index();
        const std::uint64_t hash = (flags & Secret) == 0 ? hash_bytes(text) : secret_string_hash(text);
        for (std::uint64_t i = hash & index_mask;; i = (i + 1) & index_mask) {
            if (table[i] == 0) return -1;
            if (is_it(table[i] - 1u)) return table[i] - 1;
        }
    }
    for (std::uint32_t k = 0; k < length; ++k)
        if (is_it(k)) return static_cast<int>(k);
    return -1;
}

ShapeTable::ShapeTable(Heap& heap) : heap_(heap) {
    empty_ = make(0);
    heap_.add_roots(this);
}

ShapeTable::~ShapeTable() { heap_.remove_roots(this); }

Shape* ShapeTable::make(std::uint32_t length) {
    auto* shape = heap_.make<Shape>(ObjectKind::Shape, Shape::size_of(length), length);
    shape->id = next_id_++;
    shape->index_mask = 0;
    return shape;
}

/// Of the last key, and of the others unless that is done in the shape without it.
void ShapeTable::index_last(Shape* shape, const Shape* shorter) {
    // Half the places are free, so this many in a row are taken when somebody chose the keys.
    constexpr std::uint32_t crowded = 24;
    const std::uint32_t size = Shape::index_size(shape->length);
    if (size == 0) return;
    shape->index_mask = size - 1;
    const bool begun = Shape::index_size(shorter->length) == size;
    if (begun)
        std::memcpy(shape->index(), shorter->index(), size);
    else
        std::memset(shape->index(), 0, size);
    for (std::uint32_t k = begun ? shape->length - 1 : 0; k < shape->length; ++k) {
        if (enter(shape, k) < crowded || (shape->flags & Shape::Secret) != 0) continue;
        shape->flags |= Shape::Secret;
        std::memset(shape->index(), 0, size);
        for (std::uint32_t again = 0; again < k; ++again) enter(shape, again);
        --k;
    }
}

ShapeTable::Step& ShapeTable::step_for(const Shape* shape, std::uint32_t hash_of_key) {
    return steps_[mix(shape->id << 32 ^ hash_of_key) % steps_.size()];
}

Shape* ShapeTable::extended(Shape* shape, std::string_view key) {
    const Step& step = step_for(shape, hash_bytes(key));
    if (step.from != shape || !is_string(step.key) || text_of(step.key) != key) return nullptr;
    heap_.revive(step.to);
    return step.to;
}

Shape* ShapeTable::extended(Shape* shape, Value keyword) {
    const Step& step = step_for(shape, hash_value(keyword));
    if (step.from != shape || step.key != keyword) return nullptr;
    heap_.revive(step.to);
    return step.to;
}

Shape* ShapeTable::extend(Shape* shape, Value key) {
    Step& step = step_for(shape, hash_value(key));
    if (step.from == shape && interchangeable(step.key, key)) {
        heap_.revive(step.to);
        return step.to;
    }
    Shape* longer = make(shape->length + 1);
    std::memcpy(static_cast<void*>(longer->keys()), shape->keys(), shape->length * sizeof(Value));
    longer->keys()[shape->length] = key;
    const unsigned kind = is_string(key) ? Shape::Strings : is_keyword(key) ? Shape::Keywords : Shape::Others;
    longer->flags = static_cast<std::uint16_t>(shape->flags | kind);
    index_last(longer, shape);
    step = Step{shape, key, longer};
    return longer;
}

Shape* ShapeTable::of(std::span<const Value> keys) {
    Shape* shape = empty_;
    for (const Value key : keys) shape = extend(shape, key);
    return shape;
}

void ShapeTable::trace_young(Tracer& tracer) {
    tracer.visit(empty_);
    // Steps between small shapes outlive the nursery: nobody holds those in the middle, and maps made before and after
    // would have different shapes. Marking forgets the ones that aren't used.
    for (Step& step : steps_) {
        if (step.from == nullptr || step.to->length > kept_steps) continue;
        tracer.visit(step.from);
        tracer.visit(step.key);
        tracer.visit(step.to);
    }
}

void ShapeTable::after_minor(Heap& heap) {
    for (Step& step : steps_) {
        if (step.from == nullptr) continue;
        Object* from = heap.moved(step.from);
        Object* to = heap.moved(step.to);
        Object* key = step.key.is_object() ? heap.moved(step.key.object()) : nullptr;
        if (from == nullptr || to == nullptr || (step.key.is_object() && key == nullptr)) {
            step = Step{};
            continue;
        }
        step.from = static_cast<Shape*>(from);
        step.to = static_cast<Shape*>(to);
        if (key != nullptr) step.key = Value{key};
    }
}

void ShapeTable::after_mark(Heap& heap) {
    for (Step& step : steps_) {
        if (step.from == nullptr) continue;
        if (!heap.is_live(step.from) || !heap.is_live(step.to) ||
            (step.key.is_object() && !heap.is_live(step.key.object())))
            step = Step{};
    }
}

} // namespace qi

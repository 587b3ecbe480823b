// What the heap must know of the kinds of this floor.
#include "data/list.hpp"
#include "data/map.hpp"
#include "data/number.hpp"
#include "data/shape.hpp"
#include "data/store.hpp"
#include "data/string.hpp"
#include "data/symbol.hpp"
#include "data/vector.hpp"

#include <algorithm>

namespace qi {

namespace {

template <typename T>
std::size_t fixed_size(const Object*) noexcept {
    return sizeof(T);
}

template <typename T>
std::size_t size_by_length(const Object* object) noexcept {
    return T::size_of(object->length);
}

/// With room for more than it holds.
template <typename T>
std::size_t size_by_room(const Object* object) noexcept {
    return T::size_of(std::max<std::size_t>(object->length, object->flags));
}

std::size_t string_size(const Object* object) noexcept {
    if ((object->flags & String::External) != 0) return sizeof(String);
    return String::header_size + std::max<std::size_t>(object->length, 8);
}

std::size_t string_external(const Object* object) noexcept {
    return (object->flags & String::External) != 0 ? object->length : 0;
}

void finalize_string(Object* object) noexcept {
    using Owner = std::shared_ptr<const void>;
    if ((object->flags & String::External) != 0) static_cast<String*>(object)->external.owner.~Owner();
}

void trace_array(Object* object, Tracer& tracer) { tracer.visit(static_cast<Array*>(object)->items(), object->length); }
void trace_vector(Object* object, Tracer& tracer) {
    tracer.visit(static_cast<Vector*>(object)->items(), object->length);
}
void trace_trie_vector(Object* object, Tracer& tracer) {
    tracer.visit(static_cast<TrieVector*>(object)->root);
    tracer.visit(static_cast<TrieVector*>(object)->tail);
}
void trace_cell(Object* object, Tracer& tracer) {
    tracer.visit(static_cast<Cell*>(object)->first);
    tracer.visit(static_cast<Cell*>(object)->rest);
}
void trace_shape(Object* object, Tracer& tracer) { tracer.visit(static_cast<Shape*>(object)->keys(), object->length); }
void trace_flat_map(Object* object, Tracer& tracer) {
    tracer.visit(static_cast<FlatMap*>(object)->shape);
    tracer.visit(static_cast<FlatMap*>(object)->values(), object->length);
}
void trace_hash_map(Object* object, Tracer& tracer) { tracer.visit(static_cast<HashMap*>(object)->root); }
void trace_hash_node(Object* object, Tracer& tracer) {
    tracer.visit(static_cast<HashNode*>(object)->slots(), object->length);
}
void trace_hash_bucket(Object* object, Tracer& tracer) {
    tracer.visit(static_cast<HashBucket*>(object)->slots(), object->length);
}
void trace_set(Object* object, Tracer& tracer) { tracer.visit(static_cast<Set*>(object)->map); }

} // namespace

void add_data_kinds(KindTable& kinds) {
    kinds[ObjectKind::String] = {string_size, nullptr, finalize_string, string_external};
    kinds[ObjectKind::Bytes] = kinds[ObjectKind::String];
    kinds[ObjectKind::Symbol] = {size_by_length<Symbol>, nullptr};
    kinds[ObjectKind::Keyword] = kinds[ObjectKind::Symbol];
    kinds[ObjectKind::Integer] = {fixed_size<Integer>, nullptr};
    kinds[ObjectKind::Array] = {size_by_length<Array>, trace_array};
    kinds[ObjectKind::Vector] = {size_by_room<Vector>, trace_vector};
    kinds[ObjectKind::TrieVector] = {fixed_size<TrieVector>, trace_trie_vector};
    kinds[ObjectKind::Cell] = {fixed_size<Cell>, trace_cell};
    kinds[ObjectKind::Shape] = {size_by_length<Shape>, trace_shape};
    kinds[ObjectKind::FlatMap] = {size_by_room<FlatMap>, trace_flat_map};
    kinds[ObjectKind::HashMap] = {fixed_size<HashMap>, trace_hash_map};
    kinds[ObjectKind::HashNode] = {size_by_room<HashNode>, trace_hash_node};
    kinds[ObjectKind::HashBucket] = {size_by_length<HashBucket>, trace_hash_bucket};
    kinds[ObjectKind::Set] = {fixed_size<Set>, trace_set};
}

} // namespace qi

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

std::size_t shape_size(const Object* object) noexcept { return Shape::size_of(object->length); }

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

} // namespace

void add_data_kinds(KindTable& kinds) {
    ObjectLayout name = fixed_layout<Symbol>();
    name.item_bytes = 1;
    kinds[ObjectKind::String] = {{}, string_size, nullptr, finalize_string, string_external};
    kinds[ObjectKind::Bytes] = kinds[ObjectKind::String];
    kinds[ObjectKind::Symbol] = {name};
    kinds[ObjectKind::Keyword] = {name};
    kinds[ObjectKind::Integer] = {fixed_layout<Integer>()};
    kinds[ObjectKind::Array] = {items_layout<Array>()};
    kinds[ObjectKind::Vector] = {items_layout<Vector>(ObjectLayout::by_flags)};
    kinds[ObjectKind::TrieVector] = {with_pointers(fixed_layout<TrieVector>(), 2, 2)};
    ObjectLayout chunk = items_layout<ListChunk>();
    chunk.values_at = 1; // `rest` is one more
    chunk.values = 1;
    kinds[ObjectKind::Cell] = {fixed_layout<Cell>(1, 2)};
    kinds[ObjectKind::ChunkedList] = {with_pointers(fixed_layout<ChunkedList>(), 1, 1)};
    kinds[ObjectKind::ListChunk] = {chunk};
    kinds[ObjectKind::Shape] = {items_layout<Shape>(), shape_size};
    kinds[ObjectKind::FlatMap] = {with_pointers(items_layout<FlatMap>(ObjectLayout::by_flags), 1, 1)};
    kinds[ObjectKind::HashMap] = {with_pointers(fixed_layout<HashMap>(), 1, 1)};
    kinds[ObjectKind::HashNode] = {items_layout<HashNode>(ObjectLayout::by_flags)};
    kinds[ObjectKind::HashBucket] = {items_layout<HashBucket>()};
    kinds[ObjectKind::Set] = {fixed_layout<Set>(1, 1)};
}

} // namespace qi

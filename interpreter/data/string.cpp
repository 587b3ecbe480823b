#include "data/string.hpp"

#include "base/utf8.hpp"
#include "data/hashing.hpp"

#include <cstring>

namespace qi {

namespace {

Value make_inline(Store& store, ObjectKind kind, std::string_view bytes, std::size_t code_points) {
    auto* s = store.heap.make<String>(kind, String::header_size + std::max<std::size_t>(bytes.size(), 8),
                                      static_cast<std::uint32_t>(bytes.size()));
    s->code_points = static_cast<std::uint32_t>(code_points);
    s->hash = 0;
    if (!bytes.empty()) std::memcpy(s->inline_bytes, bytes.data(), bytes.size());
    return Value{s};
}

Value make_external(Store& store, ObjectKind kind, std::string_view bytes, std::size_t code_points,
                    std::shared_ptr<const void> owner) {
    auto* s = store.heap.make<String>(kind, sizeof(String), static_cast<std::uint32_t>(bytes.size()));
    s->flags = String::External;
    s->code_points = static_cast<std::uint32_t>(code_points);
    s->hash = 0;
    s->external.data = bytes.data();
    new (&s->external.owner) std::shared_ptr<const void>(std::move(owner));
    store.heap.owns(s);
    return Value{s};
}

Value make(Store& store, ObjectKind kind, std::string_view bytes, std::size_t code_points) {
    if (bytes.size() <= String::inline_limit) return make_inline(store, kind, bytes, code_points);
    auto owned = std::make_shared<std::string>(bytes);
    const std::string_view view = *owned;
    return make_external(store, kind, view, code_points, std::move(owned));
}

Value make(Store& store, ObjectKind kind, std::string&& bytes, std::size_t code_points) {
    if (bytes.size() <= String::inline_limit) return make_inline(store, kind, bytes, code_points);
    auto owned = std::make_shared<std::string>(std::move(bytes));
    const std::string_view view = *owned;
    return make_external(store, kind, view, code_points, std::move(owned));
}

} // namespace

std::uint32_t hash_of(const String* string) noexcept {
    if (string->hash == 0) const_cast<String*>(string)->hash = hash_bytes(string->text());
    return string->hash;
}

Value make_string(Store& store, std::string_view text) {
    return make(store, ObjectKind::String, text, utf8::count(text));
}

Value make_string(Store& store, std::string_view text, std::size_t code_points) {
    return make(store, ObjectKind::String, text, code_points);
}

Value make_string(Store& store, std::string&& text) {
    const std::size_t code_points = utf8::count(text);
    return make(store, ObjectKind::String, std::move(text), code_points);
}

Value make_shared_string(Store& store, std::string_view text, std::size_t code_points,
                         std::shared_ptr<const void> owner) {
    if (text.size() <= String::inline_limit) return make_string(store, text, code_points);
    return make_external(store, ObjectKind::String, text, code_points, std::move(owner));
}

Value make_string_from_outside(Store& store, std::string_view bytes) {
    return utf8::valid(bytes) ? make_string(store, bytes) : make_string(store, utf8::repaired(bytes));
}

Value make_bytes(Store& store, std::string_view bytes) { return make(store, ObjectKind::Bytes, bytes, bytes.size()); }

Value make_bytes(Store& store, std::string&& bytes) {
    const std::size_t size = bytes.size();
    return make(store, ObjectKind::Bytes, std::move(bytes), size);
}

Value make_shared_bytes(Store& store, std::string_view bytes, std::shared_ptr<const void> owner) {
    if (bytes.size() <= String::inline_limit) return make_bytes(store, bytes);
    return make_external(store, ObjectKind::Bytes, bytes, bytes.size(), std::move(owner));
}

std::shared_ptr<const void> owner_of(const String* string) {
    return (string->flags & String::External) != 0 ? string->external.owner : nullptr;
}

} // namespace qi

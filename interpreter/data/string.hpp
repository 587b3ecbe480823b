// Strings (UTF-8, with their length in code points) and bytes. Immutable. Small ones are inline; larger ones
// keep their bytes outside the moving heap, in memory that they share with its maker, so that a message
// is not copied on its way from the socket.
// Interpreter thread only; the shared memory itself may be touched by any thread, since it is never written.
#pragma once

#include "data/store.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <string_view>

namespace qi {

struct ExternalText {
    const char* data;
    // Moved with the object by memcpy: a shared_ptr doesn't know its own address.
    std::shared_ptr<const void> owner;
};

struct String : Object { // length: bytes
    static constexpr std::uint16_t External = 1;
    static constexpr std::size_t inline_limit = 1024;
    /// Longest string or bytes value: the length field has 32 bits.
    static constexpr std::size_t max_size = 0xFFFFFFF0u;

    std::uint32_t code_points; // of bytes values: the length
    std::uint32_t hash;        // 0: not computed
    union {
        char inline_bytes[1];
        ExternalText external;
    };

    String() = delete;
    std::string_view text() const noexcept { return {(flags & External) != 0 ? external.data : inline_bytes, length}; }
    bool is_ascii() const noexcept { return code_points == length; }
    static constexpr std::size_t header_size = 16;
};

inline bool is_string(Value v) noexcept { return v.is(ObjectKind::String); }
inline bool is_bytes(Value v) noexcept { return v.is(ObjectKind::Bytes); }
inline const String* as_string(Value v) noexcept { return static_cast<const String*>(v.object()); }
inline std::string_view text_of(Value v) noexcept { return as_string(v)->text(); }
std::uint32_t hash_of(const String* string) noexcept;

/// `text` is well-formed UTF-8, and copied.
Value make_string(Store& store, std::string_view text);
/// The same with the number of code points known.
Value make_string(Store& store, std::string_view text, std::size_t code_points);
/// Takes the text over.
Value make_string(Store& store, std::string&& text);
/// Refers to bytes that `owner` keeps alive and that never change.
Value make_shared_string(Store& store, std::string_view text, std::size_t code_points,
                         std::shared_ptr<const void> owner);
/// Bytes that came from outside (a peer, the system, a file name) as a string: what isn't UTF-8 in them becomes U+FFFD.
Value make_string_from_outside(Store& store, std::string_view bytes);
Value make_bytes(Store& store, std::string_view bytes);
Value make_bytes(Store& store, std::string&& bytes);
Value make_shared_bytes(Store& store, std::string_view bytes, std::shared_ptr<const void> owner);
/// What keeps the bytes alive if they are outside the heap, else empty.
std::shared_ptr<const void> owner_of(const String* string);

} // namespace qi

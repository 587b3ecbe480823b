// Arguments of natives: which values fit a C++ parameter type, what it becomes, how an error names what is expected.
#pragma once

#include "base/messages.hpp"
#include "data/list.hpp"
#include "data/map.hpp"
#include "data/number.hpp"
#include "data/sequence.hpp"
#include "data/string.hpp"
#include "vm/objects.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace qi {

/// A parameter type that is a value of a certain kind, with its own name.
#define QI_VALUE_PARAMETER(Name, test, message)                                                                        \
    struct Name {                                                                                                      \
        Value value;                                                                                                   \
        operator Value() const noexcept { return value; }                                                              \
    };                                                                                                                 \
    template <>                                                                                                        \
    struct Convert<Name> {                                                                                             \
        static bool accepts(Value v) noexcept { return test; }                                                         \
        static Name convert(Value v) noexcept { return Name{v}; }                                                      \
        static const Message& expected() noexcept { return message; }                                                  \
    };

template <typename T>
struct Convert;

template <>
struct Convert<Value> {
    static bool accepts(Value) noexcept { return true; }
    static Value convert(Value v) noexcept { return v; }
    static const Message& expected() noexcept { return msg::type_nil; }
};

template <>
struct Convert<std::int64_t> {
    static bool accepts(Value v) noexcept { return is_integer(v); }
    static std::int64_t convert(Value v) noexcept { return as_integer(v); }
    static const Message& expected() noexcept { return msg::type_integer; }
};

template <>
struct Convert<double> {
    static bool accepts(Value v) noexcept { return is_number(v); }
    static double convert(Value v) noexcept { return as_float(v); }
    static const Message& expected() noexcept { return msg::type_number; }
};

template <>
struct Convert<bool> {
    static bool accepts(Value v) noexcept { return v.is_boolean(); }
    static bool convert(Value v) noexcept { return v.is_truthy(); }
    static const Message& expected() noexcept { return msg::type_boolean; }
};

/// Valid until the native returns: nothing moves before.
template <>
struct Convert<std::string_view> {
    static bool accepts(Value v) noexcept { return is_string(v); }
    static std::string_view convert(Value v) noexcept { return text_of(v); }
    static const Message& expected() noexcept { return msg::type_string; }
};

template <>
struct Convert<const String*> {
    static bool accepts(Value v) noexcept { return is_string(v); }
    static const String* convert(Value v) noexcept { return as_string(v); }
    static const Message& expected() noexcept { return msg::type_string; }
};

template <>
struct Convert<Atom*> {
    static bool accepts(Value v) noexcept { return v.is(ObjectKind::Atom); }
    static Atom* convert(Value v) noexcept { return static_cast<Atom*>(v.object()); }
    static const Message& expected() noexcept { return msg::type_atom; }
};

template <>
struct Convert<Channel*> {
    static bool accepts(Value v) noexcept { return v.is(ObjectKind::Channel); }
    static Channel* convert(Value v) noexcept { return static_cast<Channel*>(v.object()); }
    static const Message& expected() noexcept { return msg::type_channel; }
};

template <>
struct Convert<Stream*> {
    static bool accepts(Value v) noexcept { return v.is(ObjectKind::Stream); }
    static Stream* convert(Value v) noexcept { return static_cast<Stream*>(v.object()); }
    static const Message& expected() noexcept { return msg::type_stream; }
};

template <>
struct Convert<Scope*> {
    static bool accepts(Value v) noexcept { return v.is(ObjectKind::Scope); }
    static Scope* convert(Value v) noexcept { return static_cast<Scope*>(v.object()); }
    static const Message& expected() noexcept { return msg::type_scope; }
};

template <>
struct Convert<Builder*> {
    static bool accepts(Value v) noexcept { return v.is(ObjectKind::Builder); }
    static Builder* convert(Value v) noexcept { return static_cast<Builder*>(v.object()); }
    static const Message& expected() noexcept { return msg::type_collection; }
};

inline bool is_function(Value v) noexcept { return v.is(ObjectKind::Closure) || v.is(ObjectKind::Native); }
/// What may be in call position.
inline bool is_callable(Value v) noexcept { return is_function(v) || is_keyword(v) || is_string(v) || is_set(v); }
inline bool is_collection(Value v) noexcept { return is_sequential(v) || is_map(v) || is_set(v); }
/// What the sequence functions take: collections, strings, nil.
inline bool is_seqable(Value v) noexcept { return is_collection(v) || is_string(v) || v.is_nil(); }

QI_VALUE_PARAMETER(Number, is_number(v), msg::type_number)
QI_VALUE_PARAMETER(Sequence, is_sequential(v), msg::type_sequence)
QI_VALUE_PARAMETER(Seqable, is_seqable(v), msg::type_collection)
QI_VALUE_PARAMETER(Map, is_map(v), msg::type_map)
QI_VALUE_PARAMETER(MapOrNil, is_map(v) || v.is_nil(), msg::type_map)
QI_VALUE_PARAMETER(Associative, is_map(v) || is_vector(v) || v.is_nil(), msg::type_map)
QI_VALUE_PARAMETER(Callable, is_callable(v), msg::type_function)
QI_VALUE_PARAMETER(StringValue, is_string(v), msg::type_string)
QI_VALUE_PARAMETER(TextOrBytes, is_string(v) || is_bytes(v), msg::type_text_or_bytes)
QI_VALUE_PARAMETER(BytesValue, is_bytes(v), msg::type_bytes)
QI_VALUE_PARAMETER(VectorValue, is_vector(v), msg::type_vector)

} // namespace qi

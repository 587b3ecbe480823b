#include "data/type_name.hpp"

#include "base/messages.hpp"
#include "data/number.hpp"
#include "data/print.hpp"

namespace qi {

const Message& type_message(Value v) noexcept {
    if (v.is_nil()) return msg::type_nil;
    if (v.is_boolean()) return msg::type_boolean;
    if (v.is_double()) return msg::type_float;
    if (is_integer(v)) return msg::type_integer;
    if (v.is_empty_list()) return msg::type_list;
    if (!v.is_object()) return msg::type_nil;
    switch (v.object()->kind) {
    case ObjectKind::String: return msg::type_string;
    case ObjectKind::Bytes: return msg::type_bytes;
    case ObjectKind::Symbol: return msg::type_symbol;
    case ObjectKind::Keyword: return msg::type_keyword;
    case ObjectKind::Vector:
    case ObjectKind::TrieVector: return msg::type_vector;
    case ObjectKind::Cell:
    case ObjectKind::ChunkedList: return msg::type_list;
    case ObjectKind::FlatMap:
    case ObjectKind::HashMap: return msg::type_map;
    case ObjectKind::Set: return msg::type_set;
    case ObjectKind::Atom: return msg::type_atom;
    case ObjectKind::Channel: return msg::type_channel;
    case ObjectKind::Macro: return msg::type_macro;
    case ObjectKind::Scope: return msg::type_scope;
    case ObjectKind::Stream: return msg::type_stream;
    default: return msg::type_function;
    }
}

std::string_view type_name(Value value) noexcept { return type_message(value).english; }

std::string describe_value(const Store& store, Value value) {
    const Message& type = type_message(value);
    if (&type == &msg::type_nil) return std::string(type.text());
    return format(msg::the_value, {type.text(), shortened(store, value, 40)});
}

} // namespace qi

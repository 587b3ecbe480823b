// How messages name kinds of values.
#pragma once

#include "base/message.hpp"
#include "data/store.hpp"

#include <string>

namespace qi {

const Message& type_message(Value value) noexcept;
/// The name in English, as `(type x)` gives it.
std::string_view type_name(Value value) noexcept;
/// "the integer 42"; for nil and collections without repeating what the value shows anyway.
std::string describe_value(const Store& store, Value value);

} // namespace qi

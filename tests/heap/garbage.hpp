// Garbage that is born old.
#pragma once

#include "data/vector.hpp"

#include <algorithm>

namespace qi::tests {

/// An array that nobody holds. Filled, as every object must be before the next collection.
inline void drop_array(Store& store, std::size_t count) {
    Array* array = make_array(store, count);
    std::fill_n(array->items(), count, Value::nil());
}

} // namespace qi::tests

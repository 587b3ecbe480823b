// Random values with a fixed seed. For tests.
#pragma once

#include "data/store.hpp"

#include <random>

namespace qi::tests {

/// Any value that prints so that it reads back, at most `depth` collections deep.
Value random_value(Store& store, std::mt19937_64& random, int depth);
std::string random_text(std::mt19937_64& random);

} // namespace qi::tests

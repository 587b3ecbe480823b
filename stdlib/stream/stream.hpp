// stream/: items that are made when they are taken. All but the two primitives is in stream.qi.
#pragma once

#include "native/native.hpp"

#include <memory>

namespace qi::stdlib {

/// A stream of what the function gives, or the source.
Value make_stream(Call call, Value pull);
Value make_stream(Call call, std::unique_ptr<StreamSource> source);

} // namespace qi::stdlib

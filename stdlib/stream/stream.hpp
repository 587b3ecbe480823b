// stream/: items that are made when they are taken. All but the two primitives is in stream.qi.
#pragma once

#include "native/native.hpp"

#include <memory>

namespace qi::stdlib {

/// Items that come from outside: a file.
class ItemSource : public StreamSource {
public:
    /// The next item; absent at the end; or what a native returns that fails.
    virtual Value next(Call call) = 0;
};

/// A stream of what the function gives, or the source.
Value make_stream(Call call, Value pull);
Value make_stream(Call call, std::unique_ptr<ItemSource> source);

} // namespace qi::stdlib

#include "ws/transport/assembler.hpp"

#include "base/utf8.hpp"

#include <new>

namespace qi::ws {

Assembler::Outcome Assembler::add(std::string_view bytes, bool last, MessageType type, BufferSlab& slab) {
    const auto fail = [this](Fault fault) {
        within_ = false;
        builder_.clear();
        return Outcome{fault};
    };
    if (!within_) {
        type_ = type;
        within_ = true;
    }
    if (bytes.size() > read_limit_ || builder_.size() > read_limit_ - bytes.size()) return fail(Fault::TooBig);
    if (!last || builder_.size() > 0) {
        if (!builder_.append(bytes, read_limit_)) return fail(Fault::OutOfMemory);
        if (!last) return More{};
        bytes = builder_.view();
    }
    if (type_ == MessageType::Text && !utf8::valid(bytes)) return fail(Fault::NotUtf8);
    within_ = false;
    if (builder_.size() > 0) return Whole{type_, builder_.take()};
    try {
        return Whole{type_, slab.copy(bytes)};
    } catch (const std::bad_alloc&) {
        return fail(Fault::OutOfMemory);
    }
}

} // namespace qi::ws

#include "ws/transport/assembler.hpp"

#include "base/utf8.hpp"

#include <new>

namespace qi::ws {

namespace {

// An inflated message up to here is copied into a shared block rather than keep one of its own.
constexpr std::size_t largest_shared = 4096;

} // namespace

Assembler::Outcome Assembler::add(std::string_view bytes, bool last, MessageType type, BufferSlab& slab, bool compressed) {
    const auto fail = [this](Fault fault) {
        within_ = false;
        builder_.clear();
        return Outcome{fault};
    };
    if (!within_) {
        type_ = type;
        compressed_ = compressed;
        within_ = true;
    }
    if (compressed_) {
        if (inflater_ == nullptr) inflater_ = std::make_unique<Inflater>();
        switch (inflater_->add(bytes, last, peer_takeover_, builder_, read_limit_)) {
        case Inflater::Outcome::Good: break;
        case Inflater::Outcome::Corrupt: return fail(Fault::Corrupt);
        case Inflater::Outcome::TooBig: return fail(Fault::TooBig);
        case Inflater::Outcome::OutOfMemory: return fail(Fault::OutOfMemory);
        }
        if (!last) return More{};
        bytes = builder_.view();
    } else {
        if (bytes.size() > read_limit_ || builder_.size() > read_limit_ - bytes.size()) return fail(Fault::TooBig);
        if (!last || builder_.size() > 0) {
            if (!builder_.append(bytes, read_limit_)) return fail(Fault::OutOfMemory);
            if (!last) return More{};
            bytes = builder_.view();
        }
    }
    if (type_ == MessageType::Text && !utf8::valid(bytes)) return fail(Fault::NotUtf8);
    within_ = false;
    if (builder_.size() > largest_shared || (builder_.size() > 0 && !compressed_)) return Whole{type_, builder_.take()};
    try {
        Whole whole{type_, slab.copy(bytes)};
        builder_.clear();
        return whole;
    } catch (const std::bad_alloc&) {
        return fail(Fault::OutOfMemory);
    }
}

} // namespace qi::ws

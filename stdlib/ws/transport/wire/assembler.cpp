#include "ws/transport/wire/assembler.hpp"

#include <algorithm>
#include <new>

namespace qi::ws {

namespace {

// An inflated message up to here is copied into a shared block rather than keep one of its own.
constexpr std::size_t largest_shared = 4096;
// An unfinished message may come to this much, and to so many times what came in. DEFLATE goes to 1032 times; text that
// people write, and JSON, seldom passes ten.
constexpr std::uint64_t free_growth = 64 * 1024;
constexpr std::uint64_t largest_growth = 16;
// So much is inflated before it is looked at again: a quarter of a MiB at worst.
constexpr std::size_t slice = 256;
// Beyond what the message may come to: see compressed_surplus in deflate.cpp.
constexpr std::uint64_t held_surplus = 64 * 1024;

} // namespace

void Assembler::clear() noexcept {
    within_ = false;
    builder_.clear();
    held_.clear();
    inflater_.reset();
}

std::optional<Assembler::Fault> Assembler::inflate_now(std::string_view bytes, bool last) {
    if (inflater_ == nullptr) inflater_ = std::make_unique<Inflater>(peer_window_, resting_);
    switch (inflater_->add(bytes, last, peer_takeover_, builder_, read_limit_)) {
    case Inflater::Outcome::Good: break;
    case Inflater::Outcome::Corrupt: return Fault::Corrupt;
    case Inflater::Outcome::TooBig: return Fault::TooBig;
    case Inflater::Outcome::OutOfMemory: return Fault::OutOfMemory;
    }
    return std::nullopt;
}

std::optional<Assembler::Fault> Assembler::inflate(std::string_view bytes, bool last) {
    arrived_ += bytes.size();
    if (last && held_.size() == 0) return inflate_now(bytes, true);
    while (!last && !bytes.empty() && held_.size() == 0 && builder_.size() <= free_growth + largest_growth * arrived_) {
        if (auto fault = inflate_now(bytes.substr(0, slice), false)) return fault;
        bytes.remove_prefix(std::min(bytes.size(), slice));
    }
    if (held_.size() + bytes.size() > read_limit_ + held_surplus) return Fault::TooBig;
    if (!held_.append(bytes, SIZE_MAX)) return Fault::OutOfMemory;
    if (!last) return std::nullopt;
    const Buffer all = held_.take();
    return inflate_now(all.view(), true);
}

/// What has come is UTF-8, but for a code point at its end that isn't whole yet.
bool Assembler::is_sound(bool last) noexcept {
    if (type_ != MessageType::Text) return true;
    const utf8::Checked more = utf8::check(builder_.view().substr(checked_.bytes));
    checked_.bytes += more.bytes;
    checked_.code_points += more.code_points;
    const std::string_view open = builder_.view().substr(checked_.bytes);
    return open.empty() || (!last && utf8::is_begun(open));
}

Assembler::Outcome Assembler::add(std::string_view bytes, bool last, MessageType type, BufferSlab& slab,
                                  bool compressed) {
    const auto fail = [this](Fault fault) {
        within_ = false;
        builder_.clear();
        held_.clear();
        return Outcome{fault};
    };
    if (!within_) {
        type_ = type;
        compressed_ = compressed;
        within_ = true;
        arrived_ = 0;
        checked_ = {};
    }
    if (compressed_) {
        if (const auto fault = inflate(bytes, last)) return fail(*fault);
        if (!is_sound(last)) return fail(Fault::NotUtf8);
        if (!last) return More{};
        bytes = builder_.view();
    } else {
        if (bytes.size() > read_limit_ || builder_.size() > read_limit_ - bytes.size()) return fail(Fault::TooBig);
        if (!last || builder_.size() > 0 || builder_.has_in_room(bytes)) {
            if (!builder_.append(bytes, read_limit_)) return fail(Fault::OutOfMemory);
            if (!is_sound(last)) return fail(Fault::NotUtf8);
            if (!last) return More{};
            bytes = builder_.view();
        } else if (type_ == MessageType::Text) {
            checked_ = utf8::check(bytes);
            if (checked_.bytes < bytes.size()) return fail(Fault::NotUtf8);
        }
    }
    within_ = false;
    if (builder_.size() > largest_shared || (builder_.size() > 0 && !compressed_))
        return Whole{type_, builder_.take(), checked_.code_points};
    try {
        Whole whole{type_, slab.copy(bytes), checked_.code_points};
        builder_.clear();
        return whole;
    } catch (const std::bad_alloc&) {
        return fail(Fault::OutOfMemory);
    }
}

} // namespace qi::ws

#include "outgoing.hpp"

#include <algorithm>

namespace qi::bench {

namespace {

/// Less than this isn't worth moving what is behind it.
constexpr std::size_t much = 256 * 1024;

} // namespace

void Outgoing::flush(Stream& stream) {
    while (!empty()) {
        Kept* kept = next_ < kept_.size() ? &kept_[next_] : nullptr;
        std::string_view first(text_.data() + sent_, (kept ? kept->behind : text_.size()) - sent_);
        std::size_t count = stream.write(first, kept ? kept->bytes : std::string_view());
        if (count == 0) return forget_sent();
        std::size_t of_text = std::min(count, first.size());
        sent_ += of_text;
        if (!kept) continue;
        kept->bytes.remove_prefix(count - of_text);
        if (kept->bytes.empty()) ++next_;
    }
    clear();
}

void Outgoing::forget_sent() {
    if (sent_ < much) return;
    text_.erase(0, sent_);
    kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(next_));
    for (Kept& kept : kept_) kept.behind -= sent_;
    sent_ = next_ = 0;
}

void Outgoing::clear() {
    text_.clear();
    kept_.clear();
    sent_ = next_ = 0;
}

} // namespace qi::bench

#include "outgoing.hpp"

#include <algorithm>

namespace qi::bench {

void Outgoing::flush(Stream& stream) {
    while (!empty()) {
        Kept* kept = next_ < kept_.size() ? &kept_[next_] : nullptr;
        std::string_view first(text_.data() + sent_, (kept ? kept->behind : text_.size()) - sent_);
        std::size_t count = stream.write(first, kept ? kept->bytes : std::string_view());
        if (count == 0) return;
        std::size_t of_text = std::min(count, first.size());
        sent_ += of_text;
        if (!kept) continue;
        kept->bytes.remove_prefix(count - of_text);
        if (kept->bytes.empty()) ++next_;
    }
    clear();
}

void Outgoing::clear() {
    text_.clear();
    kept_.clear();
    sent_ = next_ = 0;
}

} // namespace qi::bench

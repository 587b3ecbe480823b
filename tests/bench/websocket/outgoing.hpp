// What one connection has yet to send: bytes of its own, and between them long ones that belong to others.
#pragma once

#include "stream.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace qi::bench {

class Outgoing {
public:
    /// What is appended here goes behind all that was appended before.
    std::string& text() noexcept { return text_; }
    /// These bytes aren't copied: they stay where they are until they have gone.
    void append_kept(std::string_view bytes) {
        if (!bytes.empty()) kept_.push_back({text_.size(), bytes});
    }
    bool empty() const noexcept { return sent_ == text_.size() && next_ == kept_.size(); }
    /// Writes what the system takes.
    void flush(Stream& stream);
    void clear();

private:
    void forget_sent();

    struct Kept {
        std::size_t behind; // so many bytes of text
        std::string_view bytes;
    };

    std::string text_;
    std::size_t sent_ = 0; // of text
    std::vector<Kept> kept_;
    std::size_t next_ = 0; // of kept, that hasn't gone whole
};

} // namespace qi::bench

// Standard output, buffered: written when it is full, when the program would wait, and at the end.
// One thread at a time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace qi {

class Output {
public:
    explicit Output(int descriptor) noexcept : descriptor_(descriptor) {}
    ~Output() { flush(); }
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    void write(std::string_view text) {
        buffer_ += text;
        if (buffer_.size() >= limit) flush();
    }
    std::string& buffer() noexcept { return buffer_; } // may be appended to
    void wrote() {
        if (buffer_.size() >= limit) flush();
    }
    void flush() noexcept;
    /// Nobody reads any more (EPIPE) or the disk is full: what is written from now on goes nowhere.
    bool broken() const noexcept { return broken_; }

private:
    static constexpr std::size_t limit = 32 * 1024;
    int descriptor_;
    bool broken_ = false;
    std::string buffer_;
};

} // namespace qi

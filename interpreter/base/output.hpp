// Standard output or standard error, buffered: written when it is full, when the program would wait, and at the end.
// One thread at a time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace qi {

/// Takes what would be written, while a prompt stands on the terminal.
class OutputSink {
public:
    virtual ~OutputSink() = default;
    virtual void take(std::string_view text) = 0;
};

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
    /// From now on all goes there; null: to the descriptor again.
    void set_sink(OutputSink* sink) noexcept { sink_ = sink; }
    /// Nobody reads any more (EPIPE) or the disk is full: what is written from now on goes nowhere.
    bool broken() const noexcept { return broken_; }

private:
    static constexpr std::size_t limit = 32 * 1024;
    int descriptor_;
    bool broken_ = false;
    OutputSink* sink_ = nullptr;
    std::string buffer_;
};

} // namespace qi

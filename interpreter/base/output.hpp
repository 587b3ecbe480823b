// Standard output or standard error, buffered: written when it is full, when the program would wait, and at the end; on
// a terminal at once, since a person watches while the program computes. One thread at a time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace qi {

/// Takes what would be written, while a prompt is on the terminal.
class OutputSink {
public:
    virtual ~OutputSink() = default;
    /// 0, or the errno that kept it from being written.
    virtual int take(std::string_view text) = 0;
};

class Output {
public:
    explicit Output(int descriptor) noexcept;
    ~Output() { flush(); }
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    void write(std::string_view text) {
        buffer_ += text;
        wrote();
    }
    std::string& buffer() noexcept { return buffer_; } // may be appended to
    void wrote() {
        if (buffer_.size() >= limit_) flush();
    }
    void flush() noexcept;
    /// From now on all goes there; null: to the descriptor again.
    void set_sink(OutputSink* sink) noexcept { sink_ = sink; }
    /// 0, or why something could not be written: the reader is gone (EPIPE), the disk is full. What is written from
    /// then on goes nowhere.
    int problem() const noexcept { return problem_; }

private:
    int descriptor_;
    std::size_t limit_; // bytes that may wait
    int problem_ = 0;
    OutputSink* sink_ = nullptr;
    std::string buffer_;
};

} // namespace qi

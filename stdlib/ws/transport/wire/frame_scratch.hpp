// Where frames are put together before they are written. The service thread.
#pragma once

#include <cstddef>
#include <memory>

namespace qi::ws {

/// One for the whole thread.
class FrameScratch {
public:
    static constexpr std::size_t capacity = 128 * 1024;
    FrameScratch() : bytes_(new char[capacity]) {}

    char* data() noexcept { return bytes_.get(); }
    char* end() noexcept { return bytes_.get() + used_; }
    std::size_t used() const noexcept { return used_; }
    std::size_t room() const noexcept { return capacity - used_; }
    void add(std::size_t size) noexcept { used_ += size; }
    void clear() noexcept { used_ = 0; }

private:
    std::unique_ptr<char[]> bytes_;
    std::size_t used_ = 0;
};

} // namespace qi::ws

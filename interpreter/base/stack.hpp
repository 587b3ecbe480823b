// How far a recursion may go: by the stack that is left, not by a count that is right for one build only.
#pragma once
#include <cstddef>

namespace qi {

/// The end of the calling thread's C++ stack, less a quarter that stays free for what a recursion calls at its
/// deepest. Made near the stack's beginning; good for the thread that made it.
class StackBound {
public:
    StackBound() noexcept;

    /// True when the caller is in the last quarter.
    bool reached() const noexcept { return static_cast<const char*>(__builtin_frame_address(0)) < bound_; }

private:
    const char* bound_;
};

} // namespace qi

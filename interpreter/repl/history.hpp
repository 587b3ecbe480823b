// What was entered, also in earlier sessions: $XDG_STATE_HOME/qi/history (~/.local/state/qi/history), one entry a line
// in UTF-8, with line breaks as \n and backslashes doubled. Sessions that run side by side each append to it.
// The terminal's thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace qi {

class History {
public:
    /// Reads the file; from now on it is written. One that can't be read or written is done without.
    void load();

    const std::vector<std::string>& entries() const noexcept { return entries_; }
    /// An entry equal to the one before it isn't kept, nor is one that begins with a space.
    void add(std::string_view entry);

private:
    void shorten() const;

    std::string path_;                 // empty: nowhere
    std::vector<std::string> entries_; // oldest first
};

} // namespace qi

// Who writes down what is said of a running program unasked: failures that no code has looked at, and dumps. The
// library's log is one, so that these lines look as the program's own. Interpreter thread only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace qi {

class Journal {
public:
    /// Asked: written whatever the program wants to be logged.
    enum class Level : std::uint8_t { Asked, Warning, Error };
    struct Entry {
        Level level = Level::Asked;
        std::string_view event; // a name that a program can look for, the same in all languages
        std::string_view message;
        std::string_view trace = {}; // lines below it
        std::int64_t connection = 0; // or a listener; 0: it is about none
    };

    virtual ~Journal() = default;
    /// Failures are to be entries; otherwise they are written as plain text, for who reads them on a terminal.
    virtual bool takes_failures() const = 0;
    /// Each entry is to be read by a program.
    virtual bool is_for_programs() const = 0;
    virtual void write(const Entry& entry) = 0;
};

} // namespace qi

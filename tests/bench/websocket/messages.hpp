// What is sent, so that every byte of an answer can be told right from wrong: a stamp of eight characters, which says
// whose message it is and which one, and behind it a part of one random pattern that begins elsewhere in the next
// message.
#pragma once

#include "frames.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace qi::bench {

class Messages {
public:
    Messages(std::size_t size, bool binary);

    /// Appends the frame of a sender's message, but for its tail, which is returned: its masked bytes, which stay where
    /// they are as long as this lives. The tail of small ones is empty.
    std::string_view append_frame(std::string& out, std::uint32_t sender, std::uint32_t number) const;

    std::size_t size() const noexcept { return size_; }
    Opcode opcode() const noexcept { return opcode_; }

    /// Ends the program if bytes aren't what is `at` in this message.
    void check(std::string_view bytes, std::size_t at, std::uint32_t sender, std::uint32_t number) const;

private:
    std::size_t size_;
    Opcode opcode_;
    std::size_t stamp_size_;
    std::string pattern_, masked_pattern_;
};

} // namespace qi::bench

// Frames of RFC 6455, section 5: heads of those that are sent, and what the other side sends, taken apart piece by
// piece as it comes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace qi::bench {

enum class Opcode : std::uint8_t { Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10 };

/// The one key of this program. A real client takes a new one for each frame; a server works as much for this one.
inline constexpr unsigned char mask_key[4] = {0x5a, 0xc3, 0x17, 0x9e};

/// Which side this program is. RFC 6455, 5.1: the client masks its frames, the server doesn't.
enum class Role : std::uint8_t { Client, Server };

inline const char* other_side(Role role) { return role == Role::Client ? "server" : "client"; }

/// Appends the head of a whole message; a client's with its key.
void append_head(std::string& out, Role role, Opcode opcode, std::size_t size);
/// Appends bytes as they are masked if `at` of the payload are before them.
void append_masked(std::string& out, std::string_view bytes, std::size_t at = 0);

/// Who hears what the other side's frames say.
class FrameSink {
public:
    virtual ~FrameSink() = default;
    virtual void message_began(Opcode opcode) = 0;
    /// The next bytes of the message; any number of pieces, of any size.
    virtual void piece(std::string_view bytes) = 0;
    virtual void message_ended() = 0;
    virtual void control(Opcode opcode, std::string_view payload) = 0;
};

/// Takes apart what the other side sends; a frame that it may not send ends the program.
class FrameReader {
public:
    explicit FrameReader(Role role) : role_(role) {}

    void read(std::string_view bytes, FrameSink& sink);

private:
    bool take_head(std::string_view& bytes);
    std::size_t head_size() const;
    void head_is_whole(FrameSink& sink);
    std::string_view unmasked(std::string_view bytes);
    [[noreturn]] void refuse(const char* what) const;
    void payload_is_whole(FrameSink& sink);

    Role role_;
    unsigned char head_[14]{};
    std::uint8_t head_size_ = 0;
    bool in_payload_ = false;
    bool in_message_ = false; // its last frame hasn't ended
    std::uint64_t left_ = 0;  // of the payload
    std::string control_;     // the payload of a control frame, so far
    std::string unmasked_;    // what piece() is given of a client's frame
    std::size_t at_ = 0;      // how much of its payload has been
};

} // namespace qi::bench

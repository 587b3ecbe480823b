// Fuzzes the frames that come in: the first byte chooses role, compression and how the bytes are cut. However they are
// cut, what is told is the same; a message that is told keeps to the rules.
#include "fuzz/target.hpp"

#include "ws/transport/wire/frame_reader.hpp"

#include <algorithm>

using namespace qi;
using namespace qi::ws;
using namespace qi::fuzz;

namespace {

/// What was told, as text that doesn't show how it was cut.
class Notes final : public FrameUser {
public:
    void on_frame(std::uint64_t payload, bool compressed) noexcept override {
        require(payload >> 63 == 0, "a length with its highest bit set");
        told("frame " + std::to_string(payload) + (compressed ? "c" : ""));
    }
    void on_data(std::string_view bytes, bool last, MessageType type, bool compressed) noexcept override {
        require(!over_, "something after the end");
        data_ += bytes;
        if (last) {
            text += "[" + std::to_string(static_cast<int>(type)) + (compressed ? "c" : "") + data_ + "]";
            data_.clear();
        }
    }
    void on_ping(std::string_view payload) noexcept override { control("ping ", payload); }
    void on_pong(std::string_view payload) noexcept override { control("pong ", payload); }
    void on_peer_close(std::string_view payload) noexcept override {
        control("close ", payload);
        over_ = true;
    }
    void on_violation() noexcept override {
        told("violation");
        over_ = true;
    }

    std::string whole() const { return text + data_; }
    std::string text;

private:
    void told(std::string_view what) {
        require(!over_, "something after the end");
        text += what;
        text += ';';
    }
    void control(std::string what, std::string_view payload) {
        require(payload.size() <= largest_control_payload, "a control frame that is too large");
        told(what.append(payload));
    }

    std::string data_;
    bool over_ = false;
};

std::string told(std::string bytes, Role role, bool compression, std::size_t piece) {
    Notes notes;
    FrameReader reader(role, compression);
    for (std::size_t at = 0; at < bytes.size() && !reader.is_over();) {
        const std::size_t taken = reader.read(bytes.data() + at, std::min(piece, bytes.size() - at), notes);
        require(taken > 0 || reader.is_over(), "nothing is taken, and it isn't over");
        at += taken;
    }
    return notes.whole() + (reader.is_broken() ? "broken" : "");
}

} // namespace

int LLVMFuzzerInitialize(int*, char***) {
    setenv("QI_LANG", "en", 1);
    return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Choices choices(text_of(data, size));
    const std::uint8_t what = choices.byte();
    const Role role = (what & 1) != 0 ? Role::Server : Role::Client;
    const std::string bytes(choices.rest());
    const std::string once = told(bytes, role, (what & 2) != 0, bytes.size());
    require(told(bytes, role, (what & 2) != 0, 1 + what / 4 % 16) == once,
            "what is told depends on how the bytes are cut");
    return 0;
}

// Messages over two descriptors, each after a header with its length (LSP 3.17, "Base Protocol"). One thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace qi::lsp {

class Channel {
public:
    Channel(int in, int out) : in_(in), out_(out) {}

    /// The next message's text, which may be anything; waits for it if asked to. Nothing: none is there now, or, if
    /// `ended`, none will come.
    std::optional<std::string> receive(bool wait);
    bool ended() const noexcept { return ended_; }

    void send(std::string_view text);

private:
    bool take(std::string& message);
    bool read_more(bool wait);

    int in_, out_;
    std::string unread_;
    std::size_t at_ = 0; // in unread_: what comes before was taken
    bool ended_ = false;
};

} // namespace qi::lsp

#include "ws/transport/http/answer_reader.hpp"

#include "base/base64.hpp"
#include "ws/transport/http/request.hpp"
#include "ws/transport/messages.hpp"
#include "ws/transport/wire/ascii.hpp"

#include <algorithm>
#include <openssl/sha.h>

namespace qi::ws {

namespace {

constexpr std::string_view version_start = "HTTP/1.";
constexpr std::size_t shortest_status_line = 12; // "HTTP/1.1 101"

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// The beginning of a status line, as far as it goes.
bool may_be_status_line(std::string_view start) noexcept {
    const std::string_view version = start.substr(0, version_start.size());
    if (version != version_start.substr(0, version.size())) return false;
    for (std::size_t i = version_start.size(); i < std::min(start.size(), shortest_status_line); ++i)
        if (i == 8 ? start[i] != ' ' : !is_digit(start[i])) return false;
    return start.size() <= shortest_status_line || start[shortest_status_line] == ' ' ||
           start[shortest_status_line] == '\r';
}

/// All occurrences of a header, as one value (RFC 9110, 5.3); nullopt for none.
std::optional<std::string> joined(const Headers& headers, std::string_view name) {
    std::optional<std::string> value;
    for (const Header& header : headers) {
        if (header.name != name) continue;
        if (value)
            *value += ", " + header.value;
        else
            value = header.value;
    }
    return value;
}

std::size_t occurrences(const Headers& headers, std::string_view name) {
    return static_cast<std::size_t>(
        std::count_if(headers.begin(), headers.end(), [&](const Header& header) { return header.name == name; }));
}

} // namespace

std::string accept_for(std::string_view key) {
    const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char digest[SHA_DIGEST_LENGTH];
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
    return base64::encode({reinterpret_cast<const char*>(digest), sizeof digest});
}

AnswerReader::Refused AnswerReader::refuse(const Message& reason) { return {status_, std::move(headers_), &reason}; }

/// One line of a head that isn't its empty one; why that can't be.
std::optional<AnswerReader::Refused> AnswerReader::take_line(std::string_view line) {
    if (!status_) {
        if (line.size() < shortest_status_line || !may_be_status_line(line) ||
            line.find('\n') != std::string_view::npos)
            return refuse(message::not_http);
        status_ = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
        return std::nullopt;
    }
    if (parse_header_line(line, headers_)) return std::nullopt;
    return refuse(message::header_line);
}

AnswerReader::Outcome AnswerReader::add(std::string_view bytes) {
    incoming_ += bytes;
    std::size_t at = 0;
    for (;;) {
        const std::size_t end = incoming_.find("\r\n", at);
        if (end == std::string::npos) break;
        const std::string_view line = std::string_view(incoming_).substr(at, end - at);
        at = end + 2;
        if (size_ + at > largest_answer_head) return refuse(message::answer_too_long);
        if (!line.empty() || !status_) {
            if (auto refused = take_line(line)) return std::move(*refused);
            continue;
        }
        if (*status_ >= 100 && *status_ < 200 && *status_ != 101) { // interim: the answer is still to come
            status_.reset();
            headers_.clear();
            continue;
        }
        incoming_.erase(0, at);
        return judge();
    }
    size_ += at;
    incoming_.erase(0, at);
    if (size_ + incoming_.size() > largest_answer_head) return refuse(message::answer_too_long);
    if (!status_ && !may_be_status_line(incoming_)) return refuse(message::not_http);
    if (incoming_.find('\n') != std::string::npos) return refuse(status_ ? message::header_line : message::not_http);
    return More{};
}

AnswerReader::Outcome AnswerReader::judge() {
    if (status_ != 101) return Refused{status_, std::move(headers_), nullptr};
    const auto upgrade = joined(headers_, "upgrade");
    if (!upgrade || !equals_ignoring_case(*upgrade, "websocket")) return refuse(message::upgrade_missing);
    const auto tokens = header_items(headers_, "connection");
    if (std::none_of(tokens.begin(), tokens.end(),
                     [](const std::string& token) { return equals_ignoring_case(token, "upgrade"); }))
        return refuse(message::upgrade_missing);
    const auto accept = joined(headers_, "sec-websocket-accept");
    if (!accept) return refuse(message::accept_missing);
    if (*accept != accept_) return refuse(message::accept_key); // as well when there are two
    Agreed agreed;
    if (const auto protocol = joined(headers_, "sec-websocket-protocol")) {
        if (occurrences(headers_, "sec-websocket-protocol") > 1) return refuse(message::protocol_answered_twice);
        if (std::find(protocols_.begin(), protocols_.end(), *protocol) == protocols_.end())
            return refuse(message::protocol_not_offered);
        agreed.protocol = *protocol;
    }
    const auto terms = read_deflate_answer(joined(headers_, "sec-websocket-extensions").value_or(""), deflate_);
    if (const auto* wrong = std::get_if<const Message*>(&terms)) return refuse(**wrong);
    agreed.deflate = std::get<DeflateTerms>(terms);
    return agreed;
}

} // namespace qi::ws

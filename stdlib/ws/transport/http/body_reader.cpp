#include "ws/transport/http/body_reader.hpp"

#include "ws/transport/http/request.hpp"
#include "ws/transport/wire/ascii.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace qi::ws {

namespace {

// Chunk sizes with their extensions, and trailers altogether.
constexpr std::size_t longest_line = 4096;

std::optional<std::uint64_t> number(std::string_view text, int base) {
    std::uint64_t value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (text.empty() || result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}

} // namespace

std::variant<BodyReader, int> BodyReader::of(const Request& request, std::uint64_t limit) {
    BodyReader reader;
    reader.limit_ = limit;
    const auto codings = header_items(request, "transfer-encoding");
    const auto lengths = header_items(request, "content-length");
    if (!codings.empty()) {
        // Both could mean that somebody in between read the request differently (RFC 9112, 6.1).
        if (!lengths.empty()) return 400;
        if (codings.size() != 1 || !equals_ignoring_case(codings.front(), "chunked")) return 501;
        reader.chunked_ = true;
        return reader;
    }
    if (lengths.empty()) return reader;
    const auto length = number(lengths.front(), 10);
    if (!length ||
        std::any_of(lengths.begin(), lengths.end(), [&](const std::string& other) { return other != lengths.front(); }))
        return 400;
    if (*length > limit) return 413;
    reader.left_ = *length;
    return reader;
}

std::variant<BodyReader::More, BodyReader::Whole, int> BodyReader::add(std::string_view bytes) {
    if (chunked_) return add_chunked(bytes);
    const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
    body_.append(bytes.substr(0, size));
    left_ -= size;
    if (left_ > 0) return More{};
    return Whole{};
}

/// True when `line_` is whole, without its end.
bool BodyReader::take_line(std::string_view& bytes) {
    const std::size_t end = bytes.find('\n');
    line_.append(bytes.substr(0, end));
    bytes = end == std::string_view::npos ? std::string_view{} : bytes.substr(end + 1);
    if (end == std::string_view::npos) return false;
    if (line_.ends_with('\r')) line_.pop_back();
    return true;
}

std::variant<BodyReader::More, BodyReader::Whole, int> BodyReader::add_chunked(std::string_view bytes) {
    while (!bytes.empty()) {
        if (part_ == Part::Data) {
            const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
            body_.append(bytes.substr(0, size));
            bytes = bytes.substr(size);
            left_ -= size;
            if (left_ == 0) part_ = Part::DataEnd;
            continue;
        }
        const bool whole = take_line(bytes);
        if (line_.size() + trailer_ > longest_line) return 400;
        if (!whole) return More{};
        const std::string line = std::exchange(line_, {});
        switch (part_) {
        case Part::Size: {
            const auto size = number(std::string_view(line).substr(0, line.find_first_of("; \t")), 16);
            if (!size) return 400;
            if (*size > limit_ || body_.size() > limit_ - *size) return 413;
            left_ = *size;
            part_ = left_ == 0 ? Part::Trailer : Part::Data;
            break;
        }
        case Part::DataEnd:
            if (!line.empty()) return 400;
            part_ = Part::Size;
            break;
        case Part::Trailer:
            if (line.empty()) return Whole{};
            trailer_ += line.size();
            break;
        case Part::Data: break;
        }
    }
    return More{};
}

} // namespace qi::ws

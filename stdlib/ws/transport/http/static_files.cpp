#include "ws/transport/http/static_files.hpp"

#include "base/files.hpp"
#include "ws/transport/http/request.hpp"
#include "ws/transport/http/response.hpp"
#include "ws/transport/wire/ascii.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace qi::ws {

namespace {

struct Type {
    std::string_view extension;
    std::string_view type;
};
constexpr std::array types{
    Type{"html", "text/html; charset=utf-8"},
    Type{"htm", "text/html; charset=utf-8"},
    Type{"css", "text/css; charset=utf-8"},
    Type{"js", "text/javascript; charset=utf-8"},
    Type{"mjs", "text/javascript; charset=utf-8"},
    Type{"json", "application/json"},
    Type{"map", "application/json"},
    Type{"webmanifest", "application/manifest+json"},
    Type{"txt", "text/plain; charset=utf-8"},
    Type{"md", "text/markdown; charset=utf-8"},
    Type{"csv", "text/csv; charset=utf-8"},
    Type{"xml", "application/xml"},
    Type{"svg", "image/svg+xml"},
    Type{"png", "image/png"},
    Type{"jpg", "image/jpeg"},
    Type{"jpeg", "image/jpeg"},
    Type{"gif", "image/gif"},
    Type{"webp", "image/webp"},
    Type{"avif", "image/avif"},
    Type{"ico", "image/x-icon"},
    Type{"woff", "font/woff"},
    Type{"woff2", "font/woff2"},
    Type{"ttf", "font/ttf"},
    Type{"otf", "font/otf"},
    Type{"wasm", "application/wasm"},
    Type{"pdf", "application/pdf"},
    Type{"zip", "application/zip"},
    Type{"gz", "application/gzip"},
    Type{"mp3", "audio/mpeg"},
    Type{"ogg", "audio/ogg"},
    Type{"wav", "audio/wav"},
    Type{"mp4", "video/mp4"},
    Type{"webm", "video/webm"},
};

std::string_view type_of(std::string_view path) {
    const std::size_t dot = path.rfind('.');
    const std::string_view extension = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
    for (const Type& type : types)
        if (equals_ignoring_case(type.extension, extension)) return type.type;
    return "application/octet-stream";
}

/// Every part of it may be looked up: no "..", nothing hidden (of those only .well-known, RFC 8615).
bool is_plain(std::string_view path) {
    if (!path.starts_with('/') || path.find('\0') != std::string_view::npos ||
        path.find('\\') != std::string_view::npos)
        return false;
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::string_view part = path.substr(0, path.find('/'));
        if (part.starts_with('.') && part != ".well-known") return false;
        path = path.substr(part.size());
    }
    return true;
}

/// If-None-Match counts, and If-Modified-Since only without it (RFC 9110, 13.1).
bool is_unchanged(const Request& request, const std::string& tag, std::time_t modified) {
    if (request.header("if-none-match") != nullptr) {
        const auto tags = header_items(request, "if-none-match");
        return std::any_of(tags.begin(), tags.end(), [&](const std::string& given) {
            return given == "*" || given == tag || given == "W/" + tag;
        });
    }
    const std::string* since = request.header("if-modified-since");
    const auto time = since == nullptr ? std::nullopt : parse_http_date(*since);
    return time && modified <= *time;
}

struct Range {
    std::uint64_t first = 0;
    std::uint64_t length = 0;
};
/// One range (RFC 9110, 14.1.2). nullopt: none that is understood, so the whole. Length 0: none that can be had.
std::optional<Range> wanted_range(const Request& request, const std::string& tag, const std::string& modified,
                                  std::uint64_t size) {
    const std::string* header = request.header("range");
    if (header == nullptr || request.method != "GET") return std::nullopt;
    const std::string* only_if = request.header("if-range");
    if (only_if != nullptr && *only_if != tag && *only_if != modified) return std::nullopt;
    std::string_view text = *header;
    if (!text.starts_with("bytes=") || text.find(',') != std::string_view::npos) return std::nullopt;
    text.remove_prefix(6);
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto number = [](std::string_view digits) -> std::optional<std::uint64_t> {
        std::uint64_t value = 0;
        const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (digits.empty() || result.ec != std::errc() || result.ptr != digits.data() + digits.size())
            return std::nullopt;
        return value;
    };
    const auto first = number(text.substr(0, dash));
    const auto last = number(text.substr(dash + 1));
    if ((!first && dash != 0) || (!last && dash + 1 != text.size()) || (!first && !last)) return std::nullopt;
    if (!first) {
        const std::uint64_t length = std::min(*last, size);
        return Range{size - length, length};
    }
    if (last && *last < *first) return std::nullopt;
    if (*first >= size) return Range{};
    return Range{*first, std::min(last.value_or(size - 1), size - 1) - *first + 1};
}

} // namespace

std::optional<FileAnswer> find_file(const std::string& folder, const Request& request) {
    if (!is_plain(request.path)) return std::nullopt;
    std::string path = files::real_path(folder + request.path);
    // A link may lead out of the folder.
    if (path != folder && !path.starts_with(folder == "/" ? folder : folder + "/")) return std::nullopt;
    struct stat info {};
    if (files::status(path, info) != 0) return std::nullopt;
    if (S_ISDIR(info.st_mode)) {
        path = files::real_path(path + "/index.html");
        if (path.empty() || !path.starts_with(folder == "/" ? folder : folder + "/")) return std::nullopt;
        if (!request.path.ends_with('/')) {
            // So that what the page names relative to itself is found. The mark keeps "//host" from being one.
            const std::size_t mark = request.target.find('?');
            const std::string rest = mark == std::string::npos ? std::string{} : request.target.substr(mark);
            const std::string location = request.target.substr(0, mark);
            if (!location.starts_with('/') || location.starts_with("//")) return std::nullopt;
            return FileAnswer{301, {{"Location", location + "/" + rest}}, 0, -1, 0};
        }
    } else if (request.path.ends_with('/')) {
        return std::nullopt;
    }
    FileAnswer answer;
    answer.file = files::open_in_place(path, O_NOFOLLOW | O_NONBLOCK, answer.offset);
    if (answer.file < 0) return std::nullopt;
    if ((answer.offset == 0 ? ::fstat(answer.file, &info) : files::status(path, info)) != 0 || !S_ISREG(info.st_mode)) {
        ::close(answer.file);
        return std::nullopt;
    }
    const auto size = static_cast<std::uint64_t>(info.st_size);
    char tag[64];
    std::snprintf(tag, sizeof tag, "\"%llx-%llx.%lx\"", static_cast<unsigned long long>(size),
                  static_cast<unsigned long long>(info.st_mtim.tv_sec),
                  static_cast<unsigned long>(info.st_mtim.tv_nsec));
    const std::string modified = http_date(info.st_mtim.tv_sec);
    answer.headers = {{"ETag", tag}, {"Last-Modified", modified}, {"Cache-Control", "no-cache"}};
    const auto without_body = [&](int status) {
        ::close(std::exchange(answer.file, -1));
        answer.status = status;
        return answer;
    };
    if (is_unchanged(request, tag, info.st_mtim.tv_sec)) return without_body(304);
    answer.headers.push_back({"Accept-Ranges", "bytes"});
    answer.length = size;
    if (const auto range = wanted_range(request, tag, modified, size)) {
        if (range->length == 0) {
            answer.length = 0;
            answer.headers.push_back({"Content-Range", "bytes */" + std::to_string(size)});
            return without_body(416);
        }
        answer.status = 206;
        answer.offset += range->first;
        answer.length = range->length;
        answer.headers.push_back({"Content-Range", "bytes " + std::to_string(range->first) + "-" +
                                                       std::to_string(range->first + range->length - 1) + "/" +
                                                       std::to_string(size)});
    }
    answer.headers.push_back({"Content-Type", std::string(type_of(path))});
    answer.headers.push_back({"X-Content-Type-Options", "nosniff"});
    if (request.method == "HEAD") return without_body(answer.status);
    return answer;
}

} // namespace qi::ws

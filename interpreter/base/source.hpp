// Source text and places in it; the excerpt with a caret that errors show. Immutable once made.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace qi {

/// Bytes [begin, end) of a source.
struct Span {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

class Source {
public:
    /// `is_file`: the name is the path it was read from.
    Source(std::string name, std::string text, bool is_file = false);

    const std::string& name() const noexcept { return name_; }
    std::string_view text() const noexcept { return text_; }
    bool is_file() const noexcept { return is_file_; }

    /// From 1; columns count code points.
    struct Place {
        std::uint32_t line = 0;
        std::uint32_t column = 0;
    };
    Place place(std::uint32_t offset) const noexcept;
    std::string_view line(std::uint32_t number) const noexcept;

    /// `name:line:column`
    std::string locate(std::uint32_t offset) const;
    /// The line with a caret under the span, two lines of text, each indented by three columns:
    ///       12 |   (ws/send conn (count users))
    ///          |                 ^^^^^^^^^^^^^
    std::string excerpt(Span span) const;

private:
    std::string name_;
    std::string text_;
    bool is_file_;
    std::vector<std::uint32_t> starts_; // of each line
};

using SourcePointer = std::shared_ptr<const Source>;

/// An error that was found in source text.
struct SyntaxError {
    Error error;
    Span span;
    bool incomplete = false; // more input could complete it
};

/// `name:line:column: syntax error: text`, and the excerpt.
std::string describe(const Source& source, const SyntaxError& error);

} // namespace qi

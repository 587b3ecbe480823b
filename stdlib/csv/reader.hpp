// CSV (RFC 4180), piece by piece: rows come out as soon as they have ended. Knows no value. Any thread.
#pragma once

#include "base/message.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qi::stdlib {

using CsvRow = std::vector<std::string>;

class CsvReader {
public:
    explicit CsvReader(std::string_view delimiter) : delimiter_(delimiter) {}

    /// Takes the next bytes, at any border, and adds the rows that end in them. After a fault nothing more comes.
    void read(std::string_view bytes, std::vector<CsvRow>& rows);
    /// There are no more bytes: the last row needs no end.
    void finish(std::vector<CsvRow>& rows);
    /// What isn't CSV, in words; nothing: all was.
    const std::optional<std::string>& fault() const noexcept { return fault_; }

private:
    enum class At {
        FieldStart,
        Plain,
        Quoted,
        Quote,  // in a quoted field: its end, or the first of two
        Return, // a carriage return has ended a row; a line feed is part of it
    };
    std::size_t end_of_plain(std::string_view bytes, std::size_t from) const noexcept;
    void take(char c, std::vector<CsvRow>& rows);
    bool completes_delimiter();
    void end_field();
    void end_row(std::vector<CsvRow>& rows);
    void fail(const Message& message, std::size_t line);

    std::string delimiter_; // UTF-8 of one character
    At at_ = At::FieldStart;
    std::string field_;
    CsvRow row_;
    std::size_t line_ = 1, quote_line_ = 1;
    std::size_t after_quote_ = 0; // bytes of field_ that a delimiter has begun with behind a closing quote
    std::optional<std::string> fault_;
};

} // namespace qi::stdlib

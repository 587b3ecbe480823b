#include "csv/reader.hpp"

#include "csv/messages.hpp"

#include <utility>

namespace qi::stdlib {

void CsvReader::read(std::string_view bytes, std::vector<CsvRow>& rows) {
    for (std::size_t i = 0; i < bytes.size() && !fault_; ++i) {
        // Most bytes of a field end nothing.
        if (at_ == At::Plain || at_ == At::Quoted) {
            const std::size_t stop = end_of_plain(bytes, i);
            field_.append(bytes, i, stop - i);
            if ((i = stop) == bytes.size()) break;
        }
        take(bytes[i], rows);
    }
}

/// Where something may end in bytes[from…], or their end. One scan: each byte is looked at once, however many fields
/// a line has.
std::size_t CsvReader::end_of_plain(std::string_view bytes, std::size_t from) const noexcept {
    const bool quoted = at_ == At::Quoted;
    const char one = quoted ? '"' : '\r', other = quoted ? '"' : delimiter_.back();
    while (from < bytes.size() && bytes[from] != '\n' && bytes[from] != one && bytes[from] != other) ++from;
    return from;
}

void CsvReader::take(char c, std::vector<CsvRow>& rows) {
    if (at_ == At::Return) {
        at_ = At::FieldStart;
        if (c == '\n') return;
    }
    if (c == '\n') ++line_;
    if (at_ == At::Quoted) {
        if (c == '"')
            at_ = At::Quote;
        else
            field_ += c;
        return;
    }
    if (at_ == At::Quote && c == '"') {
        if (after_quote_ != 0) return fail(msg::csv_after_quote, line_);
        field_ += c;
        at_ = At::Quoted;
        return;
    }
    if (c == '\n' || c == '\r') {
        if (after_quote_ != 0) return fail(msg::csv_after_quote, line_);
        if (c == '\r') ++line_;
        end_row(rows);
        if (c == '\r') at_ = At::Return;
        return;
    }
    if (at_ == At::FieldStart && c == '"') {
        at_ = At::Quoted;
        quote_line_ = line_;
        return;
    }
    field_ += c;
    if (at_ == At::Quote) {
        // A delimiter of several bytes comes byte by byte.
        if (c != delimiter_[after_quote_++]) return fail(msg::csv_after_quote, line_);
        if (after_quote_ < delimiter_.size()) return;
        field_.resize(field_.size() - delimiter_.size());
        end_field();
    } else if (completes_delimiter()) {
        field_.resize(field_.size() - delimiter_.size());
        end_field();
    } else {
        at_ = At::Plain;
    }
}

bool CsvReader::completes_delimiter() { return field_.ends_with(delimiter_); }

void CsvReader::end_field() {
    row_.push_back(std::exchange(field_, {}));
    after_quote_ = 0;
    at_ = At::FieldStart;
}

void CsvReader::end_row(std::vector<CsvRow>& rows) {
    end_field();
    rows.push_back(std::exchange(row_, {}));
}

void CsvReader::finish(std::vector<CsvRow>& rows) {
    if (fault_) return;
    if (at_ == At::Quoted) return fail(msg::csv_open_quote, quote_line_);
    if (after_quote_ != 0) return fail(msg::csv_after_quote, line_);
    if (at_ == At::Plain || at_ == At::Quote || !row_.empty()) end_row(rows);
}

void CsvReader::fail(const Message& message, std::size_t line) {
    fault_ = format(message, {std::to_string(line),
                              delimiter_ == "\t" ? std::string(msg::csv_tab.text()) : "\"" + delimiter_ + "\""});
}

} // namespace qi::stdlib

// By the C library's tables, taken into the program as it is built (encoding_tables.py).
#include "io/conversion.hpp"

#include "base/utf8.hpp"
#include "encoding_tables.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace qi::stdlib {

namespace {

using Row = std::uint32_t[2];

std::size_t size_of(std::uint32_t bytes) noexcept {
    return bytes < 0x100 ? 1 : bytes < 0x10000 ? 2 : bytes < 0x1000000 ? 3 : 4;
}

void append(std::string& out, std::uint32_t bytes) {
    for (std::size_t size = size_of(bytes); size-- > 0;) out += static_cast<char>(bytes >> (8 * size));
}

/// Characters that are the same wherever they stand.
class Table {
public:
    Table(std::span<const Row> read, std::span<const Row> written) : read_(read) {
        for (const Row& row : read) by_point_.push_back({row[1], row[0]});
        // Shorter ones first, and of those the first.
        std::sort(by_point_.begin(), by_point_.end());
        for (const Row& row : written) {
            const auto found = std::lower_bound(by_point_.begin(), by_point_.end(), Entry{row[0], 0});
            if (found != by_point_.end() && found->point == row[0])
                found->bytes = row[1];
            else if (row[1] != 0)
                by_point_.insert(found, {row[0], row[1]});
        }
    }

    std::optional<std::uint32_t> point(std::uint32_t bytes) const {
        if (bytes < 0x80) return bytes;
        const auto found = std::lower_bound(read_.begin(), read_.end(), bytes,
                                            [](const Row& row, std::uint32_t wanted) { return row[0] < wanted; });
        if (found == read_.end() || (*found)[0] != bytes) return std::nullopt;
        return (*found)[1];
    }

    /// 0: there is none.
    std::uint32_t bytes(std::uint32_t point) const {
        const auto found = std::lower_bound(by_point_.begin(), by_point_.end(), Entry{point, 0});
        return found != by_point_.end() && found->point == point ? found->bytes : 0;
    }

private:
    struct Entry {
        std::uint32_t point, bytes;
        auto operator<=>(const Entry&) const = default;
    };
    std::span<const Row> read_;
    std::vector<Entry> by_point_;
};

/// Made when it is first asked for.
template <const auto& read, const auto& written>
const Table& made() {
    static const Table table(read, written);
    return table;
}

const Table& table_of(std::string_view encoding) {
    constexpr struct {
        std::string_view encoding;
        const Table& (*table)();
    } all[] = {{"CP932", made<cp932_read, cp932_written>},
               {"EUC-JP", made<euc_jp_read, euc_jp_written>},
               {"ISO-2022-JP", made<euc_jp_read, euc_jp_written>},
               {"GBK", made<gbk_read, gbk_written>},
               {"GB18030", made<gb18030_read, gb18030_written>},
               {"BIG5", made<big5_read, big5_written>},
               {"UHC", made<uhc_read, uhc_written>},
               {"CP1252", made<cp1252_read, cp1252_written>},
               {"CP1251", made<cp1251_read, cp1251_written>}};
    return std::find_if(std::begin(all), std::end(all) - 1, [&](const auto& each) { return each.encoding == encoding; })
        ->table();
}

/// One encoding, in one direction, from the beginning of a text.
class Conversion {
public:
    explicit Conversion(std::string_view name) : name_(name) {}

    /// The character at the beginning of `bytes`; how long it is, 0: nothing that could be read.
    std::size_t read(std::string_view bytes, std::string& out) {
        if (name_ == "ISO-2022-JP") return read_switching(bytes, out);
        if (name_ == "ISO-8859-1") {
            utf8::append(out, static_cast<unsigned char>(bytes[0]));
            return 1;
        }
        if (name_.starts_with("UTF-16")) return read_utf16(bytes, out);
        std::uint32_t number = 0;
        for (std::size_t size = 1; size <= std::min<std::size_t>(4, bytes.size()); ++size) {
            number = number << 8 | static_cast<unsigned char>(bytes[size - 1]);
            std::optional<std::uint32_t> point = table_of(name_).point(number);
            if (!point && size == 4 && name_ == "GB18030") point = beyond_plane_0(bytes);
            if (!point) continue;
            utf8::append(out, *point);
            return size;
        }
        return 0;
    }

    bool write(std::uint32_t point, std::string& out) {
        if (name_ == "ISO-2022-JP") return write_switching(point, out);
        if (name_ == "ISO-8859-1") {
            if (point > 0xFF) return false;
            out += static_cast<char>(point);
            return true;
        }
        if (name_.starts_with("UTF-16")) {
            write_utf16(point, out);
            return true;
        }
        if (point < 0x80) {
            out += static_cast<char>(point);
            return true;
        }
        const std::uint32_t known = table_of(name_).bytes(point);
        if (known == 0 && point > 0xFFFF && name_ == "GB18030") {
            // 4 bytes count on from 90 30 81 30 for U+10000 (GB 18030, annex).
            std::uint32_t left = point - 0x10000;
            char bytes[4];
            bytes[3] = static_cast<char>(0x30 + left % 10), left /= 10;
            bytes[2] = static_cast<char>(0x81 + left % 126), left /= 126;
            bytes[1] = static_cast<char>(0x30 + left % 10), left /= 10;
            bytes[0] = static_cast<char>(0x90 + left);
            out.append(bytes, sizeof bytes);
            return true;
        }
        if (known == 0) return false;
        append(out, known);
        return true;
    }

    /// Back to what a text begins with.
    void end(std::string& out) {
        if (set_ != Set::Ascii) out += "\x1B(B";
        set_ = Set::Ascii;
    }

private:
    enum class Set : std::uint8_t { Ascii, Roman, Kanji };

    static std::optional<std::uint32_t> beyond_plane_0(std::string_view bytes) {
        const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
        const auto within = [&](std::size_t i, unsigned low, unsigned high) { return at(i) >= low && at(i) <= high; };
        if (!within(0, 0x90, 0xE3) || !within(1, 0x30, 0x39) || !within(2, 0x81, 0xFE) || !within(3, 0x30, 0x39))
            return std::nullopt;
        const std::uint32_t point =
            0x10000 + (((at(0) - 0x90u) * 10 + (at(1) - 0x30u)) * 126 + (at(2) - 0x81u)) * 10 + (at(3) - 0x30u);
        if (point > 0x10FFFF) return std::nullopt;
        return point;
    }

    std::uint32_t unit(std::string_view bytes, std::size_t at) const {
        const auto low = static_cast<unsigned char>(bytes[at]), high = static_cast<unsigned char>(bytes[at + 1]);
        return name_ == "UTF-16BE" ? low << 8 | high : high << 8 | low;
    }

    std::size_t read_utf16(std::string_view bytes, std::string& out) const {
        if (bytes.size() < 2) return 0;
        const std::uint32_t first = unit(bytes, 0);
        if (first < 0xD800 || first > 0xDFFF) {
            utf8::append(out, first);
            return 2;
        }
        if (first > 0xDBFF || bytes.size() < 4) return 0;
        const std::uint32_t second = unit(bytes, 2);
        if (second < 0xDC00 || second > 0xDFFF) return 0;
        utf8::append(out, 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
        return 4;
    }

    void write_utf16(std::uint32_t point, std::string& out) const {
        const auto put = [&](std::uint32_t unit) {
            const char low = static_cast<char>(unit), high = static_cast<char>(unit >> 8);
            out += name_ == "UTF-16BE" ? high : low;
            out += name_ == "UTF-16BE" ? low : high;
        };
        if (point < 0x10000) return put(point);
        put(0xD800 + ((point - 0x10000) >> 10));
        put(0xDC00 + ((point - 0x10000) & 0x3FF));
    }

    // RFC 1468; of what that doesn't allow, what the C library lets pass: other escapes, and control characters
    // anywhere.
    std::size_t read_switching(std::string_view bytes, std::string& out) {
        for (const auto& [sequence, set] :
             {std::pair{"\x1B(B", Set::Ascii}, {"\x1B(J", Set::Roman}, {"\x1B$@", Set::Kanji}, {"\x1B$B", Set::Kanji}})
            if (bytes.starts_with(sequence)) {
                set_ = set;
                return 3;
            }
        const auto first = static_cast<unsigned char>(bytes[0]);
        const bool may_go_on = first == 0x1B && (bytes.size() < 3 || (bytes.size() < 4 && bytes.starts_with("\x1B$(")));
        if (first >= 0x80 || may_go_on) return 0;
        if (set_ != Set::Kanji || first < 0x21 || first == 0x7F) {
            utf8::append(out, set_ == Set::Roman && first == 0x5C   ? 0xA5
                              : set_ == Set::Roman && first == 0x7E ? 0x203E
                                                                    : first);
            return 1;
        }
        if (bytes.size() < 2 || static_cast<unsigned char>(bytes[1]) >= 0x80) return 0;
        const auto point = table_of(name_).point((first << 8 | static_cast<unsigned char>(bytes[1])) | 0x8080u);
        if (!point) return 0;
        utf8::append(out, *point);
        return 2;
    }

    bool write_switching(std::uint32_t point, std::string& out) {
        const bool is_roman = point == 0xA5 || point == 0x203E;
        std::uint32_t bytes = point;
        Set wanted = Set::Ascii;
        if (is_roman) {
            wanted = Set::Roman;
            bytes = point == 0xA5 ? 0x5C : 0x7E;
        } else if (point >= 0x80) {
            wanted = Set::Kanji;
            bytes = table_of(name_).bytes(point);
            if (bytes < 0xA1A1 || bytes > 0xFFFF || (bytes & 0x8080) != 0x8080) return false;
            bytes &= 0x7F7F;
        } else if (set_ == Set::Roman && point > 0x20 && point != 0x5C && point < 0x7E) {
            wanted = Set::Roman;
        }
        if (wanted != set_) out += wanted == Set::Ascii ? "\x1B(B" : wanted == Set::Roman ? "\x1B(J" : "\x1B$B";
        set_ = wanted;
        append(out, bytes);
        return true;
    }

    const std::string_view name_;
    Set set_ = Set::Ascii;
};

} // namespace

std::size_t convert(const char* to, const char* from, std::string_view text, std::string& out) {
    const bool reads = std::string_view(to) == "UTF-8";
    Conversion conversion(reads ? from : to);
    std::size_t at = 0;
    while (at < text.size()) {
        if (reads) {
            const std::size_t size = conversion.read(text.substr(at), out);
            if (size == 0) return at;
            at += size;
        } else {
            const std::string_view character = utf8::character_at(text, at);
            std::size_t behind = at;
            if (!utf8::valid(character) || !conversion.write(utf8::decode(text, behind), out)) return at;
            at = behind;
        }
    }
    if (!reads) conversion.end(out);
    return at;
}

} // namespace qi::stdlib

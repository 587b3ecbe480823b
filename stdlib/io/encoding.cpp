#include "io/encoding.hpp"

#include "base/utf8.hpp"
#include "io/conversion.hpp"
#include "io/messages.hpp"

namespace qi::stdlib {

namespace {

constexpr std::string_view names[] = {"utf-8",    "binary", "auto",         "utf-8-bom",    "utf-16",    "utf-16le",
                                      "utf-16be", "sjis",   "euc-jp",       "iso-2022-jp",  "gbk",       "gb18030",
                                      "big5",     "euc-kr", "windows-1252", "windows-1251", "iso-8859-1"};

/// Letters and digits alone, small: what spellings of one name have in common.
std::string bare(std::string_view spelling) {
    std::string out;
    for (const char c : spelling)
        if (c >= 'A' && c <= 'Z')
            out += static_cast<char>(c - 'A' + 'a');
        else if (c != '-' && c != '_' && c != ' ')
            out += c;
    return out;
}

/// What iconv calls them. Shift_JIS and EUC-KR with what Windows adds to them, as browsers read them.
const char* iconv_name(std::string_view encoding) {
    constexpr struct {
        std::string_view name;
        const char* iconv;
    } table[] = {{"utf-16", "UTF-16LE"},
                 {"utf-16le", "UTF-16LE"},
                 {"utf-16be", "UTF-16BE"},
                 {"sjis", "CP932"},
                 {"euc-jp", "EUC-JP"},
                 {"iso-2022-jp", "ISO-2022-JP"},
                 {"gbk", "GBK"},
                 {"gb18030", "GB18030"},
                 {"big5", "BIG5"},
                 {"euc-kr", "UHC"},
                 {"windows-1252", "CP1252"},
                 {"windows-1251", "CP1251"},
                 {"iso-8859-1", "ISO-8859-1"}};
    for (const auto& row : table)
        if (row.name == encoding) return row.iconv;
    return "UTF-8";
}

bool fits(std::string_view bytes, const char* encoding, std::string& out) {
    out.clear();
    return convert("UTF-8", encoding, bytes, out) == bytes.size();
}

/// By its byte-order mark, else the first of what is likely that it fits.
std::string_view guess(std::string_view bytes) {
    if (bytes.starts_with("\xFF\xFE")) return "utf-16le";
    if (bytes.starts_with("\xFE\xFF")) return "utf-16be";
    if (utf8::valid(bytes) && bytes.find("\x1B$") == std::string_view::npos) return "utf-8";
    std::string out;
    for (const std::string_view likely : {"iso-2022-jp", "euc-jp", "sjis", "gb18030"})
        if (fits(bytes, iconv_name(likely), out)) return likely;
    return "windows-1252";
}

} // namespace

std::span<const std::string_view> encoding_names() noexcept { return names; }

std::string_view encoding_named(std::string_view spelling) {
    constexpr struct {
        std::string_view bare, name;
    } others[] = {{"shiftjis", "sjis"},       {"cp932", "sjis"},        {"ms932", "sjis"}, {"windows31j", "sjis"},
                  {"jis", "iso-2022-jp"},     {"utf8sig", "utf-8-bom"}, {"gb2312", "gbk"}, {"cp936", "gbk"},
                  {"cp950", "big5"},          {"cp949", "euc-kr"},      {"uhc", "euc-kr"}, {"cp1252", "windows-1252"},
                  {"cp1251", "windows-1251"}, {"latin1", "iso-8859-1"}};
    const std::string wanted = bare(spelling);
    for (const std::string_view name : names)
        if (bare(name) == wanted) return name;
    for (const auto& other : others)
        if (other.bare == wanted) return other.name;
    return {};
}

Result<std::string> decode(std::string_view path, std::string_view bytes, std::string_view encoding) {
    if (encoding == "auto") encoding = guess(bytes);
    if (encoding == "utf-16" && (bytes.starts_with("\xFE\xFF") || bytes.starts_with("\xFF\xFE")))
        encoding = bytes.starts_with("\xFE\xFF") ? "utf-16be" : "utf-16le";
    std::string text;
    std::size_t good = 0;
    if (encoding.starts_with("utf-8")) {
        good = utf8::valid_prefix(bytes);
        text = bytes;
    } else {
        good = convert("UTF-8", iconv_name(encoding), bytes, text);
    }
    if (good != bytes.size())
        return failure(kind::value, msg::not_in_encoding, {path, encoding, std::to_string(good + 1)});
    text.erase(0, text.size() - without_mark(text).size());
    return text;
}

Result<std::string> encode(std::string_view text, std::string_view encoding) {
    if (encoding == "utf-8" || encoding == "auto" || encoding == "binary") return std::string(text);
    if (encoding == "utf-8-bom") return std::string("\xEF\xBB\xBF").append(text);
    std::string bytes;
    if (encoding == "utf-16") bytes = "\xFF\xFE";
    const std::size_t good = convert(iconv_name(encoding), "UTF-8", text, bytes);
    if (good != text.size()) {
        const std::string_view rest = text.substr(good);
        return failure(kind::value, msg::not_encodable, {encoding, utf8::character_at(rest, 0)});
    }
    return bytes;
}

} // namespace qi::stdlib

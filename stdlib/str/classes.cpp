// Questions about strings.
#include "str/str.hpp"
#include "str/unicode.hpp"

namespace qi::stdlib {

namespace {

/// False for the empty string.
template <typename Test>
bool all(std::string_view text, Test test) {
    for (std::size_t at = 0; at < text.size();)
        if (!test(utf8::decode(text, at))) return false;
    return !text.empty();
}

/// At least one letter, and all of them pass.
template <typename Test>
bool all_letters(std::string_view text, Test test) {
    bool any = false;
    for (std::size_t at = 0; at < text.size();) {
        const char32_t c = utf8::decode(text, at);
        if (!unicode::is_letter(c)) continue;
        any = true;
        if (!test(c)) return false;
    }
    return any;
}

constexpr Native str_classes_natives[] = {
    native("str/contains? s t", "Whether t occurs in s.\n(str/contains? \"hello\" \"ell\") ;=> true",
           [](Call, std::string_view s, std::string_view t) { return s.find(t) != std::string_view::npos; }),
    native("str/starts-with? s t", "Whether s begins with t.\n(str/starts-with? \"hello\" \"he\") ;=> true",
           [](Call, std::string_view s, std::string_view t) { return s.starts_with(t); }),
    native("str/ends-with? s t", "Whether s ends with t.\n(str/ends-with? \"hello\" \"lo\") ;=> true",
           [](Call, std::string_view s, std::string_view t) { return s.ends_with(t); }),
    native("str/digit? s",
           "Whether s consists of the digits 0 to 9; false if it is empty.\n(str/digit? \"2030\") ;=> true",
           [](Call, std::string_view s) { return all(s, [](char32_t c) { return c >= '0' && c <= '9'; }); }),
    native("str/alpha? s", "Whether s consists of letters.\n(str/alpha? \"日本\") ;=> true",
           [](Call, std::string_view s) { return all(s, unicode::is_letter); }),
    native("str/alnum? s", "Whether s consists of letters and digits.\n(str/alnum? \"a1\") ;=> true",
           [](Call, std::string_view s) { return all(s, unicode::is_letter_or_digit); }),
    native("str/space? s", "Whether s consists of white space; false if it is empty.\n(str/space? \" \\n\") ;=> true",
           [](Call, std::string_view s) { return all(s, unicode::is_space); }),
    native("str/lower? s", "Whether s has letters, all of them in lower case.\n(str/lower? \"a1\") ;=> true",
           [](Call, std::string_view s) { return all_letters(s, unicode::is_lower); }),
    native("str/upper? s", "Whether s has letters, all of them in upper case.\n(str/upper? \"A1\") ;=> true",
           [](Call, std::string_view s) { return all_letters(s, unicode::is_upper); }),
    native("str/numeric? s", "Whether s reads as a number.\n(str/numeric? \"-1.5e3\") ;=> true",
           [](Call, std::string_view s) { return parse_float(s).has_value(); }),
    native("str/integer? s", "Whether s reads as an integer.\n(str/integer? \"1.5\") ;=> false",
           [](Call, std::string_view s) { return parse_integer(s).has_value(); }),
    native("str/blank? s", "Whether s is empty or all white space.\n(str/blank? \" \") ;=> true",
           [](Call, std::string_view s) { return unicode::trim(s).empty(); }),
    native("str/empty? s", "Whether s is \"\".\n(str/empty? \"\") ;=> true",
           [](Call, std::string_view s) { return s.empty(); }),
    native("str/ascii? s", "Whether all characters of s are ASCII.\n(str/ascii? \"é\") ;=> false",
           [](Call, const String* s) { return s->is_ascii(); }),
};

} // namespace

void define_str_classes(Setup setup) { setup.define(str_classes_natives); }

} // namespace qi::stdlib

// Letter case, and names written in one style or another.
#include "str/str.hpp"
#include "str/unicode.hpp"

namespace qi::stdlib {

namespace {

/// The words of an identifier: they end at `_`, `-`, white space and where an upper-case letter follows a lower-case
/// one.
std::vector<std::string_view> name_parts(std::string_view text) {
    std::vector<std::string_view> parts;
    std::size_t begin = 0;
    bool after_lower = false;
    const auto end_at = [&](std::size_t end) {
        if (end > begin) parts.push_back(text.substr(begin, end - begin));
    };
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t here = at;
        const char32_t c = utf8::decode(text, at);
        if (c == '_' || c == '-' || unicode::is_space(c)) {
            end_at(here);
            begin = at;
        } else if (after_lower && unicode::is_upper(c)) {
            end_at(here);
            begin = here;
        }
        after_lower = unicode::is_lower(c);
    }
    end_at(text.size());
    return parts;
}

std::string lower_joined(std::string_view text, char separator) {
    std::string out;
    for (const auto part : name_parts(text)) {
        if (!out.empty()) out += separator;
        out += unicode::lower(part);
    }
    return out;
}

std::string capitals(std::string_view text, bool first_too) {
    std::string out;
    for (const auto part : name_parts(text)) {
        const std::string lower = unicode::lower(part);
        out += out.empty() && !first_too ? lower : unicode::capitalized(lower);
    }
    return out;
}

std::string title(std::string_view text) {
    std::string out;
    unicode::each_word(text, [&](std::string_view word) {
        if (!out.empty()) out += ' ';
        out += unicode::capitalized(word);
    });
    return out;
}

std::string slug(std::string_view text) {
    const std::string lower = unicode::lower(text);
    std::string out;
    bool gap = false;
    for (std::size_t at = 0; at < lower.size();) {
        const char32_t c = utf8::decode(lower, at);
        if (unicode::is_letter_or_digit(c)) {
            if (gap && !out.empty()) out += '-';
            gap = false;
            utf8::append(out, c);
        } else if (c == '_' || c == '-' || unicode::is_space(c)) {
            gap = true;
        }
    }
    return out;
}

constexpr Native str_case_natives[] = {
    native("str/upper s", "s in upper case.\n(str/upper \"straße\") ;=> \"STRASSE\"",
           [](Call, std::string_view s) { return unicode::upper(s); }),
    native("str/lower s", "s in lower case.\n(str/lower \"AÑB\") ;=> \"añb\"",
           [](Call, std::string_view s) { return unicode::lower(s); }),
    native("str/capitalize s", "s with its first character in upper case.\n(str/capitalize \"été Un\") ;=> \"Été Un\"",
           [](Call, std::string_view s) { return unicode::capitalized(s); }),
    native("str/title s",
           "The words of s, each with its first letter in upper case, one space between them.\n(str/title \" the  "
           "end\") ;=> \"The End\"",
           [](Call, std::string_view s) { return title(s); }),
    native("str/snake s", "s as a name in snake case.\n(str/snake \"someName here\") ;=> \"some_name_here\"",
           [](Call, std::string_view s) { return lower_joined(s, '_'); }),
    native("str/kebab s", "s as a name in kebab case.\n(str/kebab \"someNameHere\") ;=> \"some-name-here\"",
           [](Call, std::string_view s) { return lower_joined(s, '-'); }),
    native("str/camel s", "s as a name in camel case.\n(str/camel \"some-name_here\") ;=> \"someNameHere\"",
           [](Call, std::string_view s) { return capitals(s, false); }),
    native("str/pascal s", "s as a name in Pascal case.\n(str/pascal \"some-name\") ;=> \"SomeName\"",
           [](Call, std::string_view s) { return capitals(s, true); }),
    native("str/split-camel s",
           "The words of the name s, as a vector.\n"
           "(str/split-camel \"someNameHere\") ;=> [\"some\" \"Name\" \"Here\"]",
           [](Call call, std::string_view s) {
               std::vector<Value> parts;
               for (const auto part : name_parts(s)) parts.push_back(make_string(call.store(), part));
               return make_vector(call.store(), parts);
           }),
    native("str/slugify s",
           "s for an address: lower case, letters and digits, - for white space, _ and -.\n(str/slugify \"Hello,  "
           "World_1!\") ;=> \"hello-world-1\"",
           [](Call, std::string_view s) { return slug(s); }),
};

} // namespace

void define_str_case(Setup setup) { setup.define(str_case_natives); }

} // namespace qi::stdlib

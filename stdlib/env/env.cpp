// env/: the environment. Changed by the interpreter thread alone; other threads read it only while they start
// something.
#include "namespaces.hpp"

#include "base/utf8.hpp"
#include "data/print.hpp"
#include "data/type_name.hpp"
#include "io/encoding.hpp"
#include "io/io.hpp"
#include "io/messages.hpp"
#include "str/parts.hpp"
#include "str/unicode.hpp"

#include <cstdlib>
#include <unistd.h>

namespace qi::stdlib {

namespace {

Result<void> set(std::string_view name, const std::string& value, const Value& shown, Call call) {
    if (name.empty() || name.find('=') != std::string_view::npos || name.find('\0') != std::string_view::npos ||
        value.find('\0') != std::string::npos)
        return failure_at(0, kind::value, msg::argument_range, {"name", "NAME", shortened(call.store(), shown)});
    ::setenv(std::string(name).c_str(), value.c_str(), 1);
    return {};
}

/// What stands behind the equals sign: in quotes or not, perhaps with a note behind it, which begins at a # after a
/// blank.
std::string_view value_in(std::string_view text) {
    std::string_view value = unicode::trim(text);
    if (value.starts_with('"') || value.starts_with('\'')) {
        const std::size_t end = value.find(value.front(), 1);
        const std::string_view rest = end == std::string_view::npos ? "x" : unicode::trim_left(value.substr(end + 1));
        if (rest.empty() || rest.starts_with('#')) return value.substr(1, end - 1);
    }
    for (std::size_t note = text.find('#'); note != std::string_view::npos; note = text.find('#', note + 1))
        if (note > 0 && (text[note - 1] == ' ' || text[note - 1] == '\t')) return unicode::trim(text.substr(0, note));
    const bool quoted =
        value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front();
    return quoted ? value.substr(1, value.size() - 2) : value;
}

Result<std::int64_t> load(Call call, std::string_view path) {
    const auto text = read_bytes(std::string(path));
    if (!text) return text.error();
    if (const std::size_t good = utf8::valid_prefix(*text); good != text->size())
        return failure(kind::value, msg::not_in_encoding, {path, "utf-8", std::to_string(good + 1)});
    std::int64_t count = 0;
    std::size_t number = 0;
    for (std::string_view line : lines_of(without_mark(*text))) {
        ++number;
        line = unicode::trim(line);
        if (line.empty() || line.starts_with('#')) continue;
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos)
            return failure_at(0, kind::value, msg::not_a_setting,
                              {std::string(path) + ":" + std::to_string(number),
                               shortened(call.store(), make_string(call.store(), line))});
        std::string_view name = unicode::trim(line.substr(0, equals));
        if (name.starts_with("export ")) name = unicode::trim(name.substr(7));
        const std::string value(value_in(line.substr(equals + 1)));
        if (auto done = set(name, value, make_string(call.store(), name), call); !done) return done.error();
        ++count;
    }
    return count;
}

constexpr Native env_natives[] = {
    native("env/get name default?",
           "The value of the environment variable name, else default or nil. What isn't UTF-8 in it becomes U+FFFD.\n"
           "(env/get \"NO_SUCH_NAME\" \"none\") ;=> \"none\"",
           [](Call call, std::string_view name, std::optional<Value> otherwise) {
               const char* value = std::getenv(std::string(name).c_str());
               return value != nullptr ? make_string_from_outside(call.store(), value)
                                       : otherwise.value_or(Value::nil());
           }),
    native("env/set name value",
           "Sets the environment variable name to value, a string, number or boolean; nil. Fails with :value if the "
           "system doesn't accept it.\n"
           "(do (env/set \"QI_EXAMPLE\" 1) (env/get \"QI_EXAMPLE\")) ;=> \"1\"",
           [](Call call, StringValue name, Value value) -> Result<void> {
               if (!is_string(value) && !is_number(value) && !value.is_boolean())
                   return failure_at(1, kind::type, msg::argument_type,
                                     {msg::type_string.text(), describe_value(call.store(), value)});
               std::string text;
               append_display(call.store(), text, value);
               return set(text_of(name), text, name, call);
           }),
    native("env/all", "All environment variables, as a map of strings.\n(map? (env/all)) ;=> true",
           [](Call call) {
               Value all = empty_map(call.store());
               for (char** entry = environ; *entry != nullptr; ++entry) {
                   const std::string_view text(*entry);
                   const std::size_t equals = text.find('=');
                   if (equals != std::string_view::npos)
                       all =
                           map_assoc(call.store(), all, make_string_from_outside(call.store(), text.substr(0, equals)),
                                     make_string_from_outside(call.store(), text.substr(equals + 1)));
               }
               return all;
           }),
    native("env/load-dotenv path?",
           "Sets the variables in the lines NAME=value of the file at path (.env); returns how many. A value may be in "
           "quotes; # at the beginning of a line or after a blank begins a comment. Fails with :io, :permission-denied "
           "or, for any other line, :value.\n"
           "(let [f (io/temp-file)] (io/write-file \"# no\\nA_NAME='x y'\\n\" f) (env/load-dotenv f)) ;=> 1",
           [](Call call, std::optional<std::string_view> path) { return load(call, path.value_or(".env")); }),
};

} // namespace

void define_env(Setup setup) { setup.define(env_natives); }

} // namespace qi::stdlib

#include "args/declared.hpp"

#include "args/messages.hpp"
#include "base/messages.hpp"
#include "base/utf8.hpp"
#include "data/print.hpp"
#include "data/type_name.hpp"

#include <algorithm>

namespace qi::stdlib {

namespace {

constexpr OptionRow option_rows[] = {
    {":name",
     {"a keyword", "キーワード"},
     "",
     {"--port on the command line, and the key of the result for :port",
      ":port ならコマンドラインでは --port、結果のキーは :port"}},
    {":short", {"a letter or digit", "英数字 1 文字"}, "", {"\"p\" is -p", "\"p\" なら -p"}},
    {":type",
     {":string, :int, :float or :flag", ":string、:int、:float、:flag"},
     ":string",
     {"what the value is; a flag has none, and is true or false",
      "値の種類。:flag は値を取らず、true か false になる"}},
    {":many",
     {"true or false", "true か false"},
     "false",
     {"it may be repeated: a vector of the values; of a flag, how often",
      "繰り返せる。値のベクタになり、:flag なら回数になる"}},
    {":required",
     {"true or false", "true か false"},
     "false",
     {"without it there is an error", "省略するとエラーになる"}},
    {":default", {"any value", "任意の値"}, "", {"what the result has if it isn't given", "省略したときの値"}},
    {":choices", {"a vector of strings", "文字列のベクタ"}, "", {"the values that there are", "使える値"}},
    {":value", {"a string", "文字列"}, "as :type", {"what the usage calls the value", "使い方での値の名前"}},
    {":help", {"a string", "文字列"}, "", {"what the usage says of it", "使い方での説明"}},
};
constexpr OptionRow line_rows[] = {
    {":options", {"a vector of maps", "マップのベクタ"}, "", {"the options", "オプション"}},
    {":program",
     {"a string", "文字列"},
     "the name of the file",
     {"what the usage calls the program", "使い方でのプログラムの名前"}},
    {":about", {"a string", "文字列"}, "", {"what the usage says of the program", "使い方でのプログラムの説明"}},
    {":args",
     {"a vector of strings", "文字列のベクタ"},
     "any number",
     {"the other words: \"URL\" is needed, \"FILE?\" may be left out, \"MORE...\" may be any number",
      "そのほかの引数。\"URL\" は必須、\"FILE?\" は省略可、\"MORE...\" はいくつでも"}},
};

bool is_plain(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool is_option_name(std::string_view text) noexcept {
    return !text.empty() && text.front() != '-' &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_plain(c) || c == '-' || c == '_'; });
}

std::string_view keyword_text(Value key) noexcept { return is_keyword(key) ? as_symbol(key)->text() : ""; }

/// Reads the map of one option, or the one around them.
class DeclarationReader {
public:
    explicit DeclarationReader(Call call) noexcept : call_(call) {}

    Error wrong(std::string_view key, const Message& expected, Value found) const {
        return failure_at(0, kind::value, msg::args_bad_declaration,
                          {key, expected.text(), shortened(call_.store(), found)});
    }
    Error unknown(Value key, std::span<const OptionRow> rows) const {
        std::string known;
        for (const OptionRow& row : rows) known.append(known.empty() ? "" : " ").append(row.name);
        return failure_at(0, kind::value, msg::unknown_option, {shortened(call_.store(), key), known});
    }
    Result<std::string> text(std::string_view key, Value v) const {
        if (!is_string(v)) return wrong(key, msg::type_string, v);
        return std::string(text_of(v));
    }
    Result<bool> boolean(std::string_view key, Value v) const {
        if (!v.is_boolean()) return wrong(key, msg::type_boolean, v);
        return v.is_truthy();
    }
    Result<std::vector<std::string>> texts(std::string_view key, const Message& expected, Value v) const {
        if (!is_sequential(v)) return wrong(key, expected, v);
        std::vector<std::string> all;
        for (const Value each : items_of(v)) {
            if (!is_string(each) || text_of(each).empty()) return wrong(key, expected, v);
            all.emplace_back(text_of(each));
        }
        return all;
    }

    Result<DeclaredOption> option(Value map) const {
        if (!is_map(map)) return wrong(":options", msg::args_maps, map);
        DeclaredOption made;
        MapCursor cursor(map);
        for (Value key, value; cursor.next(key, value);)
            if (auto read = option_entry(made, key, value); !read) return read.error();
        if (made.name.empty()) return failure_at(0, kind::value, msg::args_unnamed);
        if (made.value_name.empty())
            made.value_name =
                made.type == DeclaredOption::Type::Int || made.type == DeclaredOption::Type::Float ? "N" : "VALUE";
        return made;
    }

    Result<std::vector<DeclaredPlace>> places(Value v) const {
        auto names = texts(":args", msg::args_places, v);
        if (!names) return names.error();
        std::vector<DeclaredPlace> all;
        for (std::string& name : *names) {
            DeclaredPlace place;
            if ((place.rest = name.ends_with("..."))) name.resize(name.size() - 3);
            if ((place.optional = name.ends_with('?'))) name.pop_back();
            place.optional = place.optional || place.rest;
            place.name = std::move(name);
            // What is needed behind what may be left out couldn't be told from it.
            if (place.name.empty() || (!all.empty() && (all.back().rest || (all.back().optional && !place.optional))))
                return wrong(":args", msg::args_places, v);
            all.push_back(std::move(place));
        }
        return all;
    }

private:
    Result<void> option_entry(DeclaredOption& made, Value key, Value value) const {
        using Type = DeclaredOption::Type;
        const std::string_view name = keyword_text(key);
        Result<void> done;
        const auto keep = [&](auto read, auto& member) -> Result<void> {
            if (!read) return read.error();
            member = std::move(*read);
            return {};
        };
        if (name == "name") {
            if (!is_option_name(keyword_text(value))) return wrong(":name", msg::args_a_name, value);
            made.name = keyword_text(value);
        } else if (name == "short") {
            const std::string_view letter = is_string(value) ? text_of(value) : "";
            if (letter.size() != 1 || !is_plain(letter.front())) return wrong(":short", msg::args_a_letter, value);
            made.letter = letter;
        } else if (name == "type") {
            const std::string_view type = keyword_text(value);
            if (type != "string" && type != "int" && type != "float" && type != "flag")
                return wrong(":type", msg::args_a_type, value);
            made.type = type == "int"     ? Type::Int
                        : type == "float" ? Type::Float
                        : type == "flag"  ? Type::Flag
                                          : Type::String;
        } else if (name == "many") {
            return keep(boolean(":many", value), made.many);
        } else if (name == "required") {
            return keep(boolean(":required", value), made.required);
        } else if (name == "default") {
            made.otherwise = value;
        } else if (name == "choices") {
            return keep(texts(":choices", msg::args_texts, value), made.choices);
        } else if (name == "value") {
            return keep(text(":value", value), made.value_name);
        } else if (name == "help") {
            return keep(text(":help", value), made.help);
        } else {
            return unknown(key, option_rows);
        }
        return done;
    }

    Call call_;
};

/// As a person calls it: what a bundle is called, or the script.
std::string program_name(Call call) {
    const auto& words = call.arguments();
    if (words.empty()) return "qi";
    const std::string path = utf8::repaired(words.size() > 1 && words[0] == "qi" ? words[1] : words[0]);
    return path.substr(path.find_last_of('/') + 1);
}

/// What every program has, unless it has declared it itself.
void add_own_options(DeclaredLine& line) {
    if (line.named("completion") == nullptr) {
        DeclaredOption own;
        own.is_added = true;
        own.name = "completion";
        own.value_name = "SHELL";
        own.choices = {"bash", "zsh", "fish"};
        own.help = msg::args_completion.text();
        line.options.push_back(own);
    }
    if (line.named("help") == nullptr) {
        DeclaredOption own;
        own.is_added = true;
        own.name = "help";
        own.type = DeclaredOption::Type::Flag;
        own.letter = line.lettered("h") == nullptr ? "h" : "";
        own.help = msg::args_help.text();
        line.options.push_back(own);
    }
}

} // namespace

const DeclaredOption* DeclaredLine::named(std::string_view name) const noexcept {
    for (const DeclaredOption& each : options)
        if (each.name == name) return &each;
    return nullptr;
}

const DeclaredOption* DeclaredLine::added(std::string_view name) const noexcept {
    const DeclaredOption* const option = named(name);
    return option != nullptr && option->is_added ? option : nullptr;
}

const DeclaredOption* DeclaredLine::lettered(std::string_view letter) const noexcept {
    for (const DeclaredOption& each : options)
        if (each.letter == letter) return &each;
    return nullptr;
}

Result<DeclaredLine> declared_line(Call call, Value declaration) {
    const DeclarationReader reader(call);
    DeclaredLine line;
    Value options = declaration;
    if (is_map(declaration)) {
        options = Value::empty_list();
        MapCursor cursor(declaration);
        for (Value key, value; cursor.next(key, value);) {
            const std::string_view name = keyword_text(key);
            if (name == "options") {
                options = value;
            } else if (name == "program" || name == "about") {
                auto text = reader.text(name == "program" ? ":program" : ":about", value);
                if (!text) return text.error();
                (name == "program" ? line.program : line.about) = std::move(*text);
            } else if (name == "args") {
                auto places = reader.places(value);
                if (!places) return places.error();
                line.places = std::move(*places);
            } else {
                return reader.unknown(key, line_rows);
            }
        }
    }
    if (!is_sequential(options)) return reader.wrong(":options", msg::args_maps, options);
    for (const Value each : items_of(options)) {
        auto option = reader.option(each);
        if (!option) return option.error();
        if (line.named(option->name) != nullptr) return failure_at(0, kind::value, msg::args_twice, {option->shown()});
        if (!option->letter.empty() && line.lettered(option->letter) != nullptr)
            return failure_at(0, kind::value, msg::args_twice, {"-" + option->letter});
        line.options.push_back(std::move(*option));
    }
    if (line.program.empty()) line.program = program_name(call);
    add_own_options(line);
    return line;
}

std::vector<OptionDoc> declaration_docs(Language in) {
    auto docs = docs_of(line_rows, in);
    docs.front().inside = docs_of(option_rows, in);
    return docs;
}

} // namespace qi::stdlib

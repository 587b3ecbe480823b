#include "base/elsewhere.hpp"

#include "base/messages.hpp"
#include "base/near.hpp"

#include <algorithm>

namespace qi {

namespace {

// Sorted by the other language's name, in bytes.
constexpr Elsewhere rows[] = {
    {"!", "(not x)"},
    {"&&", "(and a b)"},
    {"->", "(x |> f |> (g 1))"},
    {"->>", "(x |> f |> (g 1))"},
    {"/=", "(!= a b)"},
    {"<>", "(!= a b)"},
    {"==", "(= a b)"},
    {"False", "false"},
    {"None", "nil"},
    {"True", "true"},
    {"all?", "(every? f xs)"},
    {"append", "(concat xs ys)"},
    {"as->", "(x |> (f _ 1))"},
    {"async", "(go expression …)"},
    {"await", "(go/await promise)"},
    {"begin", "(do expression …)"},
    {"car", "(first xs)"},
    {"case", "(match value pattern -> expression …)"},
    {"cdr", "(rest xs)"},
    {"chan", "(go/chan)"},
    {"const", "(def name value)"},
    {"define", "(def name value)"},
    {"defmacro", "(mac name [form] …)"},
    {"defun", "(defn name [x] …)"},
    {"dict", "{:key value}"},
    {"display", "(print x)"},
    {"doseq", "(each (fn [x] …) xs)"},
    {"dotimes", "(each (fn [i] …) (range n))"},
    {"echo", "(println x)"},
    {"fold", "(reduce f initial xs)"},
    {"foldl", "(reduce f initial xs)"},
    {"for", "(map (fn [x] …) xs)"},
    {"for-each", "(each f xs)"},
    {"foreach", "(each f xs)"},
    {"format", "f\"text {value}\""},
    {"fun", "(fn [x] …)"},
    {"func", "(fn [x] …)"},
    {"function", "(fn [x] …)"},
    {"future", "(go expression …)"},
    {"has?", "(contains? xs key)"},
    {"hash-map", "{:key value}"},
    {"if-not", "(if (not condition) a b)"},
    {"import", "(use module)"},
    {"in", "(contains? xs key)"},
    {"include", "(load \"file.qi\")"},
    {"json/decode", "(json/parse text)"},
    {"json/encode", "(json/stringify x)"},
    {"json/read", "(json/parse text)"},
    {"json/write", "(json/stringify x)"},
    {"lambda", "(fn [x] …)"},
    {"length", "(len xs)"},
    {"let*", "(let [name value …] …)"},
    {"letrec", "(do (defn name [x] …) …)"},
    {"neg?", "(< x 0)"},
    {"not=", "(!= a b)"},
    {"null", "nil"},
    {"null?", "(nil? x)"},
    {"pos?", "(> x 0)"},
    {"pow", "(math/pow x n)"},
    {"pr", "(print (pr-str x))"},
    {"printf", "(print f\"text {value}\")"},
    {"prn", "(println (pr-str x))"},
    {"progn", "(do expression …)"},
    {"push", "(conj xs x)"},
    {"puts", "(println x)"},
    {"quit", "(exit)"},
    {"raise", "(error \"what is wrong\")"},
    {"read-string", "(read text)"},
    {"require", "(use module)"},
    {"select", "(go/select channel -> expression …)"},
    {"set!", "(reset! an-atom value)"},
    {"setTimeout", "(go (go/sleep 100) expression)"},
    {"setq", "(reset! an-atom value)"},
    {"size", "(len xs)"},
    {"slurp", "(io/read-file path)"},
    {"spawn", "(go expression …)"},
    {"spit", "(io/write-file text path)"},
    {"sprintf", "f\"text {value}\""},
    {"sqrt", "(math/sqrt x)"},
    {"str/concat", "(str a b)"},
    {"str/length", "(len text)"},
    {"str/substring", "(str/slice text from to)"},
    {"subs", "(str/slice text from to)"},
    {"substr", "(str/slice text from to)"},
    {"switch", "(match value pattern -> expression …)"},
    {"thread", "(go expression …)"},
    {"undefined", "nil"},
    {"val", "(def name value)"},
    {"var", "(def name value)"},
    {"vec", "(into [] xs)"},
    {"when-not", "(unless condition …)"},
    {"ws/dial", "(ws/connect url)"},
    {"ws/open", "(ws/connect url)"},
    {"ws/recv", "(ws/receive conn)"},
    {"ws/server", "(ws/listen {:port 8080})"},
    {"λ", "(fn [x] …)"},
};

/// As in f"{x:.2f}" or f"{x:>8}": a name with a colon in it, and a width or precision behind that.
bool has_format(std::string_view name) {
    const std::size_t colon = name.find(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    const std::string_view format = name.substr(colon + 1);
    const std::size_t digits = format.find_first_not_of("<>+-.,");
    if (digits == std::string_view::npos || format[digits] < '0' || format[digits] > '9') return false;
    const std::size_t end = format.find_first_not_of("0123456789.", digits);
    return end == std::string_view::npos || end + 1 == format.size();
}

} // namespace

std::span<const Elsewhere> names_elsewhere() noexcept { return rows; }

std::string_view here(std::string_view name) noexcept {
    const auto* row =
        std::lower_bound(std::begin(rows), std::end(rows), name,
                         [](const Elsewhere& each, std::string_view wanted) { return each.name < wanted; });
    return row != std::end(rows) && row->name == name ? row->here : std::string_view();
}

std::string name_hint(std::string_view name, const std::vector<std::string>& near) {
    if (const auto known = here(name); !known.empty()) return format(msg::here_it_is, {known});
    if (has_format(name)) return std::string(msg::format_place.text());
    return near.empty() ? std::string() : format(msg::did_you_mean, {join_names(near)});
}

} // namespace qi

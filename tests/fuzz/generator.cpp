#include "fuzz/generator.hpp"

#include <algorithm>

namespace qi::tests {

namespace {

const char* const atoms[] = {"0",
                             "1",
                             "-1",
                             "2",
                             "7",
                             "1.0",
                             "-0.5",
                             "1e300",
                             "nil",
                             "true",
                             "false",
                             "\"\"",
                             "\"a\"",
                             ":a",
                             ":b",
                             ":error",
                             "\"日本\"",
                             "'s",
                             "'()",
                             "9223372036854775807",
                             "[]",
                             "{}",
                             "#{}",
                             "140737488355327",
                             "-9223372036854775808",
                             "\"id\"",
                             ":id",
                             "\"a longer string that isn't one of the shortest\""};
const char* const tokens[] = {
    "(",    ")",     "[",    "]",     "{",     "}",     "#{",           "'",         "`",         ",",  ",@",
    "@",    "->",    "=>",   "...",   "|",     "|>",    "~>",           "|>?",       "||>",       "&",  "_",
    "1",    "-1",    "1.5",  ":a",    "\"s\"", "f\"",   "\"",           "\\",        "let",       "fn", "if",
    "do",   "match", "loop", "recur", "try",   "defer", "def",          "defn",      "mac",       "go", "when",
    "cond", "x",     "y",    "inc",   "map",   "+",     "nil",          "\"\"\"",    "f\"\"\"",   "x#", ";",
    "\n",   "#",     "~",    ".",     "1e",    ":",     "\xE6\x97\xA5", "go/select", "while-some"};

} // namespace

std::string Generator::atom() { return atoms[pick(std::size(atoms))]; }

std::string Generator::name() {
    return scope_.empty() || pick(3) == 0 ? atom()
                                          : scope_[scope_.size() - 1 - pick(std::min<std::size_t>(scope_.size(), 6))];
}

std::string Generator::fresh() { return "v" + std::to_string(names_++ % 40); }

std::string Generator::in_scope(const std::vector<std::string>& names, int depth) {
    const std::size_t before = scope_.size();
    scope_.insert(scope_.end(), names.begin(), names.end());
    std::string text = expression(depth);
    scope_.resize(before);
    return text;
}

std::string Generator::collection(int depth) {
    std::string out;
    const std::size_t kind = pick(4), count = pick(30) == 0 ? 9 + pick(70) : pick(4);
    for (std::size_t i = 0; i < count; ++i) {
        const int inside = count > 8 ? 0 : depth - 1;
        if (kind == 1) out += (pick(4) == 0 ? expression(inside) : ":k" + std::to_string(i)) + " ";
        out += expression(inside) + " ";
    }
    return kind == 0   ? "(list " + out + ")"
           : kind == 1 ? "{" + out + "}"
           : kind == 2 ? "#{" + out + "}"
                       : "[" + out + "]";
}

std::string Generator::binding(int depth, std::vector<std::string>& names) {
    if (depth <= 0 || pick(3) != 0) {
        names.push_back(fresh());
        return names.back();
    }
    std::string out;
    if (pick(2) == 0) {
        for (std::size_t n = pick(3); n > 0; --n) out += binding(depth - 1, names) + " ";
        if (pick(3) == 0) {
            names.push_back(fresh());
            out += "& " + names.back();
        }
        return "[" + out + "]";
    }
    for (std::size_t n = pick(3); n > 0; --n)
        out += ":" + std::string(1, static_cast<char>('a' + n)) + " " + binding(depth - 1, names) + " ";
    return "{" + out + "}";
}

std::string Generator::pattern(int depth, std::vector<std::string>& names) {
    switch (pick(depth > 0 ? 7 : 3)) {
    case 0: return "_";
    case 1: names.push_back(fresh()); return names.back();
    case 2: {
        static const char* const literals[] = {
            "0", "1", "-1", "1.0", "nil", "true", "\"a\"", ":a", "\"日本\"", "9223372036854775807", "[]", "{}"};
        return literals[pick(std::size(literals))];
    }
    case 3: {
        std::vector<std::string> none;
        return "[" + pattern(0, none) + " | 1 | :a " + (pick(2) == 0 ? pattern(depth - 1, names) : "") + "]";
    }
    case 4: {
        std::string out;
        for (std::size_t n = pick(3); n > 0; --n)
            out += ":" + std::string(1, static_cast<char>('a' + n)) + " " + pattern(depth - 1, names) + " ";
        if (pick(4) == 0) {
            names.push_back(fresh());
            out += ":as " + names.back();
        }
        return "{" + out + "}";
    }
    default: {
        std::string out;
        for (std::size_t n = pick(4); n > 0; --n) out += pattern(depth - 1, names) + " ";
        if (pick(3) == 0) {
            names.push_back(fresh());
            out += "& " + names.back();
        }
        return "[" + out + "]";
    }
    }
}

std::string Generator::function(int depth, std::size_t parameters) {
    std::vector<std::string> names;
    std::string list;
    for (std::size_t i = 0; i < parameters; ++i) list += (pick(5) == 0 ? binding(1, names) : binding(0, names)) + " ";
    if (pick(8) == 0) {
        names.push_back(fresh());
        list += "& " + names.back();
    }
    std::string body = in_scope(names, depth - 1);
    if (parameters == 2) body = "(flat " + body + ")"; // it may fold: see program()
    if (pick(6) == 0) body = "(defer (swap! log inc)) " + body;
    return "(fn [" + list + "] " + body + ")";
}

std::string Generator::call(int depth) {
    const auto x = [&] { return expression(depth - 1); };
    switch (pick(34)) {
    case 0: return "(+ " + x() + " " + x() + ")";
    case 1: return "(- " + x() + " 1)";
    case 2: return "(* " + x() + " " + x() + ")";
    case 3: return "(" + std::string(pick(2) == 0 ? "<" : ">=") + " " + x() + " " + x() + ")";
    case 4: return "(= " + x() + " " + x() + ")";
    case 5: return "(get " + x() + " " + (pick(2) == 0 ? ":a" : x()) + ")";
    case 6: return "(assoc " + x() + " " + x() + " " + x() + ")";
    case 7: return "(conj " + x() + " " + x() + ")";
    case 8: return "(dissoc " + x() + " " + x() + ")";
    case 9: return "(merge " + collection(depth - 1) + " " + x() + ")";
    case 10: return "(map " + function(depth, 1) + " " + x() + ")";
    case 11: return "(filter " + function(depth, 1) + " " + x() + ")";
    case 12: return "(reduce " + function(depth, 2) + " " + x() + " " + x() + ")";
    case 13: return "(first " + x() + ")";
    case 14: return "(rest " + x() + ")";
    case 15: return "(concat " + x() + " " + x() + ")";
    case 16: return "(str " + x() + " " + x() + ")";
    case 17: return "(len " + x() + ")";
    case 18: return "(into " + x() + " " + x() + ")";
    case 19: return "(" + function(depth, 1) + " " + x() + ")";
    case 20: return "(apply " + function(depth, 2) + " " + x() + ")";
    case 21: return "(nth " + x() + " " + std::to_string(pick(4)) + ")";
    case 22: return "(pr-str " + x() + ")";
    case 23: return "(sort (range " + std::to_string(pick(50)) + "))";
    case 24: return "(keys " + x() + ")";
    case 25: return "(inc " + x() + ")";
    case 26: return "(not " + x() + ")";
    case 27: return "(distinct " + x() + ")";
    case 28: return "(zip " + x() + " " + x() + ")";
    case 29: return "(get (range " + std::to_string(pick(100)) + ") " + x() + ")";
    case 30: return "(to-vector (range " + std::to_string(pick(2000)) + "))";
    case 31: return "(reduce (fn [m i] (assoc m i " + x() + ")) {} (range " + std::to_string(pick(90)) + "))";
    case 32: return "(reverse " + x() + ")";
    default: return "(error " + x() + ")";
    }
}

/// A collection that grows in a loop, and earlier versions of it that must stay as they were.
std::string Generator::growth(int depth) {
    static const char* const starts[] = {"[]",
                                         "{}",
                                         "#{}",
                                         "{:a 1}",
                                         "(to-vector (range 40))",
                                         "[1 2 3]",
                                         "(reduce (fn [m i] (assoc m i i)) {} (range 70))"};
    const std::string i = fresh(), now = fresh(), old = fresh();
    const auto x = [&] { return "(flat " + in_scope({i, now}, depth - 2) + ")"; };
    const auto change = [&](const std::string& of) {
        switch (pick(8)) {
        case 0: return "(assoc " + of + " " + i + " " + x() + ")";
        case 1: return "(assoc " + of + " (flat " + x() + ") " + x() + ")";
        case 2: return "(conj " + of + " " + x() + ")";
        case 3: return "(update " + of + " " + i + " " + function(depth - 1, 1) + ")";
        case 4: return "(let [s (str " + of + " (try (assoc " + of + " " + i + " 1)))] (conj " + of + " s))";
        case 5:
            return "(if (contains? #{1 2} (len " + of + ")) (conj " + of + " 1) (assoc " + of + " (len " + of + ") 2))";
        case 6: return "((fn [c] (conj c " + x() + ")) " + of + ")";
        default: return "(try (assoc " + of + " " + i + " " + x() + "))";
        }
    };
    const std::string start = pick(4) == 0 ? expression(depth - 1) : starts[pick(std::size(starts))];
    std::string next = change(change(now));
    if (pick(4) == 0) next = "(if " + x() + " " + next + " " + change(now) + ")";
    if (pick(4) == 0) next = "(let [f (fn [] (len " + now + ")) n " + next + "] (f) n)";
    if (pick(4) == 0) next = "(try (let [n " + next + "] (if (= " + i + " 2) (error n) n)))";
    const std::string kept = "(if " + x() + " (conj " + old + " " + now + ") " + old + ")";
    const std::string turn = pick(2) == 0 ? next + " " + kept : "(let [k " + kept + "] " + next + ") " + kept;
    return "(try (loop [" + i + " 0 " + now + " " + start + " " + old + " []] (if (< " + i + " " +
           std::to_string(pick(8)) + ") (recur (inc " + i + ") " + turn + ") [" + now + " " + old + "])))";
}

std::string Generator::expression(int depth) {
    if (depth <= 0) return name();
    const auto x = [&] { return expression(depth - 1); };
    switch (pick(32)) {
    case 0:
    case 1: return name();
    case 2:
    case 3: return collection(depth);
    case 4: return "(if " + x() + " " + x() + " " + x() + ")";
    case 5:
    case 6: {
        std::vector<std::string> names;
        const std::string value = x();
        const std::string bound = binding(2, names);
        return "(try (let [" + bound + " " + value + "] " + in_scope(names, depth - 1) + "))";
    }
    case 7:
    case 8: {
        std::string out = "(match " + x();
        for (std::size_t n = 1 + pick(4); n > 0; --n) {
            std::vector<std::string> names;
            out += " " + pattern(2, names) + (pick(4) == 0 ? " when " + in_scope(names, 1) : "") + " -> " +
                   in_scope(names, depth - 1);
        }
        return out + " _ -> " + x() + ")";
    }
    case 9:
    case 10: {
        const std::string i = fresh(), acc = fresh();
        const std::string start = x();
        return "(loop [" + i + " 0 " + acc + " " + start + "] (if (< " + i + " " + std::to_string(pick(12)) +
               ") (recur (inc " + i + ") (flat " + in_scope({i, acc}, depth - 1) + ")) " + acc + "))";
    }
    case 11: return "(try " + x() + ")";
    case 12: return "(do " + x() + " " + x() + ")";
    case 13: return "(do (defer (swap! log inc)) " + x() + ")";
    case 14: return "f\"a{" + x() + "}b{" + name() + "}\"";
    case 15: return "(" + x() + " |> " + function(depth, 1) + ")";
    case 16: return "(" + x() + " |>? " + function(depth, 1) + ")";
    case 17: return "(" + x() + " |> (list 1 _ _))";
    case 18: return "`(a ," + x() + " ,@(list " + x() + ") [,(" + std::string("str ") + x() + ")])";
    case 19: return "(go/await (go (try " + x() + ")))";
    case 20: return "(let [c (go/chan " + std::to_string(1 + pick(3)) + ")] (go/send c " + x() + ") (go/recv c))";
    case 21: return "(let [c (go/chan 0)] (go (try (go/send c " + x() + "))) (go/recv c :timeout 2000))";
    case 22: return "(and " + x() + " " + x() + ")";
    case 23: return "(or " + x() + " " + x() + ")";
    case 24: {
        const std::string local = fresh();
        const std::string value = x();
        return "((fn [] (def " + local + " " + value + ") " + in_scope({local}, depth - 1) + " (fn [] " + local +
               ") (def " + local + " 1) " + local + "))";
    }
    case 25: return "(let [a (atom " + x() + ")] (swap! a " + function(depth, 1) + ") (deref a))";
    case 26: return "(cond " + x() + " " + x() + " :else " + x() + ")";
    case 27: return "(my-or " + x() + " " + x() + ")";
    case 28:
    case 29: return growth(depth);
    default: return "(try " + call(depth) + ")";
    }
}

std::string Generator::program() {
    scope_.clear();
    std::string out =
        "(def log (atom 0))\n(mac my-or [a b] `(let [x# ,a] (if x# x# ,b)))\n"
        // What goes round a loop keeps no copies of itself: a few passes would make more of them than can be printed.
        "(defn flat [x] (if (or (string? x) (list? x) (vector? x) (map? x) (set? x)) (len x) x))\n";
    const std::size_t definitions = pick(4);
    std::vector<std::string> defined;
    for (std::size_t i = 0; i < definitions; ++i) {
        const std::string name = "g" + std::to_string(i);
        out += "(def " + name + " (try " + expression(4) + "))\n";
        scope_.push_back(name);
    }
    return out + "[(try " + expression(6) + ") (deref log)]\n";
}

std::string Generator::soup() {
    std::string out;
    for (std::size_t n = pick(60); n > 0; --n) {
        out += tokens[pick(std::size(tokens))];
        if (pick(4) != 0) out += ' ';
    }
    return out;
}

std::string Generator::damaged(std::string text) {
    for (std::size_t n = 1 + pick(4); n > 0 && !text.empty(); --n) {
        const std::size_t at = pick(text.size()), length = std::min(text.size() - at, pick(12) + 1);
        switch (pick(6)) {
        case 0: text.erase(at, length); break;
        case 1: text.insert(at, tokens[pick(std::size(tokens))]); break;
        case 2: text.insert(pick(text.size()), text.substr(at, length)); break;
        case 3: text[at] = static_cast<char>(pick(20) == 0 ? pick(256) : 32 + pick(95)); break;
        case 4: text.resize(at); break;
        default: text.replace(at, length, tokens[pick(std::size(tokens))]);
        }
    }
    return text;
}

std::string Generator::json(int depth) {
    static const char* const leaves[] = {"null",
                                         "true",
                                         "false",
                                         "0",
                                         "-0",
                                         "1.5",
                                         "-1e-7",
                                         "9223372036854775807",
                                         "-9223372036854775808",
                                         "18446744073709551616",
                                         "1E400",
                                         "\"\"",
                                         "\"\\u00e9\\ud83d\\ude00\\n\\\"\"",
                                         "\"日\""};
    if (depth <= 0 || pick(3) == 0) return leaves[pick(std::size(leaves))];
    std::string out;
    const bool object = pick(2) == 0;
    const std::size_t count = pick(20) == 0 ? 70 : pick(5);
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) out += ",";
        if (object) out += "\"k" + std::to_string(i) + "\":";
        out += json(count > 8 ? 0 : depth - 1);
    }
    return object ? "{" + out + "}" : "[" + out + "]";
}

} // namespace qi::tests

// Fuzzes every function of the standard library: the first line of the input names one, the bytes after it choose the
// arguments. The usage says how many there may be and, by the parameters' names, what they are meant to be: mostly they
// get that, at its hostile end, and now and then something else. "*" is every function, one after the other.
//
// What a call gives may be an argument of the next one: bytes that are left over call the same function again.
#include "fuzz/sandbox.hpp"
#include "fuzz/target.hpp"

#include "base/utf8.hpp"
#include "data/list.hpp"
#include "data/map.hpp"
#include "data/number.hpp"
#include "data/print.hpp"
#include "data/string.hpp"
#include "data/vector.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <vector>

using namespace qi;
using namespace qi::fuzz;

namespace {

struct Function {
    std::string name;
    std::vector<std::string> parameters;
    unsigned least = 0, most = 0; // the last parameter stands for several when most is larger
};

/// A VM with what is called in it.
struct Stage {
    Stage() {
        run("(defn fuzz-call [f xs] (apply f xs)) (def fuzz-kept (atom nil))");
        for (const char* text : {"inc",
                                 "(fn [a b] a)",
                                 "(fn [& xs] xs)",
                                 "(fn [x] (error x))",
                                 "(fn [x] (str x x))",
                                 "(atom 0)",
                                 "(go/chan 3)",
                                 "(let [c (go/chan)] (go/close! c) c)",
                                 "(go 1)",
                                 "(queue/new)",
                                 "(stack/push (stack/new) 1)",
                                 "(stream/iterate inc 1)",
                                 "(range 70)",
                                 "(to-vector (range 70))",
                                 "(zipmap (range 70) (range 70))",
                                 "(set (range 70))",
                                 "(go/make-scope)",
                                 "(fn [] (go/recv (go/chan)))",
                                 "'(a (b) ...c)",
                                 "(bytes [0 255 128])",
                                 "(drop 40 (to-vector (range 70)))"})
            run("(def fuzz-" + std::to_string(pool++) + " " + text + ")");
        if (!functions.empty()) return;
        Vm& vm = sandbox.vm();
        std::vector<std::string> names = vm.globals.all_names();
        vm.globals.provide_all();
        for (std::string& name : names) {
            if (is_excluded(name) || name.starts_with("fuzz-")) continue;
            const Variable* variable = vm.globals.find(vm.store.symbol(name));
            if (variable != nullptr) add(std::move(name), variable->value);
        }
    }

    void run(const std::string& text) { sandbox.run(text); }

    static void add(std::string name, Value value) {
        Function function;
        std::string_view usage;
        std::string of_closure;
        if (value.is(ObjectKind::Native)) {
            const Native& native = *static_cast<const NativeFunction*>(value.object())->native;
            usage = native.usage.substr(native.name().size());
            function.least = static_cast<unsigned>(native.least);
            function.most = native.most < 0 ? function.least + 4 : static_cast<unsigned>(native.most);
        } else if (value.is(ObjectKind::Closure)) {
            const Prototype& prototype = *static_cast<const Closure*>(value.object())->prototype;
            of_closure = prototype.code->parameters.substr(1, prototype.code->parameters.size() - 2);
            usage = of_closure;
            function.least = prototype.parameters;
            function.most = function.least + (prototype.rest ? 4 : 0);
        } else {
            return;
        }
        for (std::size_t at = 0; at < usage.size();) {
            const std::size_t begin = usage.find_first_not_of(" ", at);
            if (begin == std::string_view::npos) break;
            at = std::min(usage.find(' ', begin), usage.size());
            if (const auto word = usage.substr(begin, at - begin); word != "&")
                function.parameters.emplace_back(word.substr(0, word.find_first_of("?.")));
        }
        function.name = std::move(name);
        functions.push_back(std::move(function));
    }

    Sandbox sandbox;
    unsigned pool = 0;
    static inline std::vector<Function> functions; // the same in every VM
};

/// Chooses arguments.
class Arguments {
public:
    Arguments(Stage& stage, Choices& choices, bool opens_files)
        : stage_(stage), store_(stage.sandbox.vm().store), choices_(choices), opens_files_(opens_files) {}

    Value for_parameter(std::string_view name) {
        const std::size_t strange = choices_.pick(16);
        if (strange == 0) return any(2);
        const auto is = [&](std::initializer_list<std::string_view> names) {
            return std::find(names.begin(), names.end(), name) != names.end();
        };
        if (is({"n",   "x", "y",    "a",   "b",    "index",  "count",  "width",    "from", "to",       "step",  "start",
                "end", "t", "time", "low", "high", "length", "digits", "decimals", "size", "capacity", "places"}))
            return number();
        if (is({"s",         "text",     "format", "pattern", "re",       "prefix", "suffix",
                "separator", "path",     "name",   "url",     "encoding", "pad",    "message",
                "payload",   "template", "old",    "new",     "reason",   "topic"}))
            return string();
        if (is({"xs", "ys", "items", "coll", "list", "v", "lists", "numbers", "path-keys", "keys"})) return sequence(2);
        if (is({"m", "map", "options", "option", "context", "handlers"})) return map(2);
        if (is({"f", "g", "pred", "function", "key-fn", "body"})) return pooled(choices_.pick(5));
        if (is({"ch", "p", "channels", "conn"})) return choices_.pick(4) == 0 ? number() : pooled(6 + choices_.pick(3));
        return any(2);
    }

    Value any(int depth) {
        switch (choices_.pick(depth > 0 ? 12 : 6)) {
        case 0: return Value::nil();
        case 1: return Value::boolean(choices_.pick(2) == 0);
        case 2: return number();
        case 3: return string();
        case 4: return keyword();
        case 5: return pooled(choices_.pick(stage_.pool));
        case 6: return sequence(depth - 1);
        case 7: return map(depth - 1);
        case 8: return make_bytes(store_, std::string_view(string_text()));
        case 9: return set(depth - 1);
        case 10: return store_.symbol("a");
        default: return kept();
        }
    }

private:
    Value number() {
        static constexpr std::int64_t integers[] = {0,
                                                    1,
                                                    -1,
                                                    2,
                                                    3,
                                                    7,
                                                    10,
                                                    31,
                                                    32,
                                                    33,
                                                    63,
                                                    64,
                                                    65,
                                                    100,
                                                    127,
                                                    128,
                                                    255,
                                                    256,
                                                    1000,
                                                    0xD800,
                                                    0x10FFFF,
                                                    0x110000,
                                                    (std::int64_t{1} << 31) - 1,
                                                    std::int64_t{1} << 31,
                                                    std::int64_t{1} << 32,
                                                    (std::int64_t{1} << 47) - 1,
                                                    std::int64_t{1} << 47,
                                                    -(std::int64_t{1} << 47) - 1,
                                                    (std::int64_t{1} << 53) + 1,
                                                    std::numeric_limits<std::int64_t>::max(),
                                                    std::numeric_limits<std::int64_t>::max() - 1,
                                                    std::numeric_limits<std::int64_t>::min(),
                                                    std::numeric_limits<std::int64_t>::min() + 1};
        static const double floats[] = {
            0.0,   -0.0, 0.5, 1.5, -2.5, 1e16, 1e300, -1e308, 5e-324, NAN, HUGE_VAL, -HUGE_VAL, 9007199254740993.0,
            9.3e18};
        const std::size_t kind = choices_.pick(8);
        if (kind == 0) return make_integer(store_, static_cast<std::int64_t>(choices_.word()));
        if (kind < 3) return Value::number(floats[choices_.pick(std::size(floats))]);
        if (kind < 5) return make_integer(store_, static_cast<std::int8_t>(choices_.byte()));
        return make_integer(store_, integers[choices_.pick(std::size(integers))]);
    }

    std::string string_text() {
        static constexpr std::string_view texts[] = {"",
                                                     " ",
                                                     "a",
                                                     "-1",
                                                     "1e400",
                                                     "9223372036854775808",
                                                     "NaN",
                                                     "日本語",
                                                     "e\u0301",
                                                     "\u200d\U0001F468\u200d\U0001F469",
                                                     "\u202e",
                                                     "\uFEFF",
                                                     "İıſß",
                                                     "a,b;c",
                                                     "\n\r\n",
                                                     "{}{0}{",
                                                     "%Y-%m-%dT%H:%M:%S%z%j%s%",
                                                     "(a|b)*c",
                                                     "(",
                                                     "[",
                                                     "\\",
                                                     "a{1000}",
                                                     "&#128;&amp;&#xFFFFFFFF;",
                                                     "%ff%00%",
                                                     "2024-02-30T25:61:61+99:99",
                                                     "ws://[::1]:99999/%",
                                                     "{\"a\":[1,{}",
                                                     "../..",
                                                     "a/./b//",
                                                     "\\u{1f}",
                                                     "deadbeef",
                                                     "=?=",
                                                     "0x",
                                                     "1ms",
                                                     "64KiB"};
        const std::size_t kind = choices_.pick(8);
        if (kind < 4) return std::string(texts[choices_.pick(std::size(texts))]);
        if (kind < 6) return utf8::repaired(choices_.take(choices_.byte() % 40));
        std::string text(texts[choices_.pick(std::size(texts))]);
        std::string all;
        for (std::size_t n = choices_.pick(2) == 0 ? choices_.pick(8) : std::size_t{16} << choices_.pick(7); n > 0; --n)
            all += text;
        return all;
    }

    /// Below the scratch folder, where it names a file.
    Value string() {
        std::string text = string_text();
        if (opens_files_) {
            for (std::size_t at = 0; (at = text.find("..", at)) != std::string::npos;) text[at] = '_';
            if (text.starts_with('/')) text[0] = '_';
            if (text.size() > 200) text.resize(utf8::valid_prefix(std::string_view(text).substr(0, 200)));
        }
        return make_string(store_, std::string_view(text));
    }

    Value keyword() {
        static constexpr std::string_view names[] = {"a",         "error", "keys",   "timeout", "else",    "sort",
                                                     "limit",     "type",  "binary", "url",     "headers", "encoding",
                                                     "recursive", "x",     "kind",   "indent"};
        return store_.keyword(names[choices_.pick(std::size(names))]);
    }

    std::vector<Value> items(int depth) {
        std::vector<Value> found;
        for (std::size_t n = choices_.pick(8) == 0 ? 40 : choices_.pick(5); n > 0; --n) found.push_back(any(depth));
        return found;
    }

    Value sequence(int depth) {
        const std::size_t kind = choices_.pick(6);
        if (kind == 0) return pooled(12 + choices_.pick(4));
        if (kind == 1) return string();
        const std::vector<Value> found = items(depth);
        return kind < 4 ? make_vector(store_, found) : make_list(store_, found);
    }

    Value map(int depth) {
        Value result = empty_map(store_);
        for (std::size_t n = choices_.pick(5); n > 0; --n) {
            const Value key = choices_.pick(3) == 0 ? any(depth - 1) : keyword();
            if (can_be_key(key)) result = map_assoc(store_, result, key, any(depth));
        }
        return result;
    }

    Value set(int depth) {
        Value members = empty_map(store_);
        for (const Value item : items(depth))
            if (can_be_key(item)) members = map_assoc(store_, members, item, Value::boolean(true));
        return make_set(store_, members);
    }

    Value pooled(std::size_t n) { return global("fuzz-" + std::to_string(n)); }
    Value kept() { return static_cast<const Atom*>(global("fuzz-kept").object())->value; }
    Value global(const std::string& name) {
        const Variable* variable = stage_.sandbox.vm().globals.find(store_.symbol(name));
        return variable == nullptr || variable->value.is_absent() ? Value::nil() : variable->value;
    }

    Stage& stage_;
    Store& store_;
    Choices& choices_;
    bool opens_files_;
};

bool opens_files(std::string_view name) {
    return name.starts_with("io/") || name.starts_with("stream/") || name.starts_with("%") || name == "load" ||
           name.starts_with("ws/") || name.starts_with("test/");
}

/// QI_FUZZ_SHOW=1: each call before it is made, so that the last one is the culprit.
const bool shows = std::getenv("QI_FUZZ_SHOW") != nullptr;

void call(Stage& stage, const Function& function, Choices& choices) {
    Vm& vm = stage.sandbox.vm();
    const auto variable = [&](const char* name) { return vm.globals.find(vm.store.symbol(name))->value; };
    Arguments arguments(stage, choices, opens_files(function.name));
    const unsigned count = function.least + static_cast<unsigned>(choices.pick(function.most - function.least + 1));
    std::vector<Value> given;
    for (unsigned i = 0; i < count; ++i)
        given.push_back(arguments.for_parameter(
            function.parameters.empty()
                ? ""
                : function.parameters[std::min<std::size_t>(i, function.parameters.size() - 1)]));
    const Value both[] = {vm.globals.find(vm.store.symbol(function.name))->value, make_list(vm.store, given)};
    if (shows)
        dprintf(report_descriptor, "(%s %s)\n", function.name.c_str(), shortened(vm.store, both[1], 300).c_str());
    const Vm::Outcome outcome = stage.sandbox.call(variable("fuzz-call"), both);
    // Whatever comes of it can be shown, and is text.
    const std::string shown = shortened(vm.store, outcome.value, 2000);
    require(utf8::valid(shown), "a value whose text isn't UTF-8", shown);
    if (!outcome.ok)
        require(utf8::valid(vm.diagnosis.describe_error(outcome.value)), "an error whose text isn't UTF-8");
    if (outcome.ok) {
        auto* kept = static_cast<Atom*>(variable("fuzz-kept").object());
        kept->value = outcome.value;
        vm.heap().wrote(kept, outcome.value);
    }
}

} // namespace

int LLVMFuzzerInitialize(int*, char***) {
    enter_scratch_folder();
    return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static std::unique_ptr<Stage> stage;
    static unsigned uses = 0;
    Choices choices(text_of(data, size));
    const std::string_view name = choices.line();
    const auto ready = [&]() -> Stage& {
        if (stage == nullptr || stage->sandbox.is_spent() || ++uses % 512 == 0) stage = std::make_unique<Stage>();
        return *stage;
    };
    ready();
    if (name == "*") {
        const std::string_view bytes = choices.rest();
        for (std::size_t i = 0; i < ready().functions.size(); ++i) {
            Choices own(bytes.substr(bytes.empty() ? 0 : i * 7 % bytes.size()));
            call(*stage, stage->functions[i], own);
        }
        return 0;
    }
    std::size_t number = 0;
    for (const char c : name) number = number * 31 + static_cast<unsigned char>(c);
    number %= stage->functions.size();
    for (std::size_t i = 0; i < stage->functions.size(); ++i)
        if (stage->functions[i].name == name) number = i;
    for (int calls = 0; calls < 8 && (calls == 0 || !choices.empty()); ++calls) {
        Stage& now = ready();
        call(now, now.functions[number], choices);
    }
    return 0;
}

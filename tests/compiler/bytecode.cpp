// The shape of the code for a few things whose speed rests on it.
#include "compiler/compiler.hpp"
#include "reader/reader.hpp"
#include "vm/program.hpp"

#include <doctest/doctest.h>

using namespace qi;

namespace {

/// The opcodes of the first function in the text, without operands.
std::string opcodes(std::string_view text) {
    tests::Program program;
    Vm& vm = program.vm;
    const auto source = std::make_shared<Source>("t", std::string(text));
    FormArena arena(vm.store);
    Reader reader(arena, vm.names, *source);
    Compiler compiler(arena, vm.names, vm.globals, vm.stack, source, nullptr);
    Form* form = nullptr;
    REQUIRE_FALSE(reader.next(form));
    const Heap::Hold hold(vm.heap());
    auto compiled = compiler.compile(form);
    REQUIRE(std::holds_alternative<Prototype*>(compiled));
    const Prototype* shown = std::get<Prototype*>(compiled);
    for (const Value constant : shown->code->constants)
        if (constant.is(ObjectKind::Prototype)) {
            shown = static_cast<Prototype*>(constant.object());
            break;
        }
    std::string out;
    const std::string listing = disassemble(shown);
    for (std::size_t line = listing.find('\n') + 1; line < listing.size(); line = listing.find('\n', line) + 1) {
        const std::size_t name = listing.find(' ', line + 2) + 1;
        if (!out.empty()) out += ' ';
        out += listing.substr(name, listing.find(' ', name) - name);
    }
    return out;
}

} // namespace

TEST_CASE("arithmetic and comparison on small numbers need no constants") {
    CHECK(opcodes("(fn [x] (+ x 1))") == "AddI Return");
    CHECK(opcodes("(fn [x y] (- x y))") == "Subtract Return");
    CHECK(opcodes("(fn [n] (if (< n 2) n 1))") == "JumpUnlessLessI Move Jump LoadI Return");
    CHECK(opcodes("(fn [a b] (when (>= a b) nil))") == "JumpUnlessLessEqual Nil Jump Nil Return");
}

TEST_CASE("a loop is a jump back") {
    CHECK(opcodes("(fn [n] (loop [i 0] (if (< i n) (recur (+ i 1)) i)))") ==
          "LoadI JumpUnlessLess AddI LoopBack Jump Move Return");
}

TEST_CASE("functions that loops call are instructions, as long as the program doesn't redefine them") {
    CHECK(opcodes("(fn [a b c] (+ a b c))") == "Add AddNext Return");
    CHECK(opcodes("(fn [a] (* 2 a a a))") == "LoadI Multiply MultiplyNext MultiplyNext Return");
    CHECK(opcodes("(fn [v i x] (assoc v i (+ (nth v i) x)))") == "Nth Add AssocOwn Return");
    CHECK(opcodes("(fn [m a b] (assoc m :x a :y b))") == "LoadK LoadK AssocOwn AssocNext Return");
    CHECK(opcodes("(fn [a x] (do (swap! a conj x) nil))").find("SwapInPlace CallGlobal") != std::string::npos);
    CHECK(opcodes("(fn [a x] (swap! a conj x))").find("SwapInPlace") == std::string::npos);
    CHECK(opcodes("(fn [a f x] (do (swap! a f x) nil))").find("SwapInPlace") == std::string::npos);
    CHECK(opcodes("(fn [m] (assoc m :x 1 :y))").find("CallGlobal") != std::string::npos);
    CHECK(opcodes("(fn [xs] (conj (rest xs) (first xs)))") == "Rest First ConjOwn Return");
    CHECK(opcodes("(fn [a b] (bit-xor (bit-shift-left a 3) (quot b 2)))") ==
          "LoadI ShiftLeft LoadI Quotient BitXor Return");
    CHECK(opcodes("(fn [v] (% (* (nth v 0) 7) 2))") == "NthI MultiplyI RemainderI Return");
    CHECK(opcodes("(fn [xs] (when (not (empty? xs)) (len xs)))") == "JumpEmpty Length Jump Nil Return");
    CHECK(opcodes("(fn [nth v] (nth v 0))").find("Call") != std::string::npos);
    CHECK(opcodes("(fn [v] (nth v))").find("CallGlobal") != std::string::npos);
}

TEST_CASE("the last use of a collection is known") {
    CHECK(opcodes("(fn [v] (conj v 1) v)") == "LoadI Conj Move Return");
    CHECK(opcodes("(fn [v] [(conj v 1) v])").find("ConjOwn") == std::string::npos);
    CHECK(opcodes("(fn [v] [(conj v 1) (conj v 2)])") == "LoadI Conj LoadI ConjOwn MakeVector Move Return");
    CHECK(opcodes("(fn [v] (loop [i 0 v v] (if (< i 3) (recur (+ i 1) (conj v i)) v)))") ==
          "LoadI Move JumpUnlessLessI AddI ConjOwn Move LoopBack Jump Move Return");
    CHECK(opcodes("(fn [v] (loop [i 0] (if (< i 3) (do (conj v i) (recur (+ i 1))) i)))").find("ConjOwn") ==
          std::string::npos);
    CHECK(opcodes("(fn [f v] (try (f (conj v 1))) v)").find("ConjOwn") == std::string::npos);
    CHECK(opcodes("(fn [v] (println v (conj v 1)))") == "LoadI Conj Lend CallGlobal Return");
}

TEST_CASE("look-ups of a keyword are cached") {
    CHECK(opcodes("(fn [m] (:a m))") == "GetK Return");
    CHECK(opcodes("(fn [m] (get m :a))") == "GetK Return");
    CHECK(opcodes("(fn [m] (match m {:a x} -> x _ -> 1))").find("JumpNotMap JumpNotKey") != std::string::npos);
}

TEST_CASE("constant collections are one constant") {
    CHECK(opcodes("(fn [] [1 {:a \"b\"} #{2}])") == "LoadK Return");
    CHECK(opcodes("(fn [x] {:a x :b 2})") == "Move LoadI MakeMap Move Return");
}

TEST_CASE("a call of a global name is one instruction") {
    CHECK(opcodes("(fn [x] (println x))") == "Lend CallGlobal Return");
}

TEST_CASE("every question of a match is asked once on each path") {
    const std::string code = opcodes("(fn [v] (match v [1 2] -> :a [1 3] -> :b [1 x] -> x _ -> :c))");
    std::size_t items = 0;
    for (std::size_t at = code.find("JumpNotItems"); at != std::string::npos; at = code.find("JumpNotItems", at + 1))
        ++items;
    CHECK(items == 1);
}

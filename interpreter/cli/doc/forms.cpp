#include "cli/doc/forms.hpp"

namespace qi {

namespace {

constexpr FormDoc form_table[] = {
    {"and", "(and expression ...)",
     "The first of the expressions whose value is nil or false, else the last one; those behind it aren't evaluated. Without any, true.\n"
     "(and 1 2) ;=> 2"},
    {"comment", "(comment form ...)", "Nothing is evaluated, but the forms must be readable; nil.\n(comment (println \"never\")) ;=> nil"},
    {"cond", "(cond test expression ... :else expression)",
     "The value of the first expression whose test is true, nil if none is. :else is always true. A program may define cond anew.\n"
     "(cond (> 1 2) :more (< 1 2) :less :else :same) ;=> :less"},
    {"def", "(def name expression)",
     "Binds the name to the expression's value, which is returned: globally at the top level, else in the body around it, from there on.\n"
     "(do (def answer 42) answer) ;=> 42"},
    {"defer", "(defer expression)",
     "Evaluates the expression when the body around it is left: by its end, by an error or by cancellation, the newest first; nil. "
     "An error in it is reported on stderr.\n"
     "(let [log (atom [])]\n"
     "  (do (defer (swap! log conj :last)) (swap! log conj :first))\n"
     "  @log) ;=> [:first :last]"},
    {"defn", "(defn name docstring? [parameter ...] body ...)",
     "Defines a function: as def of a fn, with a docstring that tools show. Parameters may be patterns, as in let; & in front of the "
     "last one collects what is left. Returns the function. Calling it with another number of arguments fails with :arity.\n"
     "(do (defn area \"Of a rectangle.\" [{:w w :h h}] (* w h)) (area {:w 2 :h 5})) ;=> 10"},
    {"defn-", "(defn- name docstring? [parameter ...] body ...)",
     "As defn, for a function that other modules don't see.\n(do (defn- twice [x] (* 2 x)) (twice 4)) ;=> 8"},
    {"do", "(do expression ...)", "Evaluates the expressions one after the other; the value of the last, nil without any.\n(do 1 2 3) ;=> 3"},
    {"export", "(export name ...)",
     "In a module: what other files see of it; without any export, all but what defn- defined. The names are defined before; nil. "
     "Fails with :name for others."},
    {"flow", "(flow expression |> f ...)\n(flow |> f ...)",
     "The pipe's value; without a first expression, a function of one argument that sends it through the pipe.\n"
     "((flow |> inc |> (* 2)) 4) ;=> 10"},
    {"fn", "(fn [parameter ...] body ...)",
     "A function that sees the bindings around it. Its parameters are as those of defn.\n((fn [a & more] (list a more)) 1 2 3) ;=> (1 (2 3))"},
    {"go", "(go expression ...)",
     "Evaluates the expressions in a goroutine of its own and returns a promise for the value of the last; a function without parameters "
     "is called. An error becomes the promise's value, {:error …}; if nobody looks at it, it is reported on stderr and the program ends "
     "with status 1.\n"
     "(go/await (go (sleep 1) :done)) ;=> :done"},
    {"go/parallel-do", "(go/parallel-do expression ...)",
     "Evaluates every expression in a goroutine of its own, waits for all, and returns the vector of their values. One that fails "
     "gives its error map.\n"
     "(go/parallel-do (+ 1 1) (error \"z\") \"w\") ;=> [2 {:error \"z\"} \"w\"]"},
    {"go/run", "(go/run expression ...)", "The same as go.\n(go/await (go/run (fn [] (* 6 7)))) ;=> 42"},
    {"go/select", "(go/select channel -> expression ...)",
     "Waits until one of the channels has a value or is closed, and returns the value of its expression: the first such one's in the "
     "order they are written. The expression takes the value itself. Fails with :type if one is no channel.\n"
     "(let [c (go/chan) late (go/timeout 1000)]\n"
     "  (go/send c 5)\n"
     "  (go/select c -> (go/recv c) late -> :late)) ;=> 5"},
    {"if", "(if test then else?)", "The value of then if the test is true, that is neither nil nor false; else of else, or nil.\n(if (> 2 1) :yes :no) ;=> :yes"},
    {"if-let", "(if-let [pattern expression] then else?)",
     "If the expression's value is true, binds it to the pattern for then; else the value of else, without the binding.\n"
     "(if-let [x (get {:x 1} :x)] (+ x 1) :none) ;=> 2"},
    {"let", "(let [pattern expression ...] body ...)",
     "Binds each pattern to its expression's value, one after the other, for the body, whose last value it returns. Patterns are names, "
     "[a b & rest] and {:key pattern … :as all}. A keyword finds what (get m :key) finds, a string key as well; a string, as in "
     "{\"key\" pattern}, that key alone. Fails if a pattern doesn't fit.\n"
     "(let [{:pos [x y]} {:pos [3 4]} sum (+ x y)] sum) ;=> 7"},
    {"loop", "(loop [pattern expression ...] body ...)",
     "As let, and (recur …) as the last thing in the body begins anew with other values.\n"
     "(loop [n 5 product 1] (if (<= n 1) product (recur (dec n) (* product n)))) ;=> 120"},
    {"mac", "(mac name [parameter ...] body)",
     "Defines a macro: the call's forms, as data, are its arguments, and what the body returns is compiled in place of the call. name# in "
     "a quasiquote is a fresh symbol. Returns the macro.\n"
     "(do (mac twice [form] `(do ,form ,form)) (def n (atom 0)) (twice (swap! n inc)) @n) ;=> 2"},
    {"match", "(match expression pattern -> result ...)\n(match expression pattern when guard -> result ...)",
     "The result of the first pattern that fits the expression's value and whose guard, if there is one, is true. Patterns: _ for anything, "
     "names, literals, [a b & rest], {:key pattern :as all} (keys as in let), a | b, and name => f for the value sent through f. Fails with :no-match.\n"
     "(match {:op :add :args [2 3]}\n"
     "  {:op :add :args [a b]} -> (+ a b)\n"
     "  {:op :neg :args [a]} -> (- a)) ;=> 5"},
    {"module", "(module name)", "At the head of a file: the name by which it is known where it is used; nil."},
    {"or", "(or expression ...)",
     "The first of the expressions whose value is neither nil nor false; those behind it aren't evaluated. nil if there is none.\n(or nil false 3) ;=> 3"},
    {"quote", "(quote form)\n'form", "The form itself, as data: calls become lists.\n'(a \"b\" [c]) ;=> (a \"b\" [c])"},
    {"recur", "(recur expression ...)",
     "Begins the loop around it anew with these values, one for each of its patterns. It must be the last thing that the loop does.\n"
     "(loop [i 0] (if (< i 1000) (recur (inc i)) i)) ;=> 1000"},
    {"try", "(try expression)",
     "The expression's value; if it fails, the error as a map: {:error message}, with :kind for errors that Qi itself raises.\n"
     "(try (error \"boom\")) ;=> {:error \"boom\"}"},
    {"unless", "(unless test body ...)",
     "Evaluates the body if the test is nil or false, and returns its last value, else nil. A program may define unless anew.\n(unless nil 1 2) ;=> 2"},
    {"until", "(until test body ...)", "Repeats the body until the test is true; nil.\n(do (def n (atom 0)) (until (> @n 4) (swap! n inc)) @n) ;=> 5"},
    {"until-error", "(until-error [name expression] body ...)",
     "Repeats: binds the name to the expression's value for the body, until that value is an error map, which it returns.\n"
     "(do (def n (atom 0)) (until-error [x (if (< @n 2) (swap! n inc) {:error \"stop\"})] x)) ;=> {:error \"stop\"}"},
    {"use", "(use module)\n(use module :as prefix)\n(use module :only [name ...])\n(use module :all)",
     "Loads a module once and binds its public names: as module/name, as prefix/name, only those named, or all as they are; nil. "
     "A module is a name, looked for beside the running file, or a path that begins with / ./ or ../ as a string. Fails with :io if it "
     "isn't found and with :name if it has no such public name."},
    {"when", "(when test body ...)", "Evaluates the body if the test is true, and returns its last value, else nil.\n(when (> 2 1) :a :b) ;=> :b"},
    {"when-let", "(when-let [pattern expression] body ...)",
     "If the expression's value is true, binds it to the pattern for the body and returns the body's last value; else nil. A program may "
     "define when-let anew.\n"
     "(when-let [x (first [7])] (+ x 1)) ;=> 8"},
    {"while", "(while test body ...)", "Repeats the body while the test is true; nil.\n(do (def n (atom 5)) (while (> @n 0) (swap! n dec)) @n) ;=> 0"},
    {"while-some", "(while-some [name expression] body ...)",
     "Repeats: binds the name to the expression's value for the body, until that value is nil; nil.\n"
     "(do (def q (atom [1 2])) (while-some [x (first @q)] (swap! q rest)) @q) ;=> []"},
    {"|>", "expression |> f\nexpression |> (f argument ...)",
     "The value as the argument of f, behind the others, or in place of each _ if there is one.\n(7 |> (- 10) |> (str \"r=\" _)) ;=> \"r=3\""},
    {"|>?", "expression |>? f", "As |> for a function, but an error map on the left is the result, and f isn't called.\n({:error \"no\"} |>? inc) ;=> {:error \"no\"}"},
    {"||>", "expression ||> f", "(pmap f expression).\n([1 2 3] ||> inc) ;=> [2 3 4]"},
    {"~>", "(expression ~> f ...)", "As |>, and the whole pipe runs in a goroutine of its own: a promise for its value.\n(go/recv (20 ~> inc ~> (* 2))) ;=> 42"},
};

} // namespace

std::span<const FormDoc> form_docs() noexcept { return form_table; }

} // namespace qi

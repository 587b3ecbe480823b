// Forms -> bytecode, one top-level form at a time. A leaf: it calls no Qi code but through the MacroExpander that it
// is handed. Interpreter thread only.
#pragma once

#include "base/messages.hpp"
#include "base/stack.hpp"
#include "compiler/code.hpp"
#include "compiler/core_instructions.hpp"
#include "compiler/definitions.hpp"
#include "compiler/function_state.hpp"
#include "compiler/globals.hpp"
#include "compiler/warnings.hpp"
#include "reader/form.hpp"
#include "reader/names.hpp"

#include <optional>
#include <span>
#include <unordered_set>
#include <variant>

namespace qi {

class MacroExpander {
public:
    virtual ~MacroExpander() = default;
    /// Calls the macro's function with the arguments as data.
    virtual Result<Value> expand(Value macro, std::span<const Value> arguments) = 0;
    /// Whether what the macro makes may have that symbol in it without getting it: it mentions the symbol, or
    /// something of the program's that may.
    virtual bool may_make(Value macro, Value symbol) const = 0;
    /// A function value of a prototype that captures nothing.
    virtual Value make_function(Prototype* prototype) = 0;
};

/// How a value is wanted.
struct Want {
    bool tail = false;    // recur is allowed here
    bool discard = false; // the value isn't used
};

class Compiler {
public:
    Compiler(FormArena& arena, const Names& names, Globals& globals, const StackBound& stack, SourcePointer source,
             MacroExpander* expander)
        : arena_(arena), store_(arena.store()), names_(names), globals_(globals), stack_(stack),
          source_(std::move(source)), expander_(expander) {}

    /// A function without parameters that does what the form says. `discard`: its value isn't used.
    std::variant<Prototype*, SyntaxError> compile(Form* form, bool discard = false);

    /// The function of a `(defn name doc? [parameters] body…)`, whose docstring goes to the name's variable.
    std::variant<Prototype*, SyntaxError> compile_definition(Form* defn);

    /// The names that a file's top level defines, so that a library name is the program's own throughout the file, and
    /// a module's names are its own even before they are defined.
    void declare_definitions(std::span<Form* const> forms);

    /// From here on, what is doubtful about the forms is added to `warnings`. `definitions`: those of the file.
    void warn_into(Warnings& warnings, const Definitions& definitions) {
        warnings_ = &warnings;
        definitions_ = &definitions;
    }
    /// A function without parameters that throws the error at a place of the source.
    Prototype* thrower(Value error, Span place);

private:
    using Special = void (Compiler::*)(Form*, Register, Want);

    // expressions.cpp
    void expression(Form* form, Register to, Want want = {});
    Register operand(Form* form); // a register that holds the value: the local's own, or a new one
    void body(std::span<Form* const> forms, Register to, Want want); // the last one's value
    void constant(Value value, Register to);
    void symbol(Form* form, Register to);
    bool computed_name(Value name, Register to);
    void call(Form* form, Register to, Want want);
    void finish_call(Form* form, Register base, bool global_head, Want want);
    const Local* lent_to(const Form* function, const Form* argument);
    void check_bindable(const Form* symbol);
    bool is_defined(Value name) const; // by now, or by this file
    void collection(Form* form, Register to);
    void map_literal(Form* form, Register to);
    void fstring(Form* form, Register to);
    bool is_constant(const Form* form) const;
    Value text_constant(std::string_view text);
    Register call_base(Register to);

    // intrinsics.cpp: core functions that have instructions of their own
    bool intrinsic(Form* form, Register to);
    void jump_unless(Form* form, Label& label); // evaluates, and jumps if it is nil or false
    void jump_if(Form* form, Label& label);
    bool compare_jump(Form* form, bool jump_when, Label& label);
    bool test_jump(Form* form, bool jump_when, Label& label);
    void core_operation(const CoreInstruction& row, std::span<Form* const> arguments, Register to);
    bool may_swap_in_place(const Form* call);
    bool may_swap_update(const Form* call);
    void chain(const CoreInstruction& row, std::span<Form* const> arguments, Register to);
    std::optional<Word> cached_key(Value key);
    bool has_instruction(const Form* head, std::string_view name);
    const CoreInstruction* core_operation_of(const Form* call);
    bool is_core(const Form* head, std::string_view name);

    // special_forms.cpp
    Special special(const Form* form) const;
    void form_def(Form*, Register, Want);
    void form_defn(Form*, Register, Want);
    void form_fn(Form*, Register, Want);
    void form_let(Form*, Register, Want);
    void form_if(Form*, Register, Want);
    void form_do(Form*, Register, Want);
    void form_when(Form*, Register, Want);
    void form_while(Form*, Register, Want);
    void form_while_some(Form*, Register, Want);
    void form_until_error(Form*, Register, Want);
    void bound_loop(Form* form, Register to, Opcode leave);
    void form_and(Form*, Register, Want);
    void form_or(Form*, Register, Want);
    void form_quote(Form*, Register, Want);
    void form_comment(Form*, Register, Want);
    void form_if_let(Form*, Register, Want);
    void form_cond(Form*, Register, Want);
    void form_flow(Form*, Register, Want);
    void form_try(Form*, Register, Want);
    void form_defer(Form*, Register, Want);
    void form_loop(Form*, Register, Want);
    void form_recur(Form*, Register, Want);
    bool writes_last(const Form* form);
    bool may_mention(std::span<Form* const> forms, Value name) const;
    void form_go(Form*, Register, Want);
    void form_select(Form*, Register, Want);
    void form_match(Form*, Register, Want);
    void form_mac(Form*, Register, Want);
    void define_macro(Form* mac);
    void form_pipe_if_ok(Form*, Register, Want);
    void form_parallel_do(Form*, Register, Want);
    void define(Value name, Form* place, Register from);

    // module_forms.cpp
    void form_use(Form*, Register, Want);
    void form_module(Form*, Register, Want);
    void form_export(Form*, Register, Want);
    Form* name_text(const Form* name);

    void need(const Form* form, bool ok); // else the special form is written otherwise, and the error says how

    // functions.cpp
    Prototype* function(std::string name, const Form* parameters, std::span<Form* const> forms, Span span);
    void closure(Prototype* prototype, Register to);
    void frame(std::span<Form* const> forms, Register to, Want want); // a body that runs its defers when it is left
    void run_deferred(Register list);
    void leave_regions(std::size_t down_to);
    struct Definition {
        Value name;
        int times;
        bool certain; // the first one is evaluated whenever the body is
    };
    /// Registers for what a body defines, after its macro calls have been expanded: they may define, or defer.
    /// `bindings`: patterns (every other item) whose names the body sees and that aren't declared yet. The definitions
    /// of these names are given back, for declare_defined once they are declared.
    std::vector<Definition> open_definitions(std::span<Form* const> forms, std::span<Form* const> bindings = {});
    void declare_defined(std::span<const Definition> definitions, std::span<Form* const> forms);
    void expand_in_scope(std::span<Form* const> forms, const std::unordered_set<std::uint64_t>& bound);
    Value macro_of(const Form* form) const; // that a form calls, or absent
    std::vector<Definition> definitions_in(std::span<Form* const> forms) const;
    bool has_defer(std::span<Form* const> forms) const;
    bool mentioned_in_function(std::span<Form* const> forms, Value name) const;

    // checks.cpp: warnings
    void check_name(const Form* symbol);
    void check_arity(const Form* call);
    void check_use(const Form* use);
    void check_used(std::size_t first_local);

    // lints.cpp: warnings of what is surely a slip
    bool lints(const Form* form) const;
    void lint_literal(const Form* form);
    void lint_parameters(const Form* parameters);
    void lint_cond(const Form* cond);
    void lint_after_error(std::span<Form* const> forms);
    void lint_call(const Form* call);
    void lint_options(const Form* map, std::string_view function, std::span<const OptionDoc> known,
                      const std::string& under);
    void lint_handed(const Form* function, std::string_view caller, unsigned arguments);
    void lint_local_def(const Form* def, const Local& local);
    const Form* parameters_of(const Form* function) const;

    // patterns.cpp: binding patterns, which throw where they don't fit
    void bind_pattern(const Form* pattern, Register value);
    void bind_local(const Form* pattern, Register reg);

    // match.cpp
    friend class MatchCompiler;

    // quasiquote.cpp
    void quasiquote(Form* form, Register to);
    using FreshNames = std::vector<std::pair<Value, Form*>>; // name# and the variable that holds its symbol
    Form* quasi(Form* form, int level, FreshNames& fresh);

    // macros
    Form* expand(Form* call, Value macro);

    [[noreturn]] void fail_pattern(const Form* pattern) const;
    [[noreturn]] void fail(const Form* form, const Message& message,
                           std::initializer_list<std::string_view> arguments = {}) const;
    std::string text_of_form(const Form* form) const;
    FunctionState& f() noexcept { return *function_; }
    bool at_top_level() const noexcept {
        return function_->parent() == nullptr && function_->depth() == 0;
    } // what is defined here is global

    /// One level of forms that the compiler follows on the C++ stack; where that ends is an error.
    class Nested {
    public:
        Nested(Compiler& compiler, const Form* form) : depth_(compiler.nesting_) {
            if (compiler.stack_.reached()) compiler.fail(form, msg::too_deep, {std::to_string(depth_)});
            ++depth_;
        }
        ~Nested() { --depth_; }
        Nested(const Nested&) = delete;

    private:
        int& depth_;
    };

    /// For as long as it lasts, an error may be meant.
    class Excused {
    public:
        Excused(Compiler& compiler, bool meant = true) : count_(compiler.excused_), more_(meant ? 1 : 0) {
            count_ += more_;
        }
        ~Excused() { count_ -= more_; }
        Excused(const Excused&) = delete;

    private:
        int& count_;
        int more_;
    };

    FormArena& arena_;
    Store& store_;
    const Names& names_;
    Globals& globals_;
    const StackBound stack_;
    SourcePointer source_;
    MacroExpander* expander_;
    FunctionState* function_ = nullptr;
    Warnings* warnings_ = nullptr;
    const Definitions* definitions_ = nullptr;
    std::unordered_set<std::uint64_t> defined_; // symbols that forms compiled so far define, macros' expansions too
    int nesting_ = 0;
    std::size_t formed_before_ = 0; // forms that there were when the top-level form was begun
    int excused_ = 0;               // forms around in which an error may be meant
};

/// What is surely a slip in a file as a whole: before anything of it is compiled.
void lint_file(const Names& names, const Source& source, std::span<Form* const> forms, Warnings& warnings);

} // namespace qi

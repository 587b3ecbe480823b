// The virtual machine: runs compiled functions, and holds what a program is made of. Who runs when is the scheduler's
// affair, what went wrong the diagnosis's. Natives reach these three only through native/call.hpp.
// Interpreter thread only, except for what the scheduler says.
#pragma once

#include "base/output.hpp"
#include "base/result.hpp"
#include "base/stack.hpp"
#include "compiler/core_instructions.hpp"
#include "compiler/globals.hpp"
#include "compiler/known_options.hpp"
#include "data/store.hpp"
#include "reader/names.hpp"
#include "vm/scheduler.hpp"

#include <array>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace qi {

/// The owner of the terminal, if a prompt is: programs get their lines of standard input from it.
class Console {
public:
    virtual ~Console() = default;
    /// The next line for the program; empty at the end of input. False: it isn't there yet, and is to be waited for.
    virtual bool next_line(std::optional<std::string>& line) = 0;
    /// All lines up to the end of input, once they are there.
    virtual bool rest_of_input(std::vector<std::string>& lines) = 0;
    virtual Wait& line_wait() noexcept = 0;
};

class Vm final : public Roots, private Machine {
    Current now_; // before the parts, which share it

public:
    Vm();
    ~Vm() override;
    Vm(const Vm&) = delete;
    Vm& operator=(const Vm&) = delete;

    Store store;
    Globals globals;
    const StackBound stack; // of the interpreter thread
    Names names;
    Output out{1};
    Output err{2};
    std::vector<std::string> arguments; // the program, the script and what follows it
    std::vector<std::string>
        own_flags; // qi's own, such as --deny-net: processes that run programs for this one get them too
    KnownOptions options;
    Diagnosis diagnosis;
    Scheduler scheduler;

    Heap& heap() noexcept { return store.heap; }

    // --- For code that runs programs

    using Outcome = Scheduler::Outcome;
    Outcome run(Prototype* prototype) { return call(make_function(prototype), {}); }
    Outcome call(Value function, std::span<const Value> given) { return scheduler.call(function, given); }
    Outcome call_alone(Value function, std::span<const Value> given) { return scheduler.call_alone(function, given); }
    /// The library that names are looked up in when nothing else knows them.
    void set_library(std::unique_ptr<NameSource> library) {
        library_ = std::move(library);
        globals.set_source(library_.get());
    }
    /// What a namespace keeps for its natives, found again by its type.
    template <typename T>
    void set_extension(T* extension) {
        extensions_.emplace_back(&extension_tag<T>, extension);
    }
    template <typename T>
    T* find_extension() const noexcept {
        for (const auto& [tag, extension] : extensions_)
            if (tag == &extension_tag<T>) return static_cast<T*>(extension);
        return nullptr;
    }
    template <typename T>
    T& extension() const noexcept {
        T* const found = find_extension<T>();
        if (found == nullptr) std::abort();
        return *found;
    }
    /// Lives as long as the VM.
    void own(std::shared_ptr<void> thing) { owned_.push_back(std::move(thing)); }
    /// The functions of the library that instructions are for: once they are defined, before a program has names.
    void bind_core_functions();
    void set_console(Console* console) noexcept { console_ = console; }
    Console* console() const noexcept { return console_; }
    /// A function value that captures nothing.
    Value make_function(Prototype* prototype);

    // --- For natives (native/call.hpp)

    Resume resumption() const noexcept { return now_.resumption; }
    Goroutine& current() noexcept { return *now_.goroutine; }
    const Goroutine& current() const noexcept { return *now_.goroutine; }
    Value call_instead(Value function, std::span<const Value> arguments);
    Value make_native(const Native& native);
    Value make_atom(Value value);
    void set_atom(Atom* atom, Value value);
    Value lend_atom(Value atom, Value swap, Value update, Value key, Value f);
    bool set_lent(Atom* atom, Value now, Value key, Value item);

    // Roots
    void trace_young(Tracer& tracer) override;
    void trace_all(Tracer& tracer) override;

    /// Values that are kept outside the heap.
    void keep(Value* value) { kept_.push_back(value); }
    void unkeep(Value* value) { std::erase(kept_, value); }

private:
    template <typename T>
    static constexpr char extension_tag = 0; // its address identifies the type

    // interpret.cpp
    Stop execute(Goroutine& g) override;
    void give_up(Abandon abandon, std::int64_t number, std::int64_t note) override { abandon(*this, number, note); }
    bool unwind(Goroutine& g); // to the nearest handler; false: there is none

    // operations.cpp: what the instructions do in their less usual cases
    const Native& core_function(Opcode op) const noexcept; // that the instruction is for
    /// (op a b), where b is argument `index` of a sum of several.
    Value call_core(Opcode op, std::vector<Value>& arguments);
    Value add_next(Opcode op, Value a, Value b, unsigned index, Value neutral);
    bool swap_in_place(const Variable& swap, const Value* arguments, unsigned count);
    Value assoc_next(Value to, Value key, Value value, unsigned index);
    int compare_values(Opcode op, Value a, Value b, bool swapped); // 1, 0; -1: thrown. Swapped: written (> b a)
    Value get_cached(Value map, Value key, InlineCache& cache);
    Value match_key(Value map, Value key, InlineCache& cache);
    /// In the handler of an exception that a native has let out: its error. That memory has run out stays what it is.
    Value native_threw();
    Value call_value(Value callee, Value* arguments, unsigned count, bool& handled);
    Value undefined_error(Value name, const Variable* variable = nullptr);
    Value outer_value(const Variable* variable); // of a global that has no value; thrown if there is none
    Value check_items(Value value, unsigned count, bool at_least);
    Value rest_from(Value sequence, unsigned from);
    Value need_key(Value map, Value key);
    void raise_no_match(Value value);
    Value make_map(Shape* shape, const Value* values);
    bool put_map(Value& map, const Value* pairs, unsigned count);
    Value make_set(const Value* values, Value onto, unsigned count);
    Value to_text(const Value* values, unsigned count);
    Value make_closure(Prototype* prototype, Value* base);

    std::array<const Native*, std::size(core_instructions)> core_functions_{};
    Value call_function_;
    std::vector<Value> call_arguments_;
    std::vector<Value> spread_;
    std::vector<Value*> kept_;
    std::unique_ptr<NameSource> library_;
    std::vector<std::pair<const void*, void*>> extensions_;
    std::vector<std::shared_ptr<void>> owned_;
    Console* console_ = nullptr;
};

} // namespace qi

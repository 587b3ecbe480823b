// What went wrong and where: the error that is being thrown with its trace, the text that a reader is shown, and
// failures that no code has looked at. It knows values, sources and goroutines, and nothing of who runs when.
// Interpreter thread only.
#pragma once

#include "base/output.hpp"
#include "base/result.hpp"
#include "compiler/globals.hpp"
#include "data/store.hpp"
#include "reader/names.hpp"
#include "vm/goroutine.hpp"
#include "vm/journal.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace qi {

/// An error that no code awaited, and during which activity it happened.
struct QuietFailure {
    std::string text, during;
};

class Diagnosis final : public Roots {
public:
    Diagnosis(Store& store, Globals& globals, const Names& names, Output& out, Output& err, const Current& now);
    ~Diagnosis() override;
    Diagnosis(const Diagnosis&) = delete;
    Diagnosis& operator=(const Diagnosis&) = delete;

    // --- Making and throwing errors. Each `raise` returns what a native returns that has thrown.

    Value make_error(Kind kind, std::string_view text);
    /// Its map. One about a call names what was called.
    Value make_error(const Error& error);
    bool is_error_map(Value v) const noexcept;
    Value error_key() const noexcept { return error_key_; }
    Value kind_key() const noexcept { return kind_key_; }
    Value raise(const Error& error);
    /// … with a hint for the reader of the trace.
    Value raise(const Error& error, std::string note);
    /// The error of a native that was given that many arguments.
    Value raise_native_arity(const Native& native, unsigned given);
    Value raise_arity(const Closure* closure, unsigned given);
    Value raise_heap_is_full();

    // --- The error on its way to a handler

    bool is_throwing() const noexcept { return !pending_.is_absent(); }
    Value pending() const noexcept { return pending_; }
    /// It has arrived. Its trace stays until it is taken, or something else is thrown.
    Value take_pending() noexcept { return std::exchange(pending_, Value::absent()); }
    Trace take_trace() noexcept { return std::exchange(trace_, Trace{}); }
    const Trace& trace() const noexcept { return trace_; }
    /// Continues with an error that deferred code has interrupted.
    void resume(Value error, Trace trace) noexcept;
    /// Writes down where it was thrown, unless that is known, before the frames go.
    void note_place(const Goroutine& g);

    // --- Errors that are values

    /// Where such an error was thrown: of failed goroutines, and what `remember_caught` was given. Empty: not known.
    std::string origin_of(Value error) const;
    void remember_origin(Value error, std::string text);

    // --- For natives. native/call.hpp says what each does.

    Value raise_value(Value payload);
    Value raise_again(Value error);
    void remember_caught(Value error);
    std::string_view running_function(std::string_view prefix) const;
    std::string describe_calls(int most) const;
    std::string describe_caught() const;
    void report(std::string_view text);
    void set_activity(std::string name) { activity_ = std::move(name); }
    void overlook(Channel* promise);

    // --- What a reader is shown

    /// `place: error: message`, source excerpt, hint and frames of the last uncaught error.
    std::string describe_error(Value error) const { return describe_error(error, trace_); }
    std::string describe_error(Value error, const Trace& trace) const;
    /// Where it waits, or is: the expression and its place.
    std::string waiting_place(const Goroutine& g) const;
    std::string place_of(const Prototype* prototype, std::uint32_t offset) const;
    /// Where the program started it: of what the library has started for it, its call of that.
    void note_start(Goroutine& started, const Goroutine& by) const noexcept;
    /// The name by which errors call the function of that name which the running one calls, or is: of one that the
    /// library has called, and of one whose name begins with %, it is that of the library function that the program
    /// called.
    std::string_view called_name(std::string_view name) const;
    /// The native that runs, by its own name; empty if none does.
    std::string_view running_native() const noexcept;
    /// The text that the innermost function outside the library was written in; null if there is none.
    const Source* calling_source() const noexcept;
    /// What is wrong with a call of the variable's function with that many arguments, and how it is called; nothing if
    /// nothing is.
    std::optional<std::pair<std::string, std::string>> call_misfit(const Variable& variable, unsigned arguments) const;

    // --- Failures that no code has looked at

    /// `event` is its name in the journal.
    void report_quietly(Value error, const Message& headline, std::string_view event);
    /// An error that no code awaited was reported.
    bool failed_quietly() const noexcept { return failed_quietly_; }
    /// What is told of such errors, and of the whole program, goes there from now on. It outlives the program.
    void set_journal(Journal* journal) noexcept { journal_ = journal; }
    /// Null: there is none.
    Journal* journal() const noexcept { return journal_; }
    /// From now on such errors are added there instead of being reported.
    void collect_quiet_failures(std::vector<QuietFailure>* into) noexcept { quiet_failures_ = into; }
    /// The promise's goroutine has failed, which is reported unless somebody takes it.
    void note_unseen(const Channel* promise, std::string text);
    std::optional<std::string> take_unseen(const Channel* promise);
    /// At the program's end.
    void report_unseen_failures();

    // Roots
    void trace_young(Tracer& tracer) override;
    void trace_all(Tracer& tracer) override;
    void trace_changed(Tracer& tracer) override;
    void after_mark(Heap& heap) override;
    void after_minor(Heap& heap) override;

private:
    std::string_view callee_of(const Error& error) const noexcept;
    void capture_trace(const Goroutine& g);
    void explain_misuse(const Goroutine& g);
    void tell_quietly(const Message& headline, std::string_view event, QuietFailure failure);

    Store& store_;
    Globals& globals_;
    const Names& names_;
    Output& out_;
    Output& err_;
    const Current& now_;
    const Value error_key_, kind_key_;
    Value pending_ = Value::absent();
    Trace trace_;
    bool trace_taken_ = false;
    // Promises that failed and whose error hasn't been seen, with what there is to say about it.
    std::unordered_map<const Channel*, QuietFailure> unseen_failures_;
    std::vector<QuietFailure>* quiet_failures_ = nullptr;
    Journal* journal_ = nullptr;
    std::string activity_;
    bool failed_quietly_ = false;
    // Errors that are values, and what is to be reported of them. Those of young ones apart: they move.
    std::unordered_map<const Object*, std::string> origins_;
    std::vector<std::pair<Object*, std::string>> young_origins_;
};

} // namespace qi

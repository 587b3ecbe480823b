#include "vm/modules/loader.hpp"

#include "base/files.hpp"
#include "base/messages.hpp"
#include "base/system_error.hpp"
#include "data/print.hpp"
#include "data/string.hpp"
#include "reader/reader.hpp"
#include "vm/held_warnings.hpp"
#include "vm/modules/expander.hpp"
#include "vm/modules/modules.hpp"
#include "vm/modules/unit.hpp"

#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>

namespace qi {

Result<std::string> read_file(const std::string& path) {
    const auto fail = [&](int error) { return failure(kind::io, msg::cannot_read, {path, system_error_text(error)}); };
    const int file = files::open(path);
    if (file < 0) return fail(errno);
    std::string text;
    char buffer[65536];
    for (;;) {
        const ssize_t got = ::read(file, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            const int error = errno;
            ::close(file);
            return fail(error);
        }
        if (got == 0) break;
        text.append(buffer, static_cast<std::size_t>(got));
    }
    ::close(file);
    return text;
}

/// Compiled forms that are yet to run. As many as possible are compiled before the first one runs, so that what is
/// wrong with a program is said before it has done anything. But what a form does may change how later ones compile.
class Loader::Stage final : public Roots {
public:
    explicit Stage(Vm& vm) : vm_(vm) { vm.heap().add_roots(this); }
    ~Stage() override { vm_.heap().remove_roots(this); }
    Stage(const Stage&) = delete;

    void add(Prototype* prototype) { waiting_.push_back(prototype); }

    /// The form must be compiled after those before it have run: it calls a macro, which may call what they define, or
    /// one of them loads, uses or evaluates something, which may be the macro that this one calls.
    bool needs_run(const Form* form) {
        bool macros = false;
        std::vector<const Form*> pending{form};
        while (!pending.empty()) {
            const Form* next = pending.back();
            pending.pop_back();
            if (next->has_items()) pending.insert(pending.end(), next->items().begin(), next->items().end());
            if (!next->is(FormKind::Symbol)) continue;
            const Value name = next->value;
            const Variable* variable = vm_.globals.find_made(name);
            macros |= name == vm_.names.mac || (variable != nullptr && variable->value.is(ObjectKind::Macro));
            const std::string_view text = as_symbol(name)->text();
            changing_ |= name == vm_.names.use || name == vm_.names.module || name == vm_.names.export_ ||
                         text == "eval" || text == "load";
        }
        return macros || changing_;
    }

    /// Runs them in order; the value of the last one.
    Outcome run() {
        for (; next_ < waiting_.size(); ++next_) {
            const Vm::Outcome outcome = vm_.run(waiting_[next_]);
            if (!outcome.ok) return {false, outcome.value, vm_.diagnosis.describe_error(outcome.value)};
            if (vm_.scheduler.exit_status()) return {true, Value::nil(), ""};
            last_ = outcome.value;
        }
        waiting_.clear();
        next_ = 0;
        return {true, last_, ""};
    }

    void trace_young(Tracer& tracer) override { tracer.visit(last_); } // prototypes are born old
    void trace_all(Tracer& tracer) override {
        trace_young(tracer);
        for (Prototype*& prototype : waiting_) tracer.visit(prototype);
    }

private:
    Vm& vm_;
    std::vector<Prototype*> waiting_;
    std::size_t next_ = 0;
    Value last_;
    bool changing_ = false;
};

Loader::Outcome Loader::run(SourcePointer source, bool warn) {
    if (source->is_file()) Modules::of(vm_).set_program(source->name());
    Unit unit(vm_, std::move(source), Globals::program_scope);
    const auto problem = unit.read();
    if (!problem && warn) unit.warn();
    return run(unit, problem);
}

Loader::Outcome Loader::run(Unit& unit, const std::optional<Unit::Problem>& problem) {
    Outcome outcome = run_forms(unit, problem);
    if (!outcome.ok)
        if (const auto interrupt = vm_.scheduler.take_interrupt())
            outcome = {false, *interrupt, vm_.diagnosis.describe_error(*interrupt)};
    if (vm_.scheduler.exit_status())
        outcome = {true, Value::nil(), ""}; // perhaps in a macro, whose call could then not be compiled
    if (!outcome.ok) drop_warning_told_by(vm_.err, outcome.problem);
    vm_.diagnosis.report("");
    vm_.keep(&outcome.value);
    vm_.scheduler.run_deferred_to_end();
    vm_.unkeep(&outcome.value);
    return outcome;
}

Loader::Outcome Loader::run_forms(Unit& unit, const std::optional<Unit::Problem>& problem) {
    const Source& source = unit.source();
    const auto syntax = [&](const SyntaxError& error) { return Outcome{false, Value::nil(), describe(source, error)}; };
    if (problem) {
        if (const auto* error = std::get_if<SyntaxError>(&*problem)) return syntax(*error);
        return {false, Value::nil(), std::get<Error>(*problem).text()};
    }
    Stage stage(vm_);
    while (const Form* form = unit.coming()) {
        if (stage.needs_run(form))
            if (Outcome outcome = stage.run(); !outcome.ok || vm_.scheduler.exit_status()) return outcome;
        auto compiled = unit.next();
        if (auto* error = std::get_if<SyntaxError>(&compiled)) return syntax(*error);
        stage.add(std::get<Prototype*>(compiled));
        for (const Warning& warning : unit.take_warnings()) {
            hold_warning(vm_.err, describe(source, warning));
        }
    }
    return stage.run();
}

Result<Value> Loader::compile_datum(Value datum) {
    // The data as text is its source: errors in it show what it is.
    const auto source = std::make_shared<Source>("eval", readable(vm_.store, datum));
    FormArena arena(vm_.store);
    Form* form = form_of(arena, datum, {0, static_cast<std::uint32_t>(source->text().size())});
    if (form == nullptr) return failure(kind::limit, msg::too_many_forms, {"eval", std::to_string(most_forms)});
    return compile(arena, form, source);
}

Result<Value> Loader::compile_text(std::string_view text) {
    const auto source = std::make_shared<Source>("eval", std::string(text));
    FormArena arena(vm_.store);
    Reader reader(arena, vm_.names, *source);
    Form* form = nullptr;
    if (auto error = reader.next(form)) return error->error;
    return compile(arena, form == nullptr ? arena.make(FormKind::Nil, {}) : form, source);
}

Result<Value> Loader::compile(FormArena& arena, Form* form, SourcePointer source) {
    // Macros run inside the native that asks for this: nothing may be collected meanwhile.
    const Heap::Hold hold(vm_.heap());
    const Globals::Within scope(vm_.globals, Globals::program_scope);
    Expander expander(vm_);
    Compiler compiler(arena, vm_.names, vm_.globals, vm_.stack, std::move(source), &expander);
    auto compiled = compiler.compile(form);
    if (auto* error = std::get_if<SyntaxError>(&compiled)) return std::move(error->error);
    return vm_.make_function(std::get<Prototype*>(compiled));
}

} // namespace qi

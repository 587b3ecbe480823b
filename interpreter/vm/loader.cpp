#include "vm/loader.hpp"

#include "base/messages.hpp"
#include "base/system_error.hpp"
#include "data/print.hpp"
#include "data/string.hpp"
#include "reader/reader.hpp"
#include "vm/expander.hpp"
#include "vm/modules.hpp"
#include "vm/unit.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace qi {

Result<std::string> read_file(const std::string& path) {
    const auto fail = [&](int error) { return failure(kind::io, msg::cannot_read, {path, system_error_text(error)}); };
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
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

Loader::Outcome Loader::run(SourcePointer source) {
    if (source->is_file()) vm_.modules().set_program(source->name());
    Outcome outcome = run_forms(std::move(source));
    vm_.keep(&outcome.value);
    vm_.run_deferred_to_end();
    vm_.unkeep(&outcome.value);
    return outcome;
}

Loader::Outcome Loader::run_forms(SourcePointer source) {
    const auto syntax = [&](const SyntaxError& error) { return Outcome{false, Value::nil(), describe(*source, error)}; };
    Unit unit(vm_, source, Globals::program_scope);
    if (const auto problem = unit.read()) {
        if (const auto* error = std::get_if<SyntaxError>(&*problem)) return syntax(*error);
        return {false, Value::nil(), std::get<Error>(*problem).text};
    }
    Value last;
    for (;;) {
        auto compiled = unit.next();
        if (vm_.exit_status()) return {true, Value::nil(), ""};
        if (auto* error = std::get_if<SyntaxError>(&compiled)) return syntax(*error);
        Prototype* prototype = std::get<Prototype*>(compiled);
        if (prototype == nullptr) return {true, last, ""};
        const Vm::Outcome outcome = vm_.run(prototype);
        if (vm_.exit_status()) return {true, Value::nil(), ""};
        if (!outcome.ok) return {false, outcome.value, vm_.describe_error(outcome.value)};
        last = outcome.value;
    }
}

Result<Value> Loader::compile_datum(Value datum) {
    // The data as text is its source: errors in it show what it is.
    const auto source = std::make_shared<Source>("eval", readable(vm_.store, datum));
    FormArena arena(vm_.store);
    return compile(arena, form_of(arena, datum, {0, static_cast<std::uint32_t>(source->text().size())}), source);
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

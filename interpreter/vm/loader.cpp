#include "vm/loader.hpp"

#include "base/messages.hpp"
#include "base/utf8.hpp"
#include "compiler/compiler.hpp"
#include "data/map.hpp"
#include "data/print.hpp"
#include "data/print.hpp"
#include "data/string.hpp"
#include "reader/reader.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace qi {

namespace {

class Expander final : public MacroExpander {
public:
    explicit Expander(Vm& vm) : vm_(vm) {}

    Result<Value> expand(Value macro, std::span<const Value> arguments) override {
        const auto outcome = vm_.call(static_cast<Macro*>(macro.object())->function, arguments);
        if (outcome.ok) return outcome.value;
        const Value text = is_map(outcome.value) ? map_get(outcome.value, vm_.error_key()) : Value::absent();
        const std::string what = is_string(text) ? std::string(text_of(text)) : shortened(vm_.store, outcome.value);
        return failure(kind::syntax, msg::in_macro, {as_symbol(static_cast<Macro*>(macro.object())->name)->text(), what});
    }
    Value make_function(Prototype* prototype) override { return vm_.make_function(prototype); }

private:
    Vm& vm_;
};

} // namespace

Result<std::string> read_file(const std::string& path) {
    const auto fail = [&](int error) { return failure(kind::io, msg::cannot_read, {path, std::strerror(error)}); };
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
    const auto syntax = [&](const SyntaxError& error) { return Outcome{false, Value::nil(), describe(*source, error)}; };
    const auto text = source->text();
    if (text.size() > 0x7FFFFFFF) return {false, Value::nil(), std::string(msg::source_too_large.text())};
    if (const std::size_t good = utf8::valid_prefix(text); good != text.size())
        return {false, Value::nil(), source->locate(static_cast<std::uint32_t>(good)) + ": " + format(msg::not_utf8, {std::to_string(good + 1)})};
    FormArena arena(vm_.store);
    Reader reader(arena, vm_.names, *source);
    std::vector<Form*> forms;
    for (;;) {
        Form* form = nullptr;
        if (auto error = reader.next(form)) return syntax(*error);
        if (form == nullptr) break;
        forms.push_back(form);
    }
    Expander expander(vm_);
    Compiler compiler(arena, vm_.names, vm_.globals, vm_.stack, source, &expander);
    if (!vm_.globals.defining_core()) compiler.declare_definitions(forms);
    Value last;
    for (Form* form : forms) {
        Prototype* prototype = nullptr;
        {
            const Heap::Hold hold(vm_.heap());
            auto compiled = compiler.compile(form);
            if (auto* error = std::get_if<SyntaxError>(&compiled)) return syntax(*error);
            prototype = std::get<Prototype*>(compiled);
        }
        const Vm::Outcome outcome = vm_.run(prototype);
        if (!outcome.ok) return {false, outcome.value, vm_.describe_error(outcome.value)};
        if (vm_.exit_status()) return {true, Value::nil(), ""};
        last = outcome.value;
    }
    return {true, last, ""};
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
    Expander expander(vm_);
    Compiler compiler(arena, vm_.names, vm_.globals, vm_.stack, std::move(source), &expander);
    auto compiled = compiler.compile(form);
    if (auto* error = std::get_if<SyntaxError>(&compiled)) return std::move(error->error);
    return vm_.make_function(std::get<Prototype*>(compiled));
}

} // namespace qi

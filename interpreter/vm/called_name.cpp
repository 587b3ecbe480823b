// The functions that run, and by which name an error calls one of the library that others of the library have called
// for the program.
#include "base/messages.hpp"
#include "compiler/core_instructions.hpp"
#include "vm/diagnosis.hpp"

#include <algorithm>

namespace qi {

namespace {

/// A Qi function that is running, and where in it.
struct Running {
    const Value* base;
    const Word* pc;

    const Code& code() const noexcept { return *frame_closure(base)->prototype->code; }

    /// Whether there was one below it.
    bool leave() noexcept {
        const auto back = reinterpret_cast<const Word*>(static_cast<std::uintptr_t>(base[-2].as_small()));
        if (back == nullptr) return false;
        base -= base[-1].as_small();
        pc = back - 1;
        return true;
    }

    /// Whether the call in progress is one of the library, with this name at its head.
    bool calls_by_name(std::string_view name) const noexcept {
        const Code& here = code();
        if (!here.source->name().starts_with("qi:")) return false;
        const auto offset = static_cast<std::size_t>(pc - frame_closure(base)->prototype->words);
        if (offset >= here.spans.size()) return false;
        const Span span = here.spans[offset];
        std::string_view call = here.source->text().substr(span.begin, span.end - span.begin);
        if (!call.starts_with('(')) return false;
        call.remove_prefix(1);
        return call.substr(0, call.find_first_of(" \n()[]{}")) == name;
    }
};

Running innermost(const Goroutine& g) noexcept { return {g.base, g.pc}; }

bool is_public(std::string_view name) noexcept { return !name.empty() && name[0] != '%'; }

} // namespace

std::string_view Diagnosis::called_name(std::string_view name) const {
    // What a program hands over is called by the name of a parameter, which may be that of the function as well.
    const auto by_library = [&](const Running& running, std::string_view callee) {
        if (!running.calls_by_name(callee)) return false;
        const Variable* variable = globals_.find_made(store_.symbol(callee));
        return variable != nullptr && (variable->flags & Variable::Core) != 0;
    };
    std::string_view callee = name;
    std::string_view known = is_public(name) ? name : std::string_view();
    Running running = innermost(*now_.goroutine);
    do {
        if (!known.empty() && !by_library(running, callee)) return known;
        callee = running.code().name;
        if (is_public(callee)) known = callee;
    } while (running.leave());
    return known.empty() ? name : known;
}

std::string_view Diagnosis::running_function(std::string_view prefix) const {
    Running running = innermost(*now_.goroutine);
    do {
        if (running.code().name.starts_with(prefix)) return running.code().name;
    } while (running.leave());
    return called_name("%");
}

std::string Diagnosis::describe_calls(int most) const {
    Running running = innermost(*now_.goroutine);
    std::string text;
    do {
        const Code& code = running.code();
        const auto offset = static_cast<std::size_t>(running.pc - frame_closure(running.base)->prototype->words);
        text += code.top_level ? std::string(msg::top_level.text()) : code.name.empty() ? "fn" : code.name;
        text += " (" + code.source->locate(code.spans[std::min(offset, code.spans.size() - 1)].begin) + ")\n";
    } while (--most > 0 && running.leave());
    return text;
}

std::string_view Diagnosis::running_native() const noexcept {
    if (now_.applied != nullptr) return now_.applied->name();
    if (now_.goroutine == nullptr || now_.goroutine->base == nullptr) return {};
    const Word word = *now_.goroutine->pc; // the call's own, while a native runs
    const auto opcode = static_cast<Opcode>(word & 0xFF);
    if (const std::string_view core = core_name(word); !core.empty()) return core;
    if (opcode != Opcode::Call && opcode != Opcode::CallGlobal) return {};
    const Value callee = now_.goroutine->base[(word >> 8) & 0xFF];
    return callee.is(ObjectKind::Native) ? static_cast<NativeFunction*>(callee.object())->native->name()
                                         : std::string_view();
}

} // namespace qi

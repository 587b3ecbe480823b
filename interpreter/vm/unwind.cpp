// From where something is thrown to its handler.
#include "base/messages.hpp"
#include "vm/vm.hpp"

#include <exception>
#include <memory>
#include <new>

namespace qi {

Value Vm::native_threw() {
    std::string what(msg::unknown_exception.text());
    try {
        throw;
    } catch (const std::bad_alloc&) {
        if (heap().limit() == 0) throw; // the end of the process, with a message of its own
        // Far more at once than it may have (cli/limits.cpp). What it held itself has been given up by now; what it
        // left in the heap goes at the next safepoint.
        heap().use_reserve();
        return diagnosis.raise_heap_is_full();
    } catch (const std::exception& thrown) {
        what = thrown.what();
    } catch (...) {
    }
    return diagnosis.raise(failure(kind::internal, msg::native_threw, {what}));
}

bool Vm::unwind(Goroutine& g) {
    diagnosis.note_place(g);
    while (!g.handlers.empty()) {
        const Handler handler = g.handlers.back();
        g.handlers.pop_back();
        if (g.uncatchable && handler.what == Handler::Catch) continue;
        g.base = g.stack.get() + handler.base;
        g.pc = handler.target;
        const Value error = diagnosis.take_pending();
        if (handler.what == Handler::Report) {
            if (g.uncatchable)
                g.held = error;
            else
                scheduler.report_quietly(error, msg::error_in_defer, "defer-failed");
            g.uncatchable = false;
            g.base[handler.reg] = Value::nil();
        } else {
            // Deferred code runs now, with errors of its own; Rethrow takes up this one again.
            if (handler.what == Handler::Keep) {
                g.suspended.push_back({diagnosis.take_trace(), g.uncatchable});
                g.uncatchable = false;
            } else {
                if (g.caught == nullptr) g.caught = std::make_unique<Caught>();
                g.caught->error = error;
                g.caught->trace = diagnosis.take_trace();
                g.caught->text.clear();
            }
            g.base[handler.reg] = error;
        }
        return true;
    }
    return false;
}

} // namespace qi

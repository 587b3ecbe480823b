// How the machine begins and ends, and its roots.
#include "vm/vm.hpp"

namespace qi {

namespace {

KindTable all_kinds() {
    KindTable kinds;
    add_data_kinds(kinds);
    add_code_kinds(kinds);
    add_vm_kinds(kinds);
    return kinds;
}

} // namespace

Vm::Vm()
    : store(all_kinds(), describe_vm_kind), globals(store), names(store),
      diagnosis(store, globals, names, out, err, now_), scheduler(*this, store, out, err, diagnosis, now_) {
    heap().add_roots(this);
    heap().report_to(scheduler.vitals);
}

Vm::~Vm() { heap().remove_roots(this); }

void Vm::trace_young(Tracer& tracer) {
    tracer.visit(call_function_);
    tracer.visit(call_arguments_.data(), call_arguments_.size());
    for (Value* value : kept_) tracer.visit(*value);
}

void Vm::trace_all(Tracer& tracer) { trace_young(tracer); }

} // namespace qi

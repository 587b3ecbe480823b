#include "vm/modules/unit.hpp"

#include "base/messages.hpp"
#include "reader/reader.hpp"

namespace qi {

Unit::Unit(Vm& vm, SourcePointer source, Globals::Scope scope)
    : vm_(vm), source_(std::move(source)), scope_(scope), arena_(vm.store), expander_(vm), functions_(vm),
      warnings_(functions_), others_(vm, source_->is_file() ? source_->name() : ""),
      compiler_(arena_, vm.names, vm.globals, vm.stack, source_, &expander_) {}

std::optional<Unit::Problem> Unit::read() {
    if (const auto error = unreadable(*source_)) // without a span: the line may not be text
        return worded(error->error.kind, source_->locate(error->span.begin) + ": " +
                                             std::string(msg::label_error.text()) + ": " + error->error.text());
    Reader reader(arena_, vm_.names, *source_);
    for (;;) {
        Form* form = nullptr;
        if (auto error = reader.next(form)) return *error;
        if (form == nullptr) break;
        forms_.push_back(form);
    }
    const Globals::Within scope(vm_.globals, scope_);
    if (!vm_.globals.defining_core()) compiler_.declare_definitions(forms_);
    return std::nullopt;
}

void Unit::warn() {
    definitions_.scan(vm_.names, forms_, &others_);
    compiler_.warn_into(warnings_, definitions_);
}

std::variant<Prototype*, SyntaxError> Unit::next() {
    if (next_ == forms_.size()) return static_cast<Prototype*>(nullptr);
    const Heap::Hold hold(vm_.heap());
    const Globals::Within scope(vm_.globals, scope_);
    Form* form = forms_[next_++];
    return compiler_.compile(form, next_ < forms_.size()); // the last one's value is the unit's
}

Prototype* Unit::thrower(const SyntaxError& error) {
    const Heap::Hold hold(vm_.heap());
    return compiler_.thrower(vm_.diagnosis.make_error(error.error.kind, error.error.text()), error.span);
}

} // namespace qi

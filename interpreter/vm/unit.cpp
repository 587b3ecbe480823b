#include "vm/unit.hpp"

#include "base/messages.hpp"
#include "base/utf8.hpp"
#include "reader/reader.hpp"

namespace qi {

Unit::Unit(Vm& vm, SourcePointer source, Globals::Scope scope)
    : vm_(vm), source_(std::move(source)), scope_(scope), arena_(vm.store), expander_(vm), compiler_(arena_, vm.names, vm.globals, vm.stack, source_, &expander_) {}

std::optional<Unit::Problem> Unit::read() {
    const auto text = source_->text();
    if (text.size() > 0x7FFFFFFF) return failure(kind::limit, msg::source_too_large);
    if (const std::size_t good = utf8::valid_prefix(text); good != text.size())
        return Error{kind::syntax, source_->locate(static_cast<std::uint32_t>(good)) + ": " + format(msg::not_utf8, {std::to_string(good + 1)}), -1};
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

std::variant<Prototype*, SyntaxError> Unit::next() {
    if (next_ == forms_.size()) return static_cast<Prototype*>(nullptr);
    const Heap::Hold hold(vm_.heap());
    const Globals::Within scope(vm_.globals, scope_);
    return compiler_.compile(forms_[next_++]);
}

Prototype* Unit::thrower(const SyntaxError& error) {
    const Heap::Hold hold(vm_.heap());
    return compiler_.thrower(vm_.make_error(error.error.kind, error.error.text), error.span);
}

} // namespace qi

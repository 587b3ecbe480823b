#include "compiler/function_state.hpp"

#include "base/messages.hpp"
#include "compiler/liveness.hpp"

namespace qi {

Word FunctionState::constant(Value value) {
    // Small functions have few constants: a search by word finds what interning made identical.
    auto& constants = code_->constants;
    const std::size_t first = constants.size() > 64 ? constants.size() - 64 : 0;
    for (std::size_t i = constants.size(); i-- > first;)
        if (constants[i] == value) return static_cast<Word>(i);
    constants.push_back(value);
    return static_cast<Word>(constants.size() - 1);
}

Word FunctionState::cache() {
    code_->caches.emplace_back();
    return static_cast<Word>(code_->caches.size() - 1);
}

Register FunctionState::reserve(unsigned count) {
    const unsigned first = next_;
    next_ += count;
    if (next_ > max_registers) throw SyntaxError{failure(kind::limit, msg::too_many_registers), span_};
    if (next_ > most_) most_ = next_;
    return static_cast<Register>(first);
}

Local* FunctionState::find_local(Value name, bool from_inner_function) noexcept {
    for (std::size_t i = locals_.size(); i-- > 0;)
        if (locals_[i].name == name && (locals_[i].defined || from_inner_function)) {
            locals_[i].used = true;
            return &locals_[i];
        }
    return nullptr;
}

std::optional<Value> FunctionState::local_macro(Value name) const noexcept {
    for (const FunctionState* function = this; function != nullptr; function = function->parent_)
        for (std::size_t i = function->locals_.size(); i-- > 0;)
            if (const Local& local = function->locals_[i]; local.name == name && (local.defined || function != this))
                return local.macro;
    return std::nullopt;
}

Local* FunctionState::find_declared(Value name) noexcept {
    for (std::size_t i = locals_.size(); i-- > 0;)
        if (locals_[i].name == name) return &locals_[i];
    return nullptr;
}

FunctionState::Found FunctionState::resolve(Value name, bool from_inner_function) {
    if (const Local* local = find_local(name, from_inner_function))
        return {local->macro.is_absent() ? Found::InRegister : Found::IsMacro, local->reg, local->boxed, local->macro};
    for (std::size_t i = 0; i < captured_.size(); ++i)
        if (captured_[i].name == name) return {Found::InCapture, static_cast<std::uint8_t>(i), captured_[i].boxed};
    if (parent_ == nullptr) return {};
    const Found outer = parent_->resolve(name, true);
    if (outer.where == Found::Nothing || outer.where == Found::IsMacro) return outer;
    if (captured_.size() == 255) throw SyntaxError{failure(kind::limit, msg::too_many_registers), span_};
    captured_.push_back({name, outer.boxed});
    code_->captures.push_back({outer.where == Found::InRegister, outer.index});
    return {Found::InCapture, static_cast<std::uint8_t>(captured_.size() - 1), outer.boxed};
}

Prototype* FunctionState::finish(unsigned parameters, bool rest) {
    if (store_.in_place) mark_last_uses(*code_, most_ + 1);
    return make_prototype(store_.heap, std::move(code_), parameters, rest, most_ + 1);
}

} // namespace qi

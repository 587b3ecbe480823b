// What the parts of the standard library get to set themselves up, before programs run. Interpreter thread only.
#pragma once

#include "native/call.hpp"
#include "vm/modules/library.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace qi {

class Setup final : public Program {
public:
    using Program::Program;

    /// What is defined from now on is the library's …
    void begin_library() const noexcept { vm_->globals.set_defining_core(true); }
    /// … and no longer. Names that nothing has defined are looked up among these definitions in Qi.
    void finish_library(std::span<const LibraryEntry> entries, std::span<const LibraryAlias> aliases) const;

    /// Makes the rows functions of the library. They live as long as the VM.
    void define(std::span<const Native> rows) const;
    /// Gives the name a value.
    void define(std::string_view name, Value value, std::string_view doc = {}) const;
    /// The natives by which stdlib/core/modules.qi loads files.
    void define_loading() const;
    /// The function's argument at that place, from 0, is a map of these options.
    void declare_options(std::string_view function, std::size_t argument, KnownOptions::Options options) const {
        vm_->options.declare(function, argument, options);
    }

    /// What a namespace keeps for its natives, found again by its type.
    template <typename T>
    void set_extension(T* extension) const {
        vm_->set_extension(extension);
    }
    /// Lives as long as the VM.
    void own(std::shared_ptr<void> thing) const { vm_->own(std::move(thing)); }
    /// The collector visits and updates it, as long as the VM lives.
    void keep(Value* value) const { vm_->keep(value); }
    /// Before programs run; it lives as long as the VM.
    void set_journal(Journal* journal) const noexcept { vm_->diagnosis.set_journal(journal); }
    void add_outside(OutsideWorld* world) const { vm_->scheduler.add_outside(world); }
    /// The world that is woken when a signal has come that the program takes itself.
    void set_signal_taker(OutsideWorld* taker) const noexcept { vm_->scheduler.set_signal_taker(taker); }
};

} // namespace qi

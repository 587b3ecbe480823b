// Symbols that the reader and the compiler know, interned once.
#pragma once

#include "data/store.hpp"

namespace qi {

struct Names final : Roots {
    explicit Names(Store& store);
    ~Names() override { store_.heap.remove_roots(this); }
    Names(const Names&) = delete;

    // Tokens
    Value arrow, fat_arrow, bar, ampersand, ellipsis, underscore;
    // Special forms
    Value def, defn, defn_private, fn, let, if_, do_, when, while_, until, while_some, until_error, match, try_, defer, loop,
        recur, mac, flow, module, export_, use, quote, and_, or_, comment, if_let, when_let, go, go_run, go_select, cond, unless,
        parallel_do;
    // Functions that forms are rewritten to
    Value deref, pmap, pipe_if_ok, tap;

    /// True for the head of a special form, which a pipe doesn't append to.
    bool is_special(Value symbol) const noexcept;

    void trace_young(Tracer&) override {} // symbols are born old
    void trace_all(Tracer& tracer) override;

private:
    Store& store_;
    Value* first() noexcept { return &arrow; }
    const Value* first() const noexcept { return &arrow; }
    std::size_t count() const noexcept { return static_cast<std::size_t>(&tap - &arrow) + 1; }
};

} // namespace qi

#include "reader/names.hpp"

namespace qi {

Names::Names(Store& store) : store_(store) {
    const auto s = [&](std::string_view name) { return store.symbol(name); };
    arrow = s("->"), fat_arrow = s("=>"), bar = s("|"), ampersand = s("&"), ellipsis = s("..."), underscore = s("_");
    deref = s("deref"), pmap = s("pmap"), tap = s("tap");
#define FORM(member, handler, name, ...) member = s(name);
#define PIPE(...)
#include "language/forms.def"
    for (const SpecialForm& form : special_forms) {
        const Value symbol = s(form.name);
        std::size_t at = slot_of(symbol);
        while (by_hash_[at].form != nullptr) at = (at + 1) % slots;
        by_hash_[at] = {symbol, &form};
    }
    store.heap.add_roots(this);
}

void Names::trace_all(Tracer& tracer) {
    for (Value* token : {&arrow, &fat_arrow, &bar, &ampersand, &ellipsis, &underscore, &deref, &pmap, &tap})
        tracer.visit(*token);
#define FORM(member, ...) tracer.visit(member);
#define PIPE(...)
#include "language/forms.def"
}

} // namespace qi

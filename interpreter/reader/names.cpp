#include "reader/names.hpp"

namespace qi {

Names::Names(Store& store) : store_(store) {
    const auto s = [&](const char* name) { return store.symbol(name); };
    arrow = s("->"), fat_arrow = s("=>"), bar = s("|"), ampersand = s("&"), ellipsis = s("..."), underscore = s("_");
    def = s("def"), defn = s("defn"), defn_private = s("defn-"), fn = s("fn"), let = s("let"), if_ = s("if"), do_ = s("do");
    when = s("when"), while_ = s("while"), until = s("until"), while_some = s("while-some"), until_error = s("until-error");
    match = s("match"), try_ = s("try"), defer = s("defer"), loop = s("loop"), recur = s("recur"), mac = s("mac"), flow = s("flow");
    module = s("module"), export_ = s("export"), use = s("use"), quote = s("quote"), and_ = s("and"), or_ = s("or");
    comment = s("comment"), if_let = s("if-let"), when_let = s("when-let"), go = s("go"), go_run = s("go/run"), go_select = s("go/select");
    cond = s("cond"), unless = s("unless"), parallel_do = s("go/parallel-do");
    deref = s("deref"), pmap = s("pmap"), pipe_if_ok = s("%pipe-if-ok"), tap = s("tap");
    store.heap.add_roots(this);
}

bool Names::is_special(Value v) const noexcept {
    for (const Value special : {def, defn, defn_private, fn, let, if_, do_, when, while_, until, while_some, until_error, match, try_, defer,
                                loop, recur, mac, flow, module, export_, use, if_let, when_let, go, go_select, quote})
        if (v == special) return true;
    return false;
}

void Names::trace_all(Tracer& tracer) { tracer.visit(first(), count()); }

} // namespace qi

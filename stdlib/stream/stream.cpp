#include "stream/stream.hpp"

#include "namespaces.hpp"

namespace qi::stdlib {

Value make_stream(Vm& vm, Value pull) {
    auto* stream = vm.heap().make<Stream>(ObjectKind::Stream);
    stream->pull = pull;
    stream->source = nullptr;
    return Value{stream};
}

Value make_stream(Vm& vm, std::unique_ptr<StreamSource> source) {
    auto* stream = vm.heap().make_fixed<Stream>(ObjectKind::Stream);
    stream->pull = Value::nil();
    stream->source = source.release();
    vm.heap().owns(stream);
    return Value{stream};
}

namespace {

constexpr Native stream_natives[] = {
    native("%stream pull", "A stream whose items (pull) gives, until it gives the end mark.",
           [](Vm& vm, Callable pull) { return make_stream(vm, pull); }),
    native("%source st", "The stream itself; an error about the caller's argument if it is none.",
           [](Vm&, Stream* st) { return Value{st}; }),
    native("%next st end", "The next item, or the end mark.",
           [](Vm& vm, Stream* st, Value end) {
               if (st->source == nullptr) return vm.call_instead(st->pull, {});
               const Value item = st->source->next(vm);
               return item.is_absent() ? end : item;
           }),
};

} // namespace

void define_stream(Vm& vm) {
    define_natives(vm, stream_natives);
    // What no program has: the end of a channel or stream.
    vm.globals.set(vm.globals.define(vm.store.symbol("%end")), vm.store.symbols.fresh("end"));
}

} // namespace qi::stdlib

#include "stream/stream.hpp"

#include "namespaces.hpp"

namespace qi::stdlib {

Value make_stream(Call call, Value pull) {
    auto* stream = call.store().heap.make<Stream>(ObjectKind::Stream);
    stream->pull = pull;
    stream->source = nullptr;
    return Value{stream};
}

Value make_stream(Call call, std::unique_ptr<ItemSource> source) {
    auto* stream = call.store().heap.make_fixed<Stream>(ObjectKind::Stream);
    stream->pull = Value::nil();
    stream->source = source.release();
    call.store().heap.owns(stream);
    return Value{stream};
}

namespace {

constexpr Native stream_natives[] = {
    native("%stream pull", "A stream whose items (pull) gives, until it gives the end mark.",
           [](Call call, Callable pull) { return make_stream(call, pull); }),
    native("%source st", "The stream itself; an error about the caller's argument if it is none.",
           [](Call, Stream* st) { return Value{st}; }),
    native("%next st end", "The next item, or the end mark.",
           [](Call call, Stream* st, Value end) {
               if (st->source == nullptr) return call.call_instead(st->pull, {});
               const Value item = static_cast<ItemSource*>(st->source)->next(call); // make_stream takes no other
               return item.is_absent() ? end : item;
           }),
};

} // namespace

void define_stream(Setup setup) {
    setup.define(stream_natives);
    // What no program has: the end of a channel or stream.
    setup.define("%end", setup.store().symbols.fresh("end"));
}

} // namespace qi::stdlib

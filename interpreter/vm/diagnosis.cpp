// Errors as values, where they were thrown, and how they are shown.
#include "vm/diagnosis.hpp"

#include "base/messages.hpp"
#include "base/utf8.hpp"
#include "data/map.hpp"
#include "data/print.hpp"
#include "data/string.hpp"
#include "data/type_name.hpp"
#include "reader/reader.hpp"
#include "vm/held_warnings.hpp"

#include <algorithm>
#include <utility>

namespace qi {

namespace {

constexpr std::size_t innermost_frames = 12;
constexpr std::size_t outermost_frames = 4;

// In the journal.
constexpr std::string_view goroutine_failed_event = "goroutine-failed";

/// The standard library's own frames are of no use to whoever wrote the program.
bool is_library(const Prototype* prototype) { return prototype->code->source->name().starts_with("qi:"); }

Span span_at(const Prototype* prototype, std::uint32_t offset) {
    const auto& spans = prototype->code->spans;
    return offset < spans.size() ? spans[offset] : prototype->code->span;
}

/// The place of argument number `index` of the call at `span`: its text is read again.
Span argument_span(Store& store, const Names& names, const Globals& globals, const Source& source, Span span,
                   int index) {
    FormArena arena(store);
    const Source call(source.name(), std::string(source.text().substr(span.begin, span.end - span.begin)));
    Reader reader(arena, names, call);
    Form* form = nullptr;
    if (call.text().empty() || call.text().front() != '(' || reader.next(form) || form == nullptr || !form->is_call())
        return span;
    // A macro makes a call of its own of it, whose arguments are others.
    if (form->list.items[0]->is(FormKind::Symbol))
        if (const Variable* variable = globals.find_made(form->list.items[0]->value);
            variable != nullptr && variable->value.is(ObjectKind::Macro))
            return span;
    // A pipe moves its left side behind the other arguments: then the order of the text isn't that of the call.
    const auto at = static_cast<std::size_t>(index) + 1;
    if (form->span.begin != 0 || form->span.end != call.text().size() || at >= form->items().size()) return span;
    std::uint32_t before = 0;
    for (std::size_t i = 0; i < form->items().size(); ++i) {
        if (form->items()[i]->span.begin < before) return span;
        before = form->items()[i]->span.end;
    }
    const Span inner = form->items()[at]->span;
    return {span.begin + inner.begin, span.begin + inner.end};
}

} // namespace

Diagnosis::Diagnosis(Store& store, Globals& globals, const Names& names, Output& out, Output& err, const Current& now)
    : store_(store), globals_(globals), names_(names), out_(out), err_(err), now_(now),
      error_key_(store.keyword("error")), kind_key_(store.keyword("kind")) {
    store_.heap.add_roots(this);
}

Diagnosis::~Diagnosis() { store_.heap.remove_roots(this); }

void Diagnosis::note_start(Goroutine& started, const Goroutine& by) const noexcept {
    const Value* base = by.base;
    const Word* pc = by.pc;
    while (is_library(frame_closure(base)->prototype)) {
        const auto back = reinterpret_cast<const Word*>(static_cast<std::uintptr_t>(base[-2].as_small()));
        if (back == nullptr) { // wholly the library's: where that was started
            started.started_in = by.started_in;
            started.started_at = by.started_at;
            return;
        }
        base -= base[-1].as_small();
        pc = back - 1;
    }
    started.started_in = frame_closure(base)->prototype;
    started.started_at = pc;
}

Value Diagnosis::make_error(Kind kind, std::string_view text) {
    // It may quote what came from outside.
    const Value values[] = {make_string_from_outside(store_, text),
                            kind.name.empty() ? Value::nil() : store_.keyword(kind.name)};
    const Value keys[] = {error_key_, kind_key_};
    const std::size_t count = kind.name.empty() ? 1 : 2;
    return make_flat_map(store_, store_.shapes.of({keys, count}), {values, count});
}

Value Diagnosis::raise_heap_is_full() {
    constexpr std::size_t mebibyte = 1024 * 1024;
    const std::size_t limit = store_.heap.limit();
    const bool whole = limit % mebibyte == 0;
    return raise(failure(kind::memory, msg::heap_full,
                         {std::to_string(whole ? limit / mebibyte : limit) + (whole ? "MiB" : "B")}));
}

bool Diagnosis::is_error_map(Value v) const noexcept { return is_map(v) && !map_get(v, error_key_).is_absent(); }

std::string_view Diagnosis::callee_of(const Error& error) const noexcept {
    return error.callee.empty() ? running_native() : std::string_view(error.callee);
}

Value Diagnosis::make_error(const Error& error) {
    if (!error.about_call) return make_error(error.kind, error.text());
    Error named = error;
    named.callee = called_name(callee_of(error));
    return make_error(named.kind, named.text());
}

Value Diagnosis::raise(const Error& error) {
    const Value thrown = raise_value(make_error(error));
    trace_.argument = error.argument;
    if (error.about_call && error.argument >= 0)
        // Of a function that the library has called, the arguments are others than those of the call that is shown.
        if (const std::string_view own = callee_of(error); !own.starts_with('%') && called_name(own) != own)
            trace_.argument = -1;
    return thrown;
}

Value Diagnosis::raise(const Error& error, std::string note) {
    const Value thrown = raise(error);
    trace_.note = std::move(note);
    return thrown;
}

Value Diagnosis::raise_value(Value payload) {
    pending_ = payload;
    trace_ = Trace{};
    trace_taken_ = false;
    return Value::thrown();
}

Value Diagnosis::raise_again(Value error) {
    const Value thrown = raise_value(error);
    trace_.told = origin_of(error);
    trace_taken_ = !trace_.told.empty();
    return thrown;
}

void Diagnosis::resume(Value error, Trace trace) noexcept {
    pending_ = error;
    trace_ = std::move(trace);
    trace_taken_ = true; // the trace is that of the first throw
}

void Diagnosis::note_place(const Goroutine& g) {
    if (trace_taken_) return;
    capture_trace(g);
    explain_misuse(g);
}

void Diagnosis::remember_origin(Value error, std::string text) {
    if (!error.is_object()) return;
    if (error.object()->is_old())
        origins_.insert_or_assign(error.object(), std::move(text));
    else
        young_origins_.emplace_back(error.object(), std::move(text));
}

void Diagnosis::remember_caught(Value error) {
    // Where the first of many arose is enough, and each has the whole text of its trace.
    constexpr std::size_t most_young = 256;
    if (young_origins_.size() >= most_young) return;
    if (now_.goroutine->caught != nullptr && now_.goroutine->caught->error == error)
        remember_origin(error, describe_caught());
}

std::string Diagnosis::origin_of(Value error) const {
    if (!error.is_object()) return {};
    if (const auto found = origins_.find(error.object()); found != origins_.end()) return found->second;
    const auto young = std::find_if(young_origins_.rbegin(), young_origins_.rend(),
                                    [&](const auto& entry) { return entry.first == error.object(); });
    if (young != young_origins_.rend()) return young->second;
    const Caught* caught = now_.goroutine == nullptr ? nullptr : now_.goroutine->caught.get();
    return caught != nullptr && caught->error == error ? describe_caught() : std::string();
}

/// A function that was given an error map in place of what it wants says so; the reader wants to know where that came
/// from.
void Diagnosis::explain_misuse(const Goroutine& g) {
    if (!is_map(pending_)) return;
    // The error of another goroutine, which somebody has looked at and throws again.
    const bool own = g.caught != nullptr && g.caught->error == pending_ && g.caught->text.empty();
    if (const std::string other = own ? std::string() : origin_of(pending_); !other.empty()) {
        trace_.note = format(msg::error_came_from, {other});
        return;
    }
    if (map_get(pending_, kind_key_) != store_.keyword(kind::type.name)) return;
    const Value text = map_get(pending_, error_key_);
    if (!is_string(text)) return;
    // One that the error names, among what the failing function has at hand.
    const unsigned registers = frame_closure(g.base)->prototype->registers;
    for (unsigned i = 0; i < registers; ++i) {
        const Value value = g.base[i];
        if (!is_error_map(value) || text_of(text).find(describe_value(store_, value)) == std::string_view::npos)
            continue;
        if (const std::string origin = origin_of(value); !origin.empty()) {
            trace_.note += (trace_.note.empty() ? "" : "\n") + format(msg::error_came_from, {origin});
            return;
        }
    }
}

const Source* Diagnosis::calling_source() const noexcept {
    for (const Value* base = now_.goroutine->base;; base -= base[-1].as_small()) {
        const Prototype* prototype = frame_closure(base)->prototype;
        if (!is_library(prototype)) return prototype->code->source.get();
        if (base[-2].as_small() == 0) return nullptr;
    }
}

void Diagnosis::capture_trace(const Goroutine& g) {
    trace_taken_ = true;
    const Value* base = g.base;
    const Word* pc = g.pc;
    std::vector<TraceFrame> last; // a ring of the outermost frames, once there are too many
    std::uint64_t count = 0;
    bool outermost = false;
    while (!outermost) {
        Prototype* prototype = frame_closure(base)->prototype;
        const auto offset = static_cast<std::uint32_t>(pc - prototype->words);
        const auto back = reinterpret_cast<const Word*>(static_cast<std::uintptr_t>(base[-2].as_small()));
        outermost = back == nullptr;
        if (!outermost) {
            base -= base[-1].as_small();
            pc = back - 1;
        }
        auto& frames = trace_.frames;
        TraceFrame& newest =
            last.empty() ? (frames.empty() ? frames.emplace_back(TraceFrame{prototype, offset, 0}) : frames.back())
                         : last.back();
        if (newest.prototype == prototype && newest.offset == offset) {
            ++newest.repeats;
            continue;
        }
        if (frames.size() < innermost_frames && last.empty()) {
            frames.push_back({prototype, offset, 1});
            continue;
        }
        last.push_back({prototype, offset, 1});
        ++count;
        if (last.size() >= 64 * outermost_frames) last.erase(last.begin(), last.end() - outermost_frames);
    }
    const std::size_t kept = std::min<std::size_t>(last.size(), outermost_frames);
    trace_.omitted = count - kept;
    trace_.frames.insert(trace_.frames.end(), last.end() - static_cast<std::ptrdiff_t>(kept), last.end());
    trace_.started_in = g.started_in;
    if (g.started_in != nullptr) trace_.started_offset = static_cast<std::uint32_t>(g.started_at - g.started_in->words);
}

std::string Diagnosis::place_of(const Prototype* prototype, std::uint32_t offset) const {
    return prototype->code->source->locate(span_at(prototype, offset).begin);
}

std::string Diagnosis::waiting_place(const Goroutine& g) const {
    const Value* base = g.base;
    const Word* pc = g.pc;
    for (;;) {
        const Prototype* prototype = frame_closure(base)->prototype;
        const auto back = reinterpret_cast<const Word*>(static_cast<std::uintptr_t>(base[-2].as_small()));
        if (!is_library(prototype) || back == nullptr) {
            const auto offset = static_cast<std::uint32_t>(pc - prototype->words);
            const Span span = span_at(prototype, offset);
            const Source& source = *prototype->code->source;
            return utf8::shortened(source.text().substr(span.begin, span.end - span.begin), 50) + " (" +
                   source.locate(span.begin) + ")";
        }
        base -= base[-1].as_small();
        pc = back - 1;
    }
}

std::string Diagnosis::describe_error(Value error, const Trace& trace) const {
    if (!trace.told.empty()) return trace.told;
    std::string text;
    if (is_map(error)) {
        const Value message = map_get(error, error_key_);
        if (is_string(message))
            text = text_of(message);
        else
            append_readable(store_, text, message.is_absent() ? error : message);
    } else {
        append_readable(store_, text, error);
    }
    const TraceFrame* shown = nullptr;
    for (const TraceFrame& frame : trace.frames)
        if (!is_library(frame.prototype)) {
            shown = &frame;
            break;
        }
    std::string out;
    const bool syntax = is_map(error) && map_get(error, kind_key_) == store_.keyword(kind::syntax.name);
    const std::string label(syntax ? msg::label_syntax_error.text() : msg::label_error.text());
    if (shown == nullptr) {
        out = label + ": " + text;
    } else {
        const Source& source = *shown->prototype->code->source;
        Span span = span_at(shown->prototype, shown->offset);
        if (trace.argument >= 0 && shown == &trace.frames.front())
            span = argument_span(store_, names_, globals_, source, span, trace.argument);
        out = source.locate(span.begin) + ": " + label + ": " + text + "\n" + source.excerpt(span);
    }
    if (!trace.note.empty()) out += "\n  ";
    for (const char c : trace.note) out.append(1, c).append(c == '\n' ? "  " : "");
    std::size_t lines = 0;
    for (const TraceFrame& frame : trace.frames) lines += is_library(frame.prototype) ? 0 : 1;
    const std::size_t tail = trace.omitted > 0 ? trace.frames.size() - outermost_frames : trace.frames.size();
    for (std::size_t i = 0; i < trace.frames.size(); ++i) {
        const TraceFrame& frame = trace.frames[i];
        if (i == tail && trace.omitted > 0) out += "\n" + format(msg::frames_omitted, {std::to_string(trace.omitted)});
        if (is_library(frame.prototype)) continue;
        const Code& code = *frame.prototype->code;
        const std::string name = code.top_level      ? std::string(msg::top_level.text())
                                 : code.name.empty() ? "fn"
                                                     : code.name;
        if (lines > 1 || !code.top_level)
            out += "\n" + format(msg::called_from, {name, place_of(frame.prototype, frame.offset)});
        if (frame.repeats > 1) out += "\n" + format(msg::frames_repeat, {std::to_string(frame.repeats - 1)});
    }
    if (trace.started_in != nullptr && !is_library(trace.started_in))
        out += "\n" + format(msg::started_by, {place_of(trace.started_in, trace.started_offset)});
    return utf8::visible(out);
}

std::string Diagnosis::describe_caught() const {
    const Caught* caught = now_.goroutine->caught.get();
    if (caught == nullptr) return {};
    return caught->text.empty() ? describe_error(caught->error, caught->trace) : caught->text;
}

void Diagnosis::report(std::string_view text) {
    out_.flush();
    err_.write(text);
    err_.flush();
}

void Diagnosis::report_quietly(Value error, const Message& headline, std::string_view event) {
    tell_quietly(headline, event, {describe_error(error), activity_});
}

void Diagnosis::tell_quietly(const Message& headline, std::string_view event, QuietFailure failure) {
    failed_quietly_ = true;
    drop_warning_told_by(err_, failure.text);
    if (quiet_failures_ == nullptr && journal_ != nullptr && journal_->takes_failures()) {
        journal_->write({Journal::Level::Error, event, headline.text(), failure.text});
    } else if (quiet_failures_ == nullptr) {
        report(std::string(headline.text()) + ":\n" + failure.text + "\n");
    } else {
        failure.text.insert(0, std::string(headline.text()) + ": ");
        quiet_failures_->push_back(std::move(failure));
    }
}

void Diagnosis::note_unseen(const Channel* promise, std::string text) {
    unseen_failures_.emplace(promise, QuietFailure{std::move(text), activity_});
}

std::optional<std::string> Diagnosis::take_unseen(const Channel* promise) {
    const auto found = unseen_failures_.find(promise);
    if (found == unseen_failures_.end()) return std::nullopt;
    std::optional<std::string> text = std::move(found->second.text);
    unseen_failures_.erase(found);
    return text;
}

void Diagnosis::overlook(Channel* promise) {
    promise->flags |= Channel::Overlooked;
    unseen_failures_.erase(promise);
}

void Diagnosis::report_unseen_failures() {
    for (auto& [channel, failure] : unseen_failures_)
        tell_quietly(msg::goroutine_failed, goroutine_failed_event, std::move(failure));
    unseen_failures_.clear();
}

// --- What the heap asks

void Diagnosis::trace_young(Tracer& tracer) { tracer.visit(pending_); }

void Diagnosis::trace_all(Tracer& tracer) { trace_changed(tracer); }

void Diagnosis::trace_changed(Tracer& tracer) {
    tracer.visit(pending_);
    for (Value key : {error_key_, kind_key_}) tracer.visit(key); // which never move
    for (TraceFrame& frame : trace_.frames) tracer.visit(frame.prototype);
    tracer.visit(trace_.started_in);
}

void Diagnosis::after_mark(Heap& heap) {
    for (auto it = unseen_failures_.begin(); it != unseen_failures_.end();) {
        if (heap.is_live(it->first)) {
            ++it;
            continue;
        }
        tell_quietly(msg::goroutine_failed, goroutine_failed_event, std::move(it->second));
        it = unseen_failures_.erase(it);
    }
    std::erase_if(origins_, [&](const auto& origin) { return !heap.is_live(origin.first); });
}

void Diagnosis::after_minor(Heap& heap) {
    for (auto& [error, text] : young_origins_)
        if (const Object* moved = heap.moved(error); moved != nullptr)
            origins_.insert_or_assign(moved, std::move(text));
    young_origins_.clear();
}

} // namespace qi

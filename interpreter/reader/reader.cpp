#include "reader/reader.hpp"

#include "base/messages.hpp"
#include "base/utf8.hpp"

namespace qi {

std::optional<SyntaxError> unreadable(const Source& source) {
    const auto text = source.text();
    if (text.size() > 0x7FFFFFFF) return SyntaxError{failure(kind::syntax, msg::source_too_large), {}};
    const std::size_t good = utf8::valid_prefix(text);
    if (good == text.size()) return std::nullopt;
    const auto at = static_cast<std::uint32_t>(good);
    return SyntaxError{failure(kind::syntax, msg::not_utf8, {std::to_string(good + 1)}), {at, at + 1}};
}

namespace {

/// F-strings may stand in each other's code this deep: reading them recurses, and reads the inner ones anew each time.
constexpr int most_fstrings = 64;

} // namespace

Reader::Reader(FormArena& arena, const Names& names, const Source& source)
    : Reader(arena, names, source.text(), 0, static_cast<std::uint32_t>(source.text().size())) {}

Reader::Reader(FormArena& arena, const Names& names, std::string_view text, std::uint32_t begin, std::uint32_t end)
    : arena_(arena), names_(names), text_(text), lexer_(text, begin, end) {
    // A first line that begins with #! is for the system, also behind a byte order mark.
    const std::size_t mark = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    if (begin == 0 && text.substr(mark, 2) == "#!") {
        const std::size_t line = text.find('\n');
        lexer_ = Lexer(text, line == std::string_view::npos ? end : static_cast<std::uint32_t>(line), end);
    }
}

std::optional<SyntaxError> Reader::next(Form*& form) {
    form = nullptr;
    // The top level is a frame of its own: pipes may stand there too.
    frames_.clear();
    frames_.push_back(Frame{Frames::Brackets, FormKind::List, {}, {}, Value::absent(), {}, false, false, false, false});
    for (;;) {
        if (has_ahead_) {
            token_ = std::move(ahead_);
            has_ahead_ = false;
        } else if (auto error = lexer_.next(token_)) {
            return error;
        }
        const bool at_top = frames_.size() == 1;
        Frame& top = frames_.front();
        if (at_top && token_.kind == TokenKind::Pipe) {
            if (token_.text == "~>") return SyntaxError{failure(kind::syntax, msg::async_pipe_place), token_.span};
            if (top.has_pipe) return SyntaxError{failure(kind::syntax, msg::unexpected, {token_.text}), token_.span};
            if (top.items.empty())
                return SyntaxError{failure(kind::syntax, msg::pipe_without_left, {token_.text}), token_.span};
            top.pipe = token_;
            top.has_pipe = true;
            continue;
        }
        if (at_top && !top.items.empty() && !top.has_pipe) {
            ahead_ = std::move(token_);
            has_ahead_ = true;
            form = top.items.front();
            return std::nullopt;
        }
        Form* primary = nullptr;
        switch (token_.kind) {
        case TokenKind::End:
            if (!at_top) return unclosed();
            if (top.has_pipe)
                return SyntaxError{failure(kind::syntax, msg::pipe_without_right, {top.pipe.text}), top.pipe.span,
                                   true};
            return std::nullopt;
        case TokenKind::Open:
        case TokenKind::Prefix:
            if (auto error = open(token_)) return error;
            continue;
        case TokenKind::Pipe:
            if (auto error = pipe(token_)) return error;
            continue;
        case TokenKind::Close:
            if (auto error = close(token_, primary)) return error;
            break;
        case TokenKind::FStringOpen:
            if (auto error = fstring(token_, primary)) return error;
            break;
        default:
            // name# is a fresh name, in templates only.
            if (token_.kind == TokenKind::Symbol && token_.text.back() == '#' && !in_quasiquote())
                return SyntaxError{failure(kind::syntax, msg::fresh_name_place, {token_.text}), token_.span};
            primary = atom(token_);
            break;
        }
        if (auto error = complete(primary)) return error;
    }
}

void Reader::go_on(std::uint32_t begin, std::uint32_t end) {
    has_ahead_ = false;
    lexer_ = Lexer(text_, begin, end);
}

bool Reader::in_quasiquote() const noexcept {
    for (const Frame& frame : frames_)
        if (frame.what == Frames::Prefix && frame.kind == FormKind::Quasiquote) return true;
    return quasiquoted_;
}

SyntaxError Reader::unclosed() const {
    const Frame& frame = frames_.back();
    const std::string_view opener = text_.substr(frame.open.begin, frame.open.end - frame.open.begin);
    if (frame.what == Frames::Prefix) return {failure(kind::syntax, msg::prefix_without, {opener}), frame.open, true};
    return {failure(kind::syntax, msg::unclosed, {opener}), frame.open, true};
}

std::optional<SyntaxError> Reader::open(const Token& token) {
    Frame frame{Frames::Brackets, FormKind::List, token.span, {}, Value::absent(), {}, false, false, false, false};
    if (token.kind == TokenKind::Prefix) {
        frame.what = Frames::Prefix;
        if (token.text == "'") {
            frame.prefix = names_.quote;
        } else if (token.text == "@") {
            frame.prefix = names_.deref;
        } else {
            frame.kind = token.text == "`"   ? FormKind::Quasiquote
                         : token.text == "," ? FormKind::Unquote
                                             : FormKind::Splice;
        }
    } else if (token.text == "[") {
        frame.kind = FormKind::Vector;
    } else if (token.text == "{") {
        frame.kind = FormKind::Map;
    } else if (token.text == "#{") {
        frame.kind = FormKind::Set;
    }
    frames_.push_back(std::move(frame));
    return std::nullopt;
}

std::optional<SyntaxError> Reader::pipe(const Token& token) {
    Frame& frame = frames_.back();
    if (frame.what == Frames::Prefix || frame.has_pipe)
        return SyntaxError{failure(kind::syntax, msg::unexpected, {token.text}), token.span};
    const bool list = frame.kind == FormKind::List;
    if (list && frame.items.size() == 1 && frame.items.front()->is_symbol(names_.flow) && !frame.pipeline) {
        // (flow |> f |> g): what comes in is a parameter.
        frame.flow = true;
        frame.items.push_back(arena_.fresh("in", token.span));
    } else if (list && frame.items.size() == 1 && !takes_no_pipe(names_, frame.items.front())) {
        frame.pipeline = true;
    }
    if (frame.items.empty())
        return SyntaxError{failure(kind::syntax, msg::pipe_without_left, {token.text}), token.span};
    if (token.text == "~>") {
        if (!frame.pipeline) return SyntaxError{failure(kind::syntax, msg::async_pipe_place), token.span};
        frame.async = true;
    }
    frame.pipe = token;
    frame.has_pipe = true;
    return std::nullopt;
}

std::optional<SyntaxError> Reader::close(const Token& token, Form*& primary) {
    if (frames_.size() == 1) return SyntaxError{failure(kind::syntax, msg::closes_nothing, {token.text}), token.span};
    Frame& frame = frames_.back();
    const std::string_view opener = text_.substr(frame.open.begin, frame.open.end - frame.open.begin);
    if (frame.what == Frames::Prefix)
        return SyntaxError{failure(kind::syntax, msg::prefix_without, {opener}), frame.open};
    const std::string_view wanted = frame.kind == FormKind::List ? ")" : frame.kind == FormKind::Vector ? "]" : "}";
    if (token.text != wanted) {
        // The place of the open bracket, as line:column, so that it can be found.
        std::uint32_t line = 1, start = 0;
        for (std::uint32_t i = 0; i < frame.open.begin; ++i)
            if (text_[i] == '\n') {
                ++line;
                start = i + 1;
            }
        const std::string place =
            std::to_string(line) + ":" + std::to_string(utf8::count(text_.substr(start, frame.open.begin - start)) + 1);
        return SyntaxError{failure(kind::syntax, msg::mismatched, {token.text, opener, place}), token.span};
    }
    if (frame.has_pipe)
        return SyntaxError{failure(kind::syntax, msg::pipe_without_right, {frame.pipe.text}), frame.pipe.span};
    const Span span{frame.open.begin, token.span.end};
    if (frame.kind == FormKind::Map && frame.items.size() % 2 != 0)
        return SyntaxError{failure(kind::syntax, msg::odd_map, {std::to_string(frame.items.size())}), span};
    if (frame.pipeline) {
        primary = frame.items.front();
        if (frame.async) {
            Form* thunk = arena_.list(
                {arena_.symbol(names_.fn, span), arena_.collection(FormKind::Vector, {}, span), primary}, span);
            primary = arena_.list({arena_.symbol(names_.go, span), thunk}, span);
        }
    } else if (frame.flow) {
        // items: flow, chain; the parameter is the symbol made when the first pipe came.
        Form* parameter = frame.items[0];
        primary = arena_.list({arena_.symbol(names_.fn, span),
                               arena_.collection(FormKind::Vector, {&parameter, 1}, span), frame.items[1]},
                              span);
    } else {
        primary = arena_.collection(frame.kind, frame.items, span);
    }
    frames_.pop_back();
    return std::nullopt;
}

std::optional<SyntaxError> Reader::complete(Form* primary) {
    for (;;) {
        Frame& frame = frames_.back();
        if (frame.what == Frames::Prefix) {
            const Span span{frame.open.begin, primary->span.end};
            if (frame.prefix.is_absent())
                primary = arena_.collection(frame.kind, {&primary, 1}, span);
            else
                primary = arena_.list({arena_.symbol(frame.prefix, frame.open), primary}, span);
            frames_.pop_back();
            continue;
        }
        if (frame.has_pipe) {
            Form* left = frame.items.back();
            if (frame.flow && frame.items[0]->is_symbol(names_.flow))
                frame.items[0] = arena_.symbol(left->value, left->span);
            frame.items.back() = desugar_pipe(arena_, names_, left, frame.pipe.text, primary);
            frame.has_pipe = false;
            return std::nullopt;
        }
        if (frame.pipeline || (frame.flow && frame.items.size() == 2))
            return SyntaxError{failure(kind::syntax, msg::after_pipeline), primary->span};
        frame.items.push_back(primary);
        return std::nullopt;
    }
}

Form* Reader::atom(const Token& token) {
    const Span span = token.span;
    switch (token.kind) {
    case TokenKind::Integer: return arena_.integer(token.integer, span);
    case TokenKind::Float: return arena_.number(token.number, span);
    case TokenKind::String: return arena_.string(token.string, span);
    case TokenKind::Keyword: return arena_.keyword(token.text, span);
    default: break;
    }
    if (token.text == "nil") return arena_.make(FormKind::Nil, span);
    if (token.text == "true") return arena_.make(FormKind::True, span);
    if (token.text == "false") return arena_.make(FormKind::False, span);
    return arena_.symbol(token.text, span);
}

std::optional<SyntaxError> Reader::fstring(const Token& token, Form*& primary) {
    const Span opened = token.span;
    const bool triple = token.text.size() == 4;
    std::vector<Form*> parts;
    for (;;) {
        std::string text;
        bool code = false;
        if (auto error = lexer_.fstring_text(opened, triple, text, code)) return error;
        if (!text.empty()) parts.push_back(arena_.string(text, opened));
        if (!code) break;
        const std::uint32_t begin = lexer_.position();
        std::string collected;
        if (auto error = lexer_.fstring_code({begin - 1, begin}, collected)) return error;
        const Span place{begin, lexer_.position() - 1};
        // Where nothing was escaped the code is read where it stands, so that its forms have their true places.
        const bool verbatim = collected.size() == place.end - place.begin;
        const Form* escaped = verbatim ? nullptr : arena_.string(collected, place);
        Reader inner = verbatim
                           ? Reader(arena_, names_, text_, place.begin, place.end)
                           : Reader(arena_, names_, escaped->text, 0, static_cast<std::uint32_t>(collected.size()));
        inner.depth_ = depth_ + 1;
        inner.quasiquoted_ = in_quasiquote();
        if (inner.depth_ > most_fstrings)
            return SyntaxError{failure(kind::syntax, msg::too_deep, {std::to_string(most_fstrings)}), opened};
        Form* form = nullptr;
        auto error = inner.next(form);
        if (!error && form == nullptr)
            error = SyntaxError{failure(kind::syntax, msg::empty_code), {place.begin - 1, place.end + 1}};
        if (error) {
            if (!verbatim) error->span = place;
            error->incomplete = false;
            return error;
        }
        if (!verbatim) {
            // Forms of escaped code are placed in a text of their own: they all get the place of the whole.
            std::vector<Form*> pending{form};
            while (!pending.empty()) {
                Form* node = pending.back();
                pending.pop_back();
                node->span = place;
                if (node->has_items()) pending.insert(pending.end(), node->items().begin(), node->items().end());
            }
        }
        parts.push_back(form);
    }
    primary = arena_.collection(FormKind::FString, parts, {opened.begin, lexer_.position()});
    return std::nullopt;
}

} // namespace qi

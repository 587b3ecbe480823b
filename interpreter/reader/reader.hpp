// Source text -> forms, in one pass with its own stack, so that nesting is bounded by memory alone. Infix
// pipes and f-strings are taken apart here. Interpreter thread only.
#pragma once

#include "reader/form.hpp"
#include "reader/lexer.hpp"
#include "reader/names.hpp"

#include <optional>
#include <string>
#include <vector>

namespace qi {

class Reader {
public:
    Reader(FormArena& arena, const Names& names, const Source& source);

    /// The next top-level form; null at the end of the text.
    std::optional<SyntaxError> next(Form*& form);

    /// After an error: where the form that it is in begins.
    std::uint32_t begun_at() const noexcept { return frames_.size() > 1 ? frames_[1].open.begin : token_.span.begin; }
    /// Goes on with this part of the text: at another place after an error, say.
    void go_on(std::uint32_t begin, std::uint32_t end);

private:
    enum class Frames : std::uint8_t { Brackets, Prefix };
    struct Frame {
        Frames what;
        FormKind kind; // of brackets
        Span open;     // the bracket or the prefix
        std::vector<Form*> items;
        Value prefix; // quote or deref: the head that the prefix means; absent for the quasi ones
        Token pipe;   // waiting for its right side, if has_pipe
        bool has_pipe = false;
        bool pipeline = false; // a pipe came after the first item: the brackets hold a pipeline and nothing else
        bool async = false;    // with a ~> in it
        bool flow = false;     // (flow |> f |> g): a function of what comes in
    };

    Reader(FormArena& arena, const Names& names, std::string_view text, std::uint32_t begin, std::uint32_t end);

    bool in_quasiquote() const noexcept;
    std::optional<SyntaxError> open(const Token& token);
    std::optional<SyntaxError> close(const Token& token, Form*& primary);
    std::optional<SyntaxError> pipe(const Token& token);
    std::optional<SyntaxError> complete(Form* primary);
    std::optional<SyntaxError> fstring(const Token& token, Form*& primary);
    Form* atom(const Token& token);
    SyntaxError unclosed() const;

    FormArena& arena_;
    const Names& names_;
    std::string_view text_;
    Lexer lexer_;
    std::vector<Frame> frames_;
    Token token_;
    Token ahead_;
    bool has_ahead_ = false;
    int depth_ = 0;            // of f-strings within f-strings
    bool quasiquoted_ = false; // the f-string that this text is from is in a quasiquote
};

/// The head of a form that a pipe doesn't append to.
bool takes_no_pipe(const Names& names, const Form* head) noexcept;

/// `left op right` as a call (docs/language.md, 1.8). `~>` is rewritten like `|>`.
Form* desugar_pipe(FormArena& arena, const Names& names, Form* left, std::string_view op, Form* right);

/// Why the source can't be read at all: its size, or bytes that aren't UTF-8.
std::optional<SyntaxError> unreadable(const Source& source);

} // namespace qi

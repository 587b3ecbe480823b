// The line being typed, edited by libedit. Wide characters throughout. The terminal's thread, from the first call to
// the last; what happens while a key is waited for is asked of a Desk.
#pragma once

#include "repl/history.hpp"

#include <histedit.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qi {

/// How the text before the cursor may continue.
struct Completion {
    std::size_t begin = 0;            // of what is completed, in bytes
    std::vector<std::string> choices; // whole, sorted
};

class LineEditor {
public:
    enum class Wait { Input, Nothing, Stop };

    class Desk {
    public:
        virtual ~Desk() = default;
        /// Waits until there is input, or something else to do, and does it. Stop: reading shall end.
        virtual Wait wait(LineEditor& editor) = 0;
        /// How the text, which ends at the cursor, may continue.
        virtual Completion complete(const std::string& text) = 0;
    };

    /// Not `editing`: lines are taken as they come, and only read_plain is used.
    LineEditor(Desk& desk, bool editing, bool coloured);
    ~LineEditor();
    LineEditor(const LineEditor&) = delete;
    LineEditor& operator=(const LineEditor&) = delete;

    enum class End { Line, Empty, Stopped };
    struct Read {
        End end;
        std::string text; // of a Line: all lines of the form so far
    };
    /// A line after the prompt. `before`: the lines that are entered already, if this one continues them.
    Read read(std::string_view before);
    /// A line for the program: the terminal does the editing.
    Read read_plain();

    /// The descriptor to wait for.
    int input() const noexcept { return input_; }
    /// From within `Desk::wait`: the text appears above what is being typed.
    void show_above(std::string_view text);
    /// The terminal has another size, or another program used it.
    void terminal_changed();
    void remember(std::string_view entry) { history_.add(entry); }

private:
    static int next_character(EditLine* edit, wchar_t* out);
    static wchar_t* prompt_of(EditLine* edit);
    static unsigned char complete_key(EditLine* edit, wint_t);
    static unsigned char up_key(EditLine* edit, wint_t);
    static unsigned char down_key(EditLine* edit, wint_t);
    static unsigned char break_key(EditLine* edit, wint_t);
    static LineEditor& of(EditLine* edit);

    void bind();
    bool take_bytes(); // false: the input is at its end
    bool take_paste();
    bool decode(wchar_t& out);
    void erase();
    void put(std::string_view text);
    std::string lines_before() const;
    std::wstring typed() const;
    std::size_t cursor() const;
    void replace(std::wstring_view text, std::size_t cursor);
    void take_lines_before();
    void recall(int step);
    std::string indentation() const;
    unsigned char complete();
    void list(const std::vector<std::string>& choices);

    Desk& desk_;
    const bool coloured_;
    const int input_;
    History history_;
    EditLine* edit_ = nullptr;
    HistoryW* searched_ = nullptr; // libedit's own copy, for Ctrl-R
    std::size_t shared_ = 0;       // entries of ours that are in it
    std::string bytes_;            // read and not yet decoded
    std::wstring before_;          // lines that are entered already
    std::wstring prompt_;          // without its colours
    std::wstring shown_prompt_;
    std::size_t recalled_ = 0; // the entry that is shown; as many as there are: none
    std::wstring draft_;       // what was typed before one was
    bool ended_ = false;
    bool stopped_ = false;
    bool reading_ = false;
    int width_ = 80;
};

} // namespace qi

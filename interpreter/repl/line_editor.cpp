#include "repl/line_editor.hpp"

#include "base/descriptor.hpp"
#include "base/utf8.hpp"
#include "repl/screen.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

namespace qi {

namespace {

constexpr std::wstring_view prompt_text = L"qi> ";
constexpr std::wstring_view continued_text = L"  … ";
constexpr std::wstring_view upright_text = L"qi>"; // several lines are edited at once: they stand below each other
constexpr std::string_view paste_begin = "\033[200~", paste_end = "\033[201~";

/// libedit prints what stands between two \1 without counting its columns, together with the character behind it.
std::wstring painted(std::wstring_view prompt) {
    const std::size_t end = prompt.find_last_not_of(L" \n") + 1;
    return L"\1\033[1;36m\1" + std::wstring(prompt.substr(0, end)) + L"\1\033[0m\1" + std::wstring(prompt.substr(end));
}

/// A terminal is opened once more, to be read without waiting: what poll has seen there, a Ctrl-C may have thrown away
/// since. (The flag on the program's own descriptor would be everybody's who shares it.)
int open_input() {
    if (::isatty(0) == 0) return 0;
    const int opened = ::open("/proc/self/fd/0", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    return opened < 0 ? 0 : opened;
}

} // namespace

LineEditor::LineEditor(Desk& desk, bool editing, bool coloured)
    : desk_(desk), coloured_(coloured), input_(open_input()), width_(terminal_width(1)) {
    if (!editing) return;
    history_.load();
    edit_ = ::el_init("qi", stdin, stdout, stderr);
    ::el_wset(edit_, EL_CLIENTDATA, this);
    ::el_wset(edit_, EL_EDITOR, L"emacs");
    ::el_wset(edit_, EL_SIGNAL, 0);
    ::el_wset(edit_, EL_GETCFN, &next_character);
    ::el_wset(edit_, EL_PROMPT_ESC, &prompt_of, L'\1');
    searched_ = ::history_winit();
    HistEventW event;
    ::history_w(searched_, &event, H_SETSIZE, 10000);
    ::el_wset(edit_, EL_HIST, &::history_w, searched_);
    bind();
    ::el_source(edit_, nullptr); // ~/.editrc
}

LineEditor::~LineEditor() {
    if (input_ != 0) ::close(input_);
    if (edit_ == nullptr) return;
    ::history_wend(searched_);
    ::el_end(edit_);
}

LineEditor& LineEditor::of(EditLine* edit) {
    void* data = nullptr;
    ::el_wget(edit, EL_CLIENTDATA, &data);
    return *static_cast<LineEditor*>(data);
}

void LineEditor::bind() {
    ::el_wset(edit_, EL_ADDFN, L"qi-complete", L"complete", &complete_key);
    ::el_wset(edit_, EL_ADDFN, L"qi-up", L"line above, or earlier entry", &up_key);
    ::el_wset(edit_, EL_ADDFN, L"qi-down", L"line below, or later entry", &down_key);
    ::el_wset(edit_, EL_ADDFN, L"qi-break", L"break the line", &break_key);
    struct Binding {
        const wchar_t* key;
        const wchar_t* function;
    };
    constexpr Binding bindings[] = {
        {L"^I", L"qi-complete"},
        {L"\033[A", L"qi-up"},
        {L"\033OA", L"qi-up"},
        {L"^P", L"qi-up"},
        {L"\033[B", L"qi-down"},
        {L"\033OB", L"qi-down"},
        {L"^N", L"qi-down"},
        {L"\033^M", L"qi-break"},
        {L"\033^J", L"qi-break"},
        {L"^R", L"em-inc-search-prev"},
        {L"^W", L"ed-delete-prev-word"},
        {L"\033[H", L"ed-move-to-beg"},
        {L"\033OH", L"ed-move-to-beg"},
        {L"\033[1~", L"ed-move-to-beg"},
        {L"\033[F", L"ed-move-to-end"},
        {L"\033OF", L"ed-move-to-end"},
        {L"\033[4~", L"ed-move-to-end"},
        {L"\033[3~", L"ed-delete-next-char"},
        {L"\033[1;5D", L"ed-prev-word"},
        {L"\033[1;5C", L"em-next-word"},
    };
    for (const Binding& each : bindings) ::el_wset(edit_, EL_BIND, each.key, each.function, nullptr);
}

LineEditor::Read LineEditor::read(std::string_view before) {
    before_ = widened(before);
    draft_.clear();
    ended_ = stopped_ = false;
    const std::vector<std::string>& entries = history_.entries();
    HistEventW event;
    for (; shared_ < entries.size(); ++shared_)
        ::history_w(searched_, &event, H_ENTER, widened(entries[shared_]).c_str());
    recalled_ = entries.size();
    if (bytes_.empty() && !before.empty()) // what is pasted brings its own
        if (const std::string spaces = indentation(); !spaces.empty()) ::el_wpush(edit_, widened(spaces).c_str());
    ::el_wset(edit_, EL_PREP_TERM, 1); // before the prompt shows: what is typed upon it must not be echoed
    put("\033[?2004h");
    reading_ = true;
    int count = 0;
    const wchar_t* line = ::el_wgets(edit_, &count);
    reading_ = false;
    put("\033[?2004l");
    if (stopped_) return {End::Stopped, {}};
    if (line == nullptr || count <= 0 || (ended_ && count == 0)) return {End::Empty, {}};
    std::wstring_view text(line, static_cast<std::size_t>(count));
    if (text.ends_with(L'\n')) text.remove_suffix(1);
    std::wstring whole = before_.empty() ? std::wstring(text) : before_ + L"\n" + std::wstring(text);
    return {End::Line, narrowed(whole)};
}

LineEditor::Read LineEditor::read_plain() {
    ended_ = stopped_ = false;
    for (;;) {
        if (const std::size_t end = bytes_.find('\n'); end != std::string::npos) {
            std::string line = bytes_.substr(0, end);
            bytes_.erase(0, end + 1);
            return {End::Line, std::move(line)};
        }
        const Wait what = desk_.wait(*this);
        if (what == Wait::Stop) return {End::Stopped, {}};
        if (what == Wait::Input && !take_bytes()) {
            std::string line = std::move(bytes_);
            bytes_.clear();
            return line.empty() ? Read{End::Empty, {}} : Read{End::Line, std::move(line)};
        }
    }
}

// --- Keys

bool LineEditor::take_bytes() {
    char buffer[4096];
    const ssize_t got = ::read(input_, buffer, sizeof buffer);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return true;
    if (got <= 0) return false;
    bytes_.append(buffer, static_cast<std::size_t>(got));
    return true;
}

/// One character, if it is there whole. Bytes that are no text are passed over.
bool LineEditor::decode(wchar_t& out) {
    while (!bytes_.empty()) {
        const auto first = static_cast<unsigned char>(bytes_[0]);
        const std::size_t length = first < 0x80                    ? 1
                                   : first >= 0xC2 && first < 0xE0 ? 2
                                   : first >= 0xE0 && first < 0xF0 ? 3
                                   : first >= 0xF0 && first < 0xF5 ? 4
                                                                   : 0;
        if (length > bytes_.size()) return false;
        if (length == 0 || utf8::valid_prefix(std::string_view(bytes_).substr(0, length)) != length) {
            bytes_.erase(0, 1);
            continue;
        }
        out = widened(std::string_view(bytes_).substr(0, length))[0];
        bytes_.erase(0, length);
        return true;
    }
    return false;
}

/// What the terminal says is pasted goes into the line as it is: its line breaks enter nothing, its tabs complete
/// nothing.
bool LineEditor::take_paste() {
    if (!bytes_.starts_with(paste_begin)) return false;
    const std::size_t end = bytes_.find(paste_end);
    if (end == std::string::npos) return false;
    std::string text;
    for (const char c : bytes_.substr(paste_begin.size(), end - paste_begin.size())) {
        if (c == '\t')
            text += "    ";
        else if (c == '\r')
            text += '\n';
        else if (c == '\n' || static_cast<unsigned char>(c) >= 0x20)
            text += c;
    }
    bytes_.erase(0, end + paste_end.size());
    if (utf8::valid_prefix(text) != text.size()) return true;
    erase();
    while (text.ends_with('\n')) text.pop_back();
    if (!text.empty()) ::el_winsertstr(edit_, widened(text).c_str());
    put(lines_before());
    ::el_wset(edit_, EL_REFRESH);
    return true;
}

int LineEditor::next_character(EditLine* edit, wchar_t* out) {
    LineEditor& self = of(edit);
    for (;;) {
        if (self.take_paste()) continue;
        const bool pasting = self.bytes_.starts_with(paste_begin);
        if (!pasting && self.decode(*out)) {
            // A Ctrl-D typed while something was evaluated: between lines the terminal takes it for the end of a file,
            // and hands a 0 to who reads on in the raw mode (Linux n_tty).
            if (*out == L'\0' && self.typed().empty()) *out = L'\4';
            return 1;
        }
        const Wait what = self.desk_.wait(self);
        if (what == Wait::Stop) {
            self.stopped_ = true;
            self.bytes_.clear();
            // Behind what was typed, on a line of its own.
            const std::wstring text = self.typed();
            const ScreenPlace begin = place_after(self.prompt_, {}, self.width_);
            const int rows = place_after(text, begin, self.width_).row -
                             place_after(std::wstring_view(text).substr(0, self.cursor()), begin, self.width_).row;
            self.put((rows > 0 ? "\033[" + std::to_string(rows) + "B" : "") + "\r\n");
            return 0;
        }
        if (what == Wait::Input && !self.take_bytes()) {
            self.ended_ = true;
            return 0;
        }
    }
}

// --- What stands on the screen

void LineEditor::put(std::string_view text) {
    std::fflush(stdout);
    write_all(1, text);
}

wchar_t* LineEditor::prompt_of(EditLine* edit) {
    LineEditor& self = of(edit);
    const bool upright = self.typed().find(L'\n') != std::wstring::npos;
    self.prompt_ = upright ? upright_text : self.before_.empty() ? prompt_text : continued_text;
    // libedit knows no line breaks in prompts: blanks fill the line.
    if (upright) self.prompt_.append(static_cast<std::size_t>(self.width_) - upright_text.size(), L' ');
    self.shown_prompt_ = self.coloured_ ? painted(self.prompt_) : self.prompt_;
    return self.shown_prompt_.data();
}

/// What is being typed vanishes; the cursor stands where its prompt began.
void LineEditor::erase() {
    const ScreenPlace place =
        place_after(std::wstring_view(typed()).substr(0, cursor()), place_after(prompt_, {}, width_), width_);
    put("\r" + (place.row > 0 ? "\033[" + std::to_string(place.row) + "A" : "") + "\033[J");
}

/// The lines that are entered already, as they look; empty if there are none.
std::string LineEditor::lines_before() const {
    if (before_.empty()) return {};
    std::wstring text;
    for (std::size_t from = 0; from != std::wstring::npos;) {
        const std::size_t end = before_.find(L'\n', from);
        text += (from == 0 ? prompt_text : continued_text);
        text += before_.substr(from, end == std::wstring::npos ? end : end - from);
        text += L"\r\n";
        from = end == std::wstring::npos ? end : end + 1;
    }
    return narrowed(text);
}

void LineEditor::show_above(std::string_view text) {
    if (!reading_) return put(text);
    erase();
    std::string shown(text);
    if (!shown.empty() && !shown.ends_with('\n')) shown += '\n';
    // The terminal is in its raw mode: it doesn't return by itself.
    std::string returned;
    for (const char c : shown) returned += c == '\n' ? std::string("\r\n") : std::string(1, c);
    put(returned + (shown.empty() ? std::string() : lines_before()));
    ::el_wset(edit_, EL_REFRESH);
}

void LineEditor::terminal_changed() {
    if (!reading_) return;
    erase();
    width_ = terminal_width(1);
    ::el_resize(edit_);
    // While the process was stopped, the shell chose modes of its own. libedit thinks that the raw one still holds.
    ::el_wset(edit_, EL_PREP_TERM, 0);
    ::el_wset(edit_, EL_PREP_TERM, 1);
    put("\033[?2004h");
    ::el_wset(edit_, EL_REFRESH);
}

// --- What is typed

std::wstring LineEditor::typed() const {
    const LineInfoW* line = ::el_wline(edit_);
    return {line->buffer, line->lastchar};
}
std::size_t LineEditor::cursor() const {
    const LineInfoW* line = ::el_wline(edit_);
    return static_cast<std::size_t>(line->cursor - line->buffer);
}

void LineEditor::replace(std::wstring_view text, std::size_t cursor) {
    const auto length = static_cast<int>(typed().size());
    ::el_cursor(edit_, length);
    ::el_wdeletestr(edit_, length);
    if (!text.empty()) ::el_winsertstr(edit_, std::wstring(text).c_str());
    ::el_cursor(edit_, static_cast<int>(cursor) - static_cast<int>(text.size()));
}

/// The lines that are entered already become part of what is edited.
void LineEditor::take_lines_before() {
    erase();
    const ScreenPlace place = place_after(widened(lines_before()), {}, width_);
    put((place.row > 0 ? "\033[" + std::to_string(place.row) + "A" : "") + "\033[J");
    const std::size_t end = before_.size();
    const std::wstring whole = before_ + L"\n" + typed();
    before_.clear();
    replace(whole, end);
    prompt_.clear();
    ::el_wset(edit_, EL_REFRESH);
}

/// The entry before or behind the one that is shown, of those that begin with what was typed.
void LineEditor::recall(int step) {
    const std::vector<std::string>& entries = history_.entries();
    if (recalled_ == entries.size()) draft_ = typed();
    const std::string prefix = narrowed(draft_);
    for (std::size_t at = recalled_; step < 0 ? at > 0 : at < entries.size();) {
        at = step < 0 ? at - 1 : at + 1;
        if (at < entries.size() && (!entries[at].starts_with(prefix) || widened(entries[at]) == typed())) continue;
        recalled_ = at;
        const std::wstring text = at == entries.size() ? draft_ : widened(entries[at]);
        return replace(text, text.size());
    }
    ::el_beep(edit_);
}

unsigned char LineEditor::up_key(EditLine* edit, wint_t) {
    LineEditor& self = of(edit);
    const std::wstring text = self.typed();
    const std::size_t at = self.cursor();
    const std::size_t line = at == 0 ? std::wstring::npos : text.rfind(L'\n', at - 1);
    if (line != std::wstring::npos) {
        const std::size_t above = line == 0 ? 0 : text.rfind(L'\n', line - 1) + 1; // npos + 1 is 0
        self.replace(text, std::min(above + (at - line - 1), line));
    } else if (!self.before_.empty()) {
        self.take_lines_before();
    } else {
        self.recall(-1);
    }
    return CC_REFRESH;
}

unsigned char LineEditor::down_key(EditLine* edit, wint_t) {
    LineEditor& self = of(edit);
    const std::wstring text = self.typed();
    const std::size_t at = self.cursor();
    if (const std::size_t below = text.find(L'\n', at); below != std::wstring::npos) {
        const std::size_t begin = at == 0 ? 0 : text.rfind(L'\n', at - 1) + 1;
        const std::size_t end = std::min(text.find(L'\n', below + 1), text.size());
        self.replace(text, std::min(below + 1 + (at - begin), end));
    } else {
        self.recall(1);
    }
    return CC_REFRESH;
}

unsigned char LineEditor::break_key(EditLine* edit, wint_t) {
    ::el_winsertstr(edit, L"\n");
    return CC_REFRESH;
}

/// How far the next line is moved in: behind the innermost bracket that is open.
std::string LineEditor::indentation() const {
    struct Open {
        wchar_t bracket;
        std::size_t column;
    };
    std::vector<Open> open;
    std::size_t column = 0;
    bool text = false;
    for (std::size_t i = 0; i < before_.size(); ++i, ++column) {
        const wchar_t c = before_[i];
        if (c == L'\n')
            column = std::wstring::npos; // the loop makes it 0
        else if (c == L'\\' && text)
            ++i, ++column;
        else if (c == L'"')
            text = !text;
        else if (text)
            continue;
        else if (c == L';')
            i = std::min(before_.find(L'\n', i), before_.size()) - 1;
        else if (c == L'(' || c == L'[' || c == L'{')
            open.push_back({c, column});
        else if ((c == L')' || c == L']' || c == L'}') && !open.empty())
            open.pop_back();
    }
    if (text || open.empty()) return {};
    return std::string(std::min<std::size_t>(open.back().column + (open.back().bracket == L'(' ? 2 : 1), 60), ' ');
}

// --- Completion

unsigned char LineEditor::complete_key(EditLine* edit, wint_t) { return of(edit).complete(); }

unsigned char LineEditor::complete() {
    const std::string here = narrowed(typed().substr(0, cursor()));
    const std::string text = before_.empty() ? here : narrowed(before_) + "\n" + here;
    const Completion found = desk_.complete(text);
    if (found.choices.empty()) return CC_REFRESH_BEEP;
    const std::string_view word = std::string_view(text).substr(found.begin);
    std::string common = found.choices.front();
    for (const std::string& choice : found.choices)
        common.resize(static_cast<std::size_t>(
            std::mismatch(common.begin(), common.end(), choice.begin(), choice.end()).first - common.begin()));
    common.resize(utf8::valid_prefix(common));
    if (common.size() > word.size()) {
        ::el_winsertstr(edit_, widened(std::string_view(common).substr(word.size())).c_str());
        return CC_REFRESH;
    }
    if (found.choices.size() > 1) list(found.choices);
    return CC_REFRESH;
}

void LineEditor::list(const std::vector<std::string>& choices) {
    constexpr std::size_t most_rows = 20;
    int widest = 1;
    for (const std::string& choice : choices) widest = std::max(widest, columns_of(choice));
    const auto across = static_cast<std::size_t>(std::max(1, width_ / (widest + 2)));
    const std::size_t rows = (choices.size() + across - 1) / across;
    std::string text;
    for (std::size_t row = 0; row < std::min(rows, most_rows); ++row) {
        std::string line;
        for (std::size_t at = row; at < choices.size(); at += rows) {
            line += choices[at];
            if (at + rows < choices.size())
                line.append(static_cast<std::size_t>(widest + 2 - columns_of(choices[at])), ' ');
        }
        text += line + "\n";
    }
    if (rows > most_rows) text += "… (" + std::to_string(choices.size()) + ")\n";
    show_above(text);
}

} // namespace qi

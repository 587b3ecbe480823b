#include "base/log_time.hpp"
#include "base/utf8.hpp"
#include "data/print.hpp"
#include "namespaces.hpp"
#include "str/unicode.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace qi::stdlib {

namespace {

constexpr std::array<std::string_view, 4> level_labels{"DEBUG", "INFO", "WARN", "ERROR"};

struct Settings {
    std::size_t level = 1;
    bool json = false;
};

/// One for each interpreter thread.
Settings& settings() {
    static thread_local Settings mine;
    return mine;
}

std::string shown(Program program, Value v) {
    std::string text;
    append_display(program.store(), text, v);
    return text;
}

/// One thing that is known beside the message.
struct Field {
    std::string name;  // in JSON
    std::string shown; // as text
    std::string value;
};

struct Line {
    std::size_t level = 1;
    std::string_view message;
    std::vector<Field> context;
    std::string trace; // lines below it; in JSON a field
};

/// In JSON. What Qi says of a line can't be said by what the program gives.
std::string name_in_json(std::string name) {
    if (name == "event" || name == "trace") name.insert(name.begin(), '_');
    return name;
}

/// What the program gives: the trace of an error isn't for the line that names it.
void add_context(Program program, Line& line, Map context) {
    MapCursor cursor(context);
    for (Value key, value; cursor.next(key, value);) {
        const std::string text = shown(program, value);
        if (is_keyword(key) && as_symbol(key)->text() == "trace")
            line.trace = text;
        else
            line.context.push_back(
                {name_in_json(is_keyword(key) ? std::string(as_symbol(key)->text()) : shown(program, key)),
                 readable(program.store(), key), text});
    }
}

std::string json_line(const Line& entry) {
    nlohmann::ordered_json line;
    line["timestamp"] = log_time();
    line["level"] = level_labels[entry.level];
    line["message"] = entry.message;
    // Nothing that a program adds takes the place of what stands there.
    for (const Field& field : entry.context) {
        std::string name = field.name;
        while (line.contains(name)) name.insert(name.begin(), '_');
        line[name] = field.value;
    }
    if (!entry.trace.empty()) line["trace"] = entry.trace;
    const std::string text = line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    // The library leaves DEL and C1 as they are, which stand in strings alone.
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = std::max<std::size_t>(1, utf8::control_length(text, at));
        const auto last = static_cast<unsigned char>(text[at + length - 1]);
        char escape[8];
        std::snprintf(escape, sizeof escape, "\\u%04x", last);
        if (utf8::control_length(text, at) != 0)
            out += escape;
        else
            out += text[at];
        at += length;
    }
    return out;
}

/// Text from elsewhere must not begin a line that looks like an entry: what follows its newlines is indented.
void append_text(std::string& line, std::string_view text) {
    std::size_t from = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\n' && text[at] != '\r') continue;
        utf8::append_visible(line, text.substr(from, at - from));
        line += text[at] == '\n' ? "\n  " : "\\r";
        from = at + 1;
    }
    utf8::append_visible(line, text.substr(from));
}

std::string text_line(const Line& entry) {
    std::string line = "[" + log_time() + "] ";
    line.append(level_labels[entry.level]).append(" ");
    append_text(line, entry.message);
    if (!entry.context.empty()) line += " |";
    for (const Field& field : entry.context) {
        line += " ";
        append_text(line, field.shown + "=" + field.value);
    }
    if (entry.trace.empty()) return line;
    line += "\n  ";
    append_text(line, entry.trace);
    return line;
}

void write(Program program, const Line& entry) {
    program.err().write((settings().json ? json_line(entry) : text_line(entry)) + "\n");
    program.err().flush();
}

Value write(Call call, std::size_t level, std::string_view message, std::optional<Map> context) {
    if (level < settings().level) return Value::nil();
    Line line{level, message, {}, {}};
    if (context) add_context(call, line, *context);
    write(call, line);
    return Value::nil();
}

/// What Qi says of the program unasked stands among what the program says.
class LogJournal final : public Journal {
public:
    explicit LogJournal(Program program) noexcept : program_(program) {}

    bool takes_failures() const override { return settings().json || program_.is_serving(); }
    bool is_for_programs() const override { return settings().json; }
    void write(const Entry& entry) override {
        constexpr std::array<std::size_t, 3> levels{1, 2, 3};
        const std::size_t level = levels[static_cast<std::size_t>(entry.level)];
        if (entry.level != Level::Asked && level < settings().level) return;
        Line line{level, entry.message, {}, std::string(entry.trace)};
        line.context.push_back({"event", ":event", std::string(entry.event)});
        if (entry.connection != 0)
            line.context.push_back({"connection", ":connection", std::to_string(entry.connection)});
        program_.out().flush(); // what was printed before it stands before it
        stdlib::write(program_, line);
    }

private:
    Program program_;
};

/// Which of the names it is, or the error that lists them.
template <std::size_t N>
Result<std::size_t> choice(Call call, Value given, const std::array<std::string_view, N>& names) {
    std::string known;
    for (std::size_t i = 0; i < N; ++i) {
        if (unicode::lower(text_of(given)) == names[i]) return i;
        known.append(i == 0 ? "\"" : " \"").append(names[i]).append("\"");
    }
    return failure_at(0, kind::value, msg::unknown_option, {shortened(call.store(), given), known});
}

constexpr Native log_natives[] = {
    native("log/debug message context?",
           "Logs message, and context, a map of further data, if the level is debug; nil. What the context has under "
           ":trace, such as (error/trace), stands below the line.\n"
           "(log/debug \"not shown\") ;=> nil",
           [](Call call, std::string_view message, std::optional<Map> context) {
               return write(call, 0, message, context);
           }),
    native("log/info message context?",
           "Logs message, and context, a map of further data; nil. Lines after the first are indented.\n"
           "(log/info \"started\" {:port 80}) ;=> nil",
           [](Call call, std::string_view message, std::optional<Map> context) {
               return write(call, 1, message, context);
           }),
    native("log/warn message context?",
           "Logs message, a warning, and context, a map of further data; nil.\n"
           "(log/warn \"slow\") ;=> nil",
           [](Call call, std::string_view message, std::optional<Map> context) {
               return write(call, 2, message, context);
           }),
    native("log/error message context?",
           "Logs message, an error, and context, a map of further data; nil.\n"
           "(log/error \"lost\") ;=> nil",
           [](Call call, std::string_view message, std::optional<Map> context) {
               return write(call, 3, message, context);
           }),
    native("log/set-level level",
           "What is below this level, \"debug\", \"info\" (as it is at first), \"warn\" (or \"warning\") or \"error\", "
           "in any case, isn't logged; nil. Fails "
           "with :value for another.\n"
           "(log/set-level \"info\") ;=> nil",
           [](Call call, StringValue level) -> Result<void> {
               const auto chosen =
                   choice(call, level, std::array<std::string_view, 5>{"debug", "info", "warn", "error", "warning"});
               if (!chosen) return chosen.error();
               settings().level = *chosen == 4 ? 2 : *chosen;
               return {};
           }),
    native(
        "log/set-format format",
        "Logs from now on in this format: \"text\" (or \"plain\") or \"json\", one object a line, "
        "with timestamp, level, message and trace; what the context has under one of these names, or event, is under "
        "_level, and so on; case is ignored; nil. "
        "Fails with :value for another.\n"
        "(log/set-format \"text\") ;=> nil",
        [](Call call, StringValue format) -> Result<void> {
            const auto chosen = choice(call, format, std::array<std::string_view, 3>{"text", "json", "plain"});
            if (!chosen) return chosen.error();
            settings().json = *chosen == 1;
            return {};
        }),
};

} // namespace

void define_log(Setup setup) {
    setup.define(log_natives);
    const auto journal = std::make_shared<LogJournal>(setup);
    setup.set_journal(journal.get());
    setup.own(journal);
}

} // namespace qi::stdlib

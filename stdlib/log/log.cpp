#include "log/log.hpp"

#include "base/utf8.hpp"
#include "data/print.hpp"
#include "namespaces.hpp"
#include "str/unicode.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>

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

std::string timestamp() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    const std::time_t seconds = milliseconds / 1000;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char date[32], all[48];
    std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
    std::snprintf(all, sizeof all, "%s.%03d+0000", date, static_cast<int>(milliseconds % 1000));
    return all;
}

std::string shown(Call call, Value v) {
    std::string text;
    append_display(call.store(), text, v);
    return text;
}

std::string json_line(Call call, std::size_t level, std::string_view message, std::optional<Map> context) {
    nlohmann::ordered_json line;
    line["timestamp"] = timestamp();
    line["level"] = level_labels[level];
    line["message"] = message;
    if (context) {
        MapCursor cursor(*context);
        for (Value key, value; cursor.next(key, value);) {
            const std::string name = is_keyword(key) ? std::string(as_symbol(key)->text()) : shown(call, key);
            line[name] = shown(call, value);
        }
    }
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

std::string text_line(Call call, std::size_t level, std::string_view message, std::optional<Map> context) {
    std::string line = "[" + timestamp() + "] ";
    line.append(level_labels[level]).append(" ");
    append_text(line, message);
    if (!context || map_count(*context) == 0) return line;
    line += " |";
    MapCursor cursor(*context);
    for (Value key, value; cursor.next(key, value);) {
        line += " ";
        append_text(line, readable(call.store(), key) + "=" + shown(call, value));
    }
    return line;
}

Value write(Call call, std::size_t level, std::string_view message, std::optional<Map> context) {
    if (level < settings().level) return Value::nil();
    std::string line =
        settings().json ? json_line(call, level, message, context) : text_line(call, level, message, context);
    line += '\n';
    call.err().write(line);
    call.err().flush();
    return Value::nil();
}

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
           "Logs message, and context, a map of further data, if the level is debug; nil.\n"
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
    native("log/set-format format",
           "Logs from now on in this format: \"text\" (or \"plain\") or \"json\", one object a line; case is ignored; "
           "nil. "
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

void log_warning(Call call, std::string_view message) { write(call, 2, message, std::nullopt); }

void define_log(Setup setup) { setup.define(log_natives); }

} // namespace qi::stdlib

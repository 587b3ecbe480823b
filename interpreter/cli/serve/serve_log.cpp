#include "cli/serve/serve_log.hpp"

#include "base/descriptor.hpp"
#include "base/json_text.hpp"
#include "base/log_time.hpp"
#include "cli/serve/messages.hpp"

#include <poll.h>
#include <string>
#include <unistd.h>
#include <utility>

namespace qi {

void ServeLog::write(std::string_view level, std::string_view event, std::string_view text, Fields fields) const {
    // Writable is a pipe that has room for a page, which is more than two lines.
    pollfd place{STDERR_FILENO, POLLOUT, 0};
    if (::poll(&place, 1, 0) == 0) {
        ++lost_;
        return;
    }
    std::string lines;
    if (const long long lost = std::exchange(lost_, 0); lost > 0)
        lines = line_of("WARN", "lines-lost", msg::serve_lost_lines.text(), {{"count", lost}});
    write_all(STDERR_FILENO, lines + line_of(level, event, text, fields));
}

std::string ServeLog::line_of(std::string_view level, std::string_view event, std::string_view text,
                              Fields fields) const {
    std::string line;
    if (json_) {
        const auto put = [&](std::string_view name, std::string_view value) {
            line += line.empty() ? "{" : ",";
            append_json_string(line, name);
            line += ':';
            append_json_string(line, value);
        };
        put("timestamp", log_time());
        put("level", level);
        put("message", text);
        put("event", event);
        for (const auto& [name, value] : fields) {
            line += ',';
            append_json_string(line, name);
            line += ':' + std::to_string(value);
        }
        line += "}\n";
    } else {
        line.append("[").append(log_time()).append("] ").append(level).append(" ").append(text);
        line.append(" | :event=").append(event);
        for (const auto& [name, value] : fields)
            line.append(" :").append(name).append("=").append(std::to_string(value));
        line += '\n';
    }
    return line;
}

} // namespace qi

// The lines that qi serve logs, in the format of log/ (stdlib/log/log.cpp). What nobody takes is dropped and counted:
// the thread has workers to look after. Interpreter thread only.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace qi {

class ServeLog {
public:
    explicit ServeLog(bool json) noexcept : json_(json) {}

    using Fields = std::initializer_list<std::pair<std::string_view, long long>>;
    void info(std::string_view event, std::string_view text, Fields fields = {}) const {
        write("INFO", event, text, fields);
    }
    void warn(std::string_view event, std::string_view text, Fields fields = {}) const {
        write("WARN", event, text, fields);
    }
    void error(std::string_view event, std::string_view text, Fields fields = {}) const {
        write("ERROR", event, text, fields);
    }

private:
    void write(std::string_view level, std::string_view event, std::string_view text, Fields fields) const;
    std::string line_of(std::string_view level, std::string_view event, std::string_view text, Fields fields) const;

    const bool json_;
    mutable long long lost_ = 0; // lines
};

} // namespace qi

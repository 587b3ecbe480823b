// The line of JSON that a load ends with.
#pragma once

#include <cstdio>
#include <string>

namespace qi::bench {

class Report {
public:
    explicit Report(const std::string& load) : text_("{\"load\": \"" + load + "\"") {}

    void add(const char* name, double number) {
        char text[64];
        std::snprintf(text, sizeof text, ", \"%s\": %.10g", name, number);
        text_ += text;
    }

    void print() const { std::printf("%s}\n", text_.c_str()); }

private:
    std::string text_;
};

} // namespace qi::bench

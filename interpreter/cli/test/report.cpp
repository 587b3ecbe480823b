#include "cli/test/report.hpp"

#include "base/messages.hpp"
#include "base/system_error.hpp"
#include "base/utf8.hpp"
#include "cli/messages.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>

namespace qi {

namespace {

constexpr std::size_t slowest_named = 3;
constexpr double slow = 0.05; // seconds; quicker ones aren't worth naming

std::string milliseconds(double seconds) { return std::to_string(static_cast<long>(seconds * 1000 + 0.5)) + " ms"; }

std::string name_of(const TestRecord& test) {
    return test.name.empty() ? std::string(msg::top_level.text()) : test.name;
}

void append_indented(std::string& out, std::string_view text, std::string_view indent) {
    while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
    out += indent;
    for (const char c : text) {
        out += c;
        if (c == '\n') out += indent;
    }
    out += '\n';
}

void append_xml(std::string& out, std::string_view text) {
    for (const char c : text) {
        switch (c) {
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '&': out += "&amp;"; break;
        case '"': out += "&quot;"; break;
        case '\n': out += "&#10;"; break;
        default:
            if (static_cast<unsigned char>(c) >= 0x20 || c == '\t') out += c; // XML 1.0 has no other control characters
        }
    }
}

std::string decimal(double seconds) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3f", seconds);
    return text;
}

} // namespace

std::string describe(const FileRecord& file) {
    const std::size_t failed = file.failed();
    std::string out = file.file + "  " + std::to_string(file.tests.size() - failed) + "/" +
                      std::to_string(file.tests.size()) + "  " + milliseconds(file.seconds) + "\n";
    for (const TestRecord& test : file.tests) {
        if (test.failure.empty()) continue;
        out += "  ✗ " + name_of(test) + "\n";
        append_indented(out, test.failure, "    ");
        if (!test.output.empty()) append_indented(out, test.output, "    | ");
    }
    return out;
}

std::string summary(const std::vector<FileRecord>& files) {
    struct Slow {
        const FileRecord* file;
        const TestRecord* test;
    };
    std::vector<Slow> slowest;
    std::size_t passed = 0, failed = 0;
    for (const FileRecord& file : files) {
        failed += file.failed();
        passed += file.tests.size() - file.failed();
        for (const TestRecord& test : file.tests)
            if (test.seconds >= slow) slowest.push_back({&file, &test});
    }
    std::stable_sort(slowest.begin(), slowest.end(),
                     [](const Slow& a, const Slow& b) { return a.test->seconds > b.test->seconds; });
    slowest.resize(std::min(slowest.size(), slowest_named));
    std::string out;
    if (!slowest.empty()) out += std::string(msg::slowest_tests.text()) + "\n";
    for (const Slow& entry : slowest)
        out += "  " + milliseconds(entry.test->seconds) + "  " + entry.file->file + ": " +
               utf8::shortened(name_of(*entry.test), 80) + "\n";
    return out + std::to_string(passed) + " passed, " + std::to_string(failed) + " failed\n";
}

Result<void> write_junit(const std::string& path, const std::vector<FileRecord>& files) {
    std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
    for (const FileRecord& file : files) {
        xml += "  <testsuite name=\"";
        append_xml(xml, file.file);
        xml += "\" tests=\"" + std::to_string(file.tests.size()) + "\" failures=\"" + std::to_string(file.failed()) +
               "\" time=\"" + decimal(file.seconds) + "\">\n";
        for (const TestRecord& test : file.tests) {
            xml += "    <testcase classname=\"";
            append_xml(xml, file.file);
            xml += "\" name=\"";
            append_xml(xml, name_of(test));
            xml += "\" time=\"" + decimal(test.seconds) + "\"";
            if (test.failure.empty() && test.output.empty()) {
                xml += "/>\n";
                continue;
            }
            xml += ">\n";
            if (!test.failure.empty()) {
                xml += "      <failure message=\"";
                append_xml(xml, test.failure.substr(0, test.failure.find('\n')));
                xml += "\">";
                append_xml(xml, test.failure);
                xml += "</failure>\n";
            }
            if (!test.output.empty()) {
                xml += "      <system-out>";
                append_xml(xml, test.output);
                xml += "</system-out>\n";
            }
            xml += "    </testcase>\n";
        }
        xml += "  </testsuite>\n";
    }
    xml += "</testsuites>\n";
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> out(std::fopen(path.c_str(), "w"), &std::fclose);
    if (out == nullptr || std::fwrite(xml.data(), 1, xml.size(), out.get()) != xml.size() ||
        std::fflush(out.get()) != 0)
        return failure(kind::io, msg::cannot_write, {path, system_error_text(errno)});
    return {};
}

} // namespace qi

// The results of tests, and how they are reported.
#pragma once

#include "base/result.hpp"

#include <string>
#include <vector>

namespace qi {

struct TestRecord {
    std::string name;
    double seconds = 0;
    std::string failure; // with place, excerpt and trace; empty: it passed
    std::string output;  // what was printed while it ran
};

struct FileRecord {
    std::string file;
    std::vector<TestRecord> tests; // an error outside of all tests is one of them, without a name
    double seconds = 0;

    std::size_t failed() const noexcept {
        std::size_t count = 0;
        for (const TestRecord& test : tests) count += test.failure.empty() ? 0 : 1;
        return count;
    }
};

/// A line for the file, and everything known about each of its failures.
std::string describe(const FileRecord& file);
/// The slowest tests, and `N passed, N failed`.
std::string summary(const std::vector<FileRecord>& files);
/// Writes the report that CI servers read.
Result<void> write_junit(const std::string& path, const std::vector<FileRecord>& files);

} // namespace qi

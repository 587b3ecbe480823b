// What `qi test` was asked to do.
#pragma once

#include "base/result.hpp"

#include <span>
#include <string>
#include <vector>

namespace qi {

struct TestOptions {
    std::vector<std::string> paths;
    std::string filter; // a regular expression for names of tests; empty: all
    std::string junit;  // the file for a report in JUnit's format; empty: none
    int jobs = 0;       // files at once; 0: as many as there are processors
    long timeout = 0;   // of a test, in milliseconds; 0: a minute
    bool watch = false; // again whenever a file changes
    int worker = -1;    // run the one file of `paths` here, and report the result of each test to this descriptor
};

Result<TestOptions> parse_test_options(std::span<const std::string> arguments);

/// The files to run: of a folder those named *_test.qi, and all .qi files below one named tests; sorted.
Result<std::vector<std::string>> test_files(std::span<const std::string> paths);

} // namespace qi

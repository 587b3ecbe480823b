#include "cli/test/options.hpp"

#include "cli/files.hpp"
#include "cli/messages.hpp"

#include <charconv>
#include <filesystem>
#include <unordered_set>

namespace qi {

namespace {

/// A whole number from 1 up.
template <typename T>
bool read_number(const std::string& text, T& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && number > 0;
}

bool names_tests(const std::filesystem::path& path) {
    for (const auto& part : path)
        if (part == "tests") return true;
    return false;
}

} // namespace

Result<TestOptions> parse_test_options(std::span<const std::string> arguments) {
    TestOptions options;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::string flag = arguments[i];
        if (!flag.starts_with("--")) {
            options.paths.push_back(std::move(flag));
            continue;
        }
        if (flag == "--watch") {
            options.watch = true;
            continue;
        }
        const std::string example = flag == "--filter"  ? "login|logout"
                                    : flag == "--junit" ? "report.xml"
                                    : flag == "--jobs"  ? "4"
                                                        : "5000";
        if (i + 1 == arguments.size()) return failure(kind::value, msg::flag_value, {flag, example});
        const std::string& value = arguments[++i];
        if (flag == "--filter")
            options.filter = value;
        else if (flag == "--junit")
            options.junit = value;
        else if (!(flag == "--jobs"     ? read_number(value, options.jobs)
                   : flag == "--worker" ? read_number(value, options.worker)
                                        : read_number(value, options.timeout)))
            return failure(kind::value, msg::flag_number, {flag, value});
    }
    return options;
}

Result<std::vector<std::string>> test_files(std::span<const std::string> paths) {
    namespace fs = std::filesystem;
    static const std::string here[] = {"."};
    std::vector<std::string> files;
    std::unordered_set<std::string> known; // however they are written
    const auto add = [&](const std::string& file) {
        std::error_code error;
        if (known.insert(fs::weakly_canonical(file, error).string()).second) files.push_back(file);
    };
    for (const std::string& path : paths.empty() ? std::span<const std::string>(here) : paths) {
        auto found = qi_files({&path, 1});
        if (!found) return std::move(found.error());
        std::error_code error;
        if (!fs::is_directory(path, error)) {
            add(path);
            continue;
        }
        // The name of the folder itself counts, be it given as `.` or not.
        const bool all =
            fs::weakly_canonical(path, error).filename() == "tests" || names_tests(fs::path(path).lexically_normal());
        for (const std::string& file : *found)
            if (all || file.ends_with("_test.qi") ||
                names_tests(fs::path(file).lexically_relative(fs::path(path).lexically_normal())))
                add(file);
    }
    return files;
}

} // namespace qi

#include "cli/fmt.hpp"

#include "base/descriptor.hpp"
#include "base/messages.hpp"
#include "base/system_error.hpp"
#include "cli/files.hpp"
#include "cli/messages.hpp"
#include "format/difference.hpp"
#include "format/format.hpp"
#include "format/messages.hpp"
#include "reader/reader.hpp"
#include "vm/modules/loader.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace qi {

namespace {

struct Options {
    bool check = false;
    bool diff = false;
    std::vector<std::string> paths;
};

int wrong(std::string_view text) {
    std::fprintf(stderr, "qi fmt: %.*s\n", static_cast<int>(text.size()), text.data());
    return 2;
}

/// Puts the text in the place of the file's at once: whoever reads it meanwhile sees the old or the new.
Result<void> replace(const std::string& path, std::string_view text) {
    const auto fail = [&] { return failure(kind::io, msg::cannot_write, {path, system_error_text(errno)}); };
    std::error_code error;
    const std::filesystem::path real = std::filesystem::canonical(path, error); // what a link points to, not the link
    if (error) return failure(kind::io, msg::cannot_write, {path, system_error_text(error.value())});
    struct stat status {};
    if (::stat(real.c_str(), &status) != 0 || ::access(real.c_str(), W_OK) != 0) return fail();
    std::string temporary = (real.parent_path() / ("." + real.filename().string() + ".XXXXXX")).string();
    const int file = ::mkstemp(temporary.data());
    if (file < 0) return fail();
    errno = write_all(file, text);
    bool good = errno == 0;
    // Keep the owner and group where that is allowed.
    if (good && ::fchown(file, status.st_uid, status.st_gid) != 0) errno = 0;
    good = good && ::fchmod(file, status.st_mode & 07777) == 0 && ::fsync(file) == 0;
    const int problem = errno;
    ::close(file);
    if (good && ::rename(temporary.c_str(), real.c_str()) == 0) return {};
    if (!good) errno = problem;
    const auto result = fail();
    ::unlink(temporary.c_str());
    return result;
}

class Run {
public:
    Run(Vm& vm, const Options& options) : vm_(vm), options_(options) {}

    /// One file; what standard input holds if there is no path to write to.
    void file(const std::string& name, std::string text, bool input) {
        ++files_;
        const Source source(name, std::move(text));
        const auto unread = unreadable(source);
        auto formatted =
            unread ? std::variant<std::string, SyntaxError>(*unread) : format_source(vm_.store, vm_.names, source);
        if (const auto* error = std::get_if<SyntaxError>(&formatted)) {
            const std::string told =
                unread ? source.locate(error->span.begin) + ": " + error->error.text() : describe(source, *error);
            vm_.out.flush();
            std::fprintf(stderr, "%s\n%s: %s\n", told.c_str(), name.c_str(),
                         std::string(msg::fmt_unread.text()).c_str());
            status_ = std::max(status_, 1);
            return;
        }
        const std::string& after = std::get<std::string>(formatted);
        const bool same = after == source.text();
        if (!same) ++changed_;
        if (options_.diff) {
            if (!same) vm_.out.write(layout::unified_difference(name, source.text(), after));
        } else if (input && !options_.check) {
            vm_.out.write(after);
        } else if (!same) {
            vm_.out.write(name + "\n");
        }
        if (options_.check || options_.diff) {
            if (!same) status_ = std::max(status_, 1);
        } else if (!same && !input) {
            if (const auto replaced = replace(name, after); !replaced) status_ = wrong(replaced.error().text());
        }
    }

    void read_failed(const Error& error) { status_ = wrong(error.text()); }

    int finish(bool input) {
        if (!input && !options_.diff)
            vm_.out.write(qi::format(options_.check ? msg::fmt_would_change : msg::fmt_changed,
                                     {counted(files_, msg::one_file, msg::many_files), std::to_string(changed_)}) +
                          "\n");
        vm_.out.flush();
        return status_;
    }

private:
    Vm& vm_;
    const Options& options_;
    std::size_t files_ = 0, changed_ = 0;
    int status_ = 0;
};

Result<std::string> standard_input() {
    std::string text;
    char buffer[65536];
    while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, stdin)) text.append(buffer, got);
    if (std::ferror(stdin) != 0)
        return failure(kind::io, msg::cannot_read, {msg::standard_input.text(), system_error_text(errno)});
    return text;
}

} // namespace

int run_fmt(Vm& vm, std::span<const std::string> arguments) {
    Options options;
    for (const std::string& argument : arguments) {
        if (argument == "--check")
            options.check = true;
        else if (argument == "--diff")
            options.diff = true;
        else
            options.paths.push_back(argument);
    }
    Run run(vm, options);
    for (const std::string& path : options.paths)
        if (path == "-") {
            if (options.paths.size() > 1) return wrong(msg::fmt_input_alone.text());
            auto text = standard_input();
            if (!text) return wrong(text.error().text());
            run.file("-", std::move(*text), true);
            return run.finish(true);
        }
    const auto files = qi_files(options.paths);
    if (!files) return wrong(files.error().text());
    for (const std::string& file : *files) {
        if (auto text = read_file(file))
            run.file(file, std::move(*text), false);
        else
            run.read_failed(text.error());
    }
    return run.finish(false);
}

} // namespace qi

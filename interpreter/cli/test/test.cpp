#include "cli/test/test.hpp"

#include "base/descriptor.hpp"
#include "cli/files.hpp"
#include "cli/messages.hpp"
#include "cli/test/options.hpp"
#include "cli/test/report.hpp"
#include "cli/test/worker.hpp"
#include "data/map.hpp"
#include "data/print.hpp"
#include "data/string.hpp"
#include "vm/modules/loader.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <list>
#include <map>
#include <optional>
#include <poll.h>
#include <thread>
#include <unistd.h>

namespace qi {

namespace {

/// What Worker::take_records reads.
void write_record(int descriptor, std::initializer_list<std::string_view> fields) {
    std::string record;
    for (const std::string_view field : fields) record.append(std::to_string(field.size()) + ":").append(field);
    record += '\n';
    write_all(descriptor, record); // or nobody listens any more
}

/// Runs the one file here, for the process that started this one.
int work(Vm& vm, const TestOptions& options) {
    vm.scheduler.interrupt_servers_too(); // the signal says that a test takes too long
    const Value keys[] = {vm.store.keyword("descriptor"), vm.store.keyword("filter"), vm.store.keyword("timeout")};
    const Value values[] = {Value::small(options.worker),
                            options.filter.empty() ? Value::nil() : make_string(vm.store, options.filter),
                            Value::small(options.timeout > 0 ? options.timeout : 60000)};
    vm.globals.set_defining_core(true);
    vm.globals.set(vm.globals.define(vm.store.symbol("%test-session")),
                   make_flat_map(vm.store, vm.store.shapes.of(keys), values));
    vm.globals.set_defining_core(false);
    const std::string& file = options.paths.front();
    vm.arguments = {"qi", file};
    std::vector<QuietFailure> quiet;
    vm.diagnosis.collect_quiet_failures(&quiet);
    std::string problem;
    if (auto text = read_file(file)) {
        const auto outcome = Loader(vm).run(std::make_shared<Source>(file, std::move(*text), true), true);
        if (!outcome.ok) problem = outcome.problem;
    } else {
        problem = text.error().text();
    }
    vm.out.flush();
    vm.scheduler.finish_outside();
    vm.diagnosis.report_unseen_failures();
    vm.diagnosis.collect_quiet_failures(nullptr);
    for (const QuietFailure& failure : quiet) write_record(options.worker, {"failure", failure.during, failure.text});
    if (vm.scheduler.exit_status())
        return *vm.scheduler.exit_status(); // without a last word: whoever started this says what that means
    // What was printed behind the last test: of interest if the file failed.
    std::string left;
    char buffer[65536];
    for (ssize_t got; (got = ::pread(STDOUT_FILENO, buffer, sizeof buffer, static_cast<off_t>(left.size()))) > 0;)
        left.append(buffer, static_cast<std::size_t>(got));
    write_record(options.worker, {"file", problem, left});
    return problem.empty() ? 0 : 1;
}

/// Runs the files, as many at once as there are jobs, and reports each as soon as those before it are reported.
std::vector<FileRecord> run_all(Vm& vm, const TestOptions& options, const std::vector<std::string>& files) {
    const std::size_t jobs =
        options.jobs > 0 ? static_cast<std::size_t>(options.jobs) : std::max(1u, std::thread::hardware_concurrency());
    struct Job {
        Job(std::size_t n, const TestOptions& o, std::span<const std::string> flags, const std::string& file)
            : number(n), worker(o, flags, file) {}
        std::size_t number;
        Worker worker;
    };
    std::list<Job> running;
    std::vector<FileRecord> records(files.size());
    std::vector<bool> finished(files.size(), false);
    std::size_t started = 0, reported = 0;
    while (reported < files.size() && vm.scheduler.interrupting_signal() == 0) {
        while (running.size() < jobs && started < files.size()) {
            running.emplace_back(started, options, vm.own_flags, files[started]);
            ++started;
        }
        std::vector<pollfd> polled;
        for (const Job& job : running) polled.push_back({job.worker.descriptor(), POLLIN, 0});
        // Silent is who had said nothing when it was last looked for. A process that is stopped (Ctrl-Z, a lid that is
        // shut), wherever it is here, so reads what has come before it judges.
        const auto asked = Worker::Clock::now();
        const bool looked = ::poll(polled.data(), polled.size(), 200) >= 0;
        std::size_t at = 0;
        for (auto job = running.begin(); job != running.end(); ++at) {
            if ((polled[at].revents != 0 || polled[at].fd < 0) && !job->worker.read()) {
                records[job->number] = std::move(job->worker.record());
                finished[job->number] = true;
                job = running.erase(job);
            } else {
                if (looked) job->worker.end_if_stuck(asked);
                ++job;
            }
        }
        for (; reported < files.size() && finished[reported]; ++reported) {
            vm.out.write(describe(records[reported]));
            vm.out.flush();
        }
    }
    if (vm.scheduler.interrupting_signal() != 0)
        for (const Job& job : running)
            vm.out.write(format(msg::test_interrupted, {files[job.number], job.worker.activity()}) + "\n");
    records.resize(reported);
    return records;
}

using Times = std::map<std::string, std::filesystem::file_time_type>;

/// When each .qi file was written last.
Times written_times(std::span<const std::string> paths) {
    Times times;
    std::vector<std::string> all(paths.begin(), paths.end());
    all.emplace_back(".");
    std::error_code error;
    if (const auto files = qi_files(all))
        for (const std::string& file : *files) times[file] = std::filesystem::last_write_time(file, error);
    return times;
}

/// Why the tests can't be filtered by it, if they can't.
std::optional<Error> filter_problem(Vm& vm, const std::string& filter) {
    if (filter.empty()) return std::nullopt;
    const auto found =
        Loader(vm).compile_text("(str/re-find " + readable(vm.store, make_string(vm.store, filter)) + " \"\")");
    if (!found) return found.error();
    const auto outcome = vm.call(*found, {});
    if (outcome.ok) return std::nullopt;
    const Value told = map_get(outcome.value, vm.store.keyword("error"));
    std::string_view text = is_string(told) ? text_of(told) : std::string_view(filter);
    if (constexpr std::string_view function = "str/re-find: "; text.starts_with(function))
        text.remove_prefix(function.size());
    return failure(kind::value, msg::bad_filter, {text});
}

constexpr int nothing_to_run = 5; // as pytest has it

} // namespace

int run_tests(Vm& vm, std::span<const std::string> arguments) {
    const auto wrong = [](const Error& error) {
        std::fprintf(stderr, "qi test: %s\n", error.text().c_str());
        return 2;
    };
    const auto options = parse_test_options(arguments);
    if (!options) return wrong(options.error());
    if (const auto problem = filter_problem(vm, options->filter)) return wrong(*problem);
    if (options->worker >= 0 && options->paths.size() == 1) return work(vm, *options);
    for (;;) {
        const Times before = options->watch ? written_times(options->paths) : Times();
        const auto files = test_files(options->paths);
        if (!files) return wrong(files.error());
        if (files->empty()) vm.out.write(std::string(msg::no_test_files.text()) + "\n");
        const std::vector<FileRecord> records = run_all(vm, *options, *files);
        vm.out.write(summary(records));
        vm.out.flush();
        if (const int signal = vm.scheduler.interrupting_signal()) return options->watch ? 0 : 128 + signal;
        if (!options->junit.empty())
            if (const auto written = write_junit(options->junit, records); !written) return wrong(written.error());
        if (!options->watch) {
            if (std::any_of(records.begin(), records.end(), [](const FileRecord& file) { return file.failed() > 0; }))
                return 1;
            if (std::any_of(records.begin(), records.end(), [](const FileRecord& file) { return !file.tests.empty(); }))
                return 0;
            // A pipeline that runs no tests by mistake must not be taken for one whose tests pass.
            if (!files->empty())
                std::fprintf(stderr, "qi test: %s\n",
                             (options->filter.empty() ? std::string(msg::no_tests.text())
                                                      : format(msg::no_tests_fit, {options->filter}))
                                 .c_str());
            return nothing_to_run;
        }
        vm.out.write(std::string(msg::test_watching.text()) + "\n");
        vm.out.flush();
        while (vm.scheduler.interrupting_signal() == 0 && written_times(options->paths) == before)
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
        if (vm.scheduler.interrupting_signal() != 0) return 0;
    }
}

} // namespace qi

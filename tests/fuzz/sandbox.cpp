#include "fuzz/sandbox.hpp"

#include "data/print.hpp"
#include "fuzz/target.hpp"
#include "native/native.hpp"
#include "stdlib.hpp"
#include "vm/modules/loader.hpp"

#include <chrono>
#include <condition_variable>
#include <fcntl.h>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <unistd.h>

/// Of a sanitizer, if the build has one.
extern "C" void __sanitizer_set_report_fd(void* descriptor) __attribute__((weak));

namespace qi::fuzz {

namespace {

constexpr Excluded excluded[] = {
    {"sleep", "only waits"},
    {"go/sleep", "only waits"},
    {"io/stdin-line", "waits for somebody to type"},
    {"io/stdin-lines", "waits for somebody to type"},
    {"read-line", "waits for somebody to type"},
    {"stdin", "waits for somebody to type"},
    {"debug/break", "waits for somebody to type"},
    {"io/temp-file-keep", "leaves a file behind each time"},
    {"io/temp-dir-keep", "leaves a folder behind each time"},
    {"env/set", "changes the environment of the fuzzer itself"},
    {"env/load-dotenv", "changes the environment of the fuzzer itself"},
    {"on-signal", "changes what a signal does to the fuzzer itself"},
    {"profile/*", "takes the VM's one sampler, which is the step budget here"},
    {"%test-*", "writes to a descriptor by its number"},
};

/// What a program of the fuzzer would read, write or delete is somebody's.
constexpr Excluded excluded_from_programs[] = {
    {"io/*", "opens files by any path"},
    {"csv/read-*", "opens files by any path"},
    {"csv/write-file", "writes to any path"},
    {"load", "runs a file by any path"},
    {"%load-*", "runs a file by any path"},
    {"%module-find", "runs a file by any path"},
    {"ws/*", "natives.cpp tries them; a program that serves would do nothing else"},
};

bool covers(const Excluded& row, std::string_view name) {
    return row.name.ends_with('*') ? name.starts_with(row.name.substr(0, row.name.size() - 1)) : name == row.name;
}

constexpr Native refusals[] = {
    native("fuzz/excluded x...", "Stands for what fuzzing leaves alone.", [](Call, Rest) { return Value::nil(); }),
};

constexpr int most_safepoints = 60;                // each some 4000 calls and loop passes
constexpr std::chrono::milliseconds patience{400}; // for waits, and for natives that work long

} // namespace

std::span<const Excluded> excluded_names() { return excluded; }

bool is_excluded(std::string_view name) {
    for (const Excluded& row : excluded)
        if (covers(row, name)) return true;
    return false;
}

void enter_scratch_folder() {
    static char folder[] = "/tmp/qi-fuzz-XXXXXX";
    require(mkdtemp(folder) != nullptr && chdir(folder) == 0, "a scratch folder");
    setenv("TMPDIR", folder, 1);
    setenv("HOME", folder, 1);
    setenv("QI_LANG", "en", 1);
    const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    report_descriptor = fcntl(2, F_DUPFD_CLOEXEC, 10);
    require(nowhere >= 0 && report_descriptor >= 0 && dup2(nowhere, 0) == 0 && dup2(nowhere, 1) == 1 &&
                dup2(nowhere, 2) == 2,
            "/dev/null");
    if (__sanitizer_set_report_fd != nullptr)
        __sanitizer_set_report_fd(reinterpret_cast<void*>(static_cast<std::intptr_t>(report_descriptor)));
    std::atexit([] {
        std::error_code ignored;
        std::filesystem::current_path("/", ignored);
        std::filesystem::remove_all(folder, ignored);
    });
}

/// Stops what takes too many steps: the same program is always stopped at the same step.
class Sandbox::Budget final : public Sampler {
public:
    explicit Budget(Vm& vm) : vm_(vm) { vm.scheduler.set_sampler(this); }
    void refill() noexcept { left_ = most_safepoints * (vm_.heap().stress() ? 100 : 1); }
    void look(const Goroutine&) override {
        if (--left_ < 0) vm_.scheduler.interrupt(2);
    }
    bool is_spent() const noexcept { return left_ < 0; }

private:
    Vm& vm_;
    int left_ = 0;
};

/// One thread for all sandboxes: stops what waits, or works in one native, beyond patience.
class Sandbox::Watchdog {
public:
    static Watchdog& instance() {
        static Watchdog watchdog;
        return watchdog;
    }
    ~Watchdog() {
        {
            const std::lock_guard lock(mutex_);
            done_ = true;
        }
        changed_.notify_one();
        thread_.join();
    }
    void watch(Vm& vm) {
        const std::lock_guard lock(mutex_);
        vm_ = &vm;
        until_ = std::chrono::steady_clock::now() + patience;
        barked_ = false;
        changed_.notify_one();
    }
    /// True: it had to be stopped.
    bool leave() {
        const std::lock_guard lock(mutex_);
        vm_ = nullptr;
        return barked_;
    }

private:
    Watchdog() : thread_([this] { run(); }) {}
    void run() {
        std::unique_lock lock(mutex_);
        while (!done_) {
            if (vm_ == nullptr) {
                changed_.wait(lock);
            } else if (std::chrono::steady_clock::now() < until_) {
                changed_.wait_until(lock, until_);
            } else { // and again, if it doesn't listen at once
                vm_->scheduler.interrupt(2);
                barked_ = true;
                until_ += patience;
            }
        }
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    Vm* vm_ = nullptr;
    std::chrono::steady_clock::time_point until_;
    bool barked_ = false;
    bool done_ = false;
    std::thread thread_;
};

Sandbox::Sandbox() : vm_(std::make_unique<Vm>()) {
    const Setup setup(*vm_);
    define_stdlib(setup);
    stdlib::WsSettings settings;
    settings.restricted = true; // to nothing
    sockets_ = stdlib::define_ws(setup, settings);
    finish_stdlib(setup);
    budget_ = std::make_unique<Budget>(*vm_);
    vm_->diagnosis.collect_quiet_failures(&quiet_);
}

void Sandbox::exclude_from_programs() {
    std::vector<Value> names;
    vm_->globals.each([&](const Variable* variable) {
        const std::string_view name = as_symbol(variable->name)->text();
        bool excluded = is_excluded(name);
        for (const Excluded& row : excluded_from_programs) excluded = excluded || covers(row, name);
        if (excluded) names.push_back(variable->name);
    });
    for (const std::string_view name : {"load", "stdin", "read-line"})
        names.push_back(vm_->store.symbol(name)); // written in Qi
    const Value refusal = vm_->make_native(refusals[0]);
    for (const Value name : names) vm_->globals.set(vm_->globals.define(name), refusal);
}

Sandbox::~Sandbox() {
    sockets_.reset();
    vm_.reset();
}

bool Sandbox::run(std::string_view text) {
    budget_->refill();
    Watchdog::instance().watch(*vm_);
    const auto result = Loader(*vm_).run(std::make_shared<Source>("t", std::string(text)));
    if (Watchdog::instance().leave() || budget_->is_spent() || vm_->scheduler.exit_status()) spent_ = true;
    if (result.ok && !spent_) static_cast<void>(readable(vm_->store, result.value));
    return !spent_;
}

Vm::Outcome Sandbox::call(Value function, std::span<const Value> arguments) {
    budget_->refill();
    Watchdog::instance().watch(*vm_);
    const Vm::Outcome outcome = vm_->call(function, arguments);
    if (Watchdog::instance().leave() || budget_->is_spent() || vm_->scheduler.exit_status()) spent_ = true;
    return outcome;
}

} // namespace qi::fuzz

// Fifos, terminals and their like: each is read by a thread of its own, since nobody knows how long it will take, and
// the goroutine that wants it parks. The thread lives until the file ends, or the program does.
#include "io/io.hpp"

#include "base/files.hpp"
#include "base/mutex.hpp"
#include "base/quiet_thread.hpp"

#include <map>
#include <memory>
#include <sys/stat.h>
#include <thread>

namespace qi::stdlib {

namespace {

/// One file that is being read. Shared by the thread and the interpreter.
struct Reading {
    Reading(WakeList& list, WakeKey wake_key) : key(wake_key), wakes(&list) {}

    const WakeKey key;
    Mutex mutex;
    WakeList* wakes QI_GUARDED_BY(mutex); // null: the program has ended
    std::optional<Result<std::string>> result QI_GUARDED_BY(mutex);
};

class SlowFiles final : public OutsideWorld {
public:
    SlowFiles() = default;
    SlowFiles(const SlowFiles&) = delete;
    ~SlowFiles() override { finish(); }

    std::optional<Result<std::string>> read(Vm& vm, std::string_view name, const std::string& path) {
        if (vm.resumption() == Resume::Continue) start(vm, std::string(name), path);
        const auto found = readings_.find(vm.current().note);
        const std::shared_ptr<Reading> reading = found->second;
        const Lock lock(reading->mutex);
        if (!reading->result) {
            vm.park_external(reading->key, std::nullopt);
            return std::nullopt;
        }
        readings_.erase(found);
        return std::move(reading->result);
    }

    bool could_wake() override {
        for (auto& [number, reading] : readings_) {
            const Lock lock(reading->mutex);
            if (!reading->result) return true;
        }
        return false;
    }
    void finish() override {
        for (auto& [number, reading] : readings_) {
            const Lock lock(reading->mutex);
            reading->wakes = nullptr;
        }
        readings_.clear();
    }

private:
    void start(Vm& vm, std::string name, const std::string& path) {
        if (next_ == 0) vm.add_outside(this);
        const std::int64_t number = ++next_;
        auto reading = std::make_shared<Reading>(vm.wakes, first_key - number);
        readings_.emplace(number, reading);
        vm.current().note = number;
        start_quietly([reading, name = std::move(name), path] {
            auto result = read_bytes(path);
            const Lock lock(reading->mutex);
            reading->result.emplace(std::move(result));
            if (reading->wakes != nullptr) reading->wakes->wake({&reading->key, 1});
        }).detach();
    }

    static constexpr WakeKey first_key = -1'000'000; // below those of modules and of standard input
    std::map<std::int64_t, std::shared_ptr<Reading>> readings_;
    std::int64_t next_ = 0;
};

} // namespace

bool is_slow_file(const std::string& path) {
    struct stat found {};
    return files::status(path, found) == 0 && !S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode) &&
           !S_ISBLK(found.st_mode);
}

std::optional<Result<std::string>> read_slowly(Vm& vm, std::string_view name, const std::string& path) {
    static SlowFiles files;
    return files.read(vm, name, path);
}

} // namespace qi::stdlib

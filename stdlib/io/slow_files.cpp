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
    explicit Reading(WakeList& list) : wakes(&list) {}

    Wait done; // interpreter thread
    Mutex mutex;
    WakeList* wakes QI_GUARDED_BY(mutex); // null: the program has ended
    std::optional<Result<std::string>> result QI_GUARDED_BY(mutex);
};

class SlowFiles final : public OutsideWorld {
public:
    explicit SlowFiles(Setup setup) : program_(setup) {
        setup.add_outside(this);
        setup.set_extension(this);
    }
    SlowFiles(const SlowFiles&) = delete;
    ~SlowFiles() override { finish(); }

    std::optional<Result<std::string>> read(Call call, std::string_view name, const std::string& path) {
        if (call.resumption() == Resume::Continue) start(call, std::string(name), path);
        const auto found = readings_.find(call.note());
        const std::shared_ptr<Reading> reading = found->second;
        const Lock lock(reading->mutex);
        if (!reading->result) {
            call.park(reading->done);
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
    void woken(std::int64_t number) override {
        if (const auto found = readings_.find(number); found != readings_.end()) program_.wake_all(found->second->done);
    }
    void finish() override {
        for (auto& [number, reading] : readings_) {
            const Lock lock(reading->mutex);
            reading->wakes = nullptr;
        }
        readings_.clear();
    }

private:
    void start(Call call, std::string name, const std::string& path) {
        const std::int64_t number = ++last_;
        auto reading = std::make_shared<Reading>(program_.wakes());
        readings_.emplace(number, reading);
        call.note() = number;
        start_quietly([this, number, reading, name = std::move(name), path] {
            auto result = read_bytes(path);
            const Lock lock(reading->mutex);
            reading->result.emplace(std::move(result));
            if (reading->wakes != nullptr) reading->wakes->wake(*this, number);
        }).detach();
    }

    Program program_;
    std::map<std::int64_t, std::shared_ptr<Reading>> readings_;
    std::int64_t last_ = 0;
};

} // namespace

bool is_slow_file(const std::string& path) {
    struct stat found {};
    return files::status(path, found) == 0 && !S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode) &&
           !S_ISBLK(found.st_mode);
}

std::optional<Result<std::string>> read_slowly(Call call, std::string_view name, const std::string& path) {
    return call.extension<SlowFiles>().read(call, name, path);
}

void define_slow_files(Setup setup) { setup.own(std::make_shared<SlowFiles>(setup)); }

} // namespace qi::stdlib

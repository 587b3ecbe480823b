// A mutex, its lock and a condition variable that clang's thread-safety analysis understands, so that
// "guarded by" is checked and not only written. With gcc the annotations are nothing.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define QI_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define QI_THREAD_ANNOTATION(x)
#endif
#define QI_GUARDED_BY(mutex) QI_THREAD_ANNOTATION(guarded_by(mutex))
#define QI_REQUIRES(mutex) QI_THREAD_ANNOTATION(requires_capability(mutex))
#define QI_EXCLUDES(mutex) QI_THREAD_ANNOTATION(locks_excluded(mutex))

namespace qi {

class QI_THREAD_ANNOTATION(capability("mutex")) Mutex {
public:
    void lock() QI_THREAD_ANNOTATION(acquire_capability()) { mutex_.lock(); }
    void unlock() QI_THREAD_ANNOTATION(release_capability()) { mutex_.unlock(); }

private:
    friend class Condition;
    std::mutex mutex_;
};

class QI_THREAD_ANNOTATION(scoped_lockable) Lock {
public:
    explicit Lock(Mutex& mutex) QI_THREAD_ANNOTATION(acquire_capability(mutex)) : mutex_(mutex) { mutex_.lock(); }
    ~Lock() QI_THREAD_ANNOTATION(release_capability()) { mutex_.unlock(); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

private:
    Mutex& mutex_;
};

/// Waits give the mutex up and have it again when they return; spurious wake-ups happen, so callers loop.
class Condition {
public:
    void notify_one() noexcept { condition_.notify_one(); }
    void notify_all() noexcept { condition_.notify_all(); }

    void wait(Mutex& mutex) QI_REQUIRES(mutex) {
        std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
        condition_.wait(lock);
        lock.release();
    }

    /// False once `deadline` has passed.
    bool wait_until(Mutex& mutex, std::chrono::steady_clock::time_point deadline) QI_REQUIRES(mutex) {
        std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
        const bool in_time = condition_.wait_until(lock, deadline) == std::cv_status::no_timeout;
        lock.release();
        return in_time;
    }

private:
    std::condition_variable condition_;
};

} // namespace qi

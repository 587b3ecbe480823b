// Names to addresses, on threads of their own, since the system's resolver blocks: as many as there are different names
// to be asked for at once, and no more than a few. They start when they are needed, and stay. A name is asked for once
// however many want it, so that one that takes its time holds up one thread.
// The class belongs to the service thread, and so do its answers.
#pragma once

#include "base/mutex.hpp"
#include "ws/transport/net/event_loop.hpp"

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace qi::ws {

class ResolveUser {
public:
    virtual ~ResolveUser() = default;
    /// Addresses in numbers, in the order to try them; none and the reason when the name doesn't resolve.
    virtual void on_resolved(std::vector<std::string> addresses, const std::string& reason) noexcept = 0;
};

struct Resolved {
    std::vector<std::string> addresses;
    std::string reason; // why there are none
};
/// Asks the system.
Resolved look_up(const std::string& name);

class Resolver final : public WakeUser {
public:
    static constexpr std::size_t most_threads = 4;

    /// `ask` is called on the threads; it may block.
    explicit Resolver(EventLoop& loop, Resolved (*ask)(const std::string&) = look_up) noexcept
        : loop_(loop), ask_(ask) {}
    /// Waits only for threads that aren't in the middle of a name.
    ~Resolver() override;

    void resolve(const std::string& name, ResolveUser& user);
    /// The user won't be called any more.
    void cancel(const ResolveUser& user) noexcept;

private:
    struct Answer {
        std::string name;
        Resolved found;
    };
    /// What the threads share. Those that ask may outlive the resolver.
    struct Shared {
        Mutex mutex;
        Condition changed;
        std::vector<std::string> questions QI_GUARDED_BY(mutex);
        std::vector<Answer> answers QI_GUARDED_BY(mutex);
        WakeHandle* wake QI_GUARDED_BY(mutex) = nullptr; // nullptr: nobody is there any more
        std::array<bool, most_threads> busy QI_GUARDED_BY(mutex) = {};
    };

    static void run(const std::shared_ptr<Shared>& shared, std::size_t number, Resolved (*ask)(const std::string&));
    /// All the threads there are have something to do.
    bool wants_thread();
    void start_thread();
    void on_wake() noexcept override;

    EventLoop& loop_;
    Resolved (*const ask_)(const std::string&);
    std::map<std::string, std::vector<ResolveUser*>> asked_; // who waits for it; nobody any more, but it is being asked
    std::vector<ResolveUser*> told_;                         // by on_wake; nullptr: not any more
    std::shared_ptr<Shared> shared_;
    std::unique_ptr<WakeHandle> wake_;
    std::vector<std::thread> threads_;
};

} // namespace qi::ws

// Names to addresses, on a thread of its own that starts with the first name: the system's resolver blocks.
// The class belongs to the service thread, and so do its answers.
#pragma once

#include "base/mutex.hpp"
#include "ws/transport/watch.hpp"

#include <cstdint>
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

class Resolver final : public WakeUser {
public:
    explicit Resolver(uv_loop_t* loop) : loop_(loop) {}
    /// Waits for the thread only if it isn't in the middle of a name.
    ~Resolver() override;

    void resolve(const std::string& name, ResolveUser& user);
    /// The user won't be called any more.
    void cancel(const ResolveUser& user) noexcept;

private:
    struct Question {
        std::uint64_t ticket;
        std::string name;
    };
    struct Answer {
        std::uint64_t ticket;
        std::vector<std::string> addresses;
        std::string reason;
    };
    /// What the two threads share. The resolving thread may outlive the resolver.
    struct Shared {
        Mutex mutex;
        Condition changed;
        std::vector<Question> questions QI_GUARDED_BY(mutex);
        std::vector<Answer> answers QI_GUARDED_BY(mutex);
        WakeHandle* wake QI_GUARDED_BY(mutex) = nullptr; // nullptr: nobody is there any more
        bool busy QI_GUARDED_BY(mutex) = false;
    };

    static void run(const std::shared_ptr<Shared>& shared);
    static Answer look_up(const Question& question);
    void start();
    void on_wake() noexcept override;

    uv_loop_t* loop_;
    std::uint64_t next_ticket_ = 1;
    std::map<std::uint64_t, ResolveUser*> users_;
    std::shared_ptr<Shared> shared_;
    std::unique_ptr<WakeHandle> wake_;
    std::thread thread_;
};

} // namespace qi::ws

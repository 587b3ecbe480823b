// Tells the service manager how this process is (NOTIFY_SOCKET; sd_notify(3)): a datagram. A manager that
// has too many waiting is waited for a moment.
// Any thread.
#pragma once

#include <string>
#include <string_view>

namespace qi {

class ServiceManager {
public:
    /// One that isn't told anything, where the environment names none.
    static ServiceManager from_environment();

    /// Such as "READY=1"; several lines are one message.
    void tell(std::string_view state) const noexcept;
    /// It begins to load its configuration again. Until READY=1.
    void tell_reloading() const noexcept;

private:
    std::string path_; // of its socket; '@' first: an abstract one
};

} // namespace qi

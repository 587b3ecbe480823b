// What qi serve does while it runs: starts its workers, gives them their sockets, starts again those that die, hands
// signals on, and replaces the workers on SIGHUP. One thread, which waits in poll(). Interpreter thread only.
//
// A place is what a worker has for itself: a number, and sockets that outlive it (shared_sockets.hpp). The first worker
// is started alone: a program that never gets as far as listening is told of once, and ends qi serve.
//
//   on SIGHUP, for one place after the other:
//     a new worker is started ▶ asks for its first socket, the one that the old one listens on ▶ the old one is told
//     that it is replaced: it accepts nothing more, answers what it has accepted, and stops as on SIGTERM
#pragma once

#include "base/service_manager.hpp"
#include "cli/serve/serve_log.hpp"
#include "cli/serve/serve_worker.hpp"
#include "cli/serve/shared_sockets.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <vector>

namespace qi {

class Supervisor {
public:
    /// `words`: the command line of a worker; `file`: the program, as messages name it; `descriptors`: the limit that
    /// workers have.
    Supervisor(std::vector<std::string> words, std::string file, std::size_t places, bool json,
               std::optional<rlimit> descriptors);
    ~Supervisor();
    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;

    /// Until all workers have ended; the exit status.
    int run();

private:
    using Clock = ServeWorker::Clock;
    struct Place {
        ServeWorker* worker = nullptr;          // who serves there
        std::chrono::milliseconds pause{0};     // before the next start; longer each time that one lives shortly
        std::optional<Clock::time_point> start; // of the next worker
        std::optional<Clock::time_point> tidy;  // sockets that nobody asked for are closed then
        std::optional<Clock::time_point> late;  // who is awaited there should listen by then
        bool is_late = false;                   // it doesn't, which was logged; nothing waits for it any more
    };

    void start(std::size_t place, bool takes_a_place);
    void wait();
    int time_to_wait() const;
    void obey_signals();
    void stop(int signal, bool from_terminal);
    void serve_line(ServeWorker& worker);
    void on_listening(ServeWorker& worker);
    void retire(ServeWorker& worker);
    void reap();
    void on_ended(const ServeWorker& worker, int status);
    void start_again(const ServeWorker& worker, int status);
    void act_in_time();
    void begin_replacing();
    void replace_next();
    void start_replacement();
    void end_replacing(bool all);
    void tell_when_up();
    bool are_all_up() const;
    bool is_stopping() const noexcept { return stopping_ != 0; }

    const std::vector<std::string> words_;
    const std::string file_;
    const std::optional<rlimit> descriptors_;
    const ServeLog log_;
    const ServiceManager manager_ = ServiceManager::from_environment();
    SharedSockets sockets_;
    std::vector<Place> places_;
    std::vector<std::unique_ptr<ServeWorker>> workers_; // all that haven't ended
    std::uint64_t last_number_ = 0;                     // of workers
    int signals_ = -1;                                  // the descriptor that they are read from
    bool has_listened_ = false;                         // some worker has
    bool told_ready_ = false;
    std::optional<std::size_t> replacing_; // which place
    bool replace_again_ = false;           // SIGHUP came meanwhile
    int stopping_ = 0;                     // the signal
    bool at_once_ = false;                 // it came twice
    std::optional<Clock::time_point> kill_at_;
    int status_ = 0;
};

} // namespace qi

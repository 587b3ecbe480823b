#include "cli/serve/supervisor.hpp"

#include "base/system_error.hpp"
#include "cli/serve/messages.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace qi {

namespace {

using namespace std::chrono_literals;

// Who lived so long is started again at once; who didn't, after a pause that doubles each time.
constexpr auto long_life = 10s;
constexpr std::chrono::milliseconds first_pause = 100ms;
constexpr std::chrono::milliseconds longest_pause = 30s;
// Connections wait so long for a worker that dies again and again. Then its place gets no more until it is back.
constexpr auto most_waited = 1s;
// Where a worker has closed a listener and lives on, its program has. One that ends does so in less.
constexpr auto time_to_end = 500ms;
// For a program to listen, and to listen wherever it does, after the first time.
constexpr auto time_to_listen = 10s;
// What was told twice to end, and hasn't, is killed.
constexpr auto last_words = 1s;

/// What workers are told when qi serve gets it; SIGHUP says something else to them.
int worker_signal(int signal) noexcept { return signal == SIGHUP ? SIGTERM : signal; }

} // namespace

Supervisor::Supervisor(std::vector<std::string> words, std::string file, std::size_t places, bool json,
                       std::optional<rlimit> descriptors)
    : words_(std::move(words)), file_(std::move(file)), descriptors_(descriptors), log_(json), sockets_(places),
      places_(places) {}

Supervisor::~Supervisor() {
    if (signals_ >= 0) ::close(signals_);
}

int Supervisor::run() {
    ::signal(SIGCHLD, SIG_DFL); // ignored, which is inherited, there is none to wait for, nor a status
    sigset_t mine;
    sigemptyset(&mine);
    // SIGUSR2 means nothing to it, and ends it no more than its workers.
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD}) sigaddset(&mine, signal);
    ::sigprocmask(SIG_BLOCK, &mine, nullptr);
    signals_ = ::signalfd(-1, &mine, SFD_NONBLOCK | SFD_CLOEXEC);
    if (signals_ < 0) {
        std::fprintf(stderr, "qi: %s\n", format(msg::serve_failed, {system_error_text(errno)}).c_str());
        return 1;
    }
    start(0, false);
    while (!workers_.empty() || (has_listened_ && !is_stopping())) {
        wait();
        act_in_time();
    }
    return at_once_ ? 128 + stopping_ : status_;
}

void Supervisor::start(std::size_t place, bool takes_a_place) {
    auto made = std::make_unique<ServeWorker>(words_, place, places_.size(), ++last_number_, descriptors_);
    made->takes_a_place = takes_a_place;
    if (Place& taken = places_[place]; !taken.late && !taken.is_late) taken.late = Clock::now() + time_to_listen;
    if (!takes_a_place) places_[place].worker = made.get();
    const int problem = made->problem();
    workers_.push_back(std::move(made));
    if (problem == 0) return;
    log_.error("worker-not-started", format(msg::serve_cannot_start, {system_error_text(problem)}),
               {{"worker", static_cast<long long>(place)}});
    const std::unique_ptr<ServeWorker> gone = std::move(workers_.back());
    workers_.pop_back();
    on_ended(*gone, 1 << 8); // as of exit(1)
}

// Waiting.

int Supervisor::time_to_wait() const {
    std::optional<Clock::time_point> earliest = kill_at_;
    for (const Place& place : places_)
        for (const auto& time : {place.start, place.tidy, place.late})
            if (time) earliest = earliest ? std::min(*earliest, *time) : time;
    if (const auto time = sockets_.next_close()) earliest = earliest ? std::min(*earliest, *time) : time;
    if (!earliest) return -1;
    return static_cast<int>(
        std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::milliseconds>(*earliest - Clock::now()).count()));
}

void Supervisor::wait() {
    std::vector<pollfd> watched{{signals_, POLLIN, 0}};
    std::vector<ServeWorker*> whose{nullptr};
    for (const auto& worker : workers_) {
        if (worker->line() < 0) continue;
        watched.push_back({worker->line(), POLLIN, 0});
        whose.push_back(worker.get());
    }
    if (::poll(watched.data(), watched.size(), time_to_wait()) < 0) return;
    // Before signals: what a worker has asked for counts, even if it has ended since.
    for (std::size_t i = 1; i < watched.size(); ++i)
        if (watched[i].revents != 0) serve_line(*whose[i]);
    if (watched[0].revents != 0) obey_signals();
}

void Supervisor::act_in_time() {
    const auto now = Clock::now();
    for (std::size_t i = 0; i < places_.size(); ++i) {
        Place& place = places_[i];
        if (place.start && *place.start <= now) {
            place.start.reset();
            if (place.worker == nullptr && !is_stopping()) start(i, false);
        }
        if (place.tidy && *place.tidy <= now) {
            place.tidy.reset();
            if (place.worker != nullptr) sockets_.keep_only(i, place.worker->number());
        }
        if (place.late && *place.late <= now) {
            place.late.reset();
            place.is_late = true;
            log_.warn("not-listening", msg::serve_not_listening.text(), {{"worker", static_cast<long long>(i)}});
            tell_when_up();
        }
    }
    sockets_.close_due(now);
    if (kill_at_ && *kill_at_ <= now) {
        kill_at_.reset();
        for (const auto& worker : workers_) worker->signal(SIGKILL);
    }
}

// Signals.

void Supervisor::obey_signals() {
    signalfd_siginfo info{};
    while (::read(signals_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
        const int signal = static_cast<int>(info.ssi_signo);
        // The terminal sends its signals to all of its processes, the workers too.
        const bool from_terminal = info.ssi_code == SI_KERNEL;
        switch (signal) {
        case SIGCHLD:
        case SIGUSR2: break;
        case SIGHUP:
            if (from_terminal)
                stop(SIGHUP, false);
            else if (!is_stopping())
                begin_replacing();
            break;
        case SIGUSR1:
            for (const auto& worker : workers_) worker->signal(signal);
            break;
        default: stop(signal, from_terminal);
        }
    }
    reap();
}

void Supervisor::stop(int signal, bool from_terminal) {
    const int handed_on = worker_signal(signal);
    at_once_ = is_stopping();
    if (!is_stopping()) manager_.tell("STOPPING=1");
    stopping_ = signal;
    for (const auto& worker : workers_) {
        if (!from_terminal && (at_once_ || !worker->is_to_end)) worker->signal(handed_on);
        worker->is_to_end = true;
    }
    for (Place& place : places_) {
        place.start.reset();
        place.late.reset();
    }
    if (at_once_ && !kill_at_) kill_at_ = Clock::now() + last_words;
}

// Lines.

void Supervisor::serve_line(ServeWorker& worker) {
    while (worker.line() >= 0) {
        const auto request = worker.next_request();
        if (!request) return;
        if (request->what == WorkerRequest::What::Ending) {
            sockets_.keep(worker.place(), worker.number());
            continue;
        }
        if (request->what == WorkerRequest::What::Closed) {
            // What closes because it ends leaves its sockets to the next.
            if (!worker.is_to_end)
                sockets_.close(worker.place(), worker.number(), request->address, Clock::now() + time_to_end);
            continue;
        }
        const bool any_port = request->address.port() == 0;
        const int socket =
            sockets_.open(worker.place(), worker.number(), request->address, request->ordinal, request->shares);
        if (socket < 0) {
            worker.send({WorkerOrder::What::NoSocket, -socket, request->number, any_port});
            continue;
        }
        worker.send({WorkerOrder::What::Socket, 0, request->number, any_port}, socket);
        ::close(socket);
        if (!std::exchange(worker.listens, true)) on_listening(worker);
    }
}

void Supervisor::on_listening(ServeWorker& worker) {
    Place& place = places_[worker.place()];
    place.tidy = Clock::now() + time_to_listen;
    place.late.reset();
    place.is_late = false;
    if (is_stopping()) return;
    if (std::exchange(worker.takes_a_place, false)) {
        ServeWorker* const before = std::exchange(place.worker, &worker);
        if (before != nullptr) retire(*before);
        place.start.reset();
        return replace_next();
    }
    if (!std::exchange(has_listened_, true))
        for (std::size_t i = 1; i < places_.size(); ++i) start(i, false);
    tell_when_up();
}

void Supervisor::tell_when_up() {
    if (told_ready_ || !has_listened_ || !are_all_up()) return;
    told_ready_ = true;
    manager_.tell("READY=1");
    const auto serving = std::count_if(places_.begin(), places_.end(), [](const Place& place) {
        return place.worker != nullptr && place.worker->listens;
    });
    log_.info("ready",
              serving == 1 ? std::string(msg::serve_one_up.text()) : format(msg::serve_up, {std::to_string(serving)}));
    if (std::exchange(replace_again_, false)) begin_replacing();
}

bool Supervisor::are_all_up() const {
    return std::all_of(places_.begin(), places_.end(), [](const Place& place) {
        return place.is_late || (place.worker != nullptr && place.worker->listens);
    });
}

// Replacing.

void Supervisor::retire(ServeWorker& worker) {
    worker.is_to_end = true;
    worker.send({WorkerOrder::What::Replaced, 0, 0, false});
    worker.signal(SIGTERM);
}

void Supervisor::begin_replacing() {
    if (replacing_ || !told_ready_) {
        replace_again_ = true;
        return;
    }
    manager_.tell_reloading();
    log_.info("replacing", msg::serve_replacing.text());
    replacing_ = 0;
    start_replacement();
}

void Supervisor::replace_next() {
    if (!replacing_) return;
    if (++*replacing_ == places_.size()) return end_replacing(true);
    start_replacement();
}

void Supervisor::start_replacement() {
    places_[*replacing_].start.reset(); // it is the next one there
    start(*replacing_, true);
}

void Supervisor::end_replacing(bool all) {
    replacing_.reset();
    if (all) log_.info("replaced", msg::serve_replaced.text());
    manager_.tell("READY=1");
    if (std::exchange(replace_again_, false)) begin_replacing();
}

// Ends.

void Supervisor::reap() {
    // on_ended may start others.
    std::vector<std::pair<std::unique_ptr<ServeWorker>, int>> ended;
    for (auto& worker : workers_)
        if (const auto status = worker->status()) ended.emplace_back(std::move(worker), *status);
    std::erase(workers_, nullptr);
    for (const auto& [worker, status] : ended) {
        sockets_.forget(worker->place(), worker->number());
        on_ended(*worker, status);
    }
}

void Supervisor::on_ended(const ServeWorker& worker, int status) {
    Place& place = places_[worker.place()];
    const bool had_place = place.worker == &worker;
    if (had_place) place.worker = nullptr;
    const int as_shown = exit_status_of(status);
    if (is_stopping() || worker.is_to_end) {
        // What was told to end before it could listen had nothing to end in order.
        const bool ended_early = !worker.listens && worker.is_to_end && as_shown == 128 + worker_signal(stopping_);
        // One that was replaced has had its say long before.
        if (is_stopping() && status_ == 0 && !ended_early) status_ = as_shown;
        return;
    }
    if (!has_listened_) {
        status_ = as_shown == 0 ? 1 : as_shown;
        log_.error("gave-up", format(msg::serve_never_listened, {file_, std::to_string(as_shown)}),
                   {{"status", as_shown}});
        return;
    }
    if (worker.takes_a_place) {
        log_.error("not-replaced", msg::serve_not_replaced.text(),
                   {{"worker", static_cast<long long>(worker.place())}, {"status", as_shown}});
        if (place.worker != nullptr) {
            place.late.reset();
            place.is_late = false;
        }
        end_replacing(false);
        if (place.worker != nullptr || place.start) return;
    } else if (!had_place) {
        return;
    }
    start_again(worker, status);
}

void Supervisor::start_again(const ServeWorker& worker, int status) {
    Place& place = places_[worker.place()];
    const auto now = Clock::now();
    if (worker.listens && now - worker.started() >= long_life)
        place.pause = 0ms;
    else
        place.pause = std::min(longest_pause, place.pause == 0ms ? first_pause : place.pause * 2);
    place.start = now + place.pause;
    place.tidy.reset();
    if (place.pause > most_waited && workers_.size() > 0) sockets_.close_all(worker.place());
    const int as_shown = exit_status_of(status);
    const Message& text = WIFSIGNALED(status) ? msg::serve_died_signal : msg::serve_died_status;
    log_.warn("worker-ended", format(text, {std::to_string(WIFSIGNALED(status) ? WTERMSIG(status) : as_shown)}),
              {{"worker", static_cast<long long>(worker.place())},
               {"status", as_shown},
               {"restart-in-ms", place.pause.count()}});
}

} // namespace qi

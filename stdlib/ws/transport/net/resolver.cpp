#include "ws/transport/net/resolver.hpp"

#include "base/system_error.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <csignal>
#include <netdb.h>

namespace qi::ws {

Resolver::~Resolver() {
    if (shared_ == nullptr) return;
    std::array<bool, most_threads> busy{};
    {
        Lock lock(shared_->mutex);
        shared_->wake = nullptr;
        busy = shared_->busy; // none becomes busy any more
        shared_->changed.notify_all();
    }
    for (std::size_t number = 0; number < threads_.size(); ++number) {
        if (busy[number])
            threads_[number].detach();
        else
            threads_[number].join();
    }
}

void Resolver::start_thread() {
    // Signals are the main thread's.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    threads_.emplace_back([shared = shared_, number = threads_.size(), ask = ask_] { run(shared, number, ask); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

bool Resolver::wants_thread() {
    if (threads_.size() == most_threads) return false;
    Lock lock(shared_->mutex);
    const auto busy = static_cast<std::size_t>(std::count(shared_->busy.begin(), shared_->busy.end(), true));
    return busy + shared_->questions.size() > threads_.size();
}

void Resolver::resolve(const std::string& name, ResolveUser& user) {
    if (shared_ == nullptr) {
        shared_ = std::make_shared<Shared>();
        wake_ = std::make_unique<WakeHandle>(loop_, *this);
        Lock lock(shared_->mutex);
        shared_->wake = wake_.get();
    }
    const auto [entry, fresh] = asked_.try_emplace(name);
    entry->second.push_back(&user);
    if (!fresh) return;
    {
        Lock lock(shared_->mutex);
        shared_->questions.push_back(name);
        shared_->changed.notify_one();
    }
    if (wants_thread()) start_thread();
}

void Resolver::cancel(const ResolveUser& user) noexcept {
    std::replace(told_.begin(), told_.end(), const_cast<ResolveUser*>(&user), static_cast<ResolveUser*>(nullptr));
    for (auto entry = asked_.begin(); entry != asked_.end();) {
        const bool asked_it = std::erase(entry->second, &user) > 0;
        bool withdrawn = false;
        if (asked_it && entry->second.empty()) {
            Lock lock(shared_->mutex);
            withdrawn = std::erase(shared_->questions, entry->first) > 0;
        }
        entry = withdrawn ? asked_.erase(entry) : std::next(entry);
    }
}

void Resolver::on_wake() noexcept {
    std::vector<Answer> answers;
    {
        Lock lock(shared_->mutex);
        answers.swap(shared_->answers);
    }
    for (const Answer& answer : answers) {
        const auto entry = asked_.find(answer.name);
        if (entry == asked_.end()) continue;
        told_ = std::move(entry->second);
        asked_.erase(entry);
        for (std::size_t i = 0; i < told_.size(); ++i)
            if (told_[i] != nullptr) told_[i]->on_resolved(answer.found.addresses, answer.found.reason);
        told_.clear();
    }
}

void Resolver::run(const std::shared_ptr<Shared>& shared, std::size_t number, Resolved (*ask)(const std::string&)) {
    while (true) {
        std::string name;
        {
            Lock lock(shared->mutex);
            shared->busy[number] = false;
            while (shared->wake != nullptr && shared->questions.empty()) shared->changed.wait(shared->mutex);
            if (shared->wake == nullptr) return;
            name = std::move(shared->questions.front());
            shared->questions.erase(shared->questions.begin());
            shared->busy[number] = true;
        }
        Resolved found = ask(name);
        Lock lock(shared->mutex);
        shared->answers.push_back({std::move(name), std::move(found)});
        if (shared->wake != nullptr) shared->wake->send();
    }
}

Resolved look_up(const std::string& name) {
    Resolved answer;
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    const int fault = getaddrinfo(name.c_str(), nullptr, &hints, &found);
    if (fault != 0) {
        answer.reason = address_error_text(fault);
        return answer;
    }
    for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
        char text[INET6_ADDRSTRLEN] = {};
        if (entry->ai_family == AF_INET)
            inet_ntop(AF_INET, &reinterpret_cast<sockaddr_in*>(entry->ai_addr)->sin_addr, text, sizeof text);
        else if (entry->ai_family == AF_INET6)
            inet_ntop(AF_INET6, &reinterpret_cast<sockaddr_in6*>(entry->ai_addr)->sin6_addr, text, sizeof text);
        if (text[0] != '\0' &&
            std::find(answer.addresses.begin(), answer.addresses.end(), text) == answer.addresses.end())
            answer.addresses.emplace_back(text);
    }
    freeaddrinfo(found);
    return answer;
}

} // namespace qi::ws

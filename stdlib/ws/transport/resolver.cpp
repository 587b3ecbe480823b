#include "ws/transport/resolver.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <csignal>
#include <netdb.h>

namespace qi::ws {

Resolver::~Resolver() {
    if (shared_ == nullptr) return;
    bool busy = false;
    {
        Lock lock(shared_->mutex);
        shared_->wake = nullptr;
        busy = shared_->busy;
        shared_->changed.notify_one();
    }
    if (busy)
        thread_.detach();
    else
        thread_.join();
}

void Resolver::start() {
    shared_ = std::make_shared<Shared>();
    wake_ = std::make_unique<WakeHandle>(loop_, *this);
    {
        Lock lock(shared_->mutex);
        shared_->wake = wake_.get();
    }
    // Signals are the main thread's.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([shared = shared_] { run(shared); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void Resolver::resolve(const std::string& name, ResolveUser& user) {
    if (shared_ == nullptr) start();
    const std::uint64_t ticket = next_ticket_++;
    users_[ticket] = &user;
    Lock lock(shared_->mutex);
    shared_->questions.push_back({ticket, name});
    shared_->changed.notify_one();
}

void Resolver::cancel(const ResolveUser& user) noexcept {
    for (auto it = users_.begin(); it != users_.end();) {
        if (it->second != &user) {
            ++it;
            continue;
        }
        Lock lock(shared_->mutex);
        std::erase_if(shared_->questions, [&](const Question& question) { return question.ticket == it->first; });
        it = users_.erase(it);
    }
}

void Resolver::on_wake() noexcept {
    std::vector<Answer> answers;
    {
        Lock lock(shared_->mutex);
        answers.swap(shared_->answers);
    }
    for (Answer& answer : answers) {
        const auto user = users_.find(answer.ticket);
        if (user == users_.end()) continue;
        ResolveUser* told = user->second;
        users_.erase(user);
        told->on_resolved(std::move(answer.addresses), answer.reason);
    }
}

void Resolver::run(const std::shared_ptr<Shared>& shared) {
    while (true) {
        Question question;
        {
            Lock lock(shared->mutex);
            shared->busy = false;
            while (shared->wake != nullptr && shared->questions.empty()) shared->changed.wait(shared->mutex);
            if (shared->wake == nullptr) return;
            question = std::move(shared->questions.front());
            shared->questions.erase(shared->questions.begin());
            shared->busy = true;
        }
        Answer answer = look_up(question);
        Lock lock(shared->mutex);
        shared->answers.push_back(std::move(answer));
        if (shared->wake != nullptr) shared->wake->send();
    }
}

Resolver::Answer Resolver::look_up(const Question& question) {
    Answer answer{question.ticket, {}, {}};
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    const int fault = getaddrinfo(question.name.c_str(), nullptr, &hints, &found);
    if (fault != 0) {
        answer.reason = gai_strerror(fault);
        return answer;
    }
    for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
        char text[INET6_ADDRSTRLEN] = {};
        if (entry->ai_family == AF_INET)
            inet_ntop(AF_INET, &reinterpret_cast<sockaddr_in*>(entry->ai_addr)->sin_addr, text, sizeof text);
        else if (entry->ai_family == AF_INET6)
            inet_ntop(AF_INET6, &reinterpret_cast<sockaddr_in6*>(entry->ai_addr)->sin6_addr, text, sizeof text);
        if (text[0] != '\0' && std::find(answer.addresses.begin(), answer.addresses.end(), text) == answer.addresses.end())
            answer.addresses.emplace_back(text);
    }
    freeaddrinfo(found);
    return answer;
}

} // namespace qi::ws

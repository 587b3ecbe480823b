#include "repl/watcher.hpp"

#include "base/quiet_thread.hpp"
#include "base/system_error.hpp"
#include "repl/messages.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

namespace qi {

Watcher::~Watcher() {
    if (thread_.joinable()) {
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t written = ::write(ended_, &one, sizeof one);
        thread_.join();
    }
    if (changes_ >= 0) ::close(changes_);
    if (ended_ >= 0) ::close(ended_);
}

Result<void> Watcher::watch(const std::string& part, const std::string& file) {
    const auto fail = [&] { return failure(kind::io, msg::cannot_watch, {part, system_error_text(errno)}); };
    if (changes_ < 0) changes_ = ::inotify_init1(IN_CLOEXEC);
    if (ended_ < 0) ended_ = ::eventfd(0, EFD_CLOEXEC);
    if (changes_ < 0 || ended_ < 0) return fail();
    const std::filesystem::path path(part);
    const std::string folder = path.has_parent_path() ? path.parent_path().string() : ".";
    const int watched = ::inotify_add_watch(changes_, folder.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO);
    if (watched < 0) return fail();
    const Lock lock(mutex_);
    const auto same = [&](const Watched& each) { return each.part == part && each.file == file; };
    if (std::none_of(files_.begin(), files_.end(), same))
        files_.push_back({watched, path.filename().string(), part, file});
    if (!thread_.joinable()) thread_ = start_quietly([this] { run(); });
    return {};
}

bool Watcher::unwatch(const std::string& file) {
    const Lock lock(mutex_);
    return std::erase_if(files_, [&](const Watched& each) { return each.file == file; }) >
           0; // its folder may be that of others
}

std::vector<std::string> Watcher::files() {
    const Lock lock(mutex_);
    std::vector<std::string> all;
    for (const Watched& each : files_)
        if (each.part == each.file) all.push_back(each.file);
    return all;
}

void Watcher::run() {
    alignas(inotify_event) char buffer[4096];
    for (;;) {
        pollfd waited[] = {{changes_, POLLIN, 0}, {ended_, POLLIN, 0}};
        if (::poll(waited, 2, -1) < 0) continue;
        if (waited[1].revents != 0) return;
        const ssize_t got = ::read(changes_, buffer, sizeof buffer);
        std::vector<std::string> changed; // each once, however many events it had
        for (const char* at = buffer; got > 0 && at < buffer + got;) {
            const auto* event = reinterpret_cast<const inotify_event*>(at);
            at += sizeof *event + event->len;
            if (event->len == 0) continue;
            const Lock lock(mutex_);
            for (const Watched& each : files_)
                if (each.folder == event->wd && each.name == event->name &&
                    std::find(changed.begin(), changed.end(), each.file) == changed.end())
                    changed.push_back(each.file);
        }
        for (std::string& file : changed) terminal_.post({TerminalEvent::Type::Changed, std::move(file)});
    }
}

} // namespace qi

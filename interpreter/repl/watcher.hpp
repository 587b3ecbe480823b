// Reports to the prompt when a file has changed: a separate thread that waits in inotify. The interpreter thread calls
// the public functions.
#pragma once

#include "base/result.hpp"
#include "repl/terminal.hpp"

#include <string>
#include <thread>
#include <vector>

namespace qi {

class Watcher {
public:
    explicit Watcher(Terminal& terminal) : terminal_(terminal) {}
    ~Watcher();
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;

    /// From now on a change of the file is an event. Its folder is what is watched: editors put a new file in the
    /// place of the old one.
    Result<void> watch(const std::string& file) { return watch(file, file); }
    /// The same for what a watched file consists of, such as a module: a change of `part` is one of `file`.
    Result<void> watch(const std::string& part, const std::string& file);
    /// False: it wasn't watched.
    bool unwatch(const std::string& file);
    std::vector<std::string> files();

private:
    struct Watched {
        int folder;
        std::string name;
        std::string part; // its path
        std::string file; // what an event names: the part itself, or the file that it belongs to
    };
    void run();

    Terminal& terminal_;
    int changes_ = -1; // inotify
    int ended_ = -1;   // an eventfd
    Mutex mutex_;
    std::vector<Watched> files_ QI_GUARDED_BY(mutex_);
    std::thread thread_;
};

} // namespace qi

#include "repl/history.hpp"

#include "base/utf8.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace qi {

namespace {

constexpr std::size_t most_entries = 5000;

std::string history_path() {
    namespace fs = std::filesystem;
    const char* state = std::getenv("XDG_STATE_HOME");
    const char* home = std::getenv("HOME");
    fs::path folder;
    if (state != nullptr && *state == '/') // the specification has relative ones ignored
        folder = state;
    else if (home != nullptr && *home != '\0')
        folder = fs::path(home) / ".local" / "state";
    else
        return {};
    folder /= "qi";
    std::error_code error;
    fs::create_directories(folder, error);
    return error ? std::string() : (folder / "history").string();
}

std::string escaped(std::string_view entry) {
    std::string line;
    for (const char c : entry) {
        if (c == '\n')
            line += "\\n";
        else if (c == '\\')
            line += "\\\\";
        else
            line += c;
    }
    return line + "\n";
}

std::string unescaped(std::string_view line) {
    std::string entry;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\\' && i + 1 < line.size()) {
            ++i;
            entry += line[i] == 'n' ? '\n' : line[i];
        } else {
            entry += line[i];
        }
    }
    return entry;
}

} // namespace

void History::load() {
    path_ = history_path();
    std::ifstream file(path_);
    for (std::string line; std::getline(file, line);)
        if (!line.empty() && utf8::valid_prefix(line) == line.size()) entries_.push_back(unescaped(line));
    if (entries_.size() <= most_entries) return;
    entries_.erase(entries_.begin(), entries_.end() - most_entries / 2);
    shorten();
}

/// Written beside it and put in its place: whoever reads it meanwhile finds one or the other whole.
void History::shorten() const {
    const std::string beside = path_ + "." + std::to_string(::getpid());
    {
        std::ofstream file(beside);
        for (const std::string& entry : entries_) file << escaped(entry);
        if (!file.flush()) return;
    }
    std::error_code error;
    std::filesystem::permissions(beside, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write,
                                 error);
    std::filesystem::rename(beside, path_, error);
}

void History::add(std::string_view entry) {
    if (entry.empty() || entry.front() == ' ' || (!entries_.empty() && entries_.back() == entry)) return;
    entries_.emplace_back(entry);
    if (path_.empty()) return;
    const int file = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return;
    const std::string line = escaped(entry);
    // One write: lines of several sessions don't mix. What can't be written is forgotten with this session.
    [[maybe_unused]] const ssize_t written = ::write(file, line.data(), line.size());
    ::close(file);
}

} // namespace qi

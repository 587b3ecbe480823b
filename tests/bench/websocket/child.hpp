// A program that this one starts: the client whose work is measured.
#pragma once

#include "loop.hpp"

#include <string>
#include <vector>

namespace qi::bench {

class Child final : public Watched {
public:
    /// Starts the program of that name with these arguments; it has our environment and our streams.
    Child(Loop& loop, std::vector<std::string> command);
    ~Child() override;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    int pid() const noexcept { return pid_; }
    /// With status 0: any other one ends this program.
    bool has_ended() const noexcept { return has_ended_; }

private:
    void ready(std::uint32_t events) override;

    int pid_ = 0;
    int descriptor_ = -1; // which becomes readable when it ends
    bool has_ended_ = false;
};

/// Seconds of CPU of all children that have ended.
double ended_children_cpu_seconds();

} // namespace qi::bench

// Memory that is held only so that the next use is quick, and is given back once there has been none for a while. All
// of it on one thread.
#pragma once

#include <cstddef>
#include <list>

namespace qi::ws {

class Resting;

/// Something that can do without its memory. It must not outlive what it rests with.
class Restable {
public:
    Restable(const Restable&) = delete;
    Restable& operator=(const Restable&) = delete;
    /// Gives the memory back, but for what can't be made again. False: not just now.
    virtual bool rest() noexcept = 0;

protected:
    /// nullptr: nobody makes it rest.
    explicit Restable(Resting* resting) noexcept : resting_(resting) {}
    virtual ~Restable();
    /// It has the memory, and uses it.
    void note_used();

private:
    friend class Resting;
    using Place = std::list<Restable*>::iterator;

    Resting* const resting_;
    bool is_listed_ = false;
    Place place_;             // where it is listed
    std::size_t used_in_ = 0; // the round of its last use
};

/// Those that have memory now, in the order of their last use.
class Resting {
public:
    Resting() = default;
    Resting(const Resting&) = delete;
    Resting& operator=(const Resting&) = delete;

    bool empty() const noexcept { return awake_.empty(); }
    /// Ends a round: those that weren't used in it rest. How many that were.
    std::size_t end_round() noexcept;

private:
    friend class Restable;

    std::list<Restable*> awake_;
    std::size_t round_ = 0;
};

} // namespace qi::ws

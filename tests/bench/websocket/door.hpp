// The port at which a client finds this program. It comes alone, or one after the other.
#pragma once

#include "guest.hpp"
#include "run.hpp"

namespace qi::bench {

class Door final : public Watched {
public:
    Door(Run& run, Guest& guest);
    ~Door() override;
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;

    int port() const noexcept { return port_; }

private:
    void ready(std::uint32_t events) override;

    Guest& guest_;
    int descriptor_;
    int port_ = 0;
};

} // namespace qi::bench

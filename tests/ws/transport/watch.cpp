// Sockets that the loop watches.
#include "ws/transport/net/uv_handles.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <unistd.h>

namespace qi::ws::test {

namespace {

/// A loop with a pipe whose reader is gone: an error for whoever watches its other end.
class BrokenPipe final : public SocketUser {
public:
    BrokenPipe() {
        uv_loop_init(&loop_);
        REQUIRE(pipe(ends_) == 0);
        ::close(ends_[0]);
    }
    ~BrokenPipe() override {
        run();
        CHECK(uv_loop_close(&loop_) == 0);
        ::close(ends_[1]);
    }

    uv_loop_t* loop() noexcept { return &loop_; }
    int writer() const noexcept { return ends_[1]; }
    void run() noexcept { uv_run(&loop_, UV_RUN_NOWAIT); }
    int errors() const noexcept { return errors_; }

private:
    void on_socket(int) noexcept override {}
    void on_socket_error() noexcept override { ++errors_; }

    uv_loop_t loop_{};
    int ends_[2];
    int errors_ = 0;
};

} // namespace

TEST_CASE("an error ends the watching, and it may be begun again") {
    BrokenPipe pipe;
    PollHandle watch(pipe.loop(), pipe.writer(), pipe);
    watch.watch(UV_WRITABLE);
    pipe.run();
    CHECK(pipe.errors() == 1);
    pipe.run();
    CHECK(pipe.errors() == 1);
    watch.watch(UV_WRITABLE);
    pipe.run();
    CHECK(pipe.errors() == 2);
}

TEST_CASE("what can't be watched is refused, and watching it does nothing") {
    BrokenPipe pipe;
    char name[] = "/tmp/qi-watch-XXXXXX";
    const int file = mkstemp(name);
    REQUIRE(file >= 0); // epoll watches no files
    unlink(name);
    {
        PollHandle watch(pipe.loop(), file, pipe);
        CHECK(watch.is_refused());
        watch.watch(UV_READABLE);
        pipe.run();
    }
    CHECK(pipe.errors() == 0);
    ::close(file);
}

} // namespace qi::ws::test

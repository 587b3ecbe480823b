#include "base/out_of_memory.hpp"

#include "base/messages.hpp"

#include <atomic>
#include <exception>
#include <new>
#include <pthread.h>
#include <sys/uio.h>
#include <unistd.h>

namespace qi {

namespace {

// A terminate handler is handed nothing: what it needs lies here, set once before there are other threads.
Output* printed = nullptr;
pthread_t printing_thread;
std::terminate_handler otherwise = nullptr;
std::atomic_flag ending = ATOMIC_FLAG_INIT;

bool is_out_of_memory() noexcept {
    const std::exception_ptr thrown = std::current_exception();
    if (thrown == nullptr) return false;
    try {
        std::rethrow_exception(thrown);
    } catch (const std::bad_alloc&) {
        return true;
    } catch (...) {
        return false;
    }
}

/// Allocates nothing.
[[noreturn]] void end() noexcept {
    // Not a second time: then writing it has itself failed for want of memory.
    if (!ending.test_and_set() && pthread_equal(pthread_self(), printing_thread) != 0) printed->flush();
    const std::string_view parts[] = {"qi: ", msg::out_of_memory.text(), "\n"};
    iovec pieces[3];
    for (int i = 0; i < 3; ++i) pieces[i] = {const_cast<char*>(parts[i].data()), parts[i].size()};
    [[maybe_unused]] const ssize_t written = ::writev(STDERR_FILENO, pieces, 3);
    ::_exit(1);
}

} // namespace

void end_when_out_of_memory(Output& out) noexcept {
    printed = &out;
    printing_thread = pthread_self();
    otherwise = std::set_terminate([] {
        if (is_out_of_memory()) end();
        otherwise();
    });
}

} // namespace qi

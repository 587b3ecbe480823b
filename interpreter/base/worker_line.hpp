// The line between `qi serve` and one of its workers: a pair of sockets that keeps messages apart. The worker asks for
// the sockets that its listeners need, and gives back those that its program has closed; `qi serve` answers, and says
// that a worker is replaced. Both ends are the same program, so what goes over the line are structs as they are.
#pragma once

#include "base/socket_address.hpp"

#include <cstdint>
#include <optional>

namespace qi {

/// From a worker.
struct WorkerRequest {
    enum class What : std::uint8_t { Listen, Closed, Ending } what = What::Listen;
    bool shares = false;       // the program says itself that others may listen there as well
    std::uint32_t ordinal = 0; // how many listeners with this address and port 0 the worker has asked for before
    std::uint32_t number = 0;  // of Listen: that of its answer
    SocketAddress address;
};

/// To a worker. With a socket where it is one.
struct WorkerOrder {
    enum class What : std::uint8_t { Socket, NoSocket, Replaced } what = What::Socket;
    int error = 0;            // of NoSocket
    std::uint32_t number = 0; // of the Listen that it answers
    bool any_port = false;    // that was for port 0
};

/// Sends it; false: the other end has gone.
bool send_request(int line, const WorkerRequest& request) noexcept;
bool send_order(int line, const WorkerOrder& order, int socket = -1) noexcept;

/// A message that has come; nothing: none has, or the other end has gone (`ended`).
std::optional<WorkerRequest> next_request(int line, bool& ended) noexcept;

/// `qi serve` has started this process.
bool is_worker() noexcept;

/// The worker's end. Interpreter thread only.
class WorkerLine {
public:
    /// What the environment has for the process that `qi serve` has started; in others there is no line.
    static WorkerLine from_environment() noexcept;
    /// As from_environment() finds it in QI_WORKER_LINE of that process.
    static void put_into_environment(int line) noexcept;
    ~WorkerLine();
    WorkerLine(WorkerLine&& other) noexcept;
    WorkerLine& operator=(WorkerLine&&) = delete;

    bool is_there() const noexcept { return line_ >= 0; }
    /// A socket that listens there, the caller's; below 0, an errno, negated. `qi serve` keeps it as well, for the
    /// worker that takes this one's place.
    int listen_at(const SocketAddress& address, std::uint32_t ordinal, bool shares) noexcept;
    /// The program has closed the listener there: `qi serve` isn't to keep the socket, unless this process ends soon.
    void give_back(const SocketAddress& address) noexcept;
    /// This process ends: its sockets are for the next worker, and nothing is given back any more.
    void say_ending() noexcept;
    /// Another worker is there in its place.
    bool is_replaced() noexcept;

private:
    explicit WorkerLine(int line) noexcept : line_(line) {}
    std::optional<WorkerOrder> next_order(int flags, int* socket) noexcept;
    void drop_late(const WorkerOrder& order, int socket) noexcept;

    int line_;
    std::uint32_t asked_ = 0; // how often it has asked for a socket
    bool replaced_ = false;
    bool said_ending_ = false;
};

} // namespace qi

#include "support.hpp"

#include "ws/transport/wire/frame.hpp"

#include <arpa/inet.h>
#include <cstring>
#include <fstream>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace qi::ws::test {

void SleepingWaker::wake(std::span<const Id> ids) noexcept {
    Lock lock(mutex_);
    woken_ = true;
    ids_.insert(ids.begin(), ids.end());
    stands_ = held_;
    changed_.notify_all();
    while (held_) changed_.wait(mutex_);
    stands_ = false;
}

void SleepingWaker::hold() noexcept {
    Lock lock(mutex_);
    held_ = true;
}

bool SleepingWaker::stands_still_until(std::chrono::steady_clock::time_point deadline) {
    Lock lock(mutex_);
    while (!stands_)
        if (!changed_.wait_until(mutex_, deadline)) return stands_;
    return true;
}

void SleepingWaker::release() noexcept {
    Lock lock(mutex_);
    held_ = false;
    changed_.notify_all();
}

bool SleepingWaker::sleep_until(std::chrono::steady_clock::time_point deadline) {
    Lock lock(mutex_);
    while (!woken_)
        if (!changed_.wait_until(mutex_, deadline)) break;
    return std::exchange(woken_, false);
}

bool SleepingWaker::park_until(Id id, std::chrono::steady_clock::time_point deadline) {
    Lock lock(mutex_);
    while (!ids_.contains(id))
        if (!changed_.wait_until(mutex_, deadline)) return false;
    return true;
}

void SleepingWaker::forget(Id id) noexcept {
    Lock lock(mutex_);
    ids_.erase(id);
}

Fixture::Fixture(ServiceOptions options) {
    auto made = Service::create(waker_, std::move(options));
    REQUIRE(made);
    service_ = std::move(*made);
}

bool Fixture::until(const std::function<bool()>& holds, std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!holds())
        if (!waker_.sleep_until(deadline)) return holds();
    return true;
}

bool Fixture::until(Id id, const std::function<bool()>& holds, std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (true) {
        waker_.forget(id);
        if (holds()) return true;
        if (!waker_.park_until(id, deadline)) return false;
    }
}

Id Fixture::listen(ListenOptions options) {
    auto id = service_->listen(std::move(options));
    REQUIRE_MESSAGE(id, (id ? "" : id.error().text()));
    return *id;
}

std::string Fixture::url(Id listener, std::string_view target) {
    return "ws://127.0.0.1:" + std::to_string(*service_->port(listener)) + std::string(target);
}

Id Fixture::connect(ConnectOptions options) {
    const auto id = service_->connect(std::move(options));
    REQUIRE_MESSAGE(id, (id ? "" : id.error().text()));
    OpenStatus status;
    REQUIRE(until(*id, [&] {
        status = *service_->poll_open(*id);
        return !std::holds_alternative<Pending>(status);
    }));
    if (const auto* failure = std::get_if<ConnectFailure>(&status)) FAIL(failure->text);
    return *id;
}

Id Fixture::connect(const std::string& url) {
    ConnectOptions options;
    options.url = url;
    return connect(std::move(options));
}

ConnectFailure Fixture::failure_of(ConnectOptions options) {
    const auto id = service_->connect(std::move(options));
    REQUIRE_MESSAGE(id, (id ? "" : id.error().text()));
    OpenStatus status;
    REQUIRE(until(*id, [&] {
        status = *service_->poll_open(*id);
        return !std::holds_alternative<Pending>(status);
    }));
    REQUIRE(std::holds_alternative<ConnectFailure>(status));
    return std::get<ConnectFailure>(status);
}

Id Fixture::accept(Id listener) {
    std::optional<Id> accepted;
    REQUIRE(until(listener, [&] {
        auto next = service_->accept(listener);
        REQUIRE(next);
        accepted = *next;
        return accepted.has_value();
    }));
    return *accepted;
}

std::pair<Id, Id> Fixture::pair(ConnectionOptions client, ConnectionOptions server) {
    ListenOptions listening;
    listening.connection = server;
    const Id listener = listen(std::move(listening));
    ConnectOptions options;
    options.url = url(listener);
    options.connection = client;
    const Id near = connect(std::move(options));
    return {near, accept(listener)};
}

void Fixture::send(Id id, MessageType type, std::string_view payload) {
    REQUIRE(until(id, [&] {
        const auto status = service_->send(id, type, payload);
        REQUIRE_MESSAGE(status, (status ? "" : status.error().text()));
        return *status == SendStatus::Sent;
    }));
}

Event Fixture::receive(Id id, std::chrono::milliseconds limit) {
    std::optional<Event> event;
    REQUIRE(until(
        id,
        [&] {
            auto next = service_->receive(id);
            REQUIRE_MESSAGE(next, (next ? "" : next.error().text()));
            event = std::move(*next);
            return event.has_value();
        },
        limit));
    return std::move(*event);
}

std::string Fixture::receive_text(Id id) {
    const Event event = receive(id);
    REQUIRE(event.type == EventType::Message);
    return std::string(event.data.view());
}

std::vector<Event> Fixture::receive_all(Id id) {
    std::vector<Event> events;
    do events.push_back(receive(id));
    while (events.back().type != EventType::Close);
    return events;
}

bool Fixture::is_over(Id id) {
    const auto next = service_->receive(id);
    return !next && next.error().kind.name == "closed";
}

void Fixture::close_and_wait(Id id, std::uint16_t code) {
    REQUIRE(service_->close(id, code));
    REQUIRE(until(id, [&] { return *service_->poll_closed(id); }));
}

// Raw sockets.

namespace {

void limit_calls(int socket) {
    const timeval limit{10, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

} // namespace

RawSocket::RawSocket(int socket) : socket_(socket) {
    if (socket >= 0) limit_calls(socket);
}

RawSocket::~RawSocket() { close(); }

void RawSocket::close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

RawSocket RawSocket::connect(std::uint16_t port) {
    RawSocket made(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address = loopback(port);
    REQUIRE(::connect(made.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    return made;
}

bool RawSocket::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t size = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (size <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(size));
    }
    return true;
}

std::string RawSocket::receive(std::size_t limit) {
    std::string bytes(limit, '\0');
    const ssize_t size = ::recv(socket_, bytes.data(), limit, 0);
    bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return bytes;
}

std::string RawSocket::receive_exactly(std::size_t size) {
    std::string bytes;
    while (bytes.size() < size) {
        const std::string more = receive(std::min<std::size_t>(size - bytes.size(), 1 << 20));
        if (more.empty()) break;
        bytes += more;
    }
    return bytes;
}

std::string RawSocket::receive_head() {
    std::string head;
    while (!head.ends_with("\r\n\r\n")) {
        const std::string byte = receive(1);
        if (byte.empty()) break;
        head += byte;
    }
    return head;
}

std::string RawSocket::receive_all() {
    std::string bytes;
    while (true) {
        const std::string more = receive();
        if (more.empty()) return bytes;
        bytes += more;
    }
}

void RawSocket::finish() { ::shutdown(socket_, SHUT_WR); }

void RawSocket::reset() {
    const linger none{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close();
}

RawListener::RawListener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = loopback(0);
    REQUIRE(::bind(socket_.fd(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(socket_.fd(), 16) == 0);
    socklen_t size = sizeof address;
    ::getsockname(socket_.fd(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
}

RawSocket RawListener::accept() {
    const int socket = ::accept4(socket_.fd(), nullptr, nullptr, SOCK_CLOEXEC);
    REQUIRE(socket >= 0);
    return RawSocket(socket);
}

RawSocket RawListener::accept_websocket(std::string* head) {
    RawSocket socket = accept();
    const std::string request = socket.receive_head();
    if (head != nullptr) *head = request;
    socket.send(upgrade_answer(request));
    return socket;
}

std::string upgrade_answer(std::string_view request, std::string_view more_headers) {
    constexpr std::string_view name = "Sec-WebSocket-Key: ";
    const std::size_t at = request.find(name);
    REQUIRE(at != std::string_view::npos);
    const std::string key = std::string(request.substr(at + name.size(), 24)) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char hash[SHA_DIGEST_LENGTH];
    SHA1(reinterpret_cast<const unsigned char*>(key.data()), key.size(), hash);
    unsigned char text[64];
    EVP_EncodeBlock(text, hash, sizeof hash);
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
           std::string(reinterpret_cast<char*>(text)) + "\r\n" + std::string(more_headers) + "\r\n";
}

std::string upgrade(RawSocket& socket, std::string_view target, std::string_view more_headers) {
    socket.send("GET " + std::string(target) +
                " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
                std::string(more_headers) + "\r\n");
    return socket.receive_head();
}

std::string frame(int opcode, std::string_view payload, bool masked, bool final) {
    FrameHeader header;
    header.opcode = static_cast<Opcode>(opcode);
    header.final = final;
    header.payload = payload.size();
    if (masked) header.mask = MaskKey{0x12, 0x34, 0x56, 0x78};
    std::string out(payload.size() + largest_header, '\0');
    out.resize(write_frame(out.data(), header, payload.data()));
    return out;
}

RawFrame receive_frame(RawSocket& socket) {
    RawFrame received;
    const std::string start = socket.receive_exactly(2);
    if (start.size() < 2) return received;
    const auto first = static_cast<unsigned char>(start[0]);
    const auto second = static_cast<unsigned char>(start[1]);
    std::uint64_t size = second & 0x7F;
    if (size >= 126) {
        const std::string more = socket.receive_exactly(size == 126 ? 2 : 8);
        size = 0;
        for (const char byte : more) size = size << 8 | static_cast<unsigned char>(byte);
    }
    MaskKey key{};
    if ((second & 0x80) != 0) {
        const std::string bytes = socket.receive_exactly(4);
        if (bytes.size() == 4) std::memcpy(key.data(), bytes.data(), 4);
    }
    received.payload = socket.receive_exactly(size);
    if (received.payload.size() < size) return received;
    copy_masked(received.payload.data(), received.payload.data(), size, key);
    received.opcode = first & 15;
    received.final = (first & 0x80) != 0;
    return received;
}

std::string close_payload_of(int code, std::string_view reason) {
    return close_payload(static_cast<std::uint16_t>(code), reason);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool is_sanitized = true;
#elif defined(__has_feature)
constexpr bool is_sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool is_sanitized = false;
#endif

std::size_t resident_memory() {
    if (is_sanitized) return 0;
    std::ifstream file("/proc/self/statm");
    std::size_t pages = 0;
    file >> pages >> pages;
    return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

} // namespace qi::ws::test

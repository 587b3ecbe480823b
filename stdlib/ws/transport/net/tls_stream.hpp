// TLS on a connected socket that doesn't block: OpenSSL reads it, and what OpenSSL writes is gathered, several records
// for one system call. So nothing that is written waits inside OpenSSL for the kernel. The service thread.
#pragma once

#include "ws/transport/net/link.hpp"
#include "ws/transport/net/socket_writer.hpp"
#include "ws/transport/net/tls.hpp"
#include "ws/transport/net/waiting_bytes.hpp"
#include "ws/transport/wire/buffer.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <sys/types.h>
#include <vector>

struct bio_st;        // OpenSSL's BIO
struct bio_method_st; // and BIO_METHOD
struct ssl_st;

namespace qi::ws {

class TlsStream {
public:
    /// A server's side of an accepted socket, which stays the caller's. nullptr: there is no memory.
    static std::unique_ptr<TlsStream> accept(int socket, ssl_ctx_st* context);
    /// A client's side on which somebody else has shaken hands, and goes on reading. nullptr as above.
    static std::unique_ptr<TlsStream> over(int socket, ssl_st* secured);
    ~TlsStream();
    TlsStream(const TlsStream&) = delete;
    TlsStream& operator=(const TlsStream&) = delete;

    enum class Progress : std::uint8_t { Done, WantsRead, Failed };
    /// Goes on with the handshake of a server.
    Progress shake_hands() noexcept;

    /// As read_tls.
    ssize_t read(std::span<char> into) noexcept;
    /// OpenSSL has taken more off the socket than it has given: the socket may not tell of it again.
    bool has_pending() const noexcept;
    /// From now on nothing is taken off the socket ahead of need. So has_pending() soon comes to an end.
    void read_exactly() noexcept;

    // As SocketWriter's.

    bool write(std::span<const Link::Piece> pieces) noexcept;
    bool flush() noexcept;
    bool empty() const noexcept { return writer_.empty() && plain_.empty(); }
    /// It is to be flushed once the socket takes more. While keys are negotiated anew (TLS 1.2), what waits for that
    /// has to be read first.
    bool wants_room() const noexcept;
    /// Of what is to go out, bytes that haven't.
    std::size_t left() const noexcept;

    /// Tells the peer that nothing more will come, as far as the kernel takes that.
    void end_writing() noexcept;
    /// Bytes of what was written of which the kernel has taken the whole records.
    std::uint64_t taken() const noexcept { return taken_; }
    TlsInfo info() const { return describe_tls(ssl_.get()); }

private:
    struct SslDeleter {
        void operator()(ssl_st* ssl) const noexcept;
    };
    struct BioDeleter {
        void operator()(bio_st* bio) const noexcept;
    };
    /// Where a record of what was written ends: among all that OpenSSL has made, and among all that was to be written.
    struct Mark {
        std::uint64_t made = 0, plain = 0;
    };

    TlsStream(int socket, ssl_st* ssl) noexcept : socket_(socket), ssl_(ssl) {}
    static const bio_method_st* method();
    static int on_output(bio_st* bio, const char* bytes, int size) noexcept;
    bool write_through_us() noexcept;
    bool hand_on() noexcept;
    bool encrypt_record(std::string_view plain) noexcept;
    /// Of the pieces, behind the first `from` bytes, as much as is worth a system call, and sends it. How much that
    /// was; nullopt: the socket is lost.
    std::optional<std::size_t> encrypt(std::span<const Link::Piece> pieces, std::size_t from);
    void note_taken() noexcept;

    // Of what OpenSSL has made and is not handed on: no bound is ever met.
    static constexpr std::size_t most_made = 1u << 20;

    const int socket_;
    std::unique_ptr<ssl_st, SslDeleter> ssl_;
    std::unique_ptr<bio_st, BioDeleter> output_; // where it writes
    BufferBuilder made_;                         // and what it has written, not handed on yet
    bool gathers_ = false;                       // more will come of that
    SocketWriter writer_;                        // has been handed it
    WaitingBytes plain_;                         // to be encrypted once that has sent all
    std::uint64_t made_so_far_ = 0;              // handed on
    std::uint64_t plain_so_far_ = 0;             // encrypted
    std::uint64_t taken_ = 0;
    std::vector<Mark> marks_; // of what the writer has
    bool lost_ = false;       // what was encrypted last isn't handed on
};

/// Reads from an SSL as recv() would: 0 at the peer's end, clean or not; -1 and errno, which is EPROTO if what has come
/// isn't TLS, and EINTR after what concerns TLS alone: there may be more.
ssize_t read_tls(ssl_st* ssl, std::span<char> into) noexcept;

} // namespace qi::ws

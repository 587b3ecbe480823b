#include "ws/transport/net/tls_stream.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <new>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace qi::ws {

namespace {

constexpr std::size_t largest_plain = 16 * 1024; // of one record: RFC 8446, 5.1
// Around it: RFC 8446, 5.2. Those of TLS 1.2 that are sound have less.
constexpr std::size_t around_plain = 5 + 256;
// So many records are made before they are sent: below the size for which the allocator asks the kernel each time.
constexpr std::size_t records_at_once = 7;
// OpenSSL takes so much off the socket at once, if there is so much, and has no buffer while there is nothing.
constexpr std::size_t taken_at_once = 64 * 1024;
// What a peer makes OpenSSL say, beside messages (RFC 8446, 4.6.3), has to be taken in time.
constexpr std::size_t most_unread = 256 * 1024;

} // namespace

void TlsStream::SslDeleter::operator()(ssl_st* ssl) const noexcept { SSL_free(ssl); }
void TlsStream::BioDeleter::operator()(bio_st* bio) const noexcept { BIO_free(bio); }

const bio_method_st* TlsStream::method() {
    struct MethodDeleter {
        void operator()(BIO_METHOD* made) const noexcept { BIO_meth_free(made); }
    };
    static const std::unique_ptr<BIO_METHOD, MethodDeleter> made = [] {
        std::unique_ptr<BIO_METHOD, MethodDeleter> making(
            BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "gathered"));
        if (making == nullptr) return making;
        BIO_meth_set_write(making.get(),
                           [](BIO* bio, const char* bytes, int size) { return on_output(bio, bytes, size); });
        BIO_meth_set_ctrl(making.get(), [](BIO*, int what, long, void*) { return what == BIO_CTRL_FLUSH ? 1L : 0L; });
        return making;
    }();
    return made.get();
}

std::unique_ptr<TlsStream> TlsStream::accept(int socket, ssl_ctx_st* context) {
    std::unique_ptr<TlsStream> made(new TlsStream(socket, SSL_new(context)));
    SSL* ssl = made->ssl_.get();
    BIO* input = ssl == nullptr ? nullptr : BIO_new_socket(socket, BIO_NOCLOSE);
    if (input == nullptr) return nullptr;
    SSL_set0_rbio(ssl, input);
    if (!made->write_through_us()) return nullptr;
    SSL_set_accept_state(ssl);
    SSL_clear_mode(ssl, SSL_MODE_AUTO_RETRY);
    SSL_set_read_ahead(ssl, 1);
    SSL_set_default_read_buffer_len(ssl, taken_at_once);
    // A peer that leaves without close_notify has finished, as in plain text: whether a message was cut off shows
    // in its frames. Otherwise OpenSSL would send an alert to somebody who is gone, and be answered with a reset.
    SSL_set_options(ssl, SSL_OP_IGNORE_UNEXPECTED_EOF);
    return made;
}

std::unique_ptr<TlsStream> TlsStream::over(int socket, ssl_st* secured) {
    SSL_up_ref(secured);
    SSL_clear_mode(secured, SSL_MODE_AUTO_RETRY);
    std::unique_ptr<TlsStream> made(new TlsStream(socket, secured));
    return made->write_through_us() ? std::move(made) : nullptr;
}

TlsStream::~TlsStream() {
    // Somebody else may have the SSL, and write on it once more.
    if (output_ != nullptr) BIO_set_data(output_.get(), nullptr);
}

bool TlsStream::write_through_us() noexcept {
    output_.reset(method() == nullptr ? nullptr : BIO_new(method()));
    if (output_ == nullptr) return false;
    BIO_set_data(output_.get(), this);
    BIO_set_init(output_.get(), 1);
    BIO_up_ref(output_.get());
    SSL_set0_wbio(ssl_.get(), output_.get());
    return true;
}

int TlsStream::on_output(bio_st* bio, const char* bytes, int size) noexcept {
    BIO_clear_retry_flags(bio);
    auto* stream = static_cast<TlsStream*>(BIO_get_data(bio));
    if (stream == nullptr || size <= 0) return size;
    if (!stream->gathers_ && stream->writer_.left() > most_unread) {
        errno = ENOBUFS;
        return -1;
    }
    if (!stream->made_.append({bytes, static_cast<std::size_t>(size)}, most_made)) return -1;
    return stream->gathers_ || stream->hand_on() ? size : -1;
}

bool TlsStream::hand_on() noexcept {
    const Buffer bytes = made_.take();
    made_so_far_ += bytes.size();
    const Link::Piece piece{bytes.view(), &bytes};
    return writer_.write(socket_, {&piece, 1});
}

TlsStream::Progress TlsStream::shake_hands() noexcept {
    ERR_clear_error();
    const int done = SSL_do_handshake(ssl_.get());
    if (done == 1) return Progress::Done;
    return SSL_get_error(ssl_.get(), done) == SSL_ERROR_WANT_READ ? Progress::WantsRead : Progress::Failed;
}

ssize_t read_tls(ssl_st* ssl, std::span<char> into) noexcept {
    ERR_clear_error();
    errno = 0;
    std::size_t got = 0;
    const int outcome = SSL_read_ex(ssl, into.data(), into.size(), &got);
    if (outcome > 0) return static_cast<ssize_t>(got);
    switch (SSL_get_error(ssl, outcome)) {
    // Without SSL_MODE_AUTO_RETRY also behind what was for OpenSSL alone. Then the socket hasn't said anything.
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: errno = errno == 0 ? EINTR : EAGAIN; return -1;
    case SSL_ERROR_ZERO_RETURN: return 0;
    case SSL_ERROR_SYSCALL: return errno == 0 ? 0 : -1;
    default: break;
    }
    if (ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) return 0;
    errno = EPROTO;
    return -1;
}

ssize_t TlsStream::read(std::span<char> into) noexcept { return read_tls(ssl_.get(), into); }

bool TlsStream::has_pending() const noexcept { return SSL_has_pending(ssl_.get()) != 0; }

void TlsStream::read_exactly() noexcept { SSL_set_read_ahead(ssl_.get(), 0); }

std::size_t TlsStream::left() const noexcept { return writer_.left() + plain_.size(); }

bool TlsStream::wants_room() const noexcept {
    return !writer_.empty() || (!plain_.empty() && SSL_in_init(ssl_.get()) == 0);
}

bool TlsStream::encrypt_record(std::string_view plain) noexcept {
    std::size_t written = 0;
    if (SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &written) <= 0) {
        if (errno == 0 || errno == EAGAIN) errno = EPROTO;
        return false;
    }
    plain_so_far_ += written;
    return true;
}

// Small pieces share a record, large ones are encrypted where they are.
std::optional<std::size_t> TlsStream::encrypt(std::span<const Link::Piece> pieces, std::size_t from) {
    constexpr std::size_t most = records_at_once * largest_plain;
    std::array<char, largest_plain> gathered;
    std::array<Mark, records_at_once> marks;
    std::size_t records = 0, done = 0, fill = 0, wanted = 0;
    for (const Link::Piece& piece : pieces)
        if ((wanted += piece.bytes.size()) >= most + from) break;
    wanted = std::min(wanted - from, most);
    if (wanted > largest_plain && !made_.reserve(wanted + (wanted / largest_plain + 1) * around_plain))
        return std::nullopt;
    ERR_clear_error();
    const auto encrypt_here = [&](std::string_view plain) {
        if (!encrypt_record(plain)) return false;
        done += plain.size();
        marks[records++] = {made_so_far_ + made_.size(), plain_so_far_};
        return true;
    };
    gathers_ = true;
    bool fine = true;
    for (const Link::Piece& piece : pieces) {
        const std::size_t gone = std::min(from, piece.bytes.size());
        from -= gone;
        std::string_view rest = piece.bytes.substr(gone);
        while (fine && !rest.empty() && done < most) {
            const std::size_t here = std::min(rest.size(), largest_plain - fill);
            if (here == largest_plain) {
                fine = encrypt_here(rest.substr(0, here));
            } else {
                std::memcpy(gathered.data() + fill, rest.data(), here);
                fill += here;
                if (fill == largest_plain) fine = encrypt_here({gathered.data(), std::exchange(fill, 0)});
            }
            rest.remove_prefix(here);
        }
        if (!fine || done == most) break;
    }
    if (fine && fill > 0) fine = encrypt_here({gathered.data(), fill});
    gathers_ = false;
    lost_ = !fine || !hand_on();
    if (lost_) return std::nullopt;
    if (!writer_.empty()) marks_.insert(marks_.end(), marks.begin(), marks.begin() + records);
    note_taken();
    return done;
}

void TlsStream::note_taken() noexcept {
    if (writer_.empty()) {
        taken_ = plain_so_far_;
        marks_.clear();
        return;
    }
    const std::uint64_t sent = made_so_far_ - writer_.left();
    const auto rest = std::find_if(marks_.begin(), marks_.end(), [=](const Mark& mark) { return mark.made > sent; });
    if (rest == marks_.begin()) return;
    taken_ = std::prev(rest)->plain;
    marks_.erase(marks_.begin(), rest);
}

bool TlsStream::write(std::span<const Link::Piece> pieces) noexcept {
    try {
        std::size_t all = 0, done = 0;
        for (const Link::Piece& piece : pieces) all += piece.bytes.size();
        while (empty() && done < all && SSL_in_init(ssl_.get()) == 0) {
            const auto more = encrypt(pieces, done);
            if (!more) return false;
            done += *more;
        }
        plain_.keep(pieces, done);
        return true;
    } catch (const std::bad_alloc&) {
        errno = ENOMEM;
        return false;
    }
}

bool TlsStream::flush() noexcept {
    try {
        if (lost_ || !writer_.flush(socket_)) return false;
        note_taken();
        while (writer_.empty() && !plain_.empty() && SSL_in_init(ssl_.get()) == 0) {
            std::array<Link::Piece, 64> pieces;
            const auto done = encrypt(std::span(pieces).first(plain_.first(pieces)), 0);
            if (!done) return false;
            plain_.drop(*done);
        }
        return true;
    } catch (const std::bad_alloc&) {
        errno = ENOMEM;
        return false;
    }
}

void TlsStream::end_writing() noexcept {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

} // namespace qi::ws

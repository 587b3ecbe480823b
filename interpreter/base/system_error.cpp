#include "base/system_error.hpp"

#include "base/message.hpp"

#include <cerrno>
#include <cstring>
#include <netdb.h>

namespace qi {

namespace {

struct SystemError {
    int code;
    Message message;
};

constexpr SystemError catalogue[] = {
    {EPERM, {"Operation not permitted", "許可されていない操作です"}},
    {ENOENT, {"No such file or directory", "そのようなファイルやディレクトリはありません"}},
    {EINTR, {"Interrupted system call", "中断されました"}},
    {EIO, {"Input/output error", "入出力エラー"}},
    {EBADF, {"Bad file descriptor", "不正なファイル記述子です"}},
    {EAGAIN, {"Resource temporarily unavailable", "資源が一時的に利用できません"}},
    {ENOMEM, {"Cannot allocate memory", "メモリが足りません"}},
    {EACCES, {"Permission denied", "許可がありません"}},
    {EBUSY, {"Device or resource busy", "使用中です"}},
    {EEXIST, {"File exists", "すでに存在します"}},
    {EXDEV, {"Invalid cross-device link", "別のファイルシステムにあります"}},
    {ENODEV, {"No such device", "そのようなデバイスはありません"}},
    {ENOTDIR, {"Not a directory", "ディレクトリではありません"}},
    {EISDIR, {"Is a directory", "ディレクトリです"}},
    {EINVAL, {"Invalid argument", "無効な引数です"}},
    {ENFILE, {"Too many open files in system", "システム全体で開いているファイルが多すぎます"}},
    {EMFILE, {"Too many open files", "開いているファイルが多すぎます"}},
    {ETXTBSY, {"Text file busy", "実行中のプログラムファイルです"}},
    {EFBIG, {"File too large", "ファイルが大きすぎます"}},
    {ENOSPC, {"No space left on device", "デバイスに空き領域がありません"}},
    {ESPIPE, {"Illegal seek", "シークできません"}},
    {EROFS, {"Read-only file system", "読み込み専用のファイルシステムです"}},
    {EMLINK, {"Too many links", "リンクが多すぎます"}},
    {EPIPE, {"Broken pipe", "パイプが切れました"}},
    {ENAMETOOLONG, {"File name too long", "名前が長すぎます"}},
    {ENOTEMPTY, {"Directory not empty", "ディレクトリが空ではありません"}},
    {ELOOP, {"Too many levels of symbolic links", "シンボリックリンクの段数が多すぎます"}},
    {EDQUOT, {"Disk quota exceeded", "ディスク割り当て量を超えました"}},
    {ENOTSUP, {"Operation not supported", "サポートされていません"}},
    {EADDRINUSE, {"Address already in use", "アドレスはすでに使用中です"}},
    {EADDRNOTAVAIL, {"Cannot assign requested address", "割り当てられないアドレスです"}},
    {ENETDOWN, {"Network is down", "ネットワークが落ちています"}},
    {ENETUNREACH, {"Network is unreachable", "ネットワークに到達できません"}},
    {EHOSTUNREACH, {"No route to host", "ホストへの経路がありません"}},
    {ECONNABORTED, {"Software caused connection abort", "接続が中止されました"}},
    {ECONNREFUSED, {"Connection refused", "接続を拒否されました"}},
    {ECONNRESET, {"Connection reset by peer", "接続が相手からリセットされました"}},
    {ETIMEDOUT, {"Connection timed out", "接続がタイムアウトしました"}},
    {ENOBUFS, {"No buffer space available", "バッファ領域がありません"}},
};

constexpr SystemError addresses[] = {
    {EAI_NONAME, {"Name or service not known", "そのような名前はありません"}},
    {EAI_AGAIN, {"Temporary failure in name resolution", "一時的に名前を解決できません"}},
    {EAI_FAIL, {"Non-recoverable failure in name resolution", "名前を解決できません"}},
    {EAI_FAMILY, {"ai_family not supported", "サポートされていないアドレスの種類です"}},
    {EAI_SERVICE, {"Servname not supported for ai_socktype", "サポートされていないサービスです"}},
    {EAI_MEMORY, {"Memory allocation failure", "メモリが足りません"}},
    {EAI_NODATA, {"No address associated with hostname", "この名前にはアドレスがありません"}},
    {EAI_ADDRFAMILY, {"Address family for hostname not supported", "この名前のアドレスの種類はサポートされていません"}},
};

} // namespace

std::string address_error_text(int fault) {
    if (fault == EAI_SYSTEM) return system_error_text(errno);
    for (const SystemError& known : addresses)
        if (known.code == fault) return std::string(known.message.text());
    return gai_strerror(fault);
}

std::string system_error_text(int error) {
    for (const SystemError& known : catalogue)
        if (known.code == error) return std::string(known.message.text());
    return std::strerror(error);
}

} // namespace qi

#include "versions.hpp"

#include "ws/transport/service.hpp"

#include <hiredis/hiredis.h>
#include <nlohmann/json.hpp>
#include <openssl/crypto.h>
#include <unistring/version.h>
#include <zlib.h>

#if defined(__GLIBC__)
#include <gnu/libc-version.h>
#endif

namespace qi::stdlib {

namespace {

std::string dotted(int major, int minor, int patch) {
    return std::to_string(major) + '.' + std::to_string(minor) + '.' + std::to_string(patch);
}

} // namespace

std::string linked_versions() {
    const int unistring = _libunistring_version;
    std::string lines;
    const auto add = [&](std::string_view name, std::string_view version) {
        lines.append(name).append(" ").append(version).append("\n");
    };
    add("libwebsockets", ws::Service::library_version());
    add("OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING));
    add("zlib", zlibVersion());
    add("hiredis", dotted(HIREDIS_MAJOR, HIREDIS_MINOR, HIREDIS_PATCH));
    add("RE2", RE2_VERSION);
    add("libunistring", dotted(unistring >> 16, unistring >> 8 & 255, unistring & 255));
    add("nlohmann/json", dotted(NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH));
    add("libedit", LIBEDIT_VERSION);
#if defined(__GLIBC__)
    add("glibc", gnu_get_libc_version());
#endif
    return lines;
}

} // namespace qi::stdlib

// A folder's files as answers.
#include "ws/transport/http/static_files.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace qi::ws::test {

namespace {

struct Folder {
    Folder() {
        char name[] = "/tmp/qi-files-XXXXXX";
        root = std::filesystem::canonical(mkdtemp(name)).string();
        std::filesystem::create_directories(root + "/www/sub");
        write("secret.txt", "secret");
        write("www/page.html", "0123456789");
        write("www/.hidden", "hidden");
        write("www/sub/index.html", "index");
        std::filesystem::create_symlink(root + "/secret.txt", root + "/www/link.txt");
    }
    ~Folder() { std::filesystem::remove_all(root); }
    void write(const std::string& name, std::string_view text) const { std::ofstream(root + "/" + name) << text; }
    /// Status and the bytes that would be sent; "" for none, "-" where there is no such file.
    std::string get(const std::string& path, Headers headers = {}, const std::string& method = "GET") const {
        Request request;
        request.method = method;
        request.path = request.target = path;
        request.headers = std::move(headers);
        auto answer = find_file(root + "/www", request);
        if (!answer) return "-";
        std::string body;
        if (answer->file >= 0) {
            body.resize(answer->length);
            body.resize(static_cast<std::size_t>(std::max<ssize_t>(
                0, ::pread(answer->file, body.data(), body.size(), static_cast<off_t>(answer->offset)))));
            ::close(answer->file);
        }
        return std::to_string(answer->status) + " " + body;
    }
    std::string root;
};

} // namespace

TEST_CASE("files, and no way out of their folder") {
    const Folder folder;
    CHECK(folder.get("/page.html") == "200 0123456789");
    CHECK(folder.get("/page.html", {}, "HEAD") == "200 ");
    CHECK(folder.get("/sub/") == "200 index");
    CHECK(folder.get("/sub") == "301 ");
    for (const char* path : {"/../secret.txt", "/sub/../../secret.txt", "/link.txt", "/.hidden", "/sub/..",
                             "/page.html/", "/none", "//", "page.html", "/..\\secret.txt", "/"}) {
        CAPTURE(path);
        CHECK(folder.get(path) == "-");
    }
    CHECK(folder.get(std::string("/page.html\0x", 12)) == "-");
}

TEST_CASE("ranges of files") {
    const Folder folder;
    const auto range = [&](const char* wanted) { return folder.get("/page.html", {{"range", wanted}}); };
    CHECK(range("bytes=0-3") == "206 0123");
    CHECK(range("bytes=5-") == "206 56789");
    CHECK(range("bytes=-2") == "206 89");
    CHECK(range("bytes=-99") == "206 0123456789");
    CHECK(range("bytes=8-99") == "206 89");
    CHECK(range("bytes=10-") == "416 ");
    CHECK(range("bytes=-0") == "416 ");
    for (const char* whole :
         {"bytes=3-1", "bytes=0-1,3-4", "lines=0-1", "bytes=-", "bytes=x-1", "bytes=99999999999999999999-"}) {
        CAPTURE(whole);
        CHECK(range(whole) == "200 0123456789");
    }
}

} // namespace qi::ws::test

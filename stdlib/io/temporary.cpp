// Files and folders for a while.
#include "io/io.hpp"

#include "base/utf8.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <unistd.h>

namespace qi::stdlib {

namespace {

/// Removes what it was told of when the program ends.
class Temporaries {
public:
    Temporaries() = default;
    Temporaries(const Temporaries&) = delete;
    ~Temporaries() {
        std::error_code ignored;
        for (const std::string& path : paths_) std::filesystem::remove_all(path, ignored);
    }
    void add(std::string path) { paths_.push_back(std::move(path)); }

private:
    std::vector<std::string> paths_;
};

Result<std::string> make(bool folder, bool keep) {
    std::error_code error;
    std::string path = std::filesystem::temp_directory_path(error).string();
    if (error) return io_failure(path, error.value());
    path += "/qi-XXXXXX";
    if (folder) {
        if (::mkdtemp(path.data()) == nullptr) return io_failure(path, errno);
    } else {
        const int file = ::mkstemp(path.data());
        if (file < 0) return io_failure(path, errno);
        ::close(file);
    }
    static Temporaries temporaries;
    if (!keep) temporaries.add(path);
    return utf8::repaired(path); // the folder is the environment's
}

constexpr Native io_temporary_natives[] = {
    native(
        "io/temp-file",
        "The path of a new, empty file, which is removed when the program ends. Fails with :io or :permission-denied.\n"
        "(io/is-file? (io/temp-file)) ;=> true",
        [](Call) { return make(false, false); }),
    native("io/temp-dir",
           "The path of a new folder, which is removed with its contents when the program ends. Fails with :io or "
           ":permission-denied.\n"
           "(io/is-dir? (io/temp-dir)) ;=> true",
           [](Call) { return make(true, false); }),
    native("io/temp-file-keep",
           "The path of a new, empty file, which stays. Fails with :io or :permission-denied.\n"
           "(let [f (io/temp-file-keep)] (io/delete-file f)) ;=> nil",
           [](Call) { return make(false, true); }),
    native("io/temp-dir-keep",
           "The path of a new folder, which stays. Fails with :io or :permission-denied.\n"
           "(let [d (io/temp-dir-keep)] (io/delete-dir d)) ;=> nil",
           [](Call) { return make(true, true); }),
};

} // namespace

void define_io_temporary(Setup setup) { setup.define(io_temporary_natives); }

} // namespace qi::stdlib

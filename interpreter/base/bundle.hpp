// What `qi bundle` has appended to the program: a script, its modules and other files. They lie below the path of the
// program itself ("./shop/main.qi" in the program "./shop"), where the system can have no file; base/files.hpp looks
// there.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace qi {

/// Paths are relative to the bundle's own folder, "" is that. Immutable once it is there, so any thread may ask.
class Bundle {
public:
    struct File {
        std::uint64_t offset = 0; // in the program
        std::uint64_t size = 0;
    };

    /// Of the program at this path; an empty one if nothing follows it.
    static Bundle of(const std::string& program);

    bool empty() const noexcept { return files_.empty(); }
    /// The script, with the program's path before it.
    std::string main() const { return program_ + "/" + main_; }
    /// Stands for the folder in which the program was bundled: packages are looked for there.
    std::string folder() const { return program_ + (folder_.empty() ? "" : "/") + folder_; }
    /// What stood before `bundle`: it holds for the script.
    std::span<const std::string> flags() const noexcept { return flags_; }

    /// What a path means that leads into the program; nothing for one that doesn't.
    std::optional<std::string> inside(std::string_view path) const;
    const File* file(const std::string& name) const;
    bool is_folder(const std::string& name) const;
    /// The names of what is directly in a folder, sorted.
    std::vector<std::string> names_in(const std::string& folder) const;
    /// A descriptor that reads the file from its beginning to its end, as old as the program; -1 and errno.
    int open(const File& file) const noexcept;

    const std::string& program() const noexcept { return program_; }

private:
    std::string program_, absolute_; // as it was called, and from the root
    std::string main_, folder_;
    std::vector<std::string> flags_;
    std::map<std::string, File, std::less<>> files_;
};

/// Of the program that runs. Read when it is first asked for.
const Bundle& own_bundle();

/// What is to be appended to a program.
struct BundleContents {
    struct File {
        std::string name; // in the bundle
        std::string path; // what is read
    };
    std::string main;   // names, as those of the files
    std::string folder; // see Bundle::folder
    std::vector<std::string> flags;
    std::vector<File> files;
};

/// Writes the program at `program`, without what followed it, and the contents after that, to `target`, which can
/// be run. It is there when all of it is written, or not at all.
Result<void> write_bundle(const std::string& program, const std::string& target, const BundleContents& contents);

} // namespace qi

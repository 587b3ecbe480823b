#include "cli/files.hpp"

#include "base/messages.hpp"
#include "base/system_error.hpp"

#include <algorithm>
#include <filesystem>
#include <unordered_set>

namespace qi {

Result<std::vector<std::string>> qi_files(std::span<const std::string> paths) {
    namespace fs = std::filesystem;
    static const std::string here[] = {"."};
    std::vector<std::string> files;
    std::unordered_set<std::string> known;
    for (const std::string& path : paths.empty() ? std::span<const std::string>(here) : paths) {
        std::error_code error;
        const fs::file_status status = fs::status(path, error);
        if (!fs::exists(status)) return failure(kind::io, msg::cannot_read, {path, system_error_text(error.value())});
        std::vector<std::string> found;
        if (fs::is_directory(status)) {
            for (fs::recursive_directory_iterator at(path, fs::directory_options::skip_permission_denied, error), end;
                 at != end; at.increment(error)) {
                if (error) break;
                const std::string name = at->path().filename().string();
                if (at->is_directory(error)) {
                    if (name.starts_with('.') || name == "node_modules") at.disable_recursion_pending();
                } else if (at->path().extension() == ".qi" && !name.starts_with('.')) {
                    found.push_back(at->path().lexically_normal().string());
                }
            }
            std::sort(found.begin(), found.end());
        } else {
            found.push_back(path);
        }
        for (std::string& file : found)
            if (known.insert(file).second) files.push_back(std::move(file));
    }
    return files;
}

std::string counted(std::size_t number, const Message& one, const Message& many) {
    return format(number == 1 ? one : many, {std::to_string(number)});
}

} // namespace qi

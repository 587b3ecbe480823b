// Hands a fuzz target its seeds, each as it is and then with some damage that is the same in every run. For builds
// without libFuzzer, which brings a main of its own.
//
//     TARGET [--damaged N] FOLDER
#include "fuzz/target.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

namespace {

using Random = std::mt19937_64;

std::string damaged(std::string text, const std::string& other, Random& random) {
    for (std::size_t times = 1 + random() % 4; times > 0; --times) {
        const std::size_t at = random() % (text.size() + 1),
                          length = std::min<std::size_t>(random() % 8, text.size() - at);
        switch (random() % 6) {
        case 0: text.erase(at, length); break;
        case 1: text.insert(at, text.substr(random() % (text.size() + 1), length + 1)); break;
        case 2: text.insert(at, 1, static_cast<char>(random())); break;
        case 3: text.insert(at, other.substr(random() % (other.size() + 1), random() % 16)); break;
        case 4: text.resize(at); break;
        default:
            if (at < text.size())
                text[at] =
                    static_cast<char>(random() % 2 == 0 ? text[at] ^ (1 << random() % 8) : static_cast<int>(random()));
        }
    }
    return text;
}

void feed(const std::string& text) {
    // Of its own memory, so that reading beyond the end is seen.
    const std::vector<std::uint8_t> bytes(text.begin(), text.end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

} // namespace

int main(int count, char** arguments) {
    std::size_t wanted = 0;
    const char* folder = nullptr;
    for (int i = 1; i < count; ++i) {
        if (std::strcmp(arguments[i], "--damaged") == 0 && i + 1 < count)
            wanted = std::strtoull(arguments[++i], nullptr, 10);
        else
            folder = arguments[i];
    }
    std::error_code error;
    std::vector<std::filesystem::path> paths;
    if (folder != nullptr)
        for (const auto& entry : std::filesystem::directory_iterator(folder, error)) paths.push_back(entry.path());
    if (paths.empty()) {
        std::fprintf(stderr, "usage: %s [--damaged N] FOLDER (that has seeds)\n", arguments[0]);
        return 2;
    }
    std::sort(paths.begin(), paths.end());
    std::vector<std::string> seeds;
    for (const auto& path : paths) {
        std::ifstream file(path, std::ios::binary);
        seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    LLVMFuzzerInitialize(&count, &arguments);
    for (const std::string& seed : seeds) feed(seed);
    Random random(1);
    for (std::size_t n = 0; n < wanted; ++n)
        feed(damaged(seeds[n % seeds.size()], seeds[random() % seeds.size()], random));
    dprintf(qi::fuzz::report_descriptor, "%zu seeds, %zu damaged\n", seeds.size(), wanted);
    return 0;
}

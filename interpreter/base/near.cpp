#include "base/near.hpp"

#include <algorithm>

namespace qi {

int edit_distance(std::string_view a, std::string_view b, int limit) {
    if (static_cast<int>(a.size() > b.size() ? a.size() - b.size() : b.size() - a.size()) > limit) return limit + 1;
    // Optimal string alignment, three rows of the usual matrix.
    std::vector<int> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = static_cast<int>(j);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = static_cast<int>(i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(last);
        last.swap(row);
    }
    return last[b.size()];
}

NearNames::NearNames(std::string_view wanted)
    : wanted_(wanted), limit_(wanted.size() < 2 ? 0 : std::clamp(static_cast<int>(wanted.size()) / 3, 1, 3)) {}

void NearNames::offer(std::string_view name) {
    const bool in_namespace =
        name.size() > wanted_.size() + 1 && name.ends_with(wanted_) && name[name.size() - wanted_.size() - 1] == '/';
    const int distance = in_namespace ? 0 : edit_distance(wanted_, name, limit_);
    if (in_namespace) found_.push_back({0, std::string(name)});
    if (distance <= limit_ && distance > 0) found_.push_back({distance, std::string(name)});
}

std::vector<std::string> NearNames::best() const {
    std::vector<Candidate> sorted = found_;
    std::sort(sorted.begin(), sorted.end(), [](const Candidate& a, const Candidate& b) {
        return a.distance != b.distance ? a.distance < b.distance : a.name < b.name;
    });
    sorted.erase(std::unique(sorted.begin(), sorted.end(),
                             [](const Candidate& a, const Candidate& b) { return a.name == b.name; }),
                 sorted.end());
    std::vector<std::string> names;
    for (const Candidate& candidate : sorted) {
        if (names.size() == 3 || candidate.distance > (sorted.front().distance == 0 ? 0 : sorted.front().distance + 1))
            break;
        names.push_back(candidate.name);
    }
    return names;
}

std::string join_names(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) {
        if (!out.empty()) out += ", ";
        out += name;
    }
    return out;
}

} // namespace qi

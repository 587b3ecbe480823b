// "Did you mean …?": the names nearest to a misspelt one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace qi {

/// Edits (insert, delete, replace, swap of neighbours) between two words, or more than `limit`.
int edit_distance(std::string_view a, std::string_view b, int limit);

class NearNames {
public:
    /// Names within 3 edits, and within a third of the word's length plus one, are near; nearest is the same name in a
    /// namespace, str/trim for trim.
    explicit NearNames(std::string_view wanted);
    void offer(std::string_view name);
    /// At most three, nearest first.
    std::vector<std::string> best() const;

private:
    struct Candidate {
        int distance;
        std::string name;
    };
    std::string wanted_;
    int limit_;
    std::vector<Candidate> found_;
};

/// `a`, `a, b`, … joined with commas.
std::string join_names(const std::vector<std::string>& names);

} // namespace qi

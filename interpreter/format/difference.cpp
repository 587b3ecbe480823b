#include "format/difference.hpp"

#include "format/words.hpp"

#include <algorithm>

namespace qi::layout {

namespace {

constexpr std::size_t context_lines = 3;

/// For each line how many words begin before it.
std::vector<std::size_t> words_before(std::string_view text, const std::vector<std::string_view>& lines) {
    std::vector<std::size_t> counts;
    counts.reserve(lines.size());
    Words words(text);
    Word word = words.next();
    std::size_t count = 0;
    for (const std::string_view line : lines) {
        const auto begin = static_cast<std::size_t>(line.data() - text.data());
        while (word.kind != TokenKind::End && word.begin < begin) {
            ++count;
            word = words.next();
        }
        counts.push_back(count);
    }
    return counts;
}

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r\n") == std::string_view::npos; }

void append_line(std::string& out, char sign, std::string_view line) {
    out += sign;
    out += line;
    if (!line.ends_with('\n')) out += "\n\\ No newline at end of file\n";
}

std::string range(std::size_t begin, std::size_t count) {
    const std::string first = std::to_string(count == 0 ? begin : begin + 1);
    return count == 1 ? first : first + "," + std::to_string(count);
}

} // namespace

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t newline = text.find('\n');
        const std::size_t length = newline == std::string_view::npos ? text.size() : newline + 1;
        lines.push_back(text.substr(0, length));
        text.remove_prefix(length);
    }
    return lines;
}

std::vector<Change> changes(std::string_view before, std::string_view after, bool apart) {
    const auto old_lines = lines_of(before), new_lines = lines_of(after);
    const auto old_words = words_before(before, old_lines), new_words = words_before(after, new_lines);
    std::vector<Change> all;
    const auto changed = [&](std::size_t i, std::size_t j, std::size_t old_count, std::size_t new_count) {
        const bool level = i < old_lines.size() && j < new_lines.size() && old_words[i] == new_words[j];
        if (all.empty() || all.back().old_end != i || all.back().new_end != j || (apart && level))
            all.push_back({i, i, j, j});
        all.back().old_end += old_count;
        all.back().new_end += new_count;
    };
    std::size_t i = 0, j = 0;
    while (i < old_lines.size() || j < new_lines.size()) {
        const bool old_left = i < old_lines.size(), new_left = j < new_lines.size();
        if (old_left && new_left && old_words[i] == new_words[j]) {
            if (old_lines[i] == new_lines[j]) {
                ++i, ++j;
            } else if (is_blank(old_lines[i]) && !is_blank(new_lines[j])) {
                changed(i++, j, 1, 0);
            } else if (is_blank(new_lines[j]) && !is_blank(old_lines[i])) {
                changed(i, j++, 0, 1);
            } else {
                changed(i++, j++, 1, 1);
            }
        } else if (old_left && (!new_left || old_words[i] < new_words[j])) {
            changed(i++, j, 1, 0);
        } else {
            changed(i, j++, 0, 1);
        }
    }
    return all;
}

std::string unified_difference(std::string_view name, std::string_view before, std::string_view after) {
    const std::vector<Change> all = changes(before, after);
    if (all.empty()) return {};
    const auto old_lines = lines_of(before), new_lines = lines_of(after);
    std::string out = "--- " + std::string(name) + "\n+++ " + std::string(name) + "\n";
    for (std::size_t first = 0; first < all.size();) {
        // Changes whose context would meet share a hunk.
        std::size_t last = first;
        while (last + 1 < all.size() && all[last + 1].old_begin - all[last].old_end <= 2 * context_lines) ++last;
        const std::size_t lead = std::min(context_lines, all[first].old_begin);
        const std::size_t tail = std::min(context_lines, old_lines.size() - all[last].old_end);
        const std::size_t old_begin = all[first].old_begin - lead, new_begin = all[first].new_begin - lead;
        out += "@@ -" + range(old_begin, all[last].old_end + tail - old_begin) + " +" +
               range(new_begin, all[last].new_end + tail - new_begin) + " @@\n";
        std::size_t at = old_begin;
        for (; first <= last; ++first) {
            for (; at < all[first].old_begin; ++at) append_line(out, ' ', old_lines[at]);
            for (; at < all[first].old_end; ++at) append_line(out, '-', old_lines[at]);
            for (std::size_t j = all[first].new_begin; j < all[first].new_end; ++j) append_line(out, '+', new_lines[j]);
        }
        for (const std::size_t end = at + tail; at < end; ++at) append_line(out, ' ', old_lines[at]);
    }
    return out;
}

} // namespace qi::layout

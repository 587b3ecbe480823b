// What several namespaces need of strings.
#pragma once

#include "native/native.hpp"

#include <string_view>
#include <vector>

namespace qi::stdlib {

/// Natives that multiply text stop here, before they allocate.
constexpr std::size_t largest_text = std::size_t{1} << 30;

/// `unit` n times, at most `largest_text` bytes in all, appended; false if the program is to stop before that is done.
bool append_times(Call call, std::string& out, std::string_view unit, std::int64_t n);

/// The characters from one position up to another, clamped.
std::string_view slice(const String* s, std::int64_t from, std::int64_t to) noexcept;
/// Without their \n or \r\n; no empty one at the end.
std::vector<std::string_view> lines_of(std::string_view text);
std::vector<std::string_view> characters_of(std::string_view text);

/// Makes a vector of strings, one after the other. A short one that was there not long ago is taken again: the words of
/// a text, or the columns of a table, are few that come often, and memory and their hashes are saved.
class Strings {
public:
    explicit Strings(Call call) noexcept : call_(call) {}
    void add(std::string_view text);
    Value vector() const;

private:
    static constexpr std::size_t few = 256;    // strings, which aren't worth a table
    static constexpr std::size_t longest = 64; // bytes of a string that may come again
    static constexpr std::size_t remembered = 8192;

    Call call_;
    std::vector<Value> first_; // few
    Value all_;                // nil: there aren't more
    std::vector<Value> last_;  // by their hashes; nil: there was none
};

Value make_strings(Call call, std::span<const std::string_view> texts);

} // namespace qi::stdlib

// io/: files, folders, standard input. Paths are strings; what the system refuses fails with :io (or
// :permission-denied) and says why.
#pragma once

#include "io/messages.hpp"
#include "native/native.hpp"

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace qi::stdlib {

/// A path as the system takes it: it would cut one with a NUL in it, and another file would be meant.
struct PathName {
    std::string text;
    operator const std::string&() const noexcept { return text; }
    operator std::string_view() const noexcept { return text; }
};

} // namespace qi::stdlib

namespace qi {

template <>
struct Convert<stdlib::PathName> {
    static bool accepts(Value v) noexcept { return is_string(v) && text_of(v).find('\0') == std::string_view::npos; }
    static stdlib::PathName convert(Value v) { return {std::string(text_of(v))}; }
    static const Message& expected() noexcept { return msg::type_path; }
};

} // namespace qi

namespace qi::stdlib {

void define_io_files(Setup setup);
void define_io_folders(Setup setup);
void define_io_temporary(Setup setup);
void define_io_input(Setup setup);
void define_io_streams(Setup setup);
void define_slow_files(Setup setup);

/// What the system said about the path.
Error io_failure(std::string_view path, int error, int argument = 0);
/// All bytes of a file.
Result<std::string> read_bytes(const std::string& path);
/// Whether reading it may take any time: a fifo, a terminal.
bool is_slow_file(const std::string& path);
/// All bytes of such a file, read by a separate thread; nothing while that isn't done: the goroutine parks.
std::optional<Result<std::string>> read_slowly(Call call, std::string_view name, const std::string& path);

} // namespace qi::stdlib

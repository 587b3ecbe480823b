// How text lies on a terminal: columns of characters, and rows of lines that wrap. Any thread; needs a UTF-8 locale.
#pragma once

#include <string>
#include <string_view>

namespace qi {

std::wstring widened(std::string_view utf8);
std::string narrowed(std::wstring_view text);

struct ScreenPlace {
    int row = 0;
    int column = 0;
};

/// Where the cursor is after the text, as libedit wraps it: at once when a line is full, and before a wide
/// character that would lie across the edge.
ScreenPlace place_after(std::wstring_view text, ScreenPlace from, int width);

/// Columns of a text of one line; escape sequences have none.
int columns_of(std::string_view utf8);

/// Of the terminal on the descriptor; 80 if it has none.
int terminal_width(int descriptor) noexcept;

} // namespace qi

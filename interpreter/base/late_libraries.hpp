// Libraries that the program loads when it first calls one of their functions (interpreter/late_libraries.cpp). That
// can fail, so what a program can run into asks for the library first. Any thread.
#pragma once

/// Defined where libraries are loaded late: not in tests, with a sanitizer, or in the portable program.
extern "C" const char* qi_load_libraries(const char* which) noexcept __attribute__((weak));

namespace qi {

/// Loads those whose file names begin with `which`. Null, or why one of them can't be, until the next call.
inline const char* load_libraries(const char* which = "lib") noexcept {
    return qi_load_libraries == nullptr ? nullptr : qi_load_libraries(which);
}

} // namespace qi

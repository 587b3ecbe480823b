// Functions that take a map of options, and the names that they know: for checks of a program that doesn't run.
// Interpreter thread only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace qi {

struct TakenOptions {
    std::size_t argument;           // which one is the map, from 0
    std::vector<std::string> names; // ":tls", and ":tls :cert" for what a map under it may have
};

class KnownOptions {
public:
    using Names = std::vector<std::string> (*)();

    /// Names are built when they are asked for. A function whose map may be at several places has a row for each.
    void declare(std::string_view function, std::size_t argument, Names names) {
        rows_.push_back({function, argument, names});
    }
    std::vector<TakenOptions> of(std::string_view function) const {
        std::vector<TakenOptions> taken;
        for (const Row& row : rows_)
            if (row.function == function) taken.push_back({row.argument, row.names()});
        return taken;
    }

private:
    struct Row {
        std::string_view function; // a literal
        std::size_t argument;
        Names names;
    };
    std::vector<Row> rows_;
};

} // namespace qi

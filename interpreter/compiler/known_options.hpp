// Functions that take a map of options: what each option takes, what counts without it, and what it means. A function's
// own code has the rows; qi check, qi doc, the prompt and the language server get them from here.
// Interpreter thread only.
#pragma once

#include "base/message.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace qi {

/// An option, in the words of one language.
struct OptionDoc {
    std::string name;              // ":read-limit"
    std::string values;            // what it takes
    std::string by_default;        // what counts without it; empty: nothing does
    std::string text;              // what it means
    std::vector<OptionDoc> inside; // what the map that it takes may have
};

/// An option that is read by hand: its row in a table of them.
struct OptionRow {
    std::string_view name;
    Message values;
    std::string_view by_default; // as a program would write it
    Message text;
};

inline std::vector<OptionDoc> docs_of(std::span<const OptionRow> rows, Language in) {
    std::vector<OptionDoc> docs;
    for (const OptionRow& row : rows)
        docs.push_back({std::string(row.name),
                        std::string(row.values.text(in)),
                        std::string(row.by_default),
                        std::string(row.text.text(in)),
                        {}});
    return docs;
}

struct TakenOptions {
    std::size_t argument; // which one is the map, from 0
    std::vector<OptionDoc> options;
};

class KnownOptions {
public:
    using Options = std::vector<OptionDoc> (*)(Language in);

    /// They are built when somebody asks. A function whose map may be one of several arguments has a row for each.
    void declare(std::string_view function, std::size_t argument, Options options) {
        rows_.push_back({function, argument, options});
    }
    std::vector<TakenOptions> of(std::string_view function, Language in = language()) const {
        std::vector<TakenOptions> taken;
        for (const Row& row : rows_)
            if (row.function == function) taken.push_back({row.argument, row.options(in)});
        return taken;
    }

private:
    struct Row {
        std::string_view function; // a literal
        std::size_t argument;
        Options options;
    };
    std::vector<Row> rows_;
};

} // namespace qi

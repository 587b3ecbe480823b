#include "format/format.hpp"

#include "format/layout.hpp"
#include "reader/reader.hpp"

#include <cassert>

namespace qi {

std::variant<std::string, SyntaxError> format_source(Store& store, const Names& names, const Source& source) {
    {
        FormArena arena(store);
        Reader reader(arena, names, source);
        Form* form = nullptr;
        do {
            if (auto error = reader.next(form)) return *std::move(error);
        } while (form != nullptr);
    }
    std::string text = layout::lay_out(layout::parse(source.text()));
    // A layout that changed a word would change the program: rather none at all.
    const bool same = layout::words(source.text()) == layout::words(text);
    assert(same);
    return same ? std::move(text) : std::string(source.text());
}

} // namespace qi

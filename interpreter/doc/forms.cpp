#include "doc/forms.hpp"

#include "language/forms.hpp"

namespace qi {

namespace {

constexpr FormDoc form_table[] = {
#define FORM(member, handler, name, scope, layout, inlined, traits, usage, doc) {name, usage, doc},
#define PIPE(name, usage, doc) {name, usage, doc},
#include "language/forms.def"
};

// Forms that programs don't write have the first names.
constexpr std::size_t hidden = [] {
    std::size_t count = 0;
    while (form_table[count].doc.empty()) ++count;
    return count;
}();

} // namespace

std::span<const FormDoc> form_docs() noexcept { return std::span(form_table).subspan(hidden); }

} // namespace qi

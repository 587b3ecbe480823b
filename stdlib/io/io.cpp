#include "io/io.hpp"

#include "namespaces.hpp"

namespace qi::stdlib {

void define_io(Setup setup) {
    define_io_files(setup);
    define_io_folders(setup);
    define_io_temporary(setup);
    define_io_input(setup);
    define_io_streams(setup);
    define_slow_files(setup);
}

} // namespace qi::stdlib

#include "io/io.hpp"

#include "namespaces.hpp"

namespace qi::stdlib {

void define_io(Vm& vm) {
    define_io_files(vm);
    define_io_folders(vm);
    define_io_temporary(vm);
    define_io_input(vm);
    define_io_streams(vm);
    define_slow_files(vm);
}

} // namespace qi::stdlib

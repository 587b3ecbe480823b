#include "native/call.hpp"

#include "vm/modules/loader.hpp"

namespace qi {

Result<Value> Program::compile_datum(Value datum) const { return Loader(*vm_).compile_datum(datum); }

Result<Value> Program::compile_text(std::string_view text) const { return Loader(*vm_).compile_text(text); }

} // namespace qi

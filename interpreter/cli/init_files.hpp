// What a person wants to have at hand in every session. Interpreter thread only.
#pragma once

#include "vm/vm.hpp"

namespace qi {

/// Runs `~/.qi/init.qi` and, at a prompt, `./.qi/init.qi`: the latter only if that file and its folder are the user's
/// own and no other user may write to them, since the folder may have been filled by others. Errors there, and why
/// the file of a folder isn't run, are reported on standard error, and that is all.
void run_init_files(Vm& vm, bool of_folder_too);

} // namespace qi

// What the operating system says went wrong, in the user's language.
#pragma once

#include <string>

namespace qi {

/// The text of an errno; one that the catalogue doesn't have is in the system's own words.
std::string system_error_text(int error);
/// Likewise of what getaddrinfo returned.
std::string address_error_text(int fault);

} // namespace qi

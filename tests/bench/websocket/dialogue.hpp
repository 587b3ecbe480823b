// What is said between this program and a client: for each message that it sends, what the client has to send. Both go
// in a circle, whose length shares no factor with the number of messages under way: so none can stand for another one.
#pragma once

#include <string>
#include <vector>

namespace qi::bench {

struct Dialogue {
    std::vector<std::string> said, wanted;
    bool begins = false; // this program, with as many messages as are under way; otherwise the client
};

/// The client begins, and what it says comes back: 61 texts of 64 bytes, of which each begins with its number in eight
/// digits.
Dialogue echoes();
/// Objects of 200 bytes in JSON, of three types, and what the client has to make of each.
Dialogue objects();
/// One message.
Dialogue hello();

} // namespace qi::bench

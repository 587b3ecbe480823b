// Fuzzes the heads of requests: what comes of one doesn't depend on how it was cut, and what is let through can be
// answered and handed to libwebsockets.
#include "fuzz/target.hpp"

#include "base/glob.hpp"
#include "ws/transport/http/header_rules.hpp"
#include "ws/transport/http/request.hpp"
#include "ws/transport/http/response.hpp"
#include "ws/transport/http/upgrade.hpp"

#include <algorithm>

using namespace qi;
using namespace qi::ws;
using namespace qi::fuzz;

int LLVMFuzzerInitialize(int*, char***) {
    setenv("QI_LANG", "en", 1);
    return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = text_of(data, size);
    const auto read = parse_request(bytes);
    static_cast<void>(parse_http_date(std::string(bytes)));
    const auto* head = std::get_if<ParsedRequest>(&read);
    if (head == nullptr) {
        const auto* bad = std::get_if<BadRequest>(&read);
        require(bad == nullptr || (bad->status >= 400 && bad->status < 600), "a refusal without a status");
        return 0;
    }
    require(head->size <= size, "a head longer than what was read");
    const auto again = parse_request(bytes.substr(0, head->size));
    const auto* same = std::get_if<ParsedRequest>(&again);
    require(same != nullptr && same->size == head->size && same->request.target == head->request.target &&
                same->request.headers.size() == head->request.headers.size(),
            "the head depends on what comes after it");
    require(std::holds_alternative<Incomplete>(parse_request(bytes.substr(0, head->size - 1))) ||
                head->size > largest_request_head,
            "a head is whole before its last byte");
    for (const auto& [name, value] : head->request.headers) {
        require(!name.empty() && name.find_first_of("\r\n: ") == std::string::npos,
                "a header's name with a blank or colon in it");
        require(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos,
                "a header's value with a line break in it");
        static_cast<void>(header_items(head->request, name));
        static_cast<void>(check_header({name, value}));
        require(matches_glob("*", value) && matches_glob("*" + value.substr(0, 4) + "*", value.substr(0, 4)),
                "a glob that doesn't fit what it was made of");
    }
    static_cast<void>(response_head(200, head->request.headers, 3));
    if (!wants_upgrade(head->request) || upgrade_fault(*head)) return 0;
    const std::string upgrade = upgrade_head(head->request);
    require(std::holds_alternative<ParsedRequest>(parse_request(upgrade)),
            "the head that libwebsockets gets isn't sound");
    return 0;
}

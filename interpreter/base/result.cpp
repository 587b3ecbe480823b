#include "base/result.hpp"

namespace qi {

std::string Error::text() const {
    std::string text;
    if (message != nullptr) {
        const std::vector<std::string_view> views(arguments.begin(), arguments.end());
        text = format(*message, views);
    }
    text += verbatim;
    return callee.empty() ? text : qi::about_call(callee, text);
}

Error failure(Kind kind, const Message& message, std::initializer_list<std::string_view> arguments) {
    return failure_at(-1, kind, message, arguments);
}

Error failure(Kind kind, const CallMessage& message, std::initializer_list<std::string_view> arguments) {
    return failure_at(-1, kind, message, arguments);
}

Error failure_at(int argument, Kind kind, const Message& message, std::initializer_list<std::string_view> arguments) {
    return Error{kind, &message, {arguments.begin(), arguments.end()}, argument};
}

Error failure_at(int argument, Kind kind, const CallMessage& message,
                 std::initializer_list<std::string_view> arguments) {
    Error error = failure_at(argument, kind, static_cast<const Message&>(message), arguments);
    error.about_call = true;
    return error;
}

Error failure_of(std::string_view callee, int argument, Kind kind, const CallMessage& message,
                 std::initializer_list<std::string_view> arguments) {
    Error error = failure_at(argument, kind, message, arguments);
    error.callee = callee;
    return error;
}

Error worded(Kind kind, std::string text) {
    Error error{kind};
    error.verbatim = std::move(text);
    return error;
}

} // namespace qi

// What a test file tells `qi test`, which runs it in a process of its own: a record of each test on a pipe, and what
// was printed meanwhile, which goes to a file in memory. `%test-session` is nil where nobody listens.
#include "test/test.hpp"

#include "base/descriptor.hpp"
#include "data/string.hpp"

#include <cerrno>
#include <span>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace qi::stdlib {

namespace {

/// What was written to standard output and standard error since the last time. Both are one file in memory, opened for
/// appending, that is emptied here.
std::string take_output(Call call) {
    call.out().flush();
    struct stat status {};
    if (::fstat(STDOUT_FILENO, &status) != 0 || !S_ISREG(status.st_mode)) return "";
    std::string text(static_cast<std::size_t>(status.st_size), '\0');
    std::size_t have = 0;
    while (have < text.size()) {
        const ssize_t got = ::pread(STDOUT_FILENO, text.data() + have, text.size() - have, static_cast<off_t>(have));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        have += static_cast<std::size_t>(got);
    }
    text.resize(have);
    if (::ftruncate(STDOUT_FILENO, 0) != 0) return "";
    return text;
}

/// Each field as `length:bytes`, and a line feed behind the last.
void write_record(int descriptor, std::span<const std::string_view> fields) {
    std::string record;
    for (const std::string_view text : fields) {
        record += std::to_string(text.size()) + ":";
        record += text;
    }
    record += '\n';
    write_all(descriptor, record); // or nobody listens any more
}

constexpr Native test_session_natives[] = {
    native("%test-output", "What was printed since the last time.", [](Call call) { return take_output(call); }),
    native("%test-record descriptor fields...", "Tells qi test what became of a test.",
           [](Call call, std::int64_t descriptor, Rest fields) {
               std::vector<std::string_view> texts;
               for (const Value field : fields) texts.push_back(is_string(field) ? text_of(field) : std::string_view{});
               write_record(static_cast<int>(descriptor), texts);
               call.set_activity("");
               return Value::nil();
           }),
    native("%test-begin descriptor name limit",
           "Tells qi test that a test begins, and how many milliseconds it may take.",
           [](Call call, std::int64_t descriptor, std::string_view name, std::string_view limit) {
               const std::string_view fields[] = {"begin", name, limit};
               write_record(static_cast<int>(descriptor), fields);
               call.set_activity(std::string(name));
               return Value::nil();
           }),
    native("%test-account failure", "The place, excerpt and trace of an error just caught.",
           [](Call call, Value failure) {
               std::string text = call.describe_caught();
               return text.empty() ? call.describe_error(failure) : text;
           }),
};

} // namespace

void define_test_session(Setup setup) {
    setup.define(test_session_natives);
    setup.define("%test-session", Value::nil());
}

} // namespace qi::stdlib

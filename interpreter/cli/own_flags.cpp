#include "cli/own_flags.hpp"

#include "base/messages.hpp"
#include "cli/commands.hpp"
#include "cli/messages.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace qi {

namespace {

using enum OwnFlag::Takes;
using enum OwnFlag::Place;
using enum OwnFlag::Then;
using What = Invocation::What;

constexpr std::uint64_t least_heap = 8 * 1024 * 1024; // for the library and a nursery

Error needs_value(std::string_view flag, std::string_view example) {
    return failure(kind::value, msg::flag_value, {flag, example});
}

std::uint64_t whole_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    return problem == std::errc() && end == text.data() + text.size() ? number : 0;
}

/// a,b,c
void take_list(std::string_view values, std::vector<std::string>& into) {
    while (true) {
        const std::size_t comma = values.find(',');
        if (comma != 0) into.emplace_back(values.substr(0, comma));
        if (comma == std::string_view::npos) return;
        values.remove_prefix(comma + 1);
    }
}

Result<void> take_expression(ReadArguments& arguments, std::string_view value) {
    arguments.invocation.what = What::Expression;
    arguments.invocation.text = value;
    arguments.invocation.arguments = arguments.rest(arguments.at + 1);
    return {};
}

Result<void> take_standard_input(ReadArguments& arguments, std::string_view) {
    arguments.invocation.what = What::StandardInput;
    arguments.invocation.arguments = arguments.rest(arguments.at + 1);
    return {};
}

Result<void> take_version(ReadArguments& arguments, std::string_view) {
    arguments.invocation.what = What::Version;
    return {};
}

Result<void> take_help(ReadArguments& arguments, std::string_view) {
    arguments.invocation.what = What::Help;
    return {};
}

Result<void> take_quiet(ReadArguments& arguments, std::string_view) {
    arguments.quiet = true;
    return {};
}

Result<void> take_load(ReadArguments& arguments, std::string_view) {
    arguments.begin_prompt(arguments.rest(arguments.at));
    return {};
}

Result<void> take_resolve(ReadArguments& arguments, std::string_view value) {
    arguments.invocation.resolve.emplace_back(value);
    return {};
}

Result<void> take_connect(ReadArguments& arguments, std::string_view value) {
    arguments.invocation.net_restricted = true;
    take_list(value, arguments.invocation.allow_connect);
    return {};
}

Result<void> take_listen(ReadArguments& arguments, std::string_view value) {
    arguments.invocation.net_restricted = true;
    take_list(value, arguments.invocation.allow_listen);
    return {};
}

Result<void> take_deny_net(ReadArguments& arguments, std::string_view) {
    arguments.invocation.net_restricted = true;
    return {};
}

Result<void> take_trace(ReadArguments& arguments, std::string_view) {
    arguments.invocation.trace_ws = true;
    return {};
}

Result<void> take_heap(ReadArguments& arguments, std::string_view value) {
    const std::uint64_t size = parse_size(value).value_or(whole_number(value));
    if (size < least_heap || size > INT64_MAX / 4) return needs_value("--max-heap", "--max-heap=256MiB");
    arguments.invocation.limits.heap = size;
    return {};
}

Result<void> take_time(ReadArguments& arguments, std::string_view value) {
    const auto time = parse_duration(value);
    if (!time || time->count() <= 0) return needs_value("--max-time", "--max-time=5s");
    arguments.invocation.limits.time = *time;
    arguments.invocation.limits.time_text = value;
    return {};
}

Result<void> take_steps(ReadArguments& arguments, std::string_view value) {
    arguments.invocation.limits.steps = whole_number(value);
    if (arguments.invocation.limits.steps == 0) return needs_value("--max-steps", "--max-steps=1000000");
    return {};
}

Result<void> take_stats(ReadArguments& arguments, std::string_view) {
    arguments.invocation.stats = true;
    return {};
}

// In the order of qi --help.
constexpr OwnFlag own_flag_table[] = {
    {"-e", "-c", "", Rest, "(+ 1 2)", Ways, &msg::usage_expression, Begin, take_expression},
    {"--stdin", "-s", "-", Nothing, "", Ways, &msg::usage_stdin, Begin, take_standard_input},
    {"--version", "-v", "", Nothing, "", About, &msg::usage_version, Begin, take_version},
    {"--help", "-h", "", Nothing, "", About, &msg::usage_help, Begin, take_help},
    {"--resolve", "", "", OwnFlag::Takes::NextWord, "HOST:PORT:ADDRESS:PORT", Options, &msg::flag_resolve, GoOn,
     take_resolve},
    {"--allow-connect", "", "", Equals, "example.com,wss://*.example.org/*", Options, &msg::flag_allow_connect, GoOn,
     take_connect},
    {"--allow-listen", "", "", Equals, "127.0.0.1:8080", Options, &msg::flag_allow_listen, GoOn, take_listen},
    {"--deny-net", "", "", Nothing, "", Options, &msg::flag_deny_net, GoOn, take_deny_net},
    {"--max-heap", "", "", Equals, "256MiB", Options, &msg::flag_max_heap, GoOn, take_heap},
    {"--max-time", "", "", Equals, "5s", Options, &msg::flag_max_time, GoOn, take_time},
    {"--max-steps", "", "", Equals, "1000000", Options, &msg::flag_max_steps, GoOn, take_steps},
    {"--stats", "", "", Nothing, "", Options, &msg::flag_stats, GoOn, take_stats},
    // qi repl --help and qi run --help tell of these.
    {"--quiet", "-q", "", Nothing, "", Nowhere, nullptr, GoOn, take_quiet},
    {"--load", "-l", "", Rest, "program.qi", Nowhere, nullptr, Begin, take_load},
    {"--trace-ws", "", "", Nothing, "", Nowhere, nullptr, GoOn, take_trace},
};

} // namespace

std::vector<std::string> ReadArguments::rest(std::size_t from) const {
    const auto left = words.subspan(std::min(from, words.size()));
    return {left.begin(), left.end()};
}

void ReadArguments::begin_prompt(std::vector<std::string> its_words) {
    invocation.what = What::Command;
    invocation.command = find_command("repl");
    invocation.arguments = std::move(its_words);
    if (quiet) invocation.arguments.insert(invocation.arguments.begin(), "-q");
}

std::span<const OwnFlag> own_flags() noexcept { return own_flag_table; }

const OwnFlag* find_own_flag(std::string_view word) noexcept {
    const std::size_t equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    for (const OwnFlag& flag : own_flag_table) {
        if (name.empty() || (name != flag.name && name != flag.other_name && name != flag.third_name)) continue;
        const bool may_have_value = flag.takes == OwnFlag::Takes::NextWord || flag.takes == Equals;
        return equals == std::string_view::npos || may_have_value ? &flag : nullptr;
    }
    return nullptr;
}

} // namespace qi

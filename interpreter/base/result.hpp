// Result<T>: a value, or the error that a user caused. Our own mistakes are asserts, not errors.
#pragma once

#include "base/message.hpp"

#include <cassert>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace qi {

/// What sort of error it is: what a program matches on, as `:kind`. Points at static text.
struct Kind {
    std::string_view name;
    friend constexpr bool operator==(Kind a, Kind b) noexcept { return a.name == b.name; }
};

namespace kind {
inline constexpr Kind none{""}; // (error "text") of a program has no kind
inline constexpr Kind type{"type"};
inline constexpr Kind arity{"arity"};
inline constexpr Kind name{"name"};
inline constexpr Kind range{"range"};
inline constexpr Kind value{"value"};
inline constexpr Kind overflow{"overflow"};
inline constexpr Kind divide{"divide-by-zero"};
inline constexpr Kind key{"key"};
inline constexpr Kind no_match{"no-match"};
inline constexpr Kind closed{"closed"};
inline constexpr Kind timeout{"timeout"};
inline constexpr Kind io{"io"};
inline constexpr Kind syntax{"syntax"};
inline constexpr Kind limit{"limit"};
inline constexpr Kind stack{"stack-overflow"};
inline constexpr Kind memory{"memory"};
inline constexpr Kind deadlock{"deadlock"};
inline constexpr Kind cancelled{"cancelled"};
inline constexpr Kind cycle{"cycle"};
inline constexpr Kind interrupted{"interrupted"};
inline constexpr Kind permission_denied{"permission-denied"};
inline constexpr Kind internal{"internal"}; // a fault of Qi itself
} // namespace kind

/// What went wrong, as data until somebody shows it.
struct Error {
    Kind kind;
    const Message* message = nullptr; // of the catalogue, static
    std::vector<std::string> arguments{};
    int argument = -1;       // which argument of a native is to blame (0 is the first); -1: none in particular
    bool about_call = false; // a CallMessage
    std::string callee{};    // whom it is about; empty: the native that is running
    std::string verbatim{};  // text that is shown as it is, after the message if there is one

    /// In the user's language.
    std::string text() const;
};

/// With {0}, {1} … of the message.
Error failure(Kind kind, const Message& message, std::initializer_list<std::string_view> arguments = {});
/// About the call of the native that is running, which the error names where it is raised.
Error failure(Kind kind, const CallMessage& message, std::initializer_list<std::string_view> arguments = {});
/// The same with an argument to blame: 0 is the first.
Error failure_at(int argument, Kind kind, const Message& message,
                 std::initializer_list<std::string_view> arguments = {});
Error failure_at(int argument, Kind kind, const CallMessage& message,
                 std::initializer_list<std::string_view> arguments = {});
/// About a call of something else.
Error failure_of(std::string_view callee, int argument, Kind kind, const CallMessage& message,
                 std::initializer_list<std::string_view> arguments = {});
/// With a text that has been put into words before.
Error worded(Kind kind, std::string text);

template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const noexcept { return state_.index() == 0; }
    T& operator*() & noexcept {
        assert(*this);
        return *std::get_if<0>(&state_);
    }
    const T& operator*() const& noexcept {
        assert(*this);
        return *std::get_if<0>(&state_);
    }
    T&& operator*() && noexcept {
        assert(*this);
        return std::move(*std::get_if<0>(&state_));
    }
    T* operator->() noexcept {
        assert(*this);
        return std::get_if<0>(&state_);
    }
    const T* operator->() const noexcept {
        assert(*this);
        return std::get_if<0>(&state_);
    }
    Error& error() noexcept {
        assert(!*this);
        return *std::get_if<1>(&state_);
    }
    const Error& error() const noexcept {
        assert(!*this);
        return *std::get_if<1>(&state_);
    }

private:
    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : state_(std::move(error)) {}

    explicit operator bool() const noexcept { return state_.index() == 0; }
    Error& error() noexcept {
        assert(!*this);
        return *std::get_if<1>(&state_);
    }
    const Error& error() const noexcept {
        assert(!*this);
        return *std::get_if<1>(&state_);
    }

private:
    std::variant<std::monostate, Error> state_;
};

} // namespace qi

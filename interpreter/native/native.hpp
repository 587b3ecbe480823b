// How a C++ function becomes a Qi function: one row with its usage, docstring and code.
//
//     constexpr Native rows[] = {
//         native("str/upper s", "s in upper case. (str/upper \"añb\") ;=> \"AÑB\"",
//                [](Call call, std::string_view s) -> Value { … }),
//     };
//
// The usage names the parameters (`x?` optional: std::optional<T>; `x...` the rest: Rest); it is checked against the
// lambda's parameters while compiling. Arguments are converted, and errors about them worded, by Convert<T>.
// Interpreter thread only.
#pragma once

#include "native/call.hpp"
#include "native/convert.hpp"
#include "native/setup.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

namespace qi {

/// The arguments that are left over.
using Rest = std::span<const Value>;

struct ParameterCount {
    int all = 0; // without a rest
    int optional = 0;
    bool rest = false;
};

/// How many parameters the usage names.
constexpr ParameterCount count_parameters(std::string_view usage) {
    ParameterCount result;
    std::size_t at = usage.find(' ');
    while (at != std::string_view::npos) {
        const std::size_t begin = at + 1;
        at = usage.find(' ', begin);
        const std::string_view word = usage.substr(begin, at == std::string_view::npos ? at : at - begin);
        if (word.ends_with("...")) {
            result.rest = true;
            continue;
        }
        ++result.all;
        if (word.ends_with("?")) ++result.optional;
    }
    return result;
}

namespace native_detail {

/// Name of parameter `index` in the usage.
constexpr std::string_view parameter_name(std::string_view usage, int index) {
    std::size_t at = usage.find(' ');
    while (at != std::string_view::npos) {
        const std::size_t begin = at + 1;
        at = usage.find(' ', begin);
        std::string_view word = usage.substr(begin, at == std::string_view::npos ? at : at - begin);
        if (index-- == 0 || word.ends_with("...")) {
            if (word.ends_with("...")) word.remove_suffix(3);
            if (word.ends_with("?")) word.remove_suffix(1);
            return word;
        }
    }
    return "";
}

template <typename T>
struct IsOptional : std::false_type {};
template <typename T>
struct IsOptional<std::optional<T>> : std::true_type {
    using Inner = T;
};

template <typename F>
struct Signature;
template <typename L, typename R, typename... P>
struct Signature<R (L::*)(Call, P...) const> {
    static constexpr int count = sizeof...(P);
    static constexpr int optional = (0 + ... + (IsOptional<P>::value ? 1 : 0));
    static constexpr bool rest = (false || ... || std::is_same_v<P, Rest>);
    using Parameters = std::tuple<P...>;
    using Result = R;
};

Value wrong_arity(Vm& vm, const Native& native, unsigned given);
Value wrong_type(Vm& vm, const Native& native, unsigned index, Value found, const Message& expected);

inline Value give(Vm&, Value value) { return value; }
inline Value give(Vm&, bool value) { return Value::boolean(value); }
inline Value give(Vm& vm, std::int64_t value) { return make_integer(vm.store, value); }
inline Value give(Vm&, double value) { return Value::number(value); }
inline Value give(Vm& vm, std::string&& value) { return make_string(vm.store, std::move(value)); }
template <typename T>
Value give(Vm& vm, qi::Result<T>&& result) {
    if (!result) return vm.diagnosis.raise(result.error());
    if constexpr (std::is_void_v<T>)
        return Value::nil();
    else
        return give(vm, std::move(*result));
}

/// Parameter type P at position N: null if the argument fits, else what was expected.
template <typename P>
const Message* misfit(const Value* arguments, unsigned count, unsigned n) {
    if constexpr (std::is_same_v<P, Rest>) {
        return nullptr;
    } else if constexpr (IsOptional<P>::value) {
        using Inner = typename IsOptional<P>::Inner;
        return n >= count || Convert<Inner>::accepts(arguments[n]) ? nullptr : &Convert<Inner>::expected();
    } else {
        return Convert<P>::accepts(arguments[n]) ? nullptr : &Convert<P>::expected();
    }
}

template <typename P>
P argument(const Value* arguments, unsigned count, unsigned n) {
    if constexpr (std::is_same_v<P, Rest>)
        return n < count ? Rest(arguments + n, count - n) : Rest();
    else if constexpr (IsOptional<P>::value)
        return n < count ? P(Convert<typename IsOptional<P>::Inner>::convert(arguments[n])) : P();
    else
        return Convert<P>::convert(arguments[n]);
}

template <typename L, typename S, std::size_t... I>
Value invoke(Vm& vm, const Native& self, Value* arguments, [[maybe_unused]] unsigned count, std::index_sequence<I...>) {
    using Parameters = typename S::Parameters;
    // All are checked before the first is converted, so that the first wrong one is blamed.
    unsigned wrong = 0;
    const Message* expected = nullptr;
    static_cast<void>(
        (... || ((expected = misfit<std::tuple_element_t<I, Parameters>>(arguments, count, I)) != nullptr &&
                 ((wrong = I), true))));
    if (expected != nullptr) return wrong_type(vm, self, wrong, arguments[wrong], *expected);
    return give(vm, L{}(Call(vm), argument<std::tuple_element_t<I, Parameters>>(arguments, count, I)...));
}

template <typename L>
Value call(Vm& vm, const Native& self, Value* arguments, unsigned count) {
    using S = Signature<decltype(&L::operator())>;
    if (static_cast<int>(count) < self.least || (self.most >= 0 && static_cast<int>(count) > self.most)) [[unlikely]]
        return wrong_arity(vm, self, count);
    return invoke<L, S>(vm, self, arguments, count, std::make_index_sequence<S::count>());
}

} // namespace native_detail

/// The tables of rows are constexpr, so a usage that doesn't fit its function is an error of compilation. (clang 14
/// crashes if this one is consteval.)
template <typename L>
constexpr Native native(std::string_view usage, std::string_view doc, L) {
    using S = native_detail::Signature<decltype(&L::operator())>;
    const ParameterCount named = count_parameters(usage);
    if (named.all + (named.rest ? 1 : 0) != S::count) throw "the usage names other parameters than the function has";
    if (named.optional != S::optional) throw "the usage has other optional parameters than the function";
    if (named.rest != S::rest) throw "the usage and the function disagree about a rest";
    if (doc.empty()) throw "a native needs a docstring";
    return Native{usage, doc, &native_detail::call<L>, named.all - named.optional, named.rest ? -1 : named.all};
}

/// Of a native that keeps nothing of its first argument, and gives back neither that nor what shares parts with it (an
/// item of a collection doesn't), and calls nothing. So a collection that it was given may be changed in place
/// afterwards.
struct Borrows {};
inline constexpr Borrows borrows;

template <typename L>
constexpr Native native(std::string_view usage, std::string_view doc, L function, Borrows) {
    Native row = native(usage, doc, function);
    row.borrows = true;
    return row;
}

} // namespace qi

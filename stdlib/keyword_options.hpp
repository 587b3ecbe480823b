// Options at the end of a call: pairs of a keyword and a value, `:encoding :utf-8`.
#pragma once

#include "native/native.hpp"

#include <initializer_list>

namespace qi::stdlib {

class Options {
public:
    /// `first`: number of the argument that the pairs begin with. Fails for an odd number, or a keyword that isn't
    /// known.
    static Result<Options> of(Call call, int first, Rest pairs, std::initializer_list<std::string_view> known);

    /// Absent if it isn't given; the last one counts.
    Value get(std::string_view option) const noexcept;
    /// A boolean option.
    Result<bool> flag(std::string_view option, bool otherwise) const;
    /// A keyword option: its name, one of `choices`.
    Result<std::string_view> choice(std::string_view option, std::string_view otherwise,
                                    std::span<const std::string_view> choices) const;

private:
    Options(Call call, int first, Rest pairs) : call_(call), first_(first), pairs_(pairs) {}
    int argument_of(std::string_view option) const noexcept;

    Call call_;
    int first_;
    Rest pairs_;
};

} // namespace qi::stdlib

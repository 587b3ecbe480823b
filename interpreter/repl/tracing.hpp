// :trace: a traced function's variable holds a wrapper, which shows its calls, indented by how deep they are in the
// calls of their goroutine. Interpreter thread only.
#pragma once

#include "base/result.hpp"
#include "vm/vm.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace qi {

class Tracing {
public:
    explicit Tracing(Vm& vm);
    ~Tracing() { vm_.unkeep(&traced_); }
    Tracing(const Tracing&) = delete;

    bool colours = false;

    Result<void> trace(Value symbol);
    /// False: it wasn't traced.
    bool untrace(Value symbol);
    std::vector<std::string> names() const;

    // What the wrapper reports
    void enter(std::string_view name, Value arguments);
    void result(Value value);
    void leave();

private:
    struct TracedCall {
        std::uint64_t goroutine;
        std::string name;
        bool told;
    };
    std::string margin(std::size_t depth) const;
    std::size_t depth() const;
    TracedCall* innermost();

    Vm& vm_;
    Value traced_; // map: symbol -> [function wrapper]
    std::vector<TracedCall> calls_;
};

} // namespace qi

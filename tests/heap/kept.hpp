// A heap of data alone, and values in it that a test holds on to.
#pragma once

#include "data/store.hpp"
#include "heap/heap.hpp"

#include <vector>

namespace qi {

inline KindTable kinds() {
    KindTable table;
    add_data_kinds(table);
    return table;
}

struct Kept final : Roots {
    explicit Kept(Heap& heap) : heap_(heap) { heap.add_roots(this); }
    ~Kept() override { heap_.remove_roots(this); }
    Kept(const Kept&) = delete;
    void trace_young(Tracer& tracer) override { tracer.visit(values.data(), values.size()); }
    void trace_all(Tracer& tracer) override { trace_young(tracer); }
    std::vector<Value> values;

private:
    Heap& heap_;
};

} // namespace qi

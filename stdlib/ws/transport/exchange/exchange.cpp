#include "ws/transport/exchange/exchange.hpp"

#include <iterator>

namespace qi::ws {

namespace {

template <typename T>
void move_behind(std::vector<T>& into, std::vector<T>& from) {
    if (into.empty()) return into.swap(from);
    into.insert(into.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
    from.clear();
}

} // namespace

bool Exchange::submit(std::vector<Command>& from) {
    Lock lock(commands_mutex_);
    move_behind(commands_, from);
    return !commands_waiting_.exchange(true, std::memory_order_acq_rel);
}

void Exchange::take(std::vector<Command>& into) {
    if (!has_commands()) return;
    Lock lock(commands_mutex_);
    into.swap(commands_);
    commands_waiting_.store(false, std::memory_order_release);
}

void Exchange::publish(std::vector<Delivery>& from) {
    Lock lock(deliveries_mutex_);
    move_behind(deliveries_, from);
    deliveries_waiting_.store(true, std::memory_order_release);
}

void Exchange::collect(std::vector<Delivery>& into) {
    if (!deliveries_waiting_.load(std::memory_order_acquire)) return;
    Lock lock(deliveries_mutex_);
    into.swap(deliveries_);
    deliveries_waiting_.store(false, std::memory_order_release);
}

} // namespace qi::ws

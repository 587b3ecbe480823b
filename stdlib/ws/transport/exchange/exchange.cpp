#include "ws/transport/exchange/exchange.hpp"

#include <iterator>

namespace qi::ws {

bool Exchange::submit(Command command) {
    Lock lock(commands_mutex_);
    commands_.push_back(std::move(command));
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
    if (deliveries_.empty()) {
        deliveries_.swap(from);
    } else {
        deliveries_.insert(deliveries_.end(), std::make_move_iterator(from.begin()),
                           std::make_move_iterator(from.end()));
        from.clear();
    }
    deliveries_waiting_.store(true, std::memory_order_release);
}

void Exchange::collect(std::vector<Delivery>& into) {
    if (!deliveries_waiting_.load(std::memory_order_acquire)) return;
    Lock lock(deliveries_mutex_);
    into.swap(deliveries_);
    deliveries_waiting_.store(false, std::memory_order_release);
}

} // namespace qi::ws

#include "ws/transport/wire/resting.hpp"

namespace qi::ws {

Restable::~Restable() {
    if (is_listed_) resting_->awake_.erase(place_);
}

void Restable::note_used() {
    if (resting_ == nullptr) return;
    std::list<Restable*>& awake = resting_->awake_;
    used_in_ = resting_->round_;
    if (is_listed_) return awake.splice(awake.end(), awake, place_);
    place_ = awake.insert(awake.end(), this);
    is_listed_ = true;
}

std::size_t Resting::end_round() noexcept {
    std::size_t count = 0;
    while (!awake_.empty() && awake_.front()->used_in_ != round_) {
        Restable& next = *awake_.front();
        next.is_listed_ = !next.rest();
        if (next.is_listed_) {
            // Asked again at the end of the round after this one.
            next.used_in_ = round_;
            awake_.splice(awake_.end(), awake_, next.place_);
            continue;
        }
        awake_.pop_front();
        ++count;
    }
    ++round_;
    return count;
}

} // namespace qi::ws

#include "model/retransmission.hpp"

#include <algorithm>

namespace failback::model {

DelayMs retransmit_after(const TransactionTimers& timers, int resends) {
    const std::int64_t doubled = std::int64_t{timers.t1} << resends;
    return static_cast<DelayMs>(std::min<std::int64_t>(doubled, timers.t2));
}

void count_resend(const TransactionTimers& timers, std::uint8_t& resends) {
    if (retransmit_after(timers, resends) < timers.t2) {
        ++resends;
    }
}

}  // namespace failback::model

// When a message is sent again for want of an answer (RFC 3261 17.1.2.2).
#pragma once

#include <cstdint>

#include "model/design.hpp"

namespace failback::model {

// Delay of the (resends + 1)-th retransmission after the one before it (Timer E).
[[nodiscard]] DelayMs retransmit_after(const TransactionTimers& timers, int resends);

// One more was sent. Counts only until the delay no longer grows.
void count_resend(const TransactionTimers& timers, std::uint8_t& resends);

}  // namespace failback::model

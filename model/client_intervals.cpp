// When a usage is refreshed, and its requests repeated.
#include <algorithm>

#include "model/client_usage.hpp"

namespace failback::model {

DelayMs refresh_after(const Refresh& refresh, DelayMs granted) {
    if (refresh.rule == RefreshRule::fraction) {
        return static_cast<DelayMs>(std::int64_t{granted} * refresh.percent / 100);
    }
    return granted < refresh.lead ? granted / 2 : granted - refresh.lead;
}

// With the rule `lead` the instant leaps back from half of the lifetime to nothing where the
// lifetime equals the lead.
Interval refresh_between(const Refresh& refresh, DelayMs granted, DelayMs less) {
    const DelayMs least = granted - std::min(granted, less);
    const DelayMs latest = refresh_after(refresh, granted);
    if (refresh.rule == RefreshRule::lead && least < refresh.lead && refresh.lead <= granted) {
        return {0, std::max(latest, refresh.lead / 2)};
    }
    return {refresh_after(refresh, least), latest};
}

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

// When a usage is refreshed.
#include <algorithm>

#include "model/nodes/client_usage.hpp"

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

}  // namespace failback::model

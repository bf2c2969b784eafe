#include "traces/words.hpp"

#include <cstddef>

namespace failback::traces {

using model::Method;
using model::Timer;

const char* method_name(Method method) {
    constexpr const char* names[] = {"",       "REGISTER",   "SUBSCRIBE", "INVITE", "ACK",
                                     "OPTIONS", "keep-alive", "CANCEL",    "INVITE", "ACK",
                                     "NOTIFY", "BYE",        "UPDATE",    "seizure", "REGISTER",
                                     "REFER"};
    return names[static_cast<std::size_t>(method)];
}

const char* timer_name(Timer timer) {
    constexpr const char* names[] = {"",
                                     "Timer E",
                                     "Timer F",
                                     "Timer K",
                                     "refresh due",
                                     "retry wait over",
                                     "granted lifetime over",
                                     "Timer J",
                                     "subscription expires",
                                     "Timer A",
                                     "give-up of the INVITE",
                                     "retransmission of the 200",
                                     "give-up of the 200",
                                     "probe due",
                                     "return due",
                                     "hold-down over",
                                     "end of the repeat window",
                                     "keep-alive due",
                                     "keep-alive not answered yet",
                                     "keep-alive given up",
                                     "too long a silence",
                                     "end of a nonce",
                                     "callee decides",
                                     "Timer A",
                                     "Timer B",
                                     "user answers",
                                     "retransmission of the 200",
                                     "give-up of the 200",
                                     "Timer N",
                                     "Timer E of the NOTIFY",
                                     "Timer F of the NOTIFY",
                                     "end of the call",
                                     "feature in a call",
                                     "session refresh due",
                                     "session interval over",
                                     "Timer E of the UPDATE",
                                     "Timer F of the UPDATE",
                                     "Timer E of the BYE",
                                     "Timer F of the BYE",
                                     "script transfers the call",
                                     "Timer E of the REFER",
                                     "Timer F of the REFER",
                                     "user confirms the transfer",
                                     "transfer not confirmed",
                                     "Timer E",
                                     "Timer F",
                                     "seizure expires",
                                     "seizure over",
                                     "user releases",
                                     "end of a nonce",
                                     "INVITE expired",
                                     "gateway gives up",
                                     "registration anew due",
                                     "Timer E of the gateway",
                                     "Timer F of the gateway"};
    return names[static_cast<std::size_t>(timer)];
}

}  // namespace failback::traces

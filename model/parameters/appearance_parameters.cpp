#include "model/parameters/appearance_parameters.hpp"

#include <fmt/format.h>

#include "model/parameters/parameter_parts.hpp"

namespace failback::model {

namespace {

std::vector<Parameter> of_plan(const SipModel& sip, const SipModel::AppearanceInfo& info,
                               const char* member, Interval value, End end) {
    const SipModel::LineInfo& line = sip.lines()[info.line];
    const std::vector<SeizurePlan>& plans = sip.design().seizures;
    for (std::size_t i = 0; i < plans.size(); ++i) {
        if (plans[i].phone == line.phone && plans[i].line == line.line &&
            plans[i].entry == info.entry) {
            return {of_interval(fmt::format("/seizures/{}/{}", i, member), value, end)};
        }
    }
    return {};
}

}  // namespace

std::vector<Parameter> appearance_parameters(const SipModel& sip, const TightDelay& tight) {
    const SipModel::AppearanceInfo& info = sip.appearances()[tight.event.index];
    const TransactionTimers& timers = info.config.timers;
    const auto key = [&](const char* rest) {
        return fmt::format("/phones/{}/{}", sip.lines()[info.line].phone, rest);
    };
    if (tight.event.kind == EventKind::wanted) {
        return of_plan(sip, info, "at", info.at, tight.end);
    }
    switch (tight.event.timer) {
        case Timer::user_releases:
            return of_plan(sip, info, "holds", info.config.holds, tight.end);
        case Timer::seize_expires:
        case Timer::seize_over:
            return {of_duration(key("appearances/expires"), info.config.rules.expires)};
        case Timer::seize_timeout:
            return {of_duration(key("timers/timer_f"), timers.timer_f)};
        default:
            break;
    }
    const bool is_longest = tight.ms == timers.t2 && timers.t1 != timers.t2;
    return {is_longest ? of_duration(key("timers/t2"), timers.t2)
                       : of_duration(key("timers/t1"), timers.t1)};
}

}  // namespace failback::model

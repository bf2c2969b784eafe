#include "model/parameters/dialog_parameters.hpp"

#include <fmt/format.h>

#include "model/parameters/parameter_parts.hpp"

namespace failback::model {

namespace {

using Parameters = std::vector<Parameter>;

template <class Plan, class IsIt>
Parameters of_plan(const std::vector<Plan>& plans, const char* array, IsIt is_it,
                   const char* member, Interval value, End end) {
    for (std::size_t i = 0; i < plans.size(); ++i) {
        if (is_it(plans[i])) {
            return {of_interval(fmt::format("/{}/{}/{}", array, i, member), value, end)};
        }
    }
    return {};
}

// `member` of the plan of its calls.
Parameters of_plan(const SipModel& sip, const SipModel::DialogInfo& dialog, const char* member,
                   Interval value, End end) {
    const SipModel::LineInfo& line = sip.lines()[dialog.line];
    const auto is_of_line = [&line](const auto& plan) {
        return plan.phone == line.phone && plan.line == line.line;
    };
    if (!dialog.config.phone_is_callee) {
        return of_plan(sip.design().calls, "calls", is_of_line, member, value, end);
    }
    const auto is_it = [&](const IncomingPlan& plan) {
        return is_of_line(plan) && plan.entry == dialog.entry;
    };
    return of_plan(sip.design().incoming, "incoming", is_it, member, value, end);
}

}  // namespace

Parameters dialog_parameters(const SipModel& sip, const TightDelay& tight) {
    const SipModel::DialogInfo& dialog = sip.dialogs()[tight.event.index];
    const DialogConfig& config = dialog.config;
    const auto key = [&](const char* rest) {
        return fmt::format("/phones/{}/{}", sip.lines()[dialog.line].phone, rest);
    };
    const bool is_phone = side_of(tight.event) == DialogSide::phone;
    switch (tight.event.timer) {
        case Timer::hang_up:
            return of_plan(sip, dialog, "lasts", config.lasts, tight.end);
        case Timer::mid_call:
            return of_plan(sip, dialog, "mid_call", *config.plan.mid_call, tight.end);
        case Timer::transfer:
            return of_plan(sip, dialog, "transfer", *config.plan.transfer, tight.end);
        case Timer::confirmed:
            return of_plan(sip, dialog, "confirms", *config.plan.confirms, tight.end);
        case Timer::unconfirmed:
            return {of_duration(key("calls/transfer_confirmation"), *config.confirmation)};
        case Timer::refer_timeout:
            return {of_duration(key("timers/t1"), config.timers.t1)};
        case Timer::session_refresh:
        case Timer::session_expiry:
            return {of_duration(key("calls/session_expires"), config.session_expires)};
        case Timer::update_timeout:
            return {of_duration(key("timers/timer_f"), config.timers.timer_f)};
        case Timer::bye_timeout:
            return {is_phone ? of_duration(key("timers/timer_f"), config.timers.timer_f)
                             : of_duration(key("timers/t1"), config.timers.t1)};
        default:
            return {tight.ms == config.timers.t2
                        ? of_duration(key("timers/t2"), config.timers.t2)
                        : of_duration(key("timers/t1"), config.timers.t1)};
    }
}

}  // namespace failback::model

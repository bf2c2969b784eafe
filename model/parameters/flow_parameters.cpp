#include "model/parameters/flow_parameters.hpp"

#include <fmt/format.h>

#include "model/parameters/parameter_parts.hpp"

namespace failback::model {

namespace {

// A NAT's mapping, a connection that is half open, or the ageing of the link.
Parameter of_silence(const SipModel& sip, const SipModel::UsageInfo& usage, End end) {
    if (usage.flow.nat) {
        return of_interval(fmt::format("/phones/{}/nat/lifetime", usage.part.phone),
                           *usage.flow.nat, end);
    }
    if (usage.flow.gives_up) {
        return of_interval(
            fmt::format("/phones/{}/connection/gives_up_after", usage.part.phone),
            *usage.flow.gives_up, end);
    }
    const std::vector<Link>& links = sip.design().links;
    for (std::size_t i = 0; i < links.size(); ++i) {
        if (links[i].phone == usage.part.phone && links[i].server == usage.server) {
            return of_duration(fmt::format("/links/{}/ageing", i), *usage.flow.ageing);
        }
    }
    return {};
}

}  // namespace

std::vector<Parameter> flow_parameters(const SipModel& sip, const TightDelay& tight) {
    const SipModel::UsageInfo& usage = sip.usages()[tight.event.index];
    const KeepAlive& rules = usage.flow.keep_alive;
    const auto key = [&usage](const char* rest) {
        return fmt::format("/phones/{}/{}", usage.part.phone, rest);
    };
    const TransactionTimers& timers = usage.config.timers;
    if (tight.event.timer == Timer::silence) {
        return {of_silence(sip, usage, tight.end)};
    }
    const auto& flow_timer = sip.design().servers[usage.server].flow_timer;
    if (tight.event.timer == Timer::keep_alive && rules.heeds_flow_timer && flow_timer) {
        return {of_duration(fmt::format("/servers/{}/flow_timer", usage.server), *flow_timer)};
    }
    if (tight.event.timer == Timer::keep_alive) {
        return {of_interval(key("keep_alive/every"), rules.every, tight.end)};
    }
    const bool is_request = rules.method == KeepAliveMethod::options ||
                            rules.method == KeepAliveMethod::heartbeat;
    if (tight.event.timer == Timer::keep_alive_over && is_request) {
        return {of_duration(key("timers/timer_f"), timers.timer_f)};
    }
    if (tight.event.timer == Timer::keep_alive_over && rules.method == KeepAliveMethod::crlf) {
        return {of_duration(key("keep_alive/answer_within"), rules.answer_within)};
    }
    const bool is_longest = is_request && tight.ms == timers.t2;
    return {is_longest ? of_duration(key("timers/t2"), timers.t2)
                       : of_duration(key("timers/t1"), timers.t1)};
}

}  // namespace failback::model

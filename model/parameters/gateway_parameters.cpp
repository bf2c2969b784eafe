#include "model/parameters/gateway_parameters.hpp"

#include <fmt/format.h>

#include "model/parameters/parameter_parts.hpp"

namespace failback::model {

namespace {

std::string key_of(std::size_t gateway, const char* member) {
    return fmt::format("/servers/{}/survivability/{}", gateway, member);
}

Parameter whole(std::string key, DelayMs value) {
    return {std::move(key), sim::exactly(value), End::whole};
}

// The first probe begins at any time within the pause.
Parameter pause(const Survivability& rules, const TightDelay& tight) {
    const bool is_other = tight.ms != rules.probe && tight.ms == rules.probe_in_emergency;
    return is_other ? whole(key_of(tight.event.index, "probe_in_emergency"),
                            rules.probe_in_emergency)
                    : whole(key_of(tight.event.index, "probe"), rules.probe);
}

Parameter delay_of(const Design& design, const nlohmann::json& written, std::size_t gateway,
                   const TightDelay& tight) {
    const Interval delay = usual_delay_to_watched(design, gateway);
    const auto other = delay_parameter(design, tight, delay, [](const Fault& fault) {
        return changes_delay(fault.kind) && !fault.phone;
    });
    if (other) {
        return *other;
    }
    const std::string own = key_of(gateway, "delay");
    const bool is_own = written.contains(nlohmann::json::json_pointer(own));
    return {is_own ? own : "/delay", delay,
            delay.earliest == delay.latest ? End::whole : tight.end};
}

}  // namespace

std::vector<Parameter> relay_parameters(const SipModel& sip, const nlohmann::json& written,
                                        const TightDelay& tight) {
    const Design& design = sip.design();
    if (is_relayed(tight.event.kind)) {
        return {delay_of(design, written, sip.ends_of(tight.event).server, tight)};
    }
    const std::size_t gateway = sip.usages()[tight.event.index].server;
    switch (tight.event.timer) {
        case Timer::relay_gives_up:
            return {whole(key_of(gateway, "gives_up_after"),
                          design.servers[gateway].survivability.gives_up_after)};
        case Timer::re_register_due:  // once for each other line
            return {{key_of(gateway, "re_registers"), {}, End::whole}};
        default:
            return {};  // Timers E and F: T1 of a gateway is no key
    }
}

std::vector<Parameter> gateway_parameters(const Design& design, const nlohmann::json& written,
                                          const TightDelay& tight) {
    const std::size_t gateway = tight.event.index;
    const Survivability& rules = design.servers[gateway].survivability;
    if (tight.event.kind != EventKind::gateway_timer) {
        return {delay_of(design, written, gateway, tight)};
    }
    switch (tight.event.timer) {
        case Timer::probe:
            return {pause(rules, tight)};
        case Timer::timeout:
            return {whole(key_of(gateway, "timeout"), rules.timeout)};
        default:
            return {};  // Timer E: T1 of a gateway is no key
    }
}

}  // namespace failback::model

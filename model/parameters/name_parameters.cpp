#include "model/parameters/name_parameters.hpp"

#include <fmt/format.h>

#include "model/parameters/parameter_parts.hpp"
#include "model/sip/clock_rates.hpp"

namespace failback::model {

std::vector<Parameter> name_parameters(const SipModel& sip, const TightDelay& tight) {
    const SipModel::NameInfo& info = sip.names()[tight.event.index];
    const ListedName& listed = sip.design().phones[info.phone].names[info.name];
    const auto exact = [](std::string key, DelayMs value) {
        return Parameter{std::move(key), sim::exactly(value), End::whole};
    };
    if (tight.event.kind == EventKind::name_expires) {
        const bool is_positive =
            may_count(sip.design().phones[info.phone], info.config.ttl, tight.ms);
        const DelayMs written = info.config.rules.static_ttl;
        if (!is_positive && written > 0) {
            return {exact(fmt::format("/phones/{}/lookup/static_records", info.phone), written)};
        }
        return {exact(fmt::format("/dns/records/{}/{}", listed.record,
                                  is_positive ? "ttl" : "negative_ttl"),
                      is_positive ? info.config.ttl : info.config.negative_ttl)};
    }
    switch (static_cast<QueryEnd>(tight.event.key)) {
        case QueryEnd::answer:
        case QueryEnd::denial:
            if (const auto slow = delay_parameter(
                    sip.design(), tight, info.config.answer,
                    [](const Fault& fault) { return fault.kind == FaultKind::dns_delay; })) {
                return {*slow};
            }
            return {{"/dns/answer", info.config.answer, tight.end}};
        case QueryEnd::silence:
            return {exact(fmt::format("/phones/{}/lookup/timeout", info.phone),
                          info.config.rules.timeout)};
        case QueryEnd::known:
        case QueryEnd::none:
            break;
    }
    return {};
}

}  // namespace failback::model

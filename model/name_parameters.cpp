#include "model/name_parameters.hpp"

#include <fmt/format.h>

namespace failback::model {

std::vector<Parameter> name_parameters(const SipModel& sip, const TightDelay& tight) {
    const SipModel::NameInfo& info = sip.names()[tight.event.index];
    const ListedName& listed = sip.design().phones[info.phone].names[info.name];
    const auto exact = [](std::string key, DelayMs value) {
        return Parameter{std::move(key), sim::exactly(value), End::whole};
    };
    if (tight.event.kind == EventKind::name_expires) {
        const bool is_positive = tight.ms == info.config.ttl;
        return {exact(fmt::format("/dns/records/{}/{}", listed.record,
                                  is_positive ? "ttl" : "negative_ttl"),
                      is_positive ? info.config.ttl : info.config.negative_ttl)};
    }
    switch (static_cast<QueryEnd>(tight.event.key)) {
        case QueryEnd::answer:
        case QueryEnd::denial:
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

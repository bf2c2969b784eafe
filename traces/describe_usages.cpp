// What is told of registrations and subscriptions.
#include "traces/describe.hpp"

namespace failback::traces {

namespace {

// The events of the property language, as far as there are any.
std::string of_subscription(model::Notice notice, const std::string& word) {
    using model::Notice;
    switch (notice) {
        case Notice::requests:
            return "subscribes";
        case Notice::registered:
            return "notified";
        case Notice::lapses:
            return "subscription_ends";
        case Notice::refused:
            return "subscription_refused";
        case Notice::rejected:
            return "subscription_rejected";
        case Notice::changes:
            return word;
        default:
            return word + " subscription ";
    }
}

// Of a registration: told with the server first.
bool is_at_server(model::Notice notice) {
    using model::Notice;
    return notice == Notice::accepted || notice == Notice::heartbeats ||
           notice == Notice::removed || notice == Notice::lengthened ||
           notice == Notice::reordered || notice == Notice::out_of_order ||
           notice == Notice::refresh_refused;
}

}  // namespace

std::string Describer::package_of(std::size_t usage) const {
    const model::Part& part = model_->usages()[usage].part;
    const model::Phone& phone = model_->design().phones[part.phone];
    return model::subscriptions_of(phone) > 1
               ? ", " + model::subscription_rules(phone, part.subscription).event
               : "";
}

std::string Describer::usage_observation(const model::Observation& seen,
                                         const std::string& word) const {
    const auto& usage = model_->usages()[seen.a];
    if (usage.part.kind == model::PartKind::subscription) {
        const std::string text = of_subscription(seen.notice, word);
        return seen.notice == model::Notice::changes
                   ? text + "(" + server_of_usage(seen.a) + ", " + line_name(usage.line) +
                         package_of(seen.a) + ")"
                   : text + "(" + line_name(usage.line) + ", " + server_of_usage(seen.a) +
                         package_of(seen.a) + ")";
    }
    const bool server_first = is_at_server(seen.notice);
    const std::string& line = line_name(usage.line);
    const std::string& server = server_of_usage(seen.a);
    const bool evicts = seen.notice == model::Notice::removed && seen.b != 0;
    return (evicts ? "evicts" : word) + "(" + (server_first ? server : line) + ", " +
           (server_first ? line : server) + ")";
}

}  // namespace failback::traces

// Subscriptions of phones, and what servers have to subscribe to.
#include <algorithm>
#include <array>

#include "model/design_parts.hpp"
#include "model/design_text.hpp"
#include "model/duration.hpp"

namespace failback::model {
namespace {

constexpr std::array<Choice<SubscribeTo>, 4> kSubscribeTo{{{"nobody", SubscribeTo::nobody},
                                                           {"primary", SubscribeTo::primary},
                                                           {"working", SubscribeTo::working},
                                                           {"all", SubscribeTo::all}}};

constexpr std::array<Choice<bool>, 2> kReasons{{{"heeded", true}, {"ignored", false}}};

constexpr std::array<Choice<EndReason>, 7> kEndReasons{{{"deactivated", EndReason::deactivated},
                                                        {"probation", EndReason::probation},
                                                        {"timeout", EndReason::timeout},
                                                        {"giveup", EndReason::giveup},
                                                        {"rejected", EndReason::rejected},
                                                        {"noresource", EndReason::noresource},
                                                        {"invariant", EndReason::invariant}}};

}  // namespace

SubscriptionRules read_subscription(ObjectReader& phone, const TransactionTimers& timers) {
    SubscriptionRules rules;
    rules.timer_n = static_cast<DelayMs>(
        std::min<std::int64_t>(std::int64_t{64} * timers.t1, kLongestDuration));
    const std::optional<Node> node = phone.member("subscription");
    if (!node) {
        return rules;
    }
    ObjectReader reader(phone.input(), *node, "the subscription of a phone");
    const auto to = reader.choice("to", kSubscribeTo);
    rules.to = to.value_or(rules.to);
    if (rules.to == SubscribeTo::nobody && (to || !reader.has("to"))) {
        for (const std::string_view key :
             {"event", "expires", "refresh", "retry", "timer_n", "reasons"}) {
            reader.refuse(key, R"(without "to" the phone subscribes to nobody)");
        }
    } else {
        rules.event = reader.name("event").value_or("");
        rules.expires = reader.duration("expires", rules.expires, kLifetime);
        rules.refresh = read_refresh(reader);
        rules.retry = read_retry(reader);
        rules.timer_n = reader.duration("timer_n", rules.timer_n, kPositive);
        rules.heeds_reasons = reader.choice("reasons", kReasons).value_or(rules.heeds_reasons);
    }
    reader.finish();
    return rules;
}

void read_packages(ObjectReader& reader, Server& server) {
    const std::optional<Node> node = reader.member("subscriptions");
    server.subscriptions = server.kind == ServerKind::registrar;
    if (!node) {
        return;
    }
    if (!node->value->is_array()) {
        server.subscriptions = reader.boolean("subscriptions", server.subscriptions);
        return;
    }
    server.subscriptions = true;
    for (const Node& package : reader.elements("subscriptions", {1, kMostPackages})) {
        if (const auto name = read_name(reader.input(), package)) {
            server.packages.push_back(*name);
        }
    }
}

EndReason read_end_reason(ObjectReader& fault) {
    return fault.choice("notifies", kEndReasons).value_or(EndReason::none);
}

}  // namespace failback::model

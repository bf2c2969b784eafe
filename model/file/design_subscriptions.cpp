// Subscriptions of phones, and what servers have to subscribe to.
#include <algorithm>
#include <array>

#include "model/duration.hpp"
#include "model/file/design_parts.hpp"
#include "model/file/design_text.hpp"
#include "model/sip/scope.hpp"

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

constexpr std::array<Choice<bool>, 2> kUnsubscribed{{{"unknown", false}, {"last-known", true}}};

constexpr int kMostSubscriptions = 8;  // of a phone
constexpr int kMostChanges = 5;  // what may be under way at once has names

SubscriptionRules defaults(const TransactionTimers& timers) {
    SubscriptionRules rules;
    rules.timer_n = static_cast<DelayMs>(
        std::min<std::int64_t>(std::int64_t{64} * timers.t1, kLongestDuration));
    return rules;
}

SubscriptionRules read_rules(ObjectReader& reader, const TransactionTimers& timers) {
    SubscriptionRules rules = defaults(timers);
    const auto to = reader.choice("to", kSubscribeTo);
    rules.to = to.value_or(rules.to);
    if (rules.to == SubscribeTo::nobody && (to || !reader.has("to"))) {
        for (const std::string_view key :
             {"event", "expires", "refresh", "retry", "timer_n", "reasons", "unsubscribed",
              "least_expires"}) {
            reader.refuse(key, R"(without "to" the phone subscribes to nobody)");
        }
    } else {
        rules.event = reader.name("event").value_or("");
        rules.expires = reader.duration("expires", rules.expires, kLifetime);
        rules.least_expires =
            reader.duration("least_expires", rules.least_expires, {0, true});
        rules.refresh = read_refresh(reader);
        rules.retry = read_retry(reader);
        rules.timer_n = reader.duration("timer_n", rules.timer_n, kPositive);
        rules.heeds_reasons = reader.choice("reasons", kReasons).value_or(rules.heeds_reasons);
        rules.shows_last_known =
            reader.choice("unsubscribed", kUnsubscribed).value_or(rules.shows_last_known);
    }
    return rules;
}

// One of several, which are told apart by their packages.
SubscriptionRules read_one_of(Input& input, const Node& node, const TransactionTimers& timers,
                              const std::vector<SubscriptionRules>& before) {
    ObjectReader reader(input, node, "a subscription of a phone");
    if (!reader.has("to")) {
        (void)reader.required("to", R"("primary", "working" or "all")");
    }
    const SubscriptionRules rules = read_rules(reader, timers);
    if (rules.to == SubscribeTo::nobody && reader.has("to")) {
        input.report(*reader.member("to"),
                     {R"("nobody")", R"("primary", "working" or "all")",
                      "a subscription that there is not is left out"});
    }
    if (!reader.has("event") && rules.to != SubscribeTo::nobody) {
        (void)reader.required("event", R"(its event package, such as "dialog")");
    }
    if (reader.has("event") &&
        std::ranges::find(before, rules.event, &SubscriptionRules::event) != before.end()) {
        input.report(*reader.member("event"), {in_quotes(rules.event) + " a second time",
                                               "each event package once"});
    }
    reader.finish();
    return rules;
}

// Which of the phone's subscriptions a plan is about, by its package.
std::optional<std::size_t> read_which(ObjectReader& reader, const Phone& phone) {
    const auto event = reader.name("event");
    const std::size_t count = subscriptions_of(phone);
    if (!event) {
        if (count > 1 && !reader.has("event")) {
            (void)reader.required("event", "the event package of one of the subscriptions");
        }
        return count > 1 ? std::nullopt : std::optional<std::size_t>(0);
    }
    std::vector<std::string_view> known;
    for (std::size_t which = 0; which < count; ++which) {
        if (subscription_rules(phone, which).event == *event) {
            return which;
        }
        known.emplace_back(subscription_rules(phone, which).event);
    }
    reader.input().report(*reader.member("event"),
                          {in_quotes(*event), "the event package of a subscription of the phone",
                           did_you_mean(*event, known)});
    return std::nullopt;
}

ChangePlan read_change(DesignParts& parts, const Node& node) {
    ObjectReader reader(parts.input, node, "a plan of changes");
    ChangePlan plan;
    plan.position = reader.position();
    const auto line = required_line(parts, reader);
    const auto server = required_reference(reader, "server", parts.servers);
    const auto which = line ? read_which(reader, parts.design.phones[line->phone])
                            : std::nullopt;
    plan.count = reader.integer("count", plan.count, {1, kMostChanges});
    plan.at = reader.interval("at", plan.at, kOpen);
    reader.finish();
    const auto entry = line && server ? registered_entry(parts, reader, line->phone, *server)
                                      : std::nullopt;
    if (!entry || !which) {
        return plan;
    }
    plan.phone = line->phone;
    plan.line = line->line;
    plan.entry = *entry;
    plan.subscription = *which;
    if (!subscribes_to(parts.design.phones[plan.phone], plan.entry, plan.subscription)) {
        parts.input.report(node, {"a change at a server that the phone does not subscribe to",
                                  "a server with which it has that subscription"});
    } else if (changes_of(parts.design, plan.phone, plan.line, plan.entry, plan.subscription) !=
               nullptr) {
        parts.input.report(node, {"a second plan of the same subscription",
                                  R"(each once; "count" is for more changes)"});
    }
    return plan;
}

}  // namespace

void read_subscriptions_of(ObjectReader& reader, Phone& phone) {
    const std::optional<Node> one = reader.member("subscription");
    phone.subscription = defaults(phone.timers);
    (void)reader.member("subscriptions");
    if (reader.has("subscriptions")) {
        std::vector<SubscriptionRules> all;
        for (const Node& node : reader.elements("subscriptions", {1, kMostSubscriptions})) {
            all.push_back(read_one_of(reader.input(), node, phone.timers, all));
        }
        reader.refuse("subscription", R"("subscriptions" lists all of them)");
        if (!all.empty()) {
            phone.subscription = all.front();
            phone.more_subscriptions.assign(all.begin() + 1, all.end());
        }
        return;
    }
    if (one) {
        ObjectReader rules(reader.input(), *one, "the subscription of a phone");
        phone.subscription = read_rules(rules, phone.timers);
        rules.finish();
    }
}

void read_changes(DesignParts& parts, ObjectReader& root) {
    for (const Node& node : root.elements("changes", {0, kMostEntries})) {
        parts.design.changes.push_back(read_change(parts, node));
    }
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

// How a phone divides its registrations among its servers, and when it goes back to a better one.
#include <array>

#include "model/file/design_parts.hpp"
#include "model/file/design_text.hpp"

namespace failback::model {
namespace {

constexpr std::array<Choice<Order>, 2> kOrders{
    {{"concurrent", Order::concurrent}, {"successive", Order::successive}}};

constexpr std::array<Choice<PauseAfter>, 2> kPauses{
    {{"attempt", PauseAfter::attempt}, {"round", PauseAfter::round}}};

constexpr std::array<Choice<bool>, 2> kAfterLoss{{{"next-server", false}, {"first-server", true}}};

constexpr std::array<Choice<bool>, 2> kOldBinding{{{"kept", false}, {"removed", true}}};

constexpr std::array<Choice<bool>, 2> kWhileReturning{
    {{"registered", false}, {"unregistered", true}}};

// How long `after` is with "dns-ttl", the names of the list say.
constexpr std::array<Choice<Failback>, 4> kRules{
    {{"immediate", {FailbackRule::immediate}},
     {"stay", {FailbackRule::stay}},
     {"at-refresh", {FailbackRule::at_refresh}},
     {"dns-ttl", {.rule = FailbackRule::after, .of_dns = true}}}};

constexpr std::array<Choice<bool>, 2> kProbes{{{"options", false}, {"cisco-keep-alive", true}}};

Order read_order(ObjectReader& reader) {
    return reader.choice("order", kOrders).value_or(Order::concurrent);
}

Failback read_delays(Input& input, const Node& node) {
    ObjectReader reader(input, node, "a rule of failback");
    Failback failback;
    const bool probes = reader.has("probe");
    if (reader.has("after")) {
        failback.rule = FailbackRule::after;
        failback.after = reader.duration("after", 0, kPositive);
        reader.refuse("hold", R"(it belongs to "probe", or stands alone)");
        reader.refuse("probe", R"("after" is a rule of its own)");
    } else if (probes) {
        failback.heartbeat = reader.choice("by", kProbes).value_or(failback.heartbeat);
        failback.rule = FailbackRule::probe;
        failback.probe = reader.duration("probe", 0, kPositive);
        failback.hold = reader.duration("hold", 0);
    } else if (reader.has("hold")) {
        failback.rule = FailbackRule::hold;
        failback.hold = reader.duration("hold", 0, kPositive);
    } else {
        (void)reader.required("after", R"(a duration, or "hold", or "probe")");
    }
    if (!probes) {
        reader.refuse("by", R"(it belongs to "probe")");
    }
    reader.finish();
    return failback;
}

// What a phone that registers with all servers has to try, one that registers with one has not.
bool fits(FailbackRule rule, Order order) {
    switch (rule) {
        case FailbackRule::stay:
        case FailbackRule::after:
            return true;
        case FailbackRule::immediate:
        case FailbackRule::hold:
            return order == Order::concurrent;
        case FailbackRule::at_refresh:
        case FailbackRule::probe:
            break;
    }
    return order == Order::successive;
}

}  // namespace

RegistrationRules read_registration(ObjectReader& phone) {
    RegistrationRules registration;
    const std::optional<Node> node = phone.member("registration");
    if (!node) {
        return registration;
    }
    if (!node->value->is_object()) {
        registration.order =
            phone.choice("registration", kOrders).value_or(registration.order);
        return registration;
    }
    ObjectReader reader(phone.input(), *node, "the order of registrations");
    registration.order = read_order(reader);
    if (registration.order == Order::concurrent) {
        for (const std::string_view key :
             {"pause_after", "after_loss", "old_binding", "while_returning"}) {
            reader.refuse(key, R"(it belongs to the order "successive")");
        }
    } else {
        registration.pause =
            reader.choice("pause_after", kPauses).value_or(registration.pause);
        registration.loss_starts_over = reader.choice("after_loss", kAfterLoss).value_or(false);
        registration.removes_old_binding =
            reader.choice("old_binding", kOldBinding).value_or(false);
        registration.leaves_to_return =
            reader.choice("while_returning", kWhileReturning).value_or(false);
    }
    reader.finish();
    return registration;
}

Failback read_failback(ObjectReader& phone, std::string_view key, Order order) {
    Failback failback;
    const bool is_successive = order == Order::successive;
    failback.rule = is_successive ? FailbackRule::stay : FailbackRule::immediate;
    const std::optional<Node> node = phone.member(key);
    if (!node) {
        return failback;
    }
    if (node->value->is_object()) {
        failback = read_delays(phone.input(), *node);
    } else {
        failback = phone.choice(key, kRules).value_or(failback);
    }
    if (!fits(failback.rule, order)) {
        phone.input().report(
            *node, {describe(*node->value),
                    is_successive
                        ? R"("stay", "at-refresh", "dns-ttl", {"after": ...} or )"
                          R"({"probe": ..., "hold": ...})"
                        : R"("immediate", "stay", "dns-ttl", {"after": ...} or {"hold": ...})",
                    is_successive ? "the phone registers with one server at a time"
                                  : "the phone registers with all servers at the same time"});
    }
    return failback;
}

}  // namespace failback::model

// The catalogue's entries about subscriptions (RFC 6665).
#include <algorithm>

#include "model/duration.hpp"
#include "properties/catalogue_parts.hpp"

namespace failback::properties {

namespace {

using namespace parts;
using model::EndReason;
using model::Phone;

std::size_t index_of_server(const Design& design, const Subject& subject) {
    return phone_of(design, subject).servers[subject.entry].server;
}

bool passes_on(const Design& design, const Subject& subject) {
    return model::passes_on(design.servers[index_of_server(design, subject)]);
}

// That has the subscription.
std::size_t notifier(const Design& design, const Subject& subject) {
    return model::challenger_of(design, index_of_server(design, subject));
}

bool may_fail(const Design& design, const Subject& subject) {
    return subject_fails(design, subject) || has_outage(design, notifier(design, subject));
}

// A gateway that passes requests on has no subscriptions in an emergency, which it leaves after its
// server can be seen again.
std::string while_seen(const Design& design, const Subject& subject) {
    return passes_on(design, subject) ? " and sees_watched(" + server_of(design, subject) + ")"
                                      : "";
}

std::string or_unseen(const Design& design, const Subject& subject) {
    return passes_on(design, subject) ? " or not sees_watched(" + server_of(design, subject) + ")"
                                      : "";
}

const model::SubscriptionRules& rules_of(const Design& design, const Subject& subject) {
    return model::subscription_rules(phone_of(design, subject), subject.subscription);
}

// ", package" if the phone has several.
std::string package_of(const Design& design, const Subject& subject) {
    const bool has_several = model::subscriptions_of(phone_of(design, subject)) > 1;
    return has_several ? ", \"" + rules_of(design, subject).event + "\"" : "";
}

std::string there(const Design& design, const Subject& subject) {
    return "(" + line_of(design, subject) + ", " + server_of(design, subject) +
           package_of(design, subject) + ")";
}

std::string from_there(const Design& design, const Subject& subject) {
    return "(" + server_of(design, subject) + ", " + line_of(design, subject) +
           package_of(design, subject) + ")";
}

bool subscribes(const Design& design, const Subject& subject) {
    return model::subscribes_to(phone_of(design, subject), subject.entry, subject.subscription);
}

bool is_served(const Design& design, const Subject& subject) {
    return subscribes(design, subject) &&
           model::has_package(design.servers[notifier(design, subject)],
                              rules_of(design, subject));
}

// A vendor may have it that a phone subscribes with every server.
bool has_one_place(const Design& design, const Subject& subject) {
    const model::SubscribeTo to = rules_of(design, subject).to;
    return subject.entry > 0 && is_registered_leg(design, subject) &&
           !model::same_name(phone_of(design, subject), 0, subject.entry) &&
           to != model::SubscribeTo::nobody && to != model::SubscribeTo::all;
}

bool may_be_rejected(const Design& design, const Subject& subject) {
    const std::size_t index = notifier(design, subject);
    return is_served(design, subject) &&
           std::ranges::any_of(design.faults, [index](const model::Fault& fault) {
               return fault.server == index && fault.notifies >= EndReason::rejected;
           });
}

// Does the phone ever leave the server while that has its subscription?
bool may_be_left(const Design& design, const Subject& subject) {
    const Phone& phone = phone_of(design, subject);
    const bool follows = rules_of(design, subject).to == model::SubscribeTo::working;
    return is_served(design, subject) &&
           (may_fail(design, subject) || (follows && phone.servers.size() > 1));
}

std::string left_text(const Design& design, const Subject& subject,
                      std::optional<sim::DelayMs> within) {
    const bool follows =
        rules_of(design, subject).to == model::SubscribeTo::working;
    const sim::DelayMs bound =
        within.value_or(left_subscription_bound(design, leg(subject)));
    return "never subscription" + from_there(design, subject) + " and " +
           (follows ? "working(" + line_of(design, subject) + ") != " + server_of(design, subject)
                    : "not registered" + at(design, subject)) +
           " for " + model::duration_text(bound);
}

std::string restored_text(const Design& design, const Subject& subject,
                          std::optional<sim::DelayMs> within) {
    const std::string where = at(design, subject);
    return "whenever switches" + where + " and reachable" + where + while_seen(design, subject) +
           " then subscribed" + there(design, subject) + " and subscription" +
           from_there(design, subject) +
           within_text(within, resubscription_bound(design, leg(subject))) + " unless fails(" +
           server_of(design, subject) + ") or working(" + line_of(design, subject) +
           ") != " + server_of(design, subject) + or_unseen(design, subject);
}

std::string answered_text(const Design& design, const Subject& subject,
                          std::optional<sim::DelayMs> within) {
    const std::string where = there(design, subject);
    const auto timer_n = static_cast<sim::DelayMs>(
        std::min<std::int64_t>(std::int64_t{64} * phone_of(design, subject).timers.t1,
                               sim::kLongestDelay - 1));
    return "whenever subscribes" + where + " then notified" + where + " or not subscribed" +
           where + within_text(within, timer_n) + " unless subscription_refused" + where +
           or_restarts(design, subject);
}

std::string agreement_text(const Design& design, const Subject& subject,
                           std::optional<sim::DelayMs> within) {
    const sim::DelayMs bound =
        within.value_or(subscription_agreement_bound(design, leg(subject)));
    return "never subscribed" + there(design, subject) + " and not subscription" +
           from_there(design, subject) + " for " + model::duration_text(bound);
}

std::string pause_text(const Design& design, const Subject& subject,
                       std::optional<sim::DelayMs> within) {
    constexpr sim::DelayMs kShortestPause = 1000;
    const std::string where = there(design, subject);
    return "whenever subscription_refused" + where + " then never subscribes" + where +
           before_text(within, kShortestPause) + " until subscription_ends" + where +
           or_restarts(design, subject);
}

std::string final_text(const Design& design, const Subject& subject,
                       std::optional<sim::DelayMs> /*within*/) {
    const std::string where = there(design, subject);
    return "whenever subscription_rejected" + where + " then never subscribes" + where +
           until_restarts(design, subject);
}

bool tells_changes(const Design& design, const Subject& subject) {
    return is_served(design, subject) &&
           model::changes_of(design, subject.phone, subject.line, subject.entry,
                             subject.subscription) != nullptr;
}

std::string state_text(const Design& design, const Subject& subject,
                       std::optional<sim::DelayMs> within) {
    return "never stale" + there(design, subject) + " for " +
           model::duration_text(within.value_or(stale_bound(design, leg(subject))));
}

std::string state_restored_text(const Design& design, const Subject& subject,
                                std::optional<sim::DelayMs> within) {
    const std::string where = at(design, subject);
    const std::string state = there(design, subject);
    return "whenever switches" + where + " and reachable" + where + while_seen(design, subject) +
           " then shows" + state +
           " and not stale" + state +
           within_text(within, resubscription_bound(design, leg(subject))) + " unless fails(" +
           server_of(design, subject) + ") or working(" + line_of(design, subject) +
           ") != " + server_of(design, subject) + or_unseen(design, subject);
}

std::string unknown_text(const Design& design, const Subject& subject,
                         std::optional<sim::DelayMs> within) {
    return "never shows" + there(design, subject) + " and not subscribed" +
           there(design, subject) + (within ? " for " + model::duration_text(*within) : "");
}

}  // namespace

std::vector<CatalogueEntry> about_states() {
    return {
        {"state-told", "P30",
         "What a phone shows of its subscription is what the notifier has, but for the bound after "
         "a change.",
         "lamps that tell what is over", "longest way to the phone; where NOTIFYs may be lost, the "
         "bound of subscription-agreement; for each change that is planned",
         "RFC 6665 4.2.1.4 and 4.2.2", tells_changes, state_text, true},
        {"state-restored", "P30",
         "When the line works with the primary again, the phone shows what the notifier has within "
         "the bound.",
         "lamps that stay dark, or wrong, after a failback", "as subscription-restored",
         "design rule; RFC 6665 4.1.2.4",
         [](const Design& design, const Subject& subject) {
             return is_primary(design, subject) && may_fail(design, subject) &&
                    tells_changes(design, subject);
         },
         state_restored_text, true},
        {"unknown-while-absent", "P30",
         "Without a subscription the phone shows that the state is unknown.",
         "phones that show what they heard last", "", "RFC 6665 4.1.2.4, a neutral state",
         tells_changes, unknown_text, true},
    };
}

std::vector<CatalogueEntry> about_subscriptions() {
    return {
        {"subscription-placement", "P29",
         "Subscriptions exist at the primary only.",
         "subscriptions left at the gateway", "",
         "Polycom bulletin 5844: SUBSCRIBE/NOTIFY services will only be established with server 1",
         has_one_place,
         [](const Design& design, const Subject& subject, std::optional<sim::DelayMs>) {
             return "never subscribed" + there(design, subject);
         },
         true},
        {"subscription-left", "P29",
         "A server that the phone has left has no subscription of it for longer than its lifetime.",
         "subscriptions at servers that phones have left, refreshed all the same",
         "granted lifetime + Timer F + longest way to the server, for a SUBSCRIBE may be under way",
         "design rule; RFC 6665 4.2.2: a subscription that is not refreshed expires",
         may_be_left, left_text, true},
        {"subscription-restored", "P30",
         "When the line works with the primary again, its subscription is active within the bound, "
         "at the phone and at the server.",
         "features that stay dark after a failback", "what a stale subscription, an attempt under "
         "way, two waits and two round trips take, plus one attempt for each message that may be "
         "lost",
         "design rule; RFC 6665 4.1.2.4",
         [](const Design& design, const Subject& subject) {
             return is_primary(design, subject) && may_fail(design, subject) &&
                    is_served(design, subject);
         },
         restored_text, true},
        {"subscription-answered", "P31",
         "After a SUBSCRIBE a NOTIFY comes, or the phone counts its subscription as over.",
         "phones that show what they last knew", "64 T1, Timer N", "RFC 6665 4.1.2, Timer N",
         is_served, answered_text, true},
        {"subscription-agreement", "P31",
         "While the phone counts itself as subscribed the server has its subscription, but for the "
         "bound after the server lost it.",
         "lamps that show the state from before a restart of the server",
         "granted lifetime + longest way to the phone", "RFC 6665 4.1.2.2 and 4.2.2",
         is_served, agreement_text, true},
        {"subscribe-pause", "P31",
         "After a SUBSCRIBE was refused, a pause comes before the next one.",
         "loops of 489 at a gateway without subscriptions", "1 s, or what `within` says",
         "RFC 6665 4.1.2.1; Cisco SPA, Sub Retry Intvl",
         subscribes, pause_text, true},
        {"rejection-is-final", "P31",
         "A subscription that was ended for good is not tried again.",
         "phones that ignore why a subscription was ended", "",
         "RFC 6665 4.1.3: rejected, noresource, invariant",
         may_be_rejected, final_text, true},
    };
}

}  // namespace failback::properties

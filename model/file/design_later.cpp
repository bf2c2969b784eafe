// Names that have other servers from some moment on: what that does not go together with.
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "model/file/design_parts.hpp"
#include "model/file/design_text.hpp"

namespace failback::model {
namespace {

bool subscribes(const Phone& phone) {
    return phone.subscription.to != SubscribeTo::nobody || !phone.more_subscriptions.empty();
}

bool probes(const Phone& phone) {
    return phone.failback.rule == FailbackRule::probe ||
           phone.address_failback.rule == FailbackRule::probe;
}

bool has_passing_gateway(const Design& design, const Phone& phone) {
    return std::ranges::any_of(phone.servers, [&design](const ServerEntry& entry) {
        return passes_on(design.servers[entry.server]);
    });
}

bool is_of_a_plan(const Design& design, std::size_t phone) {
    const auto is_of_phone = [phone](const auto& plan) { return plan.phone == phone; };
    return std::ranges::any_of(design.calls, is_of_phone) ||
           std::ranges::any_of(design.seizures, is_of_phone);
}

// Registrations alone are modelled, one after the other in the order of the list.
std::string unfit(const Design& design, std::size_t index) {
    const Phone& phone = design.phones[index];
    const auto changes = [](const ListedName& name) { return !name.later.empty(); };
    if (std::ranges::count_if(phone.names, changes) > 1) {
        return "a second name that has others later";
    }
    if (subscribes(phone)) {
        return "a phone that subscribes";
    }
    if (is_of_a_plan(design, index)) {
        return "a phone that calls";
    }
    if (probes(phone)) {
        return R"(a failback that probes)";
    }
    if (phone.wipe_at_boot) {
        return R"("wipe_at_boot")";
    }
    if (has_equals(phone)) {
        return "servers of equal priority";
    }
    if (phone.flow.keep_alive.to_first) {
        return "keep-alives to the first address";
    }
    if (phone.lookup.static_ttl > 0) {
        return R"("static_records")";
    }
    if (has_passing_gateway(design, phone)) {
        return "a gateway that passes requests on";
    }
    return phone.outbound_proxy ? R"(an "outbound_proxy")" : "";
}

}  // namespace

void check_later(DesignParts& parts) {
    if (!parts.input.problems().empty()) {
        return;
    }
    const Design& design = parts.design;
    for (std::size_t i = 0; i < design.phones.size(); ++i) {
        const auto& names = design.phones[i].names;
        const auto found = std::ranges::find_if(
            names, [](const ListedName& name) { return !name.later.empty(); });
        const std::string what = found == names.end() ? "" : unfit(design, i);
        if (!what.empty()) {
            parts.input.report(
                parts.input.at(fmt::format("/phones/{}", i)),
                {what + ", beside " + in_quotes(found->name) + ", which has other servers later",
                 R"(one of the two)", "only registrations are modelled there"});
        }
    }
}

}  // namespace failback::model

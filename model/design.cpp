#include "model/design.hpp"

#include <algorithm>
#include <bit>

#include "model/duration.hpp"

namespace failback::model {
namespace {

const Link* find_link(const Design& design, std::size_t phone, std::size_t server) {
    for (const Link& link : design.links) {
        if (link.phone == phone && link.server == server) {
            return &link;
        }
    }
    return nullptr;
}

// The least and the most of it, with that of the faults that change it.
template <class Concerns>
Interval with_latency(const Design& design, Interval delay, Concerns concerns) {
    for (const Fault& fault : design.faults) {
        if (changes_delay(fault.kind) && concerns(fault)) {
            delay = {std::min(delay.earliest, fault.delay.earliest),
                     std::max(delay.latest, fault.delay.latest)};
        }
    }
    return delay;
}

bool is_on_link(const Fault& fault, std::size_t phone, std::size_t server) {
    return !fault.gateway && fault.server.value_or(server) == server &&
           fault.phone.value_or(phone) == phone;
}

}  // namespace

bool somebody_wipes(const Design& design) {
    return std::ranges::any_of(design.phones, &Phone::wipe_at_boot);
}

bool may_be_replaced(const Design& design, std::size_t server, const std::string& aor) {
    return std::ranges::any_of(design.faults, [&](const Fault& fault) {
        return fault.kind == FaultKind::rogue_register && fault.replaces &&
               fault.server == server && fault.aor == aor;
    });
}

bool shares_appearances(const Design& design, std::size_t phone, std::size_t line) {
    return std::ranges::any_of(design.seizures, [&](const SeizurePlan& plan) {
        return plan.phone == phone && plan.line == line;
    });
}

bool may_restart(const Design& design, std::size_t phone) {
    return std::ranges::any_of(design.faults, [phone](const Fault& fault) {
        return switches_off(fault, phone);
    });
}

bool may_hang(const Design& design, std::size_t server) {
    return std::ranges::any_of(design.faults, [server](const Fault& fault) {
        return fault.kind == FaultKind::hang && fault.server == server;
    });
}

bool may_wait(const Design& design, std::size_t server) {
    return design.servers[server].processing.has_value() || may_hang(design, server);
}

DelayMs longest_work(const Design& design, std::size_t server) {
    const auto& rules = design.servers[server].processing;
    DelayMs longest = rules ? rules->time.latest : 0;
    for (const Fault& fault : design.faults) {
        if (fault.kind == FaultKind::slowdown && fault.server == server) {
            longest = std::max(longest, fault.delay.latest);
        }
    }
    return longest;
}

// The last of a full queue is taken up after so many turns of all workers.
std::int64_t longest_stay(const Design& design, std::size_t server) {
    const auto& rules = design.servers[server].processing;
    if (!rules) {
        return 0;
    }
    const std::int64_t turns = (rules->queue + rules->workers - 1) / rules->workers;
    return (turns + 1) * std::int64_t{longest_work(design, server)};
}

bool may_move(const Design& design, std::size_t phone) {
    return std::ranges::any_of(design.faults, [phone](const Fault& fault) {
        return fault.kind == FaultKind::move && fault.phone == phone;
    });
}

bool may_be_half_open(const Design& design, std::size_t phone, std::size_t server) {
    return std::ranges::any_of(design.faults, [&](const Fault& fault) {
        return fault.kind == FaultKind::half_open && !fault.resets && fault.phone == phone &&
               fault.server == server;
    });
}

bool may_go_astray(const Design& design, std::size_t phone, std::size_t server) {
    const Phone& owner = design.phones[phone];
    return std::ranges::any_of(owner.servers, [&](const ServerEntry& entry) {
        return entry.server == server && entry.name &&
               std::ranges::any_of(design.faults, [&](const Fault& fault) {
                   const std::size_t record = owner.names[*entry.name].record;
                   return misleads(fault.kind) && fault.record.value_or(record) == record;
               });
    });
}

bool may_rebind(const Design& design, std::size_t phone) {
    return std::ranges::any_of(design.faults, [phone](const Fault& fault) {
        return fault.kind == FaultKind::rebinding && fault.phone == phone;
    });
}

std::optional<DelayMs> ageing_of(const Design& design, std::size_t phone, std::size_t server) {
    const Link* link = find_link(design, phone, server);
    return link != nullptr ? link->ageing : std::nullopt;
}

std::size_t subscriptions_of(const Phone& phone) { return 1 + phone.more_subscriptions.size(); }

const SubscriptionRules& subscription_rules(const Phone& phone, std::size_t which) {
    return which == 0 ? phone.subscription : phone.more_subscriptions[which - 1];
}

const ChangePlan* changes_of(const Design& design, std::size_t phone, std::size_t line,
                             std::size_t entry, std::size_t subscription) {
    const auto plan = std::ranges::find_if(design.changes, [&](const ChangePlan& each) {
        return each.phone == phone && each.line == line && each.entry == entry &&
               each.subscription == subscription;
    });
    return plan == design.changes.end() ? nullptr : &*plan;
}

bool has_package(const Server& server, const SubscriptionRules& rules) {
    return server.subscriptions &&
           (server.packages.empty() || std::ranges::find(server.packages, rules.event) !=
                                           server.packages.end());
}

RegistrationTimes times_of(const Phone& phone, std::size_t entry) {
    const ServerEntry& own = phone.servers[entry];
    return {own.expires.value_or(phone.expires), own.refresh.value_or(phone.refresh),
            own.retry.value_or(phone.retry)};
}

DelayMs last_boot(const Phone& phone) {
    DelayMs enabled = 0;
    for (const Line& line : phone.lines) {
        enabled = std::max(enabled, line.enabled.latest);
    }
    return enabled + phone.boot.latest;
}

Transport transport_to(const Phone& phone, std::size_t server) {
    const auto entry = std::ranges::find(phone.servers, server, &ServerEntry::server);
    return entry == phone.servers.end() ? phone.transport
                                        : entry->transport.value_or(phone.transport);
}

bool same_name(const Phone& phone, std::size_t a, std::size_t b) {
    const std::size_t count = phone.servers.size();
    return a < count && b < count && phone.servers[a].name &&
           phone.servers[a].name == phone.servers[b].name;
}

std::size_t tier_of(const Phone& phone, std::size_t entry) {
    while (phone.servers[entry].equals_previous) {
        --entry;
    }
    return entry;
}

bool has_equals(const Phone& phone) {
    return std::ranges::any_of(phone.servers, &ServerEntry::equals_previous);
}

bool has_equal(const Phone& phone, std::size_t entry) {
    const std::size_t after = entry + 1;
    return phone.servers[entry].equals_previous ||
           (after < phone.servers.size() && phone.servers[after].equals_previous);
}

std::uint8_t one_of(std::uint64_t entries, std::uint8_t pick, std::uint64_t& candidates) {
    if (std::popcount(entries) > 1) {
        candidates = entries;
        for (std::uint8_t i = 0; i < pick; ++i) {
            entries &= entries - 1;
        }
    }
    return entries == 0 ? kNoEntry : static_cast<std::uint8_t>(std::countr_zero(entries));
}

bool all_are_equal(const Phone& phone) {
    std::optional<std::size_t> tier;
    for (std::size_t entry = 0; entry < phone.servers.size(); ++entry) {
        const std::size_t own = tier_of(phone, entry);
        if (phone.servers[entry].registers && own != tier.value_or(own)) {
            return false;
        }
        tier = phone.servers[entry].registers ? own : tier;
    }
    return true;
}

// The algorithm of RFC 2782: records of weight 0 first, else in any order; a number from 0 to the
// sum of the weights is drawn, and the first record counts whose running sum is not less. Here each
// order before the draw is as likely as any other.
std::vector<std::uint64_t> weights_of(const Phone& phone, std::uint64_t entries) {
    std::vector<std::uint64_t> weights;
    std::uint64_t zeros = 0;
    for (std::size_t entry = 0; entry < phone.servers.size(); ++entry) {
        if (((entries >> entry) & 1U) != 0) {
            weights.push_back(static_cast<std::uint64_t>(phone.servers[entry].weight));
            zeros += weights.back() == 0 ? 1U : 0U;
        }
    }
    const std::uint64_t all = weights.size();
    for (std::uint64_t& weight : weights) {
        if (zeros == 0) {
            weight = all * weight + 1;
        } else {
            weight = weight == 0 ? 1 : zeros * weight;
        }
    }
    return weights;
}

std::optional<std::size_t> proxy_to(const Phone& phone, std::size_t server) {
    if (!phone.outbound_proxy) {
        return std::nullopt;  // as with most phones, for each message
    }
    const auto entry = std::ranges::find(phone.servers, server, &ServerEntry::server);
    return entry != phone.servers.end() && !entry->direct ? phone.outbound_proxy : std::nullopt;
}

bool registers_on_demand(const Phone& phone, std::size_t entry) {
    return phone.failover.registers && !phone.servers[entry].registers;
}

bool may_register(const Phone& phone, const ServerEntry& entry) {
    return phone.failover.registers || entry.registers;
}

bool is_successive(const Phone& phone, std::size_t entry) {
    const auto& name = phone.servers[entry].name;
    return phone.registration.order == Order::successive ||
           (name && phone.names[*name].count > 1);
}

Phone rules_among(const Phone& phone, std::size_t entry) {
    Phone rules = phone;
    if (phone.registration.order == Order::concurrent) {
        rules.registration = {};
        rules.registration.order = Order::successive;
        rules.failback = phone.address_failback;
        rules.failover.registers = false;  // for a call among the addresses of a name
        for (std::size_t other = 0; other < rules.servers.size(); ++other) {
            rules.servers[other].registers =
                rules.servers[other].registers && same_name(phone, entry, other);
        }
    }
    return rules;
}

bool dns_may_fail(const Design& design) {
    return std::ranges::any_of(design.faults,
                               [](const Fault& fault) { return is_of_dns(fault.kind); });
}

std::int64_t longest_look_up(const Design& design, std::size_t phone, std::size_t entry) {
    const Phone& owner = design.phones[phone];
    return owner.servers[entry].name
               ? longest_look_up(owner.lookup, design.dns, dns_may_fail(design))
               : 0;
}

int contacts_of(const Design& design, std::size_t phone) {
    int contacts = 1;
    for (const Fault& fault : design.faults) {
        const bool restarts = switches_off(fault, phone);
        const bool moves = fault.kind == FaultKind::move && fault.phone == phone;
        const bool is_new = restarts && design.phones[phone].after_restart.new_contact;
        contacts += is_new || moves ? fault.count : 0;
    }
    return contacts;
}

Interval usual_delay_to_server(const Design& design, std::size_t phone, std::size_t server) {
    const Link* link = find_link(design, phone, server);
    return link != nullptr ? link->to_server : design.default_delay;
}

Interval usual_delay_to_phone(const Design& design, std::size_t phone, std::size_t server) {
    const Link* link = find_link(design, phone, server);
    return link != nullptr ? link->to_phone : design.default_delay;
}

Interval usual_delay_to_watched(const Design& design, std::size_t gateway) {
    return design.servers[gateway].survivability.delay.value_or(design.default_delay);
}

namespace {

// With an outbound proxy, those of both links.
template <class DelayOf>
Interval on_the_way(const Design& design, std::size_t phone, std::size_t server, DelayOf delay_of) {
    const Interval own = delay_of(server);
    const auto proxy = proxy_to(design.phones[phone], server);
    const Interval before = proxy ? delay_of(*proxy) : Interval{};
    return {own.earliest + before.earliest, own.latest + before.latest};
}

}  // namespace

Interval delay_to_server(const Design& design, std::size_t phone, std::size_t server) {
    return on_the_way(design, phone, server, [&](std::size_t hop) {
        return with_latency(design, usual_delay_to_server(design, phone, hop), [&](const Fault& f) {
            return is_on_link(f, phone, hop) && f.direction != Direction::to_phone;
        });
    });
}

Interval delay_to_phone(const Design& design, std::size_t phone, std::size_t server) {
    return on_the_way(design, phone, server, [&](std::size_t hop) {
        return with_latency(design, usual_delay_to_phone(design, phone, hop), [&](const Fault& f) {
            return is_on_link(f, phone, hop) && f.direction != Direction::to_server;
        });
    });
}

// In either direction: what that is to a fault depends on whose fault it is.
Interval delay_to_watched(const Design& design, std::size_t gateway) {
    return with_latency(design, usual_delay_to_watched(design, gateway), [&](const Fault& f) {
        return !f.phone && (!f.gateway || f.gateway == gateway) &&
               (!f.server || f.server == gateway || f.server == design.servers[gateway].watches);
    });
}

std::int64_t longest_way_behind(const Design& design, std::size_t server) {
    return passes_on(design.servers[server]) ? delay_to_watched(design, server).latest : 0;
}

bool serves_in_emergency_only(const Server& server) {
    return server.watches && server.survivability.in_normal != InNormal::served;
}

bool passes_on(const Server& server) {
    return server.watches && server.survivability.in_normal == InNormal::passed_on;
}

std::size_t challenger_of(const Design& design, std::size_t server) {
    return passes_on(design.servers[server]) ? *design.servers[server].watches : server;
}

bool bars_unregistered(const Server& server) {
    return server.watches && server.survivability.to_unregistered != Status::none;
}

std::optional<std::size_t> entry_beyond(const Design& design, std::size_t phone,
                                        std::size_t server) {
    const auto& servers = design.phones[phone].servers;
    const auto leads = [&](const ServerEntry& entry) {
        const Server& gateway = design.servers[entry.server];
        return entry.registers && passes_on(gateway) && gateway.watches == server;
    };
    const auto found = std::ranges::find_if(servers, leads);
    if (found == servers.end() ||
        std::ranges::find(servers, server, &ServerEntry::server) != servers.end()) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - servers.begin());
}

Interval re_registration_delay(const Design& design, std::size_t gateway) {
    std::int64_t lines = 0;
    for (const Phone& phone : design.phones) {
        const bool registers = std::ranges::any_of(phone.servers, [&](const ServerEntry& entry) {
            return entry.server == gateway && may_register(phone, entry);
        });
        lines += registers ? static_cast<std::int64_t>(phone.lines.size()) : 0;
    }
    const std::int64_t last = (lines - 1) * *design.servers[gateway].survivability.re_registers;
    return {0, static_cast<DelayMs>(std::clamp<std::int64_t>(last, 0, kLongestDuration))};
}

bool mode_matters(const Server& server) {
    return serves_in_emergency_only(server) ||
           (server.watches && server.survivability.drops_at_exit);
}

}  // namespace failback::model

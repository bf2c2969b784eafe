#include "properties/abstraction.hpp"

#include <algorithm>

#include "model/sip/awaited.hpp"
#include "model/sip/reduction.hpp"

namespace failback::properties {

namespace {

using Registrations = std::set<model::Part>;

// Sets of this size are tried at most. Larger ones are hardly cheaper than the whole.
constexpr std::size_t kMostInFull = 2;

// The registrations of which the property only sees what their phones believe, and whose belief no
// other registration depends on. Servers look for bindings of lines for which calls come in, or
// that share appearances. What waits at a server depends on all that is sent there, and what is
// known of a name on all that ask for it.
Registrations can_be_abstracted(const model::Design& design, const Property& property,
                                const model::Scope& slice) {
    Registrations registrations;
    const Registrations seen = looks_into(property, design);
    for (const model::Part& part : slice.parts) {
        const bool alone =
            design.phones[part.phone].registration.order == model::Order::concurrent &&
            !design.phones[part.phone].failover.forgets &&
            !design.phones[part.phone].failover.registers && !model::asks_dns(design, part) &&
            !model::is_looked_for(design, slice, part) &&
            !model::is_awaited(design, part) &&
            !model::may_wait(design, design.phones[part.phone].servers[part.entry].server);
        if (part.kind == model::PartKind::registration && alone && !seen.contains(part)) {
            registrations.insert(part);
        }
    }
    return registrations;
}

// Is every registration that an abstracted one influences abstracted, too?
bool influence_none_in_full(const model::Design& design, const model::Scope& slice,
                        const Registrations& abstracted) {
    return std::ranges::none_of(slice.parts, [&](const model::Part& part) {
        return part.kind == model::PartKind::registration && !abstracted.contains(part) &&
               std::ranges::any_of(abstracted, [&](const model::Part& other) {
                   return model::influences(design, other, part);
               });
    });
}

// All ways to leave `count` registrations in full, in canonical order.
std::vector<Registrations> all_but(const Registrations& registrations, std::size_t count) {
    std::vector<Registrations> ways{registrations};
    for (std::size_t k = 0; k < count; ++k) {
        std::set<Registrations> smaller;
        for (const Registrations& way : ways) {
            for (const model::Part& part : way) {
                Registrations rest = way;
                rest.erase(part);
                smaller.insert(rest);
            }
        }
        ways.assign(smaller.begin(), smaller.end());
    }
    return ways;
}

// Whether some run of the model itself meets the premise.
struct Premise {
    const model::Design& design;
    bool is_alone = false;      // there is one registration only
    bool is_in_vain = false;    // no run was found
};

bool is_link_of(const model::Link& link, std::size_t phone, std::size_t server) {
    return link.phone == phone && link.server == server;
}

// Messages to phones take the least time, and those to servers, if they may, so little that an
// answer comes before the request is repeated. What can happen then can happen.
model::Design with_short_ways(const model::Design& design) {
    model::Design shorter = design;
    for (std::size_t phone = 0; phone < design.phones.size(); ++phone) {
        for (const model::ServerEntry& entry : design.phones[phone].servers) {
            if (std::ranges::none_of(shorter.links, [&](const model::Link& link) {
                    return is_link_of(link, phone, entry.server);
                })) {
                shorter.links.push_back({phone, entry.server, design.default_delay,
                                         design.default_delay, {}});
            }
        }
    }
    for (model::Link& link : shorter.links) {
        link.to_phone.latest = link.to_phone.earliest;
        link.to_server.latest =
            std::clamp(design.phones[link.phone].timers.t1 - 1 - link.to_phone.latest,
                       link.to_server.earliest, link.to_server.latest);
    }
    return shorter;
}

// Two timers that drift through each other need as many rounds as before, but fewer events each.
bool met_on_short_ways(Verdict& verdict, const Premise& premise, const Property& property,
                       const CheckOptions& options) {
    constexpr std::uint64_t kClasses = 150'000;
    const model::Design design = with_short_ways(premise.design);
    const Breadth breadth = options.slice ? Breadth::slice : Breadth::whole;
    const Setting setting = make_setting(design, {property}, {breadth, options.reduce, false});
    Graph graph(*setting.monitored);
    enter(SearchPhase::exact, options);
    sim::Limits limits = options.limits;
    limits.max_classes = std::min(limits.max_classes, kClasses);
    const sim::SearchResult found = sim::Explorer(graph, options.search).run(limits);
    verdict.statistics.classes_expanded += found.statistics.classes_expanded;
    verdict.statistics.transitions += found.statistics.transitions;
    return (found.marks & sim::kTriggered) != 0;
}

bool is_met(Verdict& verdict, Searched& search, const Property& property,
            const CheckOptions& options, Premise& premise) {
    premise.is_in_vain =
        premise.is_in_vain ||
        (!marked_at_random(*search.searched.monitored, sim::kTriggered) &&
         !(premise.is_alone && met_on_short_ways(verdict, premise, property, options)) &&
         run_to(search, sim::kTriggered, with_short_paths(options)).empty());
    return !premise.is_in_vain;
}

// Concludes from a complete search that met no violation, if its premise can be relied on.
bool concluded(Verdict& verdict, Searched& search, const Property& property,
               const sim::SearchResult& found, const CheckOptions& options, Premise& premise) {
    if (!found.statistics.complete || (found.marks & sim::kViolation) != 0) {
        return false;
    }
    const bool triggered = (found.marks & sim::kTriggered) != 0;
    if (triggered && !always_triggered(property) &&
        !is_met(verdict, search, property, options, premise)) {
        return false;
    }
    if (!triggered && (found.marks & kMoot) != 0) {
        return false;  // perhaps not even that can be
    }
    conclude(verdict, property, found.marks);
    return true;
}

// No new states for long, and more and more zones of those that are known: the exact search may
// have an end.
sim::Limits with_thrift(const sim::Limits& limits) {
    constexpr std::uint64_t kFew = 20'000;
    constexpr std::uint64_t kMostOfEachState = 40;
    sim::Limits thrifty = limits;
    thrifty.poll = [&limits](const sim::SearchStatistics& statistics) -> std::string {
        if (statistics.classes_expanded > kFew &&
            statistics.classes_expanded > kMostOfEachState * statistics.discrete_states) {
            return "too many classes of each state";
        }
        return limits.poll ? limits.poll(statistics) : std::string();
    };
    return thrifty;
}

sim::SearchResult search_loosened(Graph& graph, const CheckOptions& options,
                                  std::uint64_t after_violation, const sim::Limits& limits) {
    sim::SearchOptions how = options.search;
    how.loosen = true;
    how.largest_first = false;  // the zones of a node grow together before they are expanded again
    how.classes_after_violation = after_violation;
    return sim::Explorer(graph, how).run(limits);
}

bool has_subscription(const model::Scope& scope) {
    return std::ranges::any_of(scope.parts, [](const model::Part& part) {
        return part.kind == model::PartKind::subscription;
    });
}

bool settled_without_some(Verdict& verdict, Searched& search, const Property& property,
                          const CheckOptions& options, Premise& premise) {
    const Registrations all = can_be_abstracted(premise.design, property, search.searched.scope);
    for (std::size_t in_full = 0; in_full < all.size() && in_full <= kMostInFull; ++in_full) {
        for (const Registrations& abstracted : all_but(all, in_full)) {
            if (!influence_none_in_full(premise.design, search.searched.scope, abstracted)) {
                continue;
            }
            const Setting setting =
                make_abstract_setting(premise.design, property, abstracted, options.reduce);
            Graph graph(*setting.monitored);
            enter(SearchPhase::abstracted, options);
            const sim::SearchResult found = search_loosened(graph, options, 0, options.limits);
            add(verdict.statistics, found.statistics);
            if (concluded(verdict, search, property, found, options, premise)) {
                return true;
            }
        }
    }
    return false;
}

}  // namespace

sim::SearchResult loosened_search(Searched& search, const CheckOptions& options) {
    enter(SearchPhase::loosened, options);
    // It goes on after a violation, to guide the search for a path to it.
    return search_loosened(search.graph, options, 20'000,
                           options.thrifty ? with_thrift(options.limits) : options.limits);
}

Approximation approximate(Verdict& verdict, Searched& search, const model::Design& design,
                          const Property& property, const CheckOptions& options) {
    const bool alone = registrations(search.searched.scope) < 2;
    if (alone && !has_subscription(search.searched.scope)) {
        return Approximation::none;
    }
    Premise premise{design, alone};
    try {
        if (options.slice && settled_without_some(verdict, search, property, options, premise)) {
            return Approximation::settled;
        }
        if (alone) {
            return Approximation::none;  // nothing to loosen: both belong together
        }
        const sim::SearchResult found = loosened_search(search, options);
        add(verdict.statistics, found.statistics);
        if (concluded(verdict, search, property, found, options, premise)) {
            return Approximation::settled;
        }
        return (found.marks & sim::kViolation) != 0 ? Approximation::suspicious
                                                    : Approximation::unknown;
    } catch (const model::ModelLimit&) {
        return Approximation::unknown;  // perhaps in a state that cannot be
    }
}

}  // namespace failback::properties

#include "properties/abstraction.hpp"

#include <algorithm>

#include "sim/chooser.hpp"

namespace failback::properties {

namespace {

using Registrations = std::set<model::Part>;

// Sets of this size are tried at most. Larger ones are hardly cheaper than the whole.
constexpr std::size_t kMostInFull = 2;

// The registrations of which the property only sees what their phones believe, and whose belief no
// other registration depends on. Servers at which calls come in look for bindings.
Registrations can_be_abstracted(const model::Design& design, const Property& property,
                                const model::Scope& slice) {
    Registrations registrations;
    const Registrations seen = looks_into(property, design);
    for (const model::Part& part : slice.parts) {
        const bool alone =
            design.phones[part.phone].registration.order == model::Order::concurrent &&
            !design.phones[part.phone].failover.forgets &&
            !slice.parts.contains({model::PartKind::incoming, part.phone, part.line, part.entry});
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

// Does some run of the model meet the premise? A few random ones are enough for most.
bool met_at_random(const MonitoredModel& model) {
    constexpr std::uint64_t kSeeds = 8;
    constexpr int kSteps = 2000;
    constexpr sim::TimeMs kHorizon = 86'400'000;
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
        sim::Execution<MonitoredModel> run(model);
        sim::SeededChooser chooser(seed, kHorizon);
        for (int step = 0; step < kSteps; ++step) {
            if ((run.effects().marks & sim::kTriggered) != 0) {
                return true;
            }
            const auto choice = chooser.next(run);
            if (!choice || (run.effects().marks & sim::kViolation) != 0) {
                break;
            }
            run.step(*choice);
        }
    }
    return false;
}

// Concludes from a complete search that met no violation, if its premise can be relied on.
bool concluded(Verdict& verdict, Searched& search, const Property& property,
               const sim::SearchResult& found, const CheckOptions& options) {
    if (!found.statistics.complete || (found.marks & sim::kViolation) != 0) {
        return false;
    }
    const bool triggered = (found.marks & sim::kTriggered) != 0;
    if (triggered && !always_triggered(property) && !met_at_random(*search.searched.monitored) &&
        run_to(search, sim::kTriggered, with_short_paths(options)).empty()) {
        return false;
    }
    conclude(verdict, property, found.marks);
    return true;
}

sim::SearchResult search_loosened(Graph& graph, const CheckOptions& options,
                                  std::uint64_t after_violation) {
    sim::SearchOptions how = options.search;
    how.loosen = true;
    how.largest_first = false;  // the zones of a node grow together before they are expanded again
    how.classes_after_violation = after_violation;
    return sim::Explorer(graph, how).run(options.limits);
}

bool has_subscription(const model::Scope& scope) {
    return std::ranges::any_of(scope.parts, [](const model::Part& part) {
        return part.kind == model::PartKind::subscription;
    });
}

bool settled_without_some(Verdict& verdict, Searched& search, const model::Design& design,
                          const Property& property, const CheckOptions& options) {
    const Registrations all = can_be_abstracted(design, property, search.searched.scope);
    for (std::size_t in_full = 0; in_full < all.size() && in_full <= kMostInFull; ++in_full) {
        for (const Registrations& abstracted : all_but(all, in_full)) {
            if (!influence_none_in_full(design, search.searched.scope, abstracted)) {
                continue;
            }
            const Setting setting =
                make_abstract_setting(design, property, abstracted, options.reduce);
            Graph graph(*setting.monitored);
            enter(SearchPhase::abstracted, options);
            const sim::SearchResult found = search_loosened(graph, options, 0);
            add(verdict.statistics, found.statistics);
            if (concluded(verdict, search, property, found, options)) {
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
    return search_loosened(search.graph, options, 20'000);
}

Approximation approximate(Verdict& verdict, Searched& search, const model::Design& design,
                          const Property& property, const CheckOptions& options) {
    const bool alone = registrations(search.searched.scope) < 2;
    if (alone && !has_subscription(search.searched.scope)) {
        return Approximation::unknown;
    }
    try {
        if (options.slice && settled_without_some(verdict, search, design, property, options)) {
            return Approximation::settled;
        }
        if (alone) {
            return Approximation::unknown;  // nothing to loosen: both belong together
        }
        const sim::SearchResult found = loosened_search(search, options);
        add(verdict.statistics, found.statistics);
        if (concluded(verdict, search, property, found, options)) {
            return Approximation::settled;
        }
        return (found.marks & sim::kViolation) != 0 ? Approximation::suspicious
                                                    : Approximation::unknown;
    } catch (const model::ModelLimit&) {
        return Approximation::unknown;  // perhaps in a state that cannot be
    }
}

}  // namespace failback::properties

#include "properties/findings.hpp"

#include <algorithm>

#include "model/duration.hpp"
#include "sim/check.hpp"
#include "sim/chooser.hpp"

namespace failback::properties {

namespace {

std::vector<sim::Choice> choices_of(Graph& graph, const sim::Path& path,
                                    const sim::Timing& timing) {
    std::vector<sim::Choice> choices;
    for (std::size_t k = 0; k < path.size(); ++k) {
        const sim::Firing& firing = graph.firings(path[k].node)[path[k].firing];
        choices.push_back({firing.entry, firing.form, timing.instants[k + 1]});
    }
    return choices;
}

}  // namespace

Searched::Searched(const model::Design& design, const Property& property,
                   const CheckOptions& options, bool measured)
    : searched(make_setting(
          design, {property},
          {options.slice ? Breadth::slice : Breadth::whole, options.reduce, measured})),
      shown(make_setting(
          design, {property},
          {options.slice ? Breadth::context : Breadth::whole, false, measured})),
      graph(*searched.monitored) {}

Completed Searched::execute(const sim::Path& path, const sim::Timing& timing) {
    return complete(*searched.monitored, *shown.monitored, choices_of(graph, path, timing));
}

std::size_t registrations(const model::Scope& scope) {
    return static_cast<std::size_t>(
        std::ranges::count(scope.parts, model::PartKind::registration, &model::Part::kind));
}

void enter(SearchPhase phase, const CheckOptions& options) {
    if (options.on_phase) {
        options.on_phase(phase);
    }
}

sim::Goal marked(std::uint32_t marks) {
    sim::Goal goal;
    goal.marks = marks;
    return goal;
}

bool marked_at_random(const MonitoredModel& model, std::uint32_t mark) {
    constexpr std::uint64_t kSeeds = 8;
    constexpr int kSteps = 2000;
    constexpr sim::TimeMs kHorizon = 86'400'000;
    const auto is_marked = [&](std::uint64_t seed) {
        sim::Execution<MonitoredModel> run(model);
        sim::SeededChooser chooser(seed, kHorizon);
        for (int step = 0; step < kSteps; ++step) {
            if ((run.effects().marks & mark) != 0) {
                return true;
            }
            const auto choice = chooser.next(run);
            if (!choice || (run.effects().marks & sim::kViolation) != 0) {
                break;
            }
            run.step(*choice);
        }
        return false;
    };
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
        try {
            if (is_marked(seed)) {
                return true;
            }
        } catch (const model::ModelLimit&) {
            continue;   // it has no room for that run
        }
    }
    return false;
}

CheckOptions with_classes(const CheckOptions& options, std::uint64_t most) {
    CheckOptions bounded = options;
    bounded.limits.max_classes = std::min(options.limits.max_classes, most);
    return bounded;
}

bool is_enough(const sim::SearchStatistics& statistics, const CheckOptions& options,
               std::uint64_t most) {
    return statistics.complete || statistics.classes_expanded < most ||
           most >= options.limits.max_classes;
}

CheckOptions with_short_paths(const CheckOptions& options) {
    return with_classes(options, sim::kClassesForShortest);
}

std::string undecided_reason(const sim::SearchStatistics& statistics) {
    if (statistics.classes_expanded == 0) {
        return statistics.stopped_by + " before anything was searched";
    }
    return statistics.stopped_by + " after " + std::to_string(statistics.classes_expanded) +
           " classes, " + std::to_string(statistics.waiting) + " waiting";
}

bool always_triggered(const Property& property) {
    return property.pattern == Pattern::never || property.pattern == Pattern::never_more ||
           property.pattern == Pattern::never_more_within || property.standing;
}

void conclude(Verdict& verdict, const Property& property, std::uint32_t marks) {
    if (!verdict.statistics.complete) {
        verdict.reason = undecided_reason(verdict.statistics);
    } else if (always_triggered(property) || (marks & sim::kTriggered) != 0) {
        verdict.outcome = Outcome::holds;
        const bool within = property.pattern == Pattern::stays ||
                            (property.pattern == Pattern::response && !property.standing);
        verdict.reason =
            within ? "within " + model::people_text(property.within) + ", for every timing"
                   : "for every timing";
    } else {
        verdict.outcome = Outcome::vacuous;
        verdict.reason = (marks & kMoot) != 0
                             ? "whenever its premise happens, it is released at once"
                             : "its premise never happens in this design";
    }
}

bool released_at_start(const MonitoredModel& model) {
    const Property& property = model.properties().front();
    const bool counts = property.pattern == Pattern::never_more ||
                        property.pattern == Pattern::never_more_within;
    if (counts || !property.release) {
        return false;
    }
    MonitoredState state{};
    sim::Effects<model::Event> effects;
    model.initial(state, effects);
    return state.phases[0] == Phase::released;
}

bool released_at_start(const Property& property, const model::Design& design) {
    return released_at_start(*make_setting(design, {property}, {}).monitored);
}

void add(sim::SearchStatistics& sum, const sim::SearchStatistics& next) {
    const sim::SearchStatistics before = sum;
    sum = next;
    sum.classes_expanded += before.classes_expanded;
    sum.transitions += before.transitions;
    sum.memory_bytes = std::max(sum.memory_bytes, before.memory_bytes);
    if (next.classes_expanded == 0) {   // it did not come so far
        sum.waiting = std::max(sum.waiting, before.waiting);
    }
}

sim::SearchStatistics limited(const model::ModelLimit& limit, sim::SearchStatistics statistics) {
    statistics.complete = false;
    statistics.stopped_by = limit.what();
    return statistics;
}

std::vector<sim::Choice> run_to(Searched& search, std::uint32_t mark,
                                const CheckOptions& options) {
    enter(SearchPhase::path, options);
    const auto found = sim::find_path(search.graph, marked(mark), options.limits);
    if (!found.path) {
        return {};
    }
    const auto run =
        search.execute(*found.path, sim::earliest_timing(search.graph, *found.path));
    sim::ensure((run.marks & mark) != 0, "a run ends as the search says");
    return run.choices;
}

}  // namespace failback::properties

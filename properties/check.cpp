#include "properties/check.hpp"

#include <utility>

#include "model/duration.hpp"
#include "properties/completion.hpp"
#include "sim/check.hpp"
#include "sim/discrete_graph.hpp"
#include "sim/path_search.hpp"

namespace failback::properties {

namespace {

using Graph = sim::DiscreteGraph<MonitoredModel>;

std::vector<sim::Choice> choices_of(Graph& graph, const sim::Path& path,
                                    const sim::Timing& timing) {
    std::vector<sim::Choice> choices;
    for (std::size_t k = 0; k < path.size(); ++k) {
        const sim::Firing& firing = graph.firings(path[k].node)[path[k].firing];
        choices.push_back({firing.entry, firing.form, timing.instants[k + 1]});
    }
    return choices;
}

// What a search needs: the model that is searched, and the one in which its findings are executed.
struct Searched {
    Setting searched;
    Setting shown;
    Graph graph;

    Searched(const model::Design& design, const Property& property, const CheckOptions& options,
             bool measured)
        : searched(make_setting(
              design, {property},
              {options.slice ? Breadth::slice : Breadth::whole, options.reduce, measured})),
          shown(make_setting(
              design, {property},
              {options.slice ? Breadth::context : Breadth::whole, false, measured})),
          graph(*searched.monitored) {}

    // Executes a path in the full model. No verdict without this.
    [[nodiscard]] Completed execute(const sim::Path& path, const sim::Timing& timing) {
        return complete(*searched.monitored, *shown.monitored, choices_of(graph, path, timing));
    }
};

std::string violation_reason(const Property& property, sim::TimeMs at) {
    const std::string when = " at " + model::people_text(at);
    const std::string within = model::people_text(property.within);
    if (property.standing) {
        return "it lasts longer than " + within + "," + when;
    }
    return property.pattern == Pattern::response ? "overdue" + when + ", not within " + within
                                                 : "it happens" + when;
}

sim::Goal marked(std::uint32_t marks) {
    sim::Goal goal;
    goal.marks = marks;
    return goal;
}

std::string undecided_reason(const sim::SearchStatistics& statistics) {
    return statistics.stopped_by + " after " + std::to_string(statistics.classes_expanded) +
           " classes, " + std::to_string(statistics.waiting) + " waiting";
}

bool always_triggered(const Property& property) {
    return property.pattern == Pattern::never || property.standing;
}

void conclude(Verdict& verdict, const Property& property, std::uint32_t marks) {
    if (!verdict.statistics.complete) {
        verdict.reason = undecided_reason(verdict.statistics);
    } else if (always_triggered(property) || (marks & sim::kTriggered) != 0) {
        verdict.outcome = Outcome::holds;
        verdict.reason = property.pattern == Pattern::response && !property.standing
                             ? "within " + model::people_text(property.within) +
                                   ", for every timing"
                             : "for every timing";
    } else {
        verdict.outcome = Outcome::vacuous;
        verdict.reason = "its premise never happens in this design";
    }
}

void find_counterexample(Verdict& verdict, Searched& search, const Property& property,
                         const CheckOptions& options) {
    const auto found = sim::find_path(search.graph, marked(sim::kViolation), options.limits);
    if (!found.path) {
        sim::ensure(!found.statistics.complete, "a violation that the search met has a path");
        verdict.reason = "a violation exists, but its shortest path was not found: " +
                         undecided_reason(found.statistics);
        return;
    }
    const auto run =
        search.execute(*found.path, sim::earliest_timing(search.graph, *found.path));
    sim::ensure((run.marks & sim::kViolation) != 0,
                "a counterexample violates when executed again");
    verdict.choices = run.choices;
    verdict.outcome = Outcome::violated;
    verdict.reason = violation_reason(property, run.choices.back().at) +
                     (found.shortest ? "" : "; perhaps not the shortest way there");
}

sim::SearchStatistics limited(const model::ModelLimit& limit, sim::SearchStatistics statistics) {
    statistics.complete = false;
    statistics.stopped_by = limit.what();
    return statistics;
}

std::vector<ChainEvent> chain_of(const Searched& search, const sim::Timing& timing,
                                 const std::vector<std::uint32_t>& steps) {
    std::vector<ChainEvent> chain;
    for (const sim::Constraint& constraint : timing.chain) {
        ChainEvent link{constraint, {}};
        if (constraint.reason != sim::Reason::order) {
            link.event = search.shown.sip->translate(
                search.graph.configuration(constraint.node).agenda[constraint.entry],
                *search.searched.sip);
        }
        link.constraint.from = steps[constraint.from];
        link.constraint.to = steps[constraint.to];
        chain.push_back(link);
    }
    return chain;
}

// A run whose stopwatch shows exactly `ms`, and the chain that explains it.
std::optional<Extremity> witness(Searched& search, sim::DelayMs ms, sim::Extreme extreme,
                                 const CheckOptions& options) {
    sim::Goal goal;
    if (extreme == sim::Extreme::longest) {
        goal.elapsed_at_least = ms;
    } else {
        goal.elapsed_at_most = ms;
    }
    const auto found = sim::find_path(search.graph, goal, options.limits);
    if (!found.path) {
        sim::ensure(!found.statistics.complete, "a measured duration has a witness");
        return std::nullopt;
    }
    const auto span = sim::watch_span(search.graph, *found.path);
    sim::ensure(span.has_value(), "the witness stops the stopwatch");
    const auto timing = sim::extreme_timing(search.graph, *found.path, *span, extreme);
    const auto run = search.execute(*found.path, timing);
    sim::ensure(run.elapsed == sim::TimeMs{ms}, "the witness takes as long as the bound says");
    return Extremity{ms, run.choices, chain_of(search, timing, run.steps)};
}

// A run, as early as possible, whose last step bears the mark.
std::vector<sim::Choice> run_to(Searched& search, std::uint32_t mark,
                                const CheckOptions& options) {
    const auto found = sim::find_path(search.graph, marked(mark), options.limits);
    if (!found.path) {
        return {};
    }
    const auto run =
        search.execute(*found.path, sim::earliest_timing(search.graph, *found.path));
    sim::ensure((run.marks & mark) != 0, "a run ends as the search says");
    return run.choices;
}

// Premise and response in the same step: a run that takes no time at all.
std::optional<Extremity> immediate_witness(Searched& search, const CheckOptions& options) {
    auto choices = run_to(search, kImmediate, options);
    if (choices.empty()) {
        return std::nullopt;
    }
    return Extremity{0, std::move(choices), {}};
}

void find_ends(Measurement& result, Searched& search, const sim::SearchResult& found,
               const CheckOptions& options) {
    const bool immediate = (found.marks & kImmediate) != 0;
    if (found.elapsed) {
        result.most = witness(search, found.elapsed->most, sim::Extreme::longest, options);
    } else if (immediate) {
        result.most = immediate_witness(search, options);
    }
    if (immediate) {
        result.least = immediate_witness(search, options);
    } else if (found.elapsed) {
        result.least = witness(search, found.elapsed->least, sim::Extreme::shortest, options);
    }
    if (result.least && result.most) {
        result.outcome = Outcome::holds;
        result.reason = "exact, for every timing";
    } else if (found.elapsed || immediate) {
        const sim::DelayMs most = found.elapsed ? found.elapsed->most : 0;
        result.reason = "the search found at most " + std::to_string(most) + " ms and at least " +
                        std::to_string(immediate ? 0 : found.elapsed->least) +
                        " ms, but no run that shows it within the limits";
    } else {
        result.outcome = Outcome::vacuous;
        result.reason = (found.marks & sim::kTriggered) != 0
                            ? "every measurement was released before the condition followed"
                            : "the event never happens in this design";
    }
}

}  // namespace

const char* to_text(Outcome outcome) {
    switch (outcome) {
        case Outcome::holds:
            return "holds";
        case Outcome::violated:
            return "violated";
        case Outcome::undecided:
            return "undecided";
        case Outcome::vacuous:
            return "vacuous";
    }
    return "";
}

namespace {

model::Scope scope_of(const model::Design& design, const model::Scope& roots, Breadth breadth) {
    switch (breadth) {
        case Breadth::slice:
            return model::slice(design, roots);
        case Breadth::context:
            return model::context(design, model::slice(design, roots));
        case Breadth::whole:
            break;
    }
    return model::whole(design);
}

}  // namespace

Setting make_setting(const model::Design& design, const std::vector<Property>& properties,
                     Extent extent) {
    model::Scope roots;
    bool looks_at_bindings = false;
    bool until_dialled = true;
    for (const Property& property : properties) {
        const model::Scope reads = roots_of(property, design);
        roots.parts.insert(reads.parts.begin(), reads.parts.end());
        roots.servers.insert(reads.servers.begin(), reads.servers.end());
        looks_at_bindings = looks_at_bindings || observes_registrar(property);
        until_dialled = until_dialled && observes_registrations_at_dialling_only(property);
    }
    const bool reduced = extent.reduce && !looks_at_bindings;
    Setting setting;
    setting.scope = scope_of(design, roots, extent.breadth);
    setting.sip = std::make_unique<model::SipModel>(
        design, setting.scope, reduced ? model::Fidelity::reduced : model::Fidelity::full,
        until_dialled);
    setting.monitored =
        std::make_unique<MonitoredModel>(*setting.sip, properties, extent.measure);
    return setting;
}

Verdict check(const model::Design& design, const Property& property,
              const CheckOptions& options) {
    Verdict verdict;
    Searched search(design, property, options, false);
    try {
        sim::Explorer explorer(search.graph, options.search);
        const sim::SearchResult result = explorer.run(options.limits);
        verdict.statistics = result.statistics;
        if ((result.marks & sim::kViolation) != 0) {
            find_counterexample(verdict, search, property, options);
        } else {
            conclude(verdict, property, result.marks);
        }
    } catch (const model::ModelLimit& limit) {
        verdict.outcome = Outcome::undecided;
        verdict.statistics = limited(limit, verdict.statistics);
        verdict.reason = limit.what();
    }
    verdict.searched = search.searched.scope;
    verdict.setting = std::move(search.shown);
    return verdict;
}

Measurement measure(const model::Design& design, const Property& property,
                    const CheckOptions& options) {
    Measurement result;
    Searched search(design, property, options, true);
    try {
        sim::Explorer explorer(search.graph, options.search);
        const sim::SearchResult found = explorer.run(options.limits);
        result.statistics = found.statistics;
        if ((found.marks & sim::kViolation) != 0) {
            result.exceeds_horizon = true;
            result.endless = run_to(search, sim::kViolation, options);
            result.outcome = result.endless.empty() ? Outcome::undecided : Outcome::violated;
            result.reason =
                "it may take longer than the horizon of " + model::people_text(property.within) +
                (result.endless.empty() ? ", but no run that shows it was found within the limits"
                                        : "");
        } else if (!found.statistics.complete) {
            result.reason = undecided_reason(found.statistics);
        } else {
            find_ends(result, search, found, options);
        }
    } catch (const model::ModelLimit& limit) {
        result.outcome = Outcome::undecided;
        result.statistics = limited(limit, result.statistics);
        result.reason = limit.what();
    }
    result.setting = std::move(search.shown);
    return result;
}

}  // namespace failback::properties

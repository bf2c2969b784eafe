#include "properties/check.hpp"

#include <utility>

#include "model/duration.hpp"
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

// Runs the choices; the last step must bear the marks. No verdict without this.
sim::Execution<MonitoredModel> execute(const MonitoredModel& model,
                                       const std::vector<sim::Choice>& choices) {
    sim::Execution<MonitoredModel> run(model);
    for (const sim::Choice& choice : choices) {
        run.step(choice);
    }
    return run;
}

std::string violation_reason(const Property& property, sim::TimeMs at) {
    const std::string when = " at " + model::people_text(at);
    const std::string within = model::people_text(property.within);
    if (property.standing) {
        return "it lasts longer than " + within + "," + when;
    }
    return property.pattern == Pattern::response ? "overdue" + when + ", not within " + within
                                                 : "it happens" + when;
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

void find_counterexample(Verdict& verdict, Graph& graph, const Property& property,
                         const CheckOptions& options) {
    const auto found =
        sim::find_path(graph, {.marks = sim::kViolation, .elapsed_at_least = {}, .elapsed_at_most = {}},
                       options.limits);
    if (!found.path) {
        sim::ensure(!found.statistics.complete, "a violation that the search met has a path");
        verdict.reason = "a violation exists, but its shortest path was not found: " +
                         undecided_reason(found.statistics);
        return;
    }
    const sim::Timing timing = sim::earliest_timing(graph, *found.path);
    verdict.choices = choices_of(graph, *found.path, timing);
    const auto run = execute(*verdict.setting.monitored, verdict.choices);
    sim::ensure((run.effects().marks & sim::kViolation) != 0,
                "a counterexample violates when executed again");
    verdict.outcome = Outcome::violated;
    verdict.reason = violation_reason(property, run.now());
}

sim::SearchStatistics limited(const model::ModelLimit& limit, sim::SearchStatistics statistics) {
    statistics.complete = false;
    statistics.stopped_by = limit.what();
    return statistics;
}

std::vector<ChainEvent> chain_of(Graph& graph, const sim::Timing& timing) {
    std::vector<ChainEvent> chain;
    for (const sim::Constraint& constraint : timing.chain) {
        ChainEvent link{constraint, {}};
        if (constraint.reason != sim::Reason::order) {
            link.event = graph.configuration(constraint.node).agenda[constraint.entry];
        }
        chain.push_back(link);
    }
    return chain;
}

// A run whose stopwatch shows exactly `ms`, and the chain that explains it.
std::optional<Extremity> witness(Graph& graph, const MonitoredModel& model, sim::DelayMs ms,
                                 sim::Extreme extreme, const CheckOptions& options) {
    sim::Goal goal;
    if (extreme == sim::Extreme::longest) {
        goal.elapsed_at_least = ms;
    } else {
        goal.elapsed_at_most = ms;
    }
    const auto found = sim::find_path(graph, goal, options.limits);
    if (!found.path) {
        sim::ensure(!found.statistics.complete, "a measured duration has a witness");
        return std::nullopt;
    }
    const auto span = sim::watch_span(graph, *found.path);
    sim::ensure(span.has_value(), "the witness stops the stopwatch");
    const auto timing = sim::extreme_timing(graph, *found.path, *span, extreme);
    Extremity end{ms, choices_of(graph, *found.path, timing), chain_of(graph, timing)};
    const auto run = execute(model, end.choices);
    sim::ensure(run.elapsed() == sim::TimeMs{ms}, "the witness takes as long as the bound says");
    return end;
}

// Premise and response in the same step: a run that takes no time at all.
std::optional<Extremity> immediate_witness(Graph& graph, const MonitoredModel& model,
                                           const CheckOptions& options) {
    const auto found = sim::find_path(
        graph, {.marks = kImmediate, .elapsed_at_least = {}, .elapsed_at_most = {}},
        options.limits);
    if (!found.path) {
        return std::nullopt;
    }
    const auto timing = sim::earliest_timing(graph, *found.path);
    Extremity end{0, choices_of(graph, *found.path, timing), {}};
    const auto run = execute(model, end.choices);
    sim::ensure((run.effects().marks & kImmediate) != 0, "the response is immediate");
    return end;
}

void find_ends(Measurement& result, Graph& graph, const sim::SearchResult& search,
               const CheckOptions& options) {
    const MonitoredModel& model = *result.setting.monitored;
    const bool immediate = (search.marks & kImmediate) != 0;
    if (search.elapsed) {
        result.most = witness(graph, model, search.elapsed->most, sim::Extreme::longest, options);
    } else if (immediate) {
        result.most = immediate_witness(graph, model, options);
    }
    if (immediate) {
        result.least = immediate_witness(graph, model, options);
    } else if (search.elapsed) {
        result.least =
            witness(graph, model, search.elapsed->least, sim::Extreme::shortest, options);
    }
    const bool found = result.least && result.most;
    const bool triggered = (search.marks & sim::kTriggered) != 0;
    if (found) {
        result.outcome = Outcome::holds;
        result.reason = "exact, for every timing";
    } else if (search.elapsed || immediate) {
        result.reason = "the witness was not found within the limits";
    } else {
        result.outcome = Outcome::vacuous;
        result.reason = triggered ? "the condition never follows within the horizon, and each "
                                    "measurement was released"
                                  : "the event never happens in this design";
    }
}

void find_endless(Measurement& result, Graph& graph, const Property& property,
                  const CheckOptions& options) {
    const auto found = sim::find_path(
        graph, {.marks = sim::kViolation, .elapsed_at_least = {}, .elapsed_at_most = {}},
        options.limits);
    result.reason = "takes longer than the horizon of " + model::people_text(property.within);
    if (found.path) {
        const auto timing = sim::earliest_timing(graph, *found.path);
        result.endless = choices_of(graph, *found.path, timing);
        const auto run = execute(*result.setting.monitored, result.endless);
        sim::ensure((run.effects().marks & sim::kViolation) != 0, "the run exceeds the horizon");
        result.outcome = Outcome::violated;
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
    setting.scope = extent.slice ? model::slice(design, roots) : model::whole(design);
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
    verdict.setting = make_setting(design, {property}, {options.slice, options.reduce, false});
    try {
        Graph graph(*verdict.setting.monitored);
        sim::Explorer explorer(graph, options.search);
        const sim::SearchResult result = explorer.run(options.limits);
        verdict.statistics = result.statistics;
        if ((result.marks & sim::kViolation) != 0) {
            find_counterexample(verdict, graph, property, options);
        } else {
            conclude(verdict, property, result.marks);
        }
    } catch (const model::ModelLimit& limit) {
        verdict.outcome = Outcome::undecided;
        verdict.statistics = limited(limit, verdict.statistics);
        verdict.reason = limit.what();
    }
    return verdict;
}

Measurement measure(const model::Design& design, const Property& property,
                    const CheckOptions& options) {
    Measurement result;
    result.setting = make_setting(design, {property}, {options.slice, options.reduce, true});
    try {
        Graph graph(*result.setting.monitored);
        sim::Explorer explorer(graph, options.search);
        const sim::SearchResult search = explorer.run(options.limits);
        result.statistics = search.statistics;
        if ((search.marks & sim::kViolation) != 0) {
            find_endless(result, graph, property, options);
        } else if (!search.statistics.complete) {
            result.reason = undecided_reason(search.statistics);
        } else {
            find_ends(result, graph, search, options);
        }
    } catch (const model::ModelLimit& limit) {
        result.statistics = limited(limit, result.statistics);
        result.reason = limit.what();
    }
    return result;
}

}  // namespace failback::properties

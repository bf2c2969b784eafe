// The exact range of a duration.
#include <utility>

#include "model/duration.hpp"
#include "properties/abstraction.hpp"
#include "properties/findings.hpp"
#include "sim/check.hpp"

namespace failback::properties {

namespace {

// Which server a call is trying.
void add_server(const Searched& search, const MonitoredState& state, const model::Event& event,
                ChainEvent& link) {
    if (event.kind != model::EventKind::timer || !model::of_call(event.timer)) {
        return;
    }
    const model::CallClient& call = state.sip.calls[event.index];
    link.entry = call.entry;
    link.last_server =
        model::at_last_server(call, search.searched.sip->calls()[event.index].config);
}

std::vector<ChainEvent> chain_of(const Searched& search, const sim::Timing& timing,
                                 const std::vector<std::uint32_t>& steps) {
    std::vector<ChainEvent> chain;
    for (const sim::Constraint& constraint : timing.chain) {
        ChainEvent link{.constraint = constraint, .event = {}};
        if (constraint.reason != sim::Reason::order) {
            const auto pending = search.graph.configuration(constraint.node);
            const model::Event& event = pending.agenda[constraint.entry];
            link.event = search.shown.sip->translate(event, *search.searched.sip);
            add_server(search, pending.state, event, link);
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
    enter(SearchPhase::path, options);
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
                        : (found.marks & kMoot) != 0
                            ? "whenever the event happens, the measurement is released at once"
                            : "the event never happens in this design";
    }
}

}  // namespace

namespace {

// The ends of a range that is too wide, if anything, are those of the range if runs show them.
bool settled_by_approximation(Measurement& result, Searched& search,
                              const CheckOptions& options) {
    try {
        const sim::SearchResult found = loosened_search(search, options);
        add(result.statistics, found.statistics);
        if (!found.statistics.complete || (found.marks & sim::kViolation) != 0) {
            return false;
        }
        find_ends(result, search, found, with_short_paths(options));
        return result.outcome == Outcome::holds;
    } catch (const model::ModelLimit&) {
        return false;  // perhaps in a state that cannot be
    }
}

// False if it should have more classes.
bool search_exactly(Measurement& result, Searched& search, const Property& property,
                    const CheckOptions& options, std::uint64_t most) {
    result.least.reset();
    result.most.reset();
    enter(SearchPhase::exact, options);
    search.graph.forget_possible();
    const sim::SearchResult found = sim::Explorer(search.graph, options.search)
                                        .run(with_classes(options, most).limits);
    add(result.statistics, found.statistics);
    if ((found.marks & sim::kViolation) != 0) {
        result.exceeds_horizon = true;
        result.endless = run_to(search, sim::kViolation, options);
        result.outcome = result.endless.empty() ? Outcome::undecided : Outcome::violated;
        result.reason =
            "it may take longer than the horizon of " + model::people_text(property.within) +
            (result.endless.empty() ? ", but no run that shows it was found within the limits"
                                    : "");
    } else if (!found.statistics.complete) {
        result.reason = undecided_reason(result.statistics);
        return is_enough(found.statistics, options, most);
    } else {
        find_ends(result, search, found, options);
    }
    return true;
}

}  // namespace

Measurement measure(const model::Design& design, const Property& property,
                    const CheckOptions& options) {
    sim::ensure(is_momentary(*property.premise), "a duration is counted from an event");
    Measurement result;
    Searched search(design, property, options, true);
    try {
        const auto approximately = [&](const CheckOptions& now) {
            return registrations(search.searched.scope) < 2 ? Approximation::none
                   : settled_by_approximation(result, search, now) ? Approximation::settled
                                                                   : Approximation::unknown;
        };
        search_in_turns(options, approximately, [&](std::uint64_t most) {
            return search_exactly(result, search, property, options, most);
        });
    } catch (const model::ModelLimit& limit) {
        result.outcome = Outcome::undecided;
        result.statistics = limited(limit, result.statistics);
        result.reason = limit.what();
    }
    result.setting = std::move(search.shown);
    return result;
}

}  // namespace failback::properties

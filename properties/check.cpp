#include "properties/check.hpp"

#include <cstdint>
#include <utility>

#include "model/duration.hpp"
#include "properties/abstraction.hpp"
#include "properties/findings.hpp"
#include "sim/check.hpp"

namespace failback::properties {

namespace {

std::string violation_reason(const Property& property, sim::TimeMs at) {
    const std::string when = " at " + model::people_text(at);
    const std::string within = model::people_text(property.within);
    if (property.standing) {
        return "it lasts longer than " + within + "," + when;
    }
    const std::string times = "it happens more than " + std::to_string(property.times) + " times";
    const std::string it = property.always ? "it does not hold" : "it happens";
    switch (property.pattern) {
        case Pattern::never:
        case Pattern::after_never:
            break;
        case Pattern::never_before:
            return it + when + ", before " + within + " have passed";
        case Pattern::never_more:
            return times + "," + when;
        case Pattern::never_more_within:
            return times + " within " + within + "," + when;
        case Pattern::response:
            return "overdue" + when + ", not within " + within;
        case Pattern::stays:
            return "it does not hold" + when + ", which is after " + within;
    }
    return it + when;
}

// Executes a path to a violation, which makes it a verdict.
void show(Verdict& verdict, Searched& search, const Property& property,
          const sim::PathResult& found) {
    const auto run =
        search.execute(*found.path, sim::earliest_timing(search.graph, *found.path));
    sim::ensure((run.marks & sim::kViolation) != 0,
                "a counterexample violates when executed again");
    verdict.choices = run.choices;
    verdict.outcome = Outcome::violated;
    verdict.reason = violation_reason(property, run.choices.back().at) +
                     (found.shortest ? "" : "; perhaps not the shortest way there");
}

void find_counterexample(Verdict& verdict, Searched& search, const Property& property,
                         const CheckOptions& options) {
    enter(SearchPhase::path, options);
    const auto found = sim::find_path(search.graph, marked(sim::kViolation), options.limits);
    if (!found.path) {
        sim::ensure(!found.statistics.complete, "a violation that the search met has a path");
        sim::SearchStatistics all = verdict.statistics;
        add(all, found.statistics);
        verdict.reason = "a violation exists, but its shortest path was not found: " +
                         undecided_reason(all);
        return;
    }
    show(verdict, search, property, found);
}

// A violation near the start needs no search of the whole.
bool found_at_once(Verdict& verdict, Searched& search, const Property& property,
                   const CheckOptions& options) {
    enter(SearchPhase::path, options);
    const auto found = sim::find_path(search.graph, marked(sim::kViolation),
                                      with_short_paths(options).limits);
    verdict.statistics.classes_expanded += found.statistics.classes_expanded;
    if (found.path) {
        show(verdict, search, property, found);
    }
    return found.path.has_value();
}

Outcome outcome_of(model::Expected expected) {
    switch (expected) {
        case model::Expected::holds:
            return Outcome::holds;
        case model::Expected::violated:
            return Outcome::violated;
        case model::Expected::vacuous:
            return Outcome::vacuous;
    }
    return Outcome::undecided;
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

const char* to_text(model::Expected expected) { return to_text(outcome_of(expected)); }

bool is_as_expected(Outcome outcome, model::Expected expected) {
    return outcome == outcome_of(expected);
}

const char* to_text(SearchPhase phase) {
    switch (phase) {
        case SearchPhase::abstracted:
            return "abstracted";
        case SearchPhase::loosened:
            return "loosened";
        case SearchPhase::exact:
            return "exact";
        case SearchPhase::path:
            return "path";
    }
    return "";
}

namespace {

// False if it should have more classes.
bool search_exactly(Verdict& verdict, Searched& search, const Property& property,
                    const CheckOptions& options, std::uint64_t most) {
    enter(SearchPhase::exact, options);
    search.graph.forget_possible();
    sim::Explorer explorer(search.graph, options.search);
    const sim::SearchResult result = explorer.run(with_classes(options, most).limits);
    add(verdict.statistics, result.statistics);
    if ((result.marks & sim::kViolation) != 0) {
        find_counterexample(verdict, search, property, options);
        return true;
    }
    conclude(verdict, property, result.marks);
    return is_enough(result.statistics, options, most);
}

}  // namespace

Verdict check(const model::Design& design, const Property& property,
              const CheckOptions& options) {
    Verdict verdict;
    Searched search(design, property, options, false);
    if (released_at_start(*search.searched.monitored)) {
        verdict.outcome = Outcome::vacuous;
        verdict.reason = "its \"until\" comes true before anything happens";
        verdict.statistics.complete = true;
        verdict.searched = search.searched.scope;
        return verdict;
    }
    try {
        const auto approximately = [&](const CheckOptions& now) {
            const Approximation found = approximate(verdict, search, design, property, now);
            if (found != Approximation::suspicious) {
                return found;
            }
            return found_at_once(verdict, search, property, options) ? Approximation::settled
                                                                     : Approximation::none;
        };
        search_in_turns(options, approximately, [&](std::uint64_t most) {
            return search_exactly(verdict, search, property, options, most);
        });
    } catch (const model::ModelLimit& limit) {
        verdict.outcome = Outcome::undecided;
        verdict.statistics = limited(limit, verdict.statistics);
        verdict.reason = limit.what();
    }
    verdict.searched = search.searched.scope;
    verdict.setting = std::move(search.shown);
    return verdict;
}

}  // namespace failback::properties

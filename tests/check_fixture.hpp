// Searching a design for a property in several ways that must agree.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "properties/alike.hpp"
#include "properties/check.hpp"
#include "sim/discrete_graph.hpp"
#include "sim/explorer.hpp"
#include "tests/run_fixture.hpp"

namespace failback::tests {

// A way to search: with or without slicing, reduction and merging of zones.
struct Way {
    const char* name;
    bool slice = true;
    bool reduce = true;
    sim::Coverage coverage = sim::Coverage::merging;
};

inline constexpr Way kUsual{"usual"};
inline constexpr Way kWhole{"whole", false, true};
inline constexpr Way kFull{"full", true, false};
inline constexpr Way kSlowest{"whole and full", false, false};
inline constexpr Way kInclusion{"inclusion", true, true, sim::Coverage::inclusion};

inline properties::CheckOptions options_of(const Way& way) {
    properties::CheckOptions options;
    options.slice = way.slice;
    options.reduce = way.reduce;
    options.search.coverage = way.coverage;
    return options;
}

// What a complete search says of a property, without looking for paths.
struct Findings {
    bool complete = false;
    bool violated = false;
    bool triggered = false;
    std::optional<sim::DelayMs> least;   // of a measurement
    std::optional<sim::DelayMs> most;
    std::uint64_t classes = 0;
    std::string stopped_by;

    // A search ends where it meets a violation: nothing else is comparable then.
    friend bool operator==(const Findings& a, const Findings& b) {
        if (a.violated || b.violated) {
            return a.violated == b.violated;
        }
        return a.complete == b.complete && a.triggered == b.triggered && a.least == b.least &&
               a.most == b.most;
    }
};

inline Findings search(const model::Design& design, const properties::Property& property,
                       const Way& way, bool measure = false, const sim::Limits& limits = {}) {
    const auto breadth = way.slice ? properties::Breadth::slice : properties::Breadth::whole;
    const auto setting =
        properties::make_setting(design, {property}, {breadth, way.reduce, measure});
    sim::DiscreteGraph<properties::MonitoredModel> graph(*setting.monitored);
    sim::Explorer explorer(graph, options_of(way).search);
    Findings findings;
    const sim::SearchResult result = explorer.run(limits);
    findings.complete = result.statistics.complete;
    findings.classes = result.statistics.classes_expanded;
    findings.stopped_by = result.statistics.stopped_by;
    findings.violated = (result.marks & sim::kViolation) != 0;
    findings.triggered = (result.marks & sim::kTriggered) != 0;
    const bool immediate = (result.marks & properties::kImmediate) != 0;
    if (result.elapsed) {
        findings.least = immediate ? 0 : result.elapsed->least;
        findings.most = result.elapsed->most;
    } else if (immediate) {
        findings.least = findings.most = 0;
    }
    return findings;
}

inline Findings search(const model::Design& design, const std::string& says, const Way& way,
                       bool measure = false, const sim::Limits& limits = {}) {
    return search(design, properties::parse_property(says, design), way, measure, limits);
}

// Questions with the same key are the same but for names.
inline auto key_of(const model::Design& design, const std::string& says) {
    return properties::key_of(properties::parse_property(says, design), design);
}

inline properties::Outcome outcome_of(const model::Design& design, const std::string& says) {
    return properties::check(design, properties::parse_property(says, design)).outcome;
}

// Of an entry of the catalogue: what the first instance says that does not hold.
inline properties::Outcome outcome_of_all(model::Design design, const std::string& id) {
    model::PropertyUse use;
    use.use = id;
    design.properties = {use};
    for (const properties::Instance& instance : properties::instances_of(design)) {
        CAPTURE(instance.name, instance.says);
        const auto verdict = properties::check(design, instance.property);
        if (verdict.outcome != properties::Outcome::holds) {
            return verdict.outcome;
        }
    }
    return properties::Outcome::holds;
}

// Do the choices lead, in an ordinary execution, to a step that violates the property?
inline bool executes(const properties::Verdict& verdict) {
    if (verdict.choices.empty()) {
        return false;
    }
    sim::Execution<properties::MonitoredModel> run(*verdict.setting.monitored);
    for (const sim::Choice& choice : verdict.choices) {
        if (!run.possible(choice) || choice.form >= run.forms(choice.entry)) {
            return false;
        }
        run.step(choice);
    }
    return (run.effects().marks & sim::kViolation) != 0;
}

}  // namespace failback::tests

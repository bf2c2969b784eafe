// What checking and measuring share: a graph to search, and how its findings are executed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "properties/check.hpp"
#include "properties/completion.hpp"
#include "sim/discrete_graph.hpp"
#include "sim/path_search.hpp"

namespace failback::properties {

using Graph = sim::DiscreteGraph<MonitoredModel>;

// The model that is searched, and the one in which its findings are executed.
struct Searched {
    Setting searched;
    Setting shown;
    Graph graph;

    Searched(const model::Design& design, const Property& property, const CheckOptions& options,
             bool measured);

    // Executes a path in the full model. No verdict without this.
    [[nodiscard]] Completed execute(const sim::Path& path, const sim::Timing& timing);
};

// Another search begins.
void enter(SearchPhase phase, const CheckOptions& options);

[[nodiscard]] sim::Goal marked(std::uint32_t marks);

// A run, as early as possible, whose last step bears the mark; empty if none was found.
[[nodiscard]] std::vector<sim::Choice> run_to(Searched& search, std::uint32_t mark,
                                              const CheckOptions& options);

// Has some run of the model such a mark? A few random ones, of a day each, are enough for most.
// `false` says nothing.
[[nodiscard]] bool marked_at_random(const MonitoredModel& model, std::uint32_t mark);

// For paths that may not exist: given up where only long ones are left.
[[nodiscard]] CheckOptions with_short_paths(const CheckOptions& options);

[[nodiscard]] CheckOptions with_classes(const CheckOptions& options, std::uint64_t most);

// Did a search with so many classes end for another reason than their number, or may it have no
// more?
[[nodiscard]] bool is_enough(const sim::SearchStatistics& statistics,
                             const CheckOptions& options, std::uint64_t most);

// How many registrations a scope has.
[[nodiscard]] std::size_t registrations(const model::Scope& scope);

// Adds the figures of the next search.
void add(sim::SearchStatistics& sum, const sim::SearchStatistics& next);

// Is there nothing that would have to happen first, for the property to say something?
[[nodiscard]] bool always_triggered(const Property& property);

// Is it over before anything happens, as "never A until U" where U is there at the start? The first
// is about the only property that a model watches.
[[nodiscard]] bool released_at_start(const MonitoredModel& model);
[[nodiscard]] bool released_at_start(const Property& property, const model::Design& design);

// The verdict of a search that met no violation.
void conclude(Verdict& verdict, const Property& property, std::uint32_t marks);

[[nodiscard]] std::string undecided_reason(const sim::SearchStatistics& statistics);
[[nodiscard]] sim::SearchStatistics limited(const model::ModelLimit& limit,
                                            sim::SearchStatistics statistics);

}  // namespace failback::properties

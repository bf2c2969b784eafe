// The explored states of a design, grouped by the observables that the user cares for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/design.hpp"
#include "sim/explorer.hpp"
#include "traces/state_graph.hpp"
#include "traces/trace.hpp"

namespace failback::traces {

// "working(line1)", "registered(line1, primary)", "up(primary)", ... for one line: what decides its
// calls. The default grouping.
[[nodiscard]] std::vector<std::string> default_grouping(const model::Design& design,
                                                        const std::string& line);

struct Quotient {
    StateGraph graph;
    sim::SearchStatistics statistics;
};

// Explores the slice that settles the observables. THROWS properties::LanguageError for an
// observable that cannot be read, model::InputError if the design does not fit.
[[nodiscard]] Quotient quotient(const model::Design& design,
                                const std::vector<std::string>& variables,
                                const sim::Limits& limits);

// Marks the groups that a trace visits, as far as it knows the observables.
void draw_path(StateGraph& graph, const Trace& trace);

}  // namespace failback::traces

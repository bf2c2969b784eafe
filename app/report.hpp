// What several commands print: verdict rows, search figures, traces.
#pragma once

#include <string>
#include <vector>

#include "app/arguments.hpp"
#include "app/command.hpp"
#include "properties/check.hpp"
#include "traces/trace.hpp"

namespace failback::app {

// Sums over several searches.
struct SearchTotals {
    bool complete = true;
    sim::SearchStatistics sum;

    void add(const sim::SearchStatistics& statistics);
};

[[nodiscard]] Json search_json(const SearchTotals& totals, double seconds);

// The word of an outcome, coloured on a terminal (NO_COLOR and FORCE_COLOR are honoured).
[[nodiscard]] std::string painted(properties::Outcome outcome);

// Width of the column of names in a table; a few long names may stick out.
[[nodiscard]] std::size_t name_column(const std::vector<properties::Instance>& instances);

// "failback(line1, primary)" -> "failback-line1-primary"
[[nodiscard]] std::string file_stem(const std::string& name);

// DIR/STEM.trace.json
[[nodiscard]] std::string trace_path(const std::string& directory, const std::string& stem);

// Writes DIR/STEM.trace.json, making DIR if need be; returns its path.
// THROWS traces::OutputError.
[[nodiscard]] std::string write_trace(const std::string& directory, const std::string& stem,
                                      const traces::Trace& trace);

// How much of a design the traces of a search show.
[[nodiscard]] properties::Extent extent_of_traces(const SearchArguments& arguments, bool measured);

}  // namespace failback::app

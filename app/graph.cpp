// failback graph: the explored states as a picture, grouped by what matters.
#include <fmt/format.h>

#include "app/outputs.hpp"
#include "app/report.hpp"
#include "app/session.hpp"
#include "model/file/design_file.hpp"
#include "properties/property.hpp"
#include "traces/graph_view.hpp"
#include "traces/graphviz.hpp"
#include "traces/quotient.hpp"
#include "traces/trace_file.hpp"

namespace failback::app {

namespace {

constexpr std::chrono::seconds kLayoutLimit{60};

std::string line_of(const GraphArguments& arguments, const model::Design& design) {
    for (const model::Phone& phone : design.phones) {
        for (const model::Line& line : phone.lines) {
            if (arguments.line.empty() || arguments.line == line.name) {
                return line.name;
            }
        }
    }
    throw UsageError("--line: found \"" + arguments.line + "\", expected a line of the design");
}

Json graph_json(const traces::StateGraph& graph) {
    Json nodes = Json::array();
    for (const auto& [key, node] : graph.nodes) {
        nodes.push_back({{"values", key},
                         {"states", node.states},
                         {"initial", node.initial},
                         {"violating", node.violating},
                         {"on_path", node.on_path}});
    }
    Json edges = Json::array();
    for (const auto& [ends, edge] : graph.edges) {
        edges.push_back({{"from", ends.first},
                         {"to", ends.second},
                         {"events", edge.labels},
                         {"on_path", edge.on_path}});
    }
    return {{"variables", graph.variables}, {"nodes", nodes}, {"edges", edges}};
}

traces::Quotient explore(const GraphArguments& arguments, const model::Design& design,
                         const Session& session) {
    const auto variables = arguments.group_by.empty()
                               ? traces::default_grouping(design, line_of(arguments, design))
                               : arguments.group_by;
    try {
        return traces::quotient(design, variables, session.limits());
    } catch (const properties::LanguageError& error) {
        throw UsageError(std::string("--group-by: ") + error.what());
    }
}

}  // namespace

int run(const GraphArguments& arguments) {
    const LoadedDesign loaded = load_searched(arguments.design);
    const Session session("graph", arguments.search);
    Outputs().file("--output", arguments.output);
    traces::Quotient found = explore(arguments, loaded.design, session);
    session.finish(found.statistics);
    if (!arguments.trace.empty()) {
        const auto trace = traces::parse_trace(read_text(arguments.trace), arguments.trace);
        if (trace.design_hash != traces::design_hash(loaded.resolved)) {
            throw model::InputError({{arguments.trace, {}, "/design",
                                      "a trace of another design", "a trace of " + arguments.design,
                                      ""}});
        }
        traces::draw_path(found.graph, trace);
    }
    if (!found.statistics.complete) {
        say("failback: the picture is not complete: " + found.statistics.stopped_by + "\n");
    }
    if (arguments.json) {
        Json json = json_header("graph");
        json["design"] = arguments.design;
        json["complete"] = found.statistics.complete;
        json["graph"] = graph_json(found.graph);
        deliver(arguments.output, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    } else {
        const std::string dot = traces::as_dot(found.graph);
        deliver(arguments.output,
                arguments.as == "dot" ? dot : traces::render_svg(dot, kLayoutLimit));
    }
    if (Session::interrupted()) {
        return kInterrupted;
    }
    return found.statistics.complete ? kAllHold : kUndecided;
}

}  // namespace failback::app

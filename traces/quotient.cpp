#include "traces/quotient.hpp"

#include <algorithm>
#include <map>

#include "properties/check.hpp"
#include "sim/check.hpp"
#include "sim/discrete_graph.hpp"
#include "traces/describe.hpp"

namespace failback::traces {

namespace {

using Graph = sim::DiscreteGraph<properties::MonitoredModel>;

// An observable as a property that reads it, so that the slice is the one that settles it.
properties::Property reading(const std::string& variable, const model::Design& design) {
    const bool compares = variable.starts_with("working");
    properties::Property property;
    property.conclusion = properties::parse_expression(
        compares ? variable + " = none" : variable, design);
    return property;
}

// Where the wanted observables stand among those that the describer knows.
std::vector<std::size_t> places_of(const std::vector<std::string>& wanted,
                                   const std::vector<std::string>& known) {
    std::vector<std::size_t> places;
    for (const std::string& variable : wanted) {
        const auto found = std::ranges::find(known, variable);
        if (found == known.end()) {
            std::string all;
            for (const std::string& name : known) {
                all += (all.empty() ? "" : ", ") + name;
            }
            throw properties::LanguageError(1, "\"" + variable + "\"",
                                            "an observable of a state: " + all, "");
        }
        places.push_back(static_cast<std::size_t>(found - known.begin()));
    }
    return places;
}

// Names the group of each node once.
class Grouping {
public:
    Grouping(const Graph& graph, const Describer& describer, std::vector<std::size_t> places)
        : graph_(&graph), describer_(&describer), places_(std::move(places)) {}

    const GroupKey& of(sim::NodeId node) {
        const auto known = keys_.find(node);
        if (known != keys_.end()) {
            return known->second;
        }
        const auto values = describer_->values(graph_->configuration(node).state.sip);
        GroupKey key;
        for (const std::size_t place : places_) {
            key.push_back(values[place]);
        }
        return keys_.emplace(node, key).first->second;
    }

    [[nodiscard]] const std::map<sim::NodeId, GroupKey>& keys() const { return keys_; }

private:
    const Graph* graph_;
    const Describer* describer_;
    std::vector<std::size_t> places_;
    std::map<sim::NodeId, GroupKey> keys_;
};

// "Timer F", "REGISTER", "200 to REGISTER": what kind of event it is, without its numbers.
std::string kind_of(const Describer& describer, const model::Event& event,
                    const model::SipState& state, std::size_t usages) {
    const SequenceNumbers numbers(usages);
    std::string text = describer.event(event, state, numbers);
    for (const char* cut : {" (", " cseq", " of call", " of sip:"}) {
        text = text.substr(0, text.find(cut));
    }
    return text;
}

}  // namespace

std::vector<std::string> default_grouping(const model::Design& design, const std::string& line) {
    std::vector<std::string> variables{"working(" + line + ")"};
    std::vector<std::string> health;
    for (const model::Phone& phone : design.phones) {
        if (std::ranges::find(phone.lines, line, &model::Line::name) == phone.lines.end()) {
            continue;
        }
        for (const model::ServerEntry& entry : phone.servers) {
            const std::string& server = design.servers[entry.server].name;
            if (entry.registers) {
                variables.push_back("registered(" + line + ", " + server + ")");
            }
            const bool fails = std::ranges::any_of(design.faults, [&](const model::Fault& fault) {
                return fault.server == entry.server && model::stops_process(fault.kind);
            });
            if (fails) {
                health.push_back("up(" + server + ")");
            }
        }
    }
    for (std::size_t phone = 0; phone < design.phones.size(); ++phone) {
        const auto& lines = design.phones[phone].lines;
        if (model::may_restart(design, phone) &&
            std::ranges::find(lines, line, &model::Line::name) != lines.end()) {
            health.push_back("off(" + line + ")");
        }
    }
    variables.insert(variables.end(), health.begin(), health.end());
    return variables;
}

Quotient quotient(const model::Design& design, const std::vector<std::string>& variables,
                  const sim::Limits& limits) {
    std::vector<properties::Property> readings;
    for (const std::string& variable : variables) {
        readings.push_back(reading(variable, design));
    }
    const properties::Setting sliced = properties::make_setting(design, readings, {});
    const properties::MonitoredModel plain(*sliced.sip, {});
    Graph graph(plain);
    const Describer describer(*sliced.sip);
    Grouping grouping(graph, describer, places_of(variables, describer.variables()));
    Quotient result;
    result.graph.variables = variables;
    sim::SearchOptions options;
    options.on_transition = [&](sim::NodeId from, const sim::Firing& firing) {
        const GroupKey& source = grouping.of(from);
        const GroupKey& target = grouping.of(firing.target);
        if (source != target) {
            const auto at = graph.configuration(from);
            result.graph.edges[{source, target}].labels.insert(
                kind_of(describer, at.agenda[firing.entry], at.state.sip,
                        sliced.sip->usages().size()));
        }
    };
    const GroupKey initial = grouping.of(0);
    sim::Explorer explorer(graph, options);
    result.statistics = explorer.run(limits).statistics;
    for (const auto& [node, key] : grouping.keys()) {
        ++result.graph.nodes[key].states;
    }
    result.graph.nodes[initial].initial = true;
    return result;
}

void draw_path(StateGraph& graph, const Trace& trace) {
    std::map<std::string, std::string> values;
    for (const Variable& variable : trace.variables) {
        values[variable.name] = variable.initial;
    }
    // A trace of a slice does not know every observable: those match any value.
    const auto visits = [&](const GroupKey& key) {
        for (std::size_t i = 0; i < key.size(); ++i) {
            const auto known = values.find(graph.variables[i]);
            if (known != values.end() && known->second != key[i]) {
                return false;
            }
        }
        return true;
    };
    const auto mark = [&] {
        std::set<GroupKey> visited;
        for (auto& [key, node] : graph.nodes) {
            if (visits(key)) {
                node.on_path = true;
                visited.insert(key);
            }
        }
        return visited;
    };
    std::set<GroupKey> before = mark();
    for (const Step& step : trace.steps) {
        for (const Change& change : step.changes) {
            values[change.variable] = change.to;
        }
        std::set<GroupKey> after = mark();
        for (auto& [ends, edge] : graph.edges) {
            edge.on_path = edge.on_path || (before != after && before.contains(ends.first) &&
                                            after.contains(ends.second));
        }
        before = std::move(after);
    }
    if (trace.outcome == "violated") {
        for (const GroupKey& key : before) {
            graph.nodes[key].violating = true;
        }
    }
}

}  // namespace failback::traces

#include "properties/coverage.hpp"

#include <algorithm>
#include <memory>

#include "model/nodes/server_transactions.hpp"
#include "properties/setting.hpp"
#include "sim/discrete_graph.hpp"

namespace failback::properties {

namespace {

using Graph = sim::DiscreteGraph<MonitoredModel>;

bool same_scope(const model::Scope& a, const model::Scope& b) {
    return a.parts == b.parts && a.servers == b.servers && a.phones == b.phones &&
           a.flows == b.flows && a.gateways == b.gateways && a.dns == b.dns;
}

void search(Covered& covered, const model::SipModel& sip, const sim::Limits& limits) {
    const MonitoredModel plain(sip, {});
    Graph graph(plain);
    ++covered.slices;
    try {
        const auto statistics = sim::Explorer(graph).run(limits).statistics;
        covered.classes_expanded += statistics.classes_expanded;
        covered.complete += statistics.complete ? 1U : 0U;
        covered.stopped_by = statistics.complete ? covered.stopped_by : statistics.stopped_by;
    } catch (const model::ModelLimit& limit) {
        covered.stopped_by = limit.what();
    }
    covered.coverage.add_roles(sip);
    for (sim::NodeId node = 0; node < graph.nodes(); ++node) {
        if (!graph.expanded(node)) {
            continue;
        }
        const auto at = graph.configuration(node);
        for (const sim::Firing& firing : graph.firings(node)) {
            if (firing.possible) {
                covered.coverage.see(sip, at.state.sip, at.agenda[firing.entry]);
            }
        }
    }
}

}  // namespace

Covered cover(const model::Design& design, const std::vector<Instance>& instances, bool slice,
              const sim::Limits& limits) {
    Covered covered;
    std::vector<std::unique_ptr<model::SipModel>> searched;
    for (const Instance& instance : instances) {
        const Breadth breadth = slice ? Breadth::slice : Breadth::whole;
        Setting setting = make_setting(design, {instance.property}, {breadth, false, false});
        const bool is_known = std::ranges::any_of(searched, [&](const auto& known) {
            return same_scope(known->scope(), setting.scope);
        });
        if (!is_known) {
            search(covered, *setting.sip, limits);
            searched.push_back(std::move(setting.sip));
        }
    }
    return covered;
}

}  // namespace failback::properties

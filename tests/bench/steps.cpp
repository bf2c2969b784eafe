// Which share of a search each part of a step takes: the same search is recorded once, then each
// part of it is done again by itself.
#include "properties/check.hpp"
#include "sim/discrete_graph.hpp"
#include "tests/bench/measure.hpp"

#include <functional>
#include <queue>
#include <span>
#include <tuple>
#include <vector>

namespace failback::bench {

namespace {

using Graph = sim::DiscreteGraph<properties::MonitoredModel>;

// A zone that was expanded, or offered to the store.
struct Recorded {
    sim::NodeId node = 0;
    std::size_t dimension = 0;
    std::size_t first_entry = 0;
};

class Recording {
public:
    // The registrations of a line at two servers, with an outage: zones of every usual dimension.
    Recording()
        : design_(model::read_design(FAILBACK_SOURCE_DIR "/designs/polycom-soundpoint.json")),
          setting_(properties::make_setting(
              design_,
              {properties::parse_property("never working(line1) = gateway and "
                                          "registered(line1, primary)",
                                          design_)},
              {})),
          graph_(model()) {
        record();
    }

    [[nodiscard]] const properties::MonitoredModel& model() const { return *setting_.monitored; }
    [[nodiscard]] Graph& graph() { return graph_; }
    [[nodiscard]] const std::vector<Recorded>& expanded() const { return expanded_; }
    [[nodiscard]] const std::vector<Recorded>& offered() const { return offered_; }

    [[nodiscard]] sim::ConstMatrix zone(const Recorded& recorded) const {
        const std::size_t size = recorded.dimension * recorded.dimension;
        return sim::ConstMatrix(entries_).subspan(recorded.first_entry, size);
    }

private:
    // Fewest faults first, then the largest, as the explorer does.
    using Waiting = std::tuple<std::uint32_t, std::int64_t, sim::ZoneId>;

    Recorded keep(sim::NodeId node, std::size_t dimension, sim::ConstMatrix zone) {
        const Recorded recorded{node, dimension, entries_.size()};
        entries_.insert(entries_.end(), zone.begin(), zone.end());
        return recorded;
    }

    void offer(sim::NodeId node, std::size_t dimension, sim::ConstMatrix zone,
               std::uint32_t faults) {
        offered_.push_back(keep(node, dimension, zone));
        if (const auto id = store_.insert(node, dimension, zone)) {
            waiting_.emplace(faults, -sim::extent(store_.zone(*id)), *id);
        }
    }

    void record() {
        const auto start = graph_.initial_origins();
        offer(0, start.size(), sim::initial_zone(start), 0);
        sim::SuccessorMaker successor;
        while (!waiting_.empty()) {
            const auto [faults, rank, id] = waiting_.top();
            waiting_.pop();
            if (!store_.alive(id)) {
                continue;
            }
            const sim::NodeId node = store_.node(id);
            expanded_.push_back(keep(node, graph_.dimension(node), store_.zone(id)));
            const std::vector<sim::DelayMs> from(store_.zone(id).begin(), store_.zone(id).end());
            for (const sim::Firing& firing : graph_.firings(node)) {
                if (successor.fire(from, graph_.dimension(node), firing, graph_.origins(firing))) {
                    offer(firing.target, firing.origins, successor.zone(), faults + firing.faults);
                }
            }
        }
    }

    model::Design design_;
    properties::Setting setting_;
    Graph graph_;
    sim::ZoneStore store_{sim::Coverage::merging};
    std::priority_queue<Waiting, std::vector<Waiting>, std::greater<>> waiting_;
    std::vector<sim::DelayMs> entries_;
    std::vector<Recorded> expanded_;
    std::vector<Recorded> offered_;
};

Recording& recording() {
    static Recording once;
    return once;
}

void whole(Recording& recorded) {
    Graph graph(recorded.model());
    benchmark::DoNotOptimize(sim::Explorer(graph).run().marks);
}

void model_calls(Recording& recorded) {
    Graph graph(recorded.model());
    for (const Recorded& expanded : recorded.expanded()) {
        benchmark::DoNotOptimize(graph.firings(expanded.node).data());
    }
}

// Without origins nothing is left to gather.
template <bool kGather>
void successors(Recording& recorded) {
    sim::SuccessorMaker successor;
    Graph& graph = recorded.graph();
    for (const Recorded& expanded : recorded.expanded()) {
        for (const sim::Firing& firing : graph.firings(expanded.node)) {
            const auto origins = kGather ? graph.origins(firing) : std::span<const sim::Origin>();
            benchmark::DoNotOptimize(
                successor.fire(recorded.zone(expanded), expanded.dimension, firing, origins));
        }
    }
}

void store(Recording& recorded) {
    sim::ZoneStore store(sim::Coverage::merging);
    for (const Recorded& offered : recorded.offered()) {
        benchmark::DoNotOptimize(
            store.insert(offered.node, offered.dimension, recorded.zone(offered)));
    }
}

}  // namespace

void add_steps(const Extent&) {
    struct Part {
        const char* name;
        void (*run)(Recording&);
    };
    constexpr Part kParts[]{{"step/whole", whole},
                            {"step/model", model_calls},
                            {"step/condition", successors<false>},
                            {"step/condition-and-gather", successors<true>},
                            {"step/store", store}};
    for (const Part& part : kParts) {
        benchmark::RegisterBenchmark(part.name,
                                     [run = part.run](benchmark::State& state) {
                                         Recording& recorded = recording();
                                         time_user(state, [&] { run(recorded); });
                                         report(state, "classes_expanded",
                                                recorded.expanded().size());
                                         report(state, "transitions", recorded.offered().size());
                                     })
            ->UseManualTime()
            ->Unit(benchmark::kMillisecond);
    }
}

}  // namespace failback::bench

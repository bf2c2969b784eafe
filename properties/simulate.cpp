#include "properties/simulate.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <span>

#include "model/design_file.hpp"
#include "sim/check.hpp"
#include "sim/chooser.hpp"
#include "sim/workers.hpp"

namespace failback::properties {

namespace {

using Run = sim::Execution<MonitoredModel>;

// A choice and the event that it fires, so that it can be found in another agenda.
struct Fired {
    model::Event event;
    sim::Choice choice;
};

// The first violation of a property in a run.
struct Violated {
    std::size_t property = 0;
    std::size_t steps = 0;  // of the run, up to it
};

struct RunOutcome {
    std::vector<Fired> fired;
    std::vector<Violated> violated;
    std::vector<std::size_t> triggered;

    void note(const MonitorLog& log) {
        for (const std::size_t property : log.violated) {
            if (std::ranges::find(violated, property, &Violated::property) == violated.end()) {
                violated.push_back({property, fired.size()});
            }
        }
        triggered.insert(triggered.end(), log.triggered.begin(), log.triggered.end());
    }
};

// Steps until every property is violated, nothing happens before the horizon, or a limit is hit.
RunOutcome run_once(const MonitoredModel& model, std::uint64_t seed,
                    const SimulationOptions& options) {
    Run run(model);
    sim::SeededChooser chooser(seed, options.until);
    RunOutcome outcome;
    const std::size_t properties = model.properties().size();
    while (properties == 0 || outcome.violated.size() < properties) {
        const auto choice = chooser.next(run);
        if (!choice) {
            break;
        }
        if (outcome.fired.size() >= options.max_steps) {
            throw model::ModelLimit("a run has more than " + std::to_string(options.max_steps) +
                                    " steps; does time stand still?");
        }
        const model::Event event = run.agenda().event(choice->entry);
        MonitoredState after = run.state();
        sim::Effects<model::Event> effects;
        MonitorLog log;
        model.step(after, event, choice->form, effects, log);
        run.step(*choice);
        outcome.fired.push_back({event, *choice});
        outcome.note(log);
    }
    return outcome;
}

// The run up to a violation with one property watched: its agenda has other entries, the events are
// the same but for the deadlines of other properties.
std::vector<sim::Choice> with_one_property(const model::Design& design, const Property& property,
                                           const RunOutcome& outcome, const Violated& violated) {
    const Setting setting = make_setting(design, {property}, {Breadth::whole, false, false});
    Run run(*setting.monitored);
    std::vector<sim::Choice> choices;
    for (const Fired& fired : std::span(outcome.fired).first(violated.steps)) {
        model::Event event = fired.event;
        if (event.kind == model::EventKind::deadline) {
            if (event.index != violated.property) {
                continue;
            }
            event.index = 0;
        }
        const auto& events = run.agenda().events();
        const auto found = std::ranges::find(events, event);
        sim::ensure(found != events.end(), "a simulated event is pending with one property too");
        sim::Choice choice = fired.choice;
        choice.entry = static_cast<std::uint32_t>(found - events.begin());
        run.step(choice);
        choices.push_back(choice);
    }
    sim::ensure((run.effects().marks & sim::kViolation) != 0,
                "a simulated violation violates when executed again");
    return choices;
}

// Collects the results of runs that end in any order.
class Collector {
public:
    Collector(const model::Design& design, const std::vector<Instance>& instances)
        : design_(&design), instances_(&instances), first_(instances.size()) {
        result_.triggered.assign(instances.size(), false);
    }

    void add(std::uint64_t run, const RunOutcome& outcome) {
        const std::scoped_lock lock(mutex_);
        ++result_.runs;
        result_.steps += outcome.fired.size();
        for (const std::size_t instance : outcome.triggered) {
            result_.triggered[instance] = true;
        }
        for (const Violated& violated : outcome.violated) {
            auto& first = first_[violated.property];
            if (!first || run < first->run) {
                const auto& property = (*instances_)[violated.property].property;
                first = SimulatedViolation{
                    violated.property, run, outcome.fired[violated.steps - 1].choice.at,
                    with_one_property(*design_, property, outcome, violated)};
            }
        }
    }

    void stop(const std::string& reason) {
        const std::scoped_lock lock(mutex_);
        result_.stopped_by = reason;
    }

    [[nodiscard]] SimulationResult result() {
        for (const auto& first : first_) {
            if (first) {
                result_.violations.push_back(*first);
            }
        }
        return result_;
    }

private:
    const model::Design* design_;
    const std::vector<Instance>* instances_;
    std::mutex mutex_;
    std::vector<std::optional<SimulatedViolation>> first_;
    SimulationResult result_;
};

}  // namespace

std::uint64_t run_seed(std::uint64_t seed, std::uint64_t run) {
    return seed + run * 0x9E3779B97F4A7C15ULL;  // odd, hence different for every run
}

SimulationResult simulate(const model::Design& design, const std::vector<Instance>& instances,
                          const SimulationOptions& options) {
    if (instances.size() > kMonitors) {
        throw model::InputError({{design.file, {}, "",
                                  std::to_string(instances.size()) + " properties",
                                  "at most " + std::to_string(kMonitors) +
                                      " in one simulation; choose some with --property",
                                  ""}});
    }
    std::vector<Property> properties;
    for (const Instance& instance : instances) {
        properties.push_back(instance.property);
    }
    const Setting setting = make_setting(design, properties, {Breadth::whole, false, false});
    Collector collector(design, instances);
    std::atomic<std::uint64_t> next{0};
    const auto work = [&] {
        while (true) {
            const std::string reason = options.stop ? options.stop() : std::string();
            const std::uint64_t run = reason.empty() ? next++ : options.runs;
            if (run >= options.runs) {
                if (!reason.empty()) {
                    collector.stop(reason);
                }
                return;
            }
            try {
                collector.add(run, run_once(*setting.monitored, run_seed(options.seed, run),
                                            options));
            } catch (const model::ModelLimit& limit) {
                collector.stop(limit.what());
            }
        }
    };
    sim::Workers(options.threads).run(options.threads, [&](std::size_t) { work(); });
    return collector.result();
}

std::vector<sim::Choice> simulate_once(const Setting& setting, std::uint64_t seed,
                                       const SimulationOptions& options) {
    std::vector<sim::Choice> choices;
    for (const Fired& fired : run_once(*setting.monitored, seed, options).fired) {
        choices.push_back(fired.choice);
    }
    return choices;
}

}  // namespace failback::properties

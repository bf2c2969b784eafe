#include "properties/simulate.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>

#include "model/file/design_file.hpp"
#include "properties/simulated_run.hpp"
#include "sim/workers.hpp"

namespace failback::properties {

namespace {

constexpr Extent kWhole{Breadth::whole, false, false};

// A design of some runs, and the model of it.
struct Stage {
    model::Design design;
    Setting setting;

    Stage(model::Design of, const std::vector<Property>& properties)
        : design(std::move(of)), setting(make_setting(design, properties, kWhole)) {}
};

void join(Simulated& known, const Simulated& later) {
    known.triggered = known.triggered || later.triggered;
    known.durations.add(later.durations);
    known.late += later.late;
    known.violating_runs += later.violating_runs;
}

// Of those that are distinct, the first ones of each property. Gives the one that was added.
SimulatedViolation* join(std::vector<SimulatedViolation>& known, const SimulatedViolation& later,
                         std::size_t most) {
    const auto same = std::ranges::find_if(known, [&](const SimulatedViolation& violation) {
        return violation.instance == later.instance && violation.faults == later.faults;
    });
    if (same != known.end()) {
        same->runs += later.runs;
        return nullptr;
    }
    const auto of_property =
        std::ranges::count(known, later.instance, &SimulatedViolation::instance);
    if (static_cast<std::size_t>(of_property) >= most) {
        return nullptr;
    }
    const auto place =
        std::ranges::upper_bound(known, later.instance, {}, &SimulatedViolation::instance);
    return &*known.insert(place, later);
}

// Takes runs that end in any order, and adds them up in their own.
class Collector {
public:
    Collector(const std::vector<Instance>& instances, const SimulationOptions& options,
              SimulationResult before)
        : instances_(&instances), options_(&options), next_(options.first),
          result_(std::move(before)) {
        result_.properties.resize(instances.size());
        result_.stopped_by.clear();
    }

    void add(std::uint64_t run, std::shared_ptr<const Stage> stage, RunOutcome outcome) {
        const std::scoped_lock lock(mutex_);
        waiting_.emplace(run, Ended{std::move(stage), std::move(outcome)});
        while (!finished_ && !waiting_.empty() && waiting_.begin()->first == next_) {
            count(waiting_.begin()->second);
            waiting_.erase(waiting_.begin());
            ++next_;
        }
    }

    void stop(const std::string& reason) {
        const std::scoped_lock lock(mutex_);
        result_.stopped_by = reason;
        halted_ = true;
    }

    // Is another run of use? Those under way count in any case, but for any behind the last one.
    [[nodiscard]] bool wants_more() const { return !finished_ && !halted_; }
    [[nodiscard]] SimulationResult result() const { return result_; }

private:
    struct Ended {
        std::shared_ptr<const Stage> stage;
        RunOutcome outcome;
    };

    void count(const Ended& ended) {
        ++result_.runs;
        result_.steps += ended.outcome.fired.size();
        result_.coverage.add(ended.outcome.coverage);
        if (!ended.outcome.limit.empty()) {
            if (result_.cut_short.runs++ == 0) {
                result_.cut_short.first = next_;
                result_.cut_short.why = ended.outcome.limit;
            }
        }
        for (std::size_t i = 0; i < instances_->size(); ++i) {
            join(result_.properties[i], ended.outcome.seen[i]);
        }
        for (const Violated& violated : ended.outcome.violated) {
            ++result_.properties[violated.property].violating_runs;
            add_violation(ended, violated);
        }
        finished_ = options_->stop_at_first && !ended.outcome.violated.empty();
    }

    void add_violation(const Ended& ended, const Violated& violated) {
        SimulatedViolation violation;
        violation.instance = violated.property;
        violation.faults.assign(violated.faults.begin(), violated.faults.end());
        violation.run = next_;
        violation.at = ended.outcome.fired[violated.steps - 1].choice.at;
        if (SimulatedViolation* added =
                join(result_.violations, violation, options_->most_distinct)) {
            added->choices =
                with_one_property(ended.stage->design, (*instances_)[violated.property].property,
                                  ended.outcome, violated);
        }
    }

    const std::vector<Instance>* instances_;
    const SimulationOptions* options_;
    std::mutex mutex_;
    std::map<std::uint64_t, Ended> waiting_;
    std::uint64_t next_;
    std::atomic<bool> finished_ = false;   // by its first violation
    std::atomic<bool> halted_ = false;
    SimulationResult result_;
};

void require_few(const model::Design& design, std::size_t instances) {
    if (instances > kMonitors) {
        throw model::InputError({{design.file, {}, "", std::to_string(instances) + " properties",
                                  "at most " + std::to_string(kMonitors) +
                                      " in one simulation; choose some with --property",
                                  ""}});
    }
}

}  // namespace

std::uint64_t run_seed(std::uint64_t seed, std::uint64_t run) {
    return seed + run * 0x9E3779B97F4A7C15ULL;  // odd, hence different for every run
}

SimulationResult simulate(const model::Design& design, const std::vector<Instance>& instances,
                          const SimulationOptions& options, SimulationResult before) {
    require_few(design, instances.size());
    std::vector<Property> properties;
    for (const Instance& instance : instances) {
        properties.push_back(instance.property);
    }
    const auto shared = std::make_shared<const Stage>(design, properties);
    const auto stage_of = [&](std::uint64_t run) {
        return options.design_of
                   ? std::make_shared<const Stage>(options.design_of(run), properties)
                   : shared;
    };
    Collector collector(instances, options, std::move(before));
    std::atomic<std::uint64_t> next{options.first};
    const auto work = [&] {
        while (collector.wants_more()) {
            const std::string reason = options.stop ? options.stop() : std::string();
            const std::uint64_t run = reason.empty() ? next++ : options.runs;
            if (run >= options.runs) {
                if (!reason.empty()) {
                    collector.stop(reason);
                }
                return;
            }
            auto stage = stage_of(run);
            auto outcome =
                run_once(*stage->setting.monitored, run_seed(options.seed, run), options);
            if (!outcome.stopped.empty()) {
                collector.stop(outcome.stopped);
                return;
            }
            collector.add(run, std::move(stage), std::move(outcome));
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

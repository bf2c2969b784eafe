#include "properties/simulated_run.hpp"

#include <algorithm>
#include <optional>
#include <span>

#include "model/file/design_file.hpp"
#include "model/file/random_faults.hpp"
#include "sim/check.hpp"
#include "sim/chooser.hpp"

namespace failback::properties {

namespace {

using Run = sim::Execution<MonitoredModel>;

constexpr std::size_t kStepsBetween = 4096;   // so often is asked whether to stop

// A step, for all that watches a run.
struct Stepped {
    const MonitoredModel& model;
    const model::Event& event;
    sim::TimeMs at = 0;
    const MonitoredState& after;
    const MonitorLog& log;
};

// Which faults have come so far.
class Faults {
public:
    explicit Faults(const model::SipModel& sip) : design_(&sip.design()) {}

    void look(const Stepped& step) {
        if (step.event.kind == model::EventKind::fault_strikes) {
            names_.insert(fault_label(*design_, design_->faults[step.event.index]));
        }
        for (const auto& sent : step.log.sip.sent) {
            if (sent.fate == model::Fate::lost) {
                names_.insert("a lost message");
            } else if (sent.fate == model::Fate::duplicated) {
                names_.insert("a repeated message");
            } else if (sent.fate == model::Fate::late) {
                names_.insert("a late message");
            }
        }
    }

    [[nodiscard]] const std::set<std::string>& names() const { return names_; }

private:
    const model::Design* design_;
    std::set<std::string> names_;
};

// How long responses take. A monitor only tells whether one is owed.
class Stopwatches {
public:
    explicit Stopwatches(const MonitoredModel& model) : since_(model.properties().size()) {}

    void look(const Stepped& step, std::vector<Simulated>& seen) {
        if (step.event.kind == model::EventKind::deadline) {
            meet_deadline(step, seen);
            return;
        }
        for (std::size_t i = 0; i < since_.size(); ++i) {
            if (step.model.properties()[i].pattern == Pattern::response) {
                look(i, step, seen[i]);
            }
        }
    }

private:
    void meet_deadline(const Stepped& step, std::vector<Simulated>& seen) {
        const std::size_t monitor = step.event.index;
        if (step.model.properties()[monitor].pattern == Pattern::response) {
            ++seen[monitor].late;
            since_[monitor].reset();
        }
    }

    void look(std::size_t monitor, const Stepped& step, Simulated& seen) {
        const bool open = step.after.phases[monitor] == Phase::open;
        const bool triggered = std::ranges::count(step.log.triggered, monitor) != 0;
        if ((since_[monitor] || triggered) && responds(monitor, step)) {
            const sim::TimeMs took = since_[monitor] ? step.at - *since_[monitor] : 0;
            seen.durations.add(static_cast<sim::DelayMs>(took));
            since_[monitor].reset();
        }
        if (!open) {
            since_[monitor].reset();  // released
        } else if (!since_[monitor]) {
            since_[monitor] = step.at;
        }
    }

    [[nodiscard]] static bool responds(std::size_t monitor, const Stepped& step) {
        const Property& property = step.model.properties()[monitor];
        const model::StepLog nothing;
        return holds(property.conclusion, {step.model.sip(), step.after.sip, step.log.sip}) ||
               holds(property.conclusion, {step.model.sip(), step.after.sip, nothing});
    }

    std::vector<std::optional<sim::TimeMs>> since_;
};

void note(const Stepped& step, const std::set<std::string>& faults, RunOutcome& outcome) {
    for (const std::size_t property : step.log.violated) {
        if (std::ranges::find(outcome.violated, property, &Violated::property) ==
            outcome.violated.end()) {
            outcome.violated.push_back({property, outcome.fired.size(), faults});
        }
    }
    for (const std::size_t property : step.log.triggered) {
        outcome.seen[property].triggered = true;
    }
}

// Equal messages with different delays may be under way.
std::uint32_t entry_like(const Run& run, const model::Event& event, const sim::Due& due) {
    for (std::uint32_t entry = 0; entry < run.agenda().size(); ++entry) {
        if (run.agenda().event(entry) == event && run.agenda().note(entry).same_times(due)) {
            return entry;
        }
    }
    sim::ensure(false, "a simulated event is pending with one property too");
    return 0;
}

void follow(const MonitoredModel& model, std::uint64_t seed, const SimulationOptions& options,
            RunOutcome& outcome) {
    Run run(model);
    sim::SeededChooser chooser(seed, options.until);
    const std::size_t properties = model.properties().size();
    outcome.seen.resize(properties);
    Faults faults(model.sip());
    Stopwatches watches(model);
    if (options.coverage) {
        outcome.coverage.add_roles(model.sip());
    }
    while (properties == 0 || outcome.violated.size() < properties) {
        const auto choice = chooser.next(run);
        if (!choice) {
            break;
        }
        if (options.stop && outcome.fired.size() % kStepsBetween == kStepsBetween - 1) {
            outcome.stopped = options.stop();
            if (!outcome.stopped.empty()) {
                return;
            }
        }
        if (outcome.fired.size() >= options.max_steps) {
            throw model::ModelLimit("a run has more than " + std::to_string(options.max_steps) +
                                    " steps; does time stand still?");
        }
        const model::Event event = run.agenda().event(choice->entry);
        const sim::Due due = run.agenda().note(choice->entry);
        if (options.coverage) {
            outcome.coverage.see(model.sip(), run.state().sip, event);
        }
        MonitoredState after = run.state();
        sim::Effects<model::Event> effects;
        MonitorLog log;
        model.step(after, event, choice->form, effects, log);
        run.step(*choice);
        outcome.fired.push_back({event, *choice, due});
        const Stepped step{model, event, choice->at, after, log};
        faults.look(step);
        watches.look(step, outcome.seen);
        note(step, faults.names(), outcome);
    }
}

}  // namespace

std::string fault_label(const model::Design& design, const model::Fault& fault) {
    const std::size_t number = fault.name.rfind('-');
    if (!fault.name.starts_with(model::kRandomFault) || number < model::kRandomFault.size()) {
        return fault.name;
    }
    std::string label = fault.name.substr(0, number);
    if (fault.server) {
        label += " of " + design.servers[*fault.server].name;
    } else if (fault.phone) {
        label += " of " + design.phones[*fault.phone].name;
    }
    return label;
}

RunOutcome run_once(const MonitoredModel& model, std::uint64_t seed,
                    const SimulationOptions& options) {
    RunOutcome outcome;
    try {
        follow(model, seed, options, outcome);
    } catch (const model::ModelLimit& limit) {
        outcome.limit = limit.what();
    }
    return outcome;
}

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
        sim::Choice choice = fired.choice;
        choice.entry = entry_like(run, event, fired.due);
        run.step(choice);
        choices.push_back(choice);
    }
    sim::ensure((run.effects().marks & sim::kViolation) != 0,
                "a simulated violation violates when executed again");
    return choices;
}

}  // namespace failback::properties

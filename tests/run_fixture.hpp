// Designs made in code, and one run of a SIP model step by step with a record of what happened.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "model/sip/sip_model.hpp"
#include "sim/execution.hpp"

namespace failback::tests {

// One phone with one line, servers called "s1", "s2" ... of which the first is the primary, no
// faults, and messages that take 10 ms each way.
inline model::Design design_with(std::size_t servers) {
    model::Design design;
    design.name = "in-code";
    design.default_delay = sim::exactly(10);
    model::Phone phone;
    phone.name = "phone";
    phone.lines.push_back({"line1", "sip:1001@example.com", {}});
    phone.timers.timer_f = phone.timers.timer_b = phone.timers.timer_j = 64 * phone.timers.t1;
    phone.retry = sim::exactly(30'000);
    for (std::size_t i = 0; i < servers; ++i) {
        model::Server server;
        server.name = "s" + std::to_string(i + 1);
        design.servers.push_back(server);
        phone.servers.push_back({i, true, {}, {}});
    }
    design.phones.push_back(phone);
    return design;
}

inline model::Fault crash(std::size_t server, sim::DelayMs at, sim::DelayMs lasts) {
    model::Fault fault;
    fault.name = "crash";
    fault.server = server;
    fault.at = sim::exactly(at);
    fault.lasts = sim::exactly(lasts);
    return fault;
}

inline model::Fault unreachable(std::size_t server, sim::DelayMs at, sim::DelayMs lasts,
                                model::Direction direction = model::Direction::both) {
    model::Fault fault = crash(server, at, lasts);
    fault.kind = model::FaultKind::unreachable;
    fault.direction = direction;
    return fault;
}

inline model::Fault restart(sim::DelayMs at, sim::DelayMs lasts) {
    model::Fault fault;
    fault.name = "restart";
    fault.kind = model::FaultKind::restart;
    fault.phone = 0;
    fault.at = sim::exactly(at);
    fault.lasts = sim::exactly(lasts);
    return fault;
}

inline model::Fault of_messages(model::FaultKind kind, int count) {
    model::Fault fault;
    fault.name = "messages";
    fault.kind = kind;
    fault.count = count;
    return fault;
}

// All timers that derive from T1; T2 as it is.
inline void set_t1(model::Design& design, sim::DelayMs t1) {
    model::TransactionTimers& timers = design.phones[0].timers;
    timers.t1 = t1;
    timers.timer_f = timers.timer_b = timers.timer_j = 64 * t1;
}

inline void dial_at(model::Design& design, sim::DelayMs at) {
    design.calls.push_back({0, 0, 1, sim::exactly(at), {}, {}});
}

// What happens next, as early as it may, up to and including `end`; only what must happen does.
template <class Model>
std::optional<sim::Choice> next_due(const sim::Execution<Model>& execution, sim::TimeMs end) {
    std::optional<sim::Choice> next;
    for (std::uint32_t entry = 0; entry < execution.agenda().size(); ++entry) {
        const sim::Due& due = execution.agenda().note(entry);
        const sim::TimeMs at = std::max(due.earliest(), execution.now());
        if (due.bounded() && at <= end && (!next || at < next->at)) {
            next = sim::Choice{entry, 0, at};
        }
    }
    return next;
}

class Run {
public:
    struct Step {
        sim::TimeMs at = 0;
        model::Event event;
        model::StepLog log;
    };
    using Instants = std::vector<sim::TimeMs>;

    explicit Run(model::Design design, model::Fidelity fidelity = model::Fidelity::full)
        : design_(std::move(design)),
          sip_(design_, model::whole(design_), fidelity),
          execution_(sip_) {}
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    // What becomes of a message that is sent, within the budgets of the design.
    std::function<model::Fate(const model::Event&)> fate;

    // Whatever must happen happens as early as it may, up to and including `end`.
    void until(sim::TimeMs end) {
        while (const auto next = next_due(execution_, end)) {
            take(*next);
        }
    }

    // The first pending event that is `wanted` happens at `at`. False if there is none, or it may
    // not happen then.
    template <class Wanted>
    bool happens(Wanted wanted, sim::TimeMs at) {
        const auto& events = execution_.agenda().events();
        const auto found = std::ranges::find_if(events, wanted);
        const sim::Choice choice{static_cast<std::uint32_t>(found - events.begin()), 0, at};
        if (found == events.end() || !execution_.possible(choice)) {
            return false;
        }
        take(choice);
        return true;
    }

    const model::SipModel& sip() const { return sip_; }
    const model::SipState& state() const { return execution_.state(); }
    const model::ClientUsage& usage(std::size_t index) const { return state().usages[index]; }
    const sim::Execution<model::SipModel>& execution() const { return execution_; }
    const std::vector<Step>& steps() const { return steps_; }

    // The messages sent that are `wanted`, with the instants at which they were.
    template <class Wanted>
    Instants sent(Wanted wanted) const {
        Instants instants;
        for (const Step& step : steps_) {
            for (const auto& sent : step.log.sent) {
                if (wanted(sent.event)) {
                    instants.push_back(step.at);
                }
            }
        }
        return instants;
    }

    Instants requests(model::Method method) const {
        return sent([method](const model::Event& event) {
            return event.kind == model::EventKind::message_to_server && event.method == method;
        });
    }

    Instants responses(model::Method method, model::Status status) const {
        return sent([method, status](const model::Event& event) {
            return event.kind == model::EventKind::message_to_phone && event.method == method &&
                   event.status == status;
        });
    }

    Instants observed(model::Notice notice, std::size_t a = 0) const {
        Instants instants;
        for (const Step& step : steps_) {
            for (const model::Observation& seen : step.log.observations) {
                if (seen.notice == notice && seen.a == a) {
                    instants.push_back(step.at);
                }
            }
        }
        return instants;
    }

private:
    void take(sim::Choice choice) {
        const model::Event event = execution_.agenda().event(choice.entry);
        const std::uint32_t forms = execution_.forms(choice.entry);
        Step taken = described(event, choice);
        for (std::uint32_t form = 0; fate && form < forms; ++form) {
            choice.form = form;
            taken = described(event, choice);
            if (std::ranges::all_of(taken.log.sent, [&](const auto& sent) {
                    return sent.fate == fate(sent.event);
                })) {
                break;
            }
            choice.form = 0;
            taken = described(event, choice);
        }
        steps_.push_back(taken);
        execution_.step(choice);
    }

    Step described(const model::Event& event, const sim::Choice& choice) const {
        model::SipState copy = execution_.state();
        sim::Effects<model::Event> effects;
        Step step{choice.at, event, {}};
        sip_.step(copy, event, choice.form, effects, step.log);
        return step;
    }

    model::Design design_;
    model::SipModel sip_;
    sim::Execution<model::SipModel> execution_;
    std::vector<Step> steps_;
};

}  // namespace failback::tests

#include "traces/recorder.hpp"

#include <map>

#include <fmt/format.h>

#include "model/file/design_file.hpp"
#include "sim/check.hpp"
#include "sim/execution.hpp"
#include "traces/describe.hpp"
#include "traces/trace_file.hpp"

namespace failback::traces {

namespace {

using properties::MonitoredModel;
using Run = sim::Execution<MonitoredModel>;

std::string hash_text(std::uint64_t hash) { return fmt::format("{:016x}", hash); }

bool is_message(const model::Event& event) { return model::is_message(event.kind); }

// The messages, the event and the changes of a step tell it, too.
bool tells_itself(model::Notice notice) {
    return notice == model::Notice::requests || notice == model::Notice::unanswered ||
           notice == model::Notice::switches;
}

// Turns one step after another into text.
class Recorder {
public:
    Recorder(const properties::Setting& setting, Trace& trace)
        : monitored_(setting.monitored.get()),
          describer_(*setting.sip),
          numbers_(setting.sip->usages().size()),
          trace_(&trace),
          run_(*monitored_) {
        trace.participants = describer_.participants();
        values_ = describer_.values(run_.state().sip);
        const auto names = describer_.variables();
        for (std::size_t i = 0; i < names.size(); ++i) {
            trace.variables.push_back({names[i], values_[i]});
        }
    }

    [[nodiscard]] Run& run() { return run_; }

    void step(const sim::Choice& choice) {
        const model::Event event = run_.agenda().event(choice.entry);
        Step step;
        step.at = choice.at;
        step.kind = describer_.kind(event);
        step.participant = describer_.participant(event);
        step.event = describer_.event(event, run_.state().sip, numbers_);
        if (is_message(event)) {
            step.delivers = message_ids_.at(run_.agenda().note(choice.entry).id);
        }
        // The same step once more on a copy, for what the engine does not keep.
        properties::MonitoredState after = run_.state();
        sim::Effects<model::Event> effects;
        properties::MonitorLog log;
        monitored_->step(after, event, choice.form, effects, log);
        const std::uint64_t first_id = run_.next_id();
        run_.step(choice);
        step.dropped = log.sip.dropped;
        note_sent(log, after.sip, effects, first_id, step);
        note_timers(effects, after.sip, step);
        for (const auto& seen : log.sip.observations) {
            if (tells_itself(seen.notice)) {
                continue;
            }
            step.observed.push_back(describer_.observation(seen));
        }
        note_changes(step);
        step.hash = hash_text(run_.hash());
        trace_->choices.push_back({choice.entry, choice.form, choice.at});
        trace_->steps.push_back(std::move(step));
    }

private:
    void note_sent(const properties::MonitorLog& log, const model::SipState& after,
                   const sim::Effects<model::Event>& effects, std::uint64_t first_id, Step& step) {
        for (const auto& sent : log.sip.sent) {
            const bool request = sent.event.status == model::Status::none;
            const bool again = (sent.event.flags & model::kRetransmission) != 0;
            const bool counted = sent.event.method == model::Method::register_ ||
                                 sent.event.method == model::Method::subscribe;
            const bool passes_proxy = sent.event.kind == model::EventKind::message_to_server &&
                                      (sent.event.flags & model::kToProxy) == 0 &&
                                      monitored_->sip().proxy_of(sent.event).has_value();
            if (request && !again && counted && !passes_proxy) {
                numbers_.count_request(sent.event.index);
            }
        }
        std::size_t next_scheduled = 0;
        for (const auto& sent : log.sip.sent) {
            Sent entry;
            entry.from = describer_.sender(sent.event);
            entry.to = describer_.receiver(sent.event);
            entry.label = describer_.message(sent.event, after, numbers_);
            entry.request = sent.event.status == model::Status::none;
            entry.retransmission = (sent.event.flags & model::kRetransmission) != 0;
            const int copies = sent.fate == model::Fate::duplicated ? 2 : 1;
            const bool is_gone =
                sent.fate == model::Fate::lost || sent.fate == model::Fate::dropped;
            for (int copy = 0; copy < copies; ++copy) {
                entry.id = ++messages_;
                entry.fate = is_gone                          ? "lost"
                             : copy == 1                      ? "duplicate"
                             : sent.fate == model::Fate::late ? "late"
                                                              : "";
                if (!is_gone) {
                    while (!is_message(effects.scheduled[next_scheduled].event)) {
                        ++next_scheduled;
                    }
                    message_ids_[first_id + next_scheduled] = entry.id;
                    ++next_scheduled;
                }
                step.sent.push_back(entry);
            }
        }
    }

    void note_timers(const sim::Effects<model::Event>& effects, const model::SipState& after,
                     Step& step) const {
        for (const auto& request : effects.scheduled) {
            if (!is_message(request.event)) {
                const bool bounded = request.delay.latest != sim::kNever;
                step.scheduled.push_back({describer_.event(request.event, after, numbers_),
                                          step.at + request.delay.earliest,
                                          bounded ? step.at + request.delay.latest : -1});
            }
        }
        for (const auto& event : effects.cancelled) {
            step.cancelled.push_back(describer_.event(event, after, numbers_));
        }
    }

    void note_changes(Step& step) {
        const auto now = describer_.values(run_.state().sip);
        for (std::size_t i = 0; i < now.size(); ++i) {
            if (now[i] != values_[i]) {
                step.changes.push_back({trace_->variables[i].name, values_[i], now[i]});
            }
        }
        values_ = now;
    }

    const MonitoredModel* monitored_;
    Describer describer_;
    SequenceNumbers numbers_;
    Trace* trace_;
    Run run_;
    std::vector<std::string> values_;
    std::map<std::uint64_t, int> message_ids_;  // by the id of the agenda entry
    int messages_ = 0;
};

std::vector<std::string> scope_names(const properties::Setting& setting) {
    std::vector<std::string> names;
    for (const model::Part& part : setting.scope.parts) {
        names.push_back(model::name_of(setting.sip->design(), part));
    }
    return names;
}

}  // namespace

Trace record(const properties::Setting& setting, const nlohmann::json& design_json,
             const Caption& caption, const std::vector<sim::Choice>& choices) {
    Trace trace;
    trace.version = caption.version;
    trace.design = design_json;
    trace.design_hash = design_hash(design_json);
    trace.design_file = setting.sip->design().file;
    trace.property = caption.property;
    trace.says = caption.says;
    trace.outcome = caption.outcome;
    trace.reason = caption.reason;
    trace.measured = caption.extent.measure;
    trace.sliced = caption.extent.breadth != properties::Breadth::whole;
    trace.scope = scope_names(setting);
    Recorder recorder(setting, trace);
    for (const sim::Choice& choice : choices) {
        recorder.step(choice);
    }
    return trace;
}

namespace {

// What is not as the trace says, the first thing that a reader would look at first.
std::string difference(const Step& expected, const Step& got) {
    if (got.event != expected.event) {
        return "expected \"" + expected.event + "\", got \"" + got.event + "\"";
    }
    if (got.hash != expected.hash) {
        return "hash " + got.hash + " instead of " + expected.hash;
    }
    return "\"" + expected.event + "\" sends, schedules or changes something else than recorded";
}

}  // namespace

Replay replay(const Trace& trace) {
    const model::Design design = model::parse_design(trace.design.dump(), trace.design_file);
    std::vector<properties::Property> watched;
    if (!trace.says.empty()) {
        watched.push_back(properties::parse_property(trace.says, design));
    }
    const properties::Setting setting = properties::make_setting(
        design, watched, {trace.sliced ? properties::Breadth::context : properties::Breadth::whole,
                          false, trace.measured});
    Trace again;
    Recorder recorder(setting, again);
    Replay result;
    for (const Choice& choice : trace.choices) {
        const std::size_t number = result.steps + 1;
        const sim::Choice next{choice.entry, choice.form, choice.at};
        if (!recorder.run().possible(next) ||
            next.form >= recorder.run().forms(next.entry)) {
            result.divergence = {number, "its choice is not possible here"};
            return result;
        }
        recorder.step(next);
        const Step& expected = trace.steps[result.steps];
        const Step& got = again.steps.back();
        if (!(got == expected)) {
            result.divergence = {number, difference(expected, got)};
            return result;
        }
        ++result.steps;
    }
    const bool violates = (recorder.run().effects().marks & sim::kViolation) != 0;
    if ((trace.outcome == "violated") != violates) {
        result.divergence = {result.steps, violates ? "the run violates the property"
                                                    : "the run does not violate the property"};
        return result;
    }
    result.agrees = true;
    return result;
}

}  // namespace failback::traces

#include "traces/trace_check.hpp"

#include <cstdlib>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "model/file/design_text.hpp"
#include "traces/trace_file.hpp"

namespace failback::traces {
namespace {

class Checker {
public:
    Checker(const Trace& trace, model::Input& input) : trace_(trace), input_(input) {}

    void run() {
        check_design();
        check_declarations();
        check_chain();
        if (trace_.choices.size() != trace_.steps.size()) {
            report("/choices", fmt::format("{} choices", trace_.choices.size()),
                   fmt::format("one for each of the {} steps", trace_.steps.size()));
        }
        for (std::size_t i = 0; i < trace_.steps.size(); ++i) {
            check_step(i);
        }
    }

private:
    void report(const std::string& pointer, std::string found, std::string expected) {
        input_.report({nullptr, pointer}, {std::move(found), std::move(expected)});
    }

    void check_design() {
        const std::string actual = design_hash(trace_.design);
        if (actual != trace_.design_hash) {
            report("/design_hash",
                   fmt::format("{} for a design with the hash {}",
                               model::in_quotes(trace_.design_hash), actual),
                   "the hash of the design; the design inside the trace was edited");
        }
    }

    void check_declarations() {
        for (std::size_t i = 0; i < trace_.participants.size(); ++i) {
            if (!participants_.insert(trace_.participants[i].name).second) {
                report(fmt::format("/participants/{}/name", i),
                       model::in_quotes(trace_.participants[i].name) + " a second time",
                       "each participant once");
            }
        }
        for (std::size_t i = 0; i < trace_.variables.size(); ++i) {
            const Variable& variable = trace_.variables[i];
            if (!values_.emplace(variable.name, variable.initial).second) {
                report(fmt::format("/variables/{}/name", i),
                       model::in_quotes(variable.name) + " a second time", "each variable once");
            }
        }
    }

    void check_chain() {
        sim::TimeMs length = 0;
        for (const ChainLink& link : trace_.chain) {
            length += std::abs(link.ms);
            if (length > kLatestInstant) {
                report("/chain", "links that are too long together",
                       fmt::format("at most {} ms", kLatestInstant));
                return;
            }
        }
    }

    void check_step(std::size_t index) {
        const Step& step = trace_.steps[index];
        const std::string pointer = fmt::format("/steps/{}", index);
        const sim::TimeMs before = index == 0 ? 0 : trace_.steps[index - 1].at;
        if (step.at < before) {
            report(pointer + "/at", std::to_string(step.at),
                   fmt::format("no instant before that of the previous step, {}", before));
        }
        if (!step.participant.empty()) {
            check_participant(step.participant, pointer + "/participant");
        }
        check_arrival(step, pointer);
        for (std::size_t i = 0; i < step.sent.size(); ++i) {
            check_sent(step.sent[i], fmt::format("{}/sent/{}", pointer, i));
        }
        for (std::size_t i = 0; i < step.scheduled.size(); ++i) {
            check_scheduled(step.scheduled[i], step.at, fmt::format("{}/scheduled/{}", pointer, i));
        }
        for (std::size_t i = 0; i < step.changes.size(); ++i) {
            check_change(step.changes[i], fmt::format("{}/changes/{}", pointer, i));
        }
    }

    void check_participant(const std::string& name, const std::string& pointer) {
        if (!participants_.contains(name)) {
            report(pointer, model::in_quotes(name), "a declared participant");
        }
    }

    void check_arrival(const Step& step, const std::string& pointer) {
        if (step.dropped && step.delivers == 0) {
            report(pointer + "/dropped", "true", "the message that it \"delivers\"");
        }
        if (step.delivers != 0 && under_way_.erase(step.delivers) == 0) {
            report(pointer + "/delivers", fmt::format("message {}", step.delivers),
                   "a message that was sent before, was not lost and has not arrived");
        }
    }

    void check_sent(const Sent& sent, const std::string& pointer) {
        check_participant(sent.from, pointer + "/from");
        check_participant(sent.to, pointer + "/to");
        if (sent.id != last_id_ + 1) {
            report(pointer + "/id", fmt::format("message {}", sent.id),
                   fmt::format("message {}: they are counted", last_id_ + 1));
        }
        last_id_ = sent.id;
        if (sent.fate != "lost") {
            under_way_.insert(sent.id);
        }
    }

    void check_scheduled(const Scheduled& event, sim::TimeMs now, const std::string& pointer) {
        if (event.earliest < now) {
            report(pointer + "/earliest", std::to_string(event.earliest),
                   fmt::format("no instant before that of the step, {}", now));
        }
        if (event.latest != -1 && event.latest < event.earliest) {
            report(pointer + "/latest", std::to_string(event.latest),
                   fmt::format("no instant before the earliest, {}", event.earliest));
        }
    }

    void check_change(const Change& change, const std::string& pointer) {
        const auto value = values_.find(change.variable);
        if (value == values_.end()) {
            report(pointer + "/variable", model::in_quotes(change.variable), "a declared variable");
            return;
        }
        if (value->second != change.from) {
            report(pointer + "/from", model::in_quotes(change.from),
                   "the value at this point, " + model::in_quotes(value->second));
        }
        value->second = change.to;
    }

    const Trace& trace_;
    model::Input& input_;
    std::set<std::string> participants_;
    std::map<std::string, std::string> values_;  // of the variables, as the steps change them
    std::set<int> under_way_;                    // messages
    int last_id_ = 0;
};

}  // namespace

void check_trace(const Trace& trace, model::Input& input) { Checker(trace, input).run(); }

}  // namespace failback::traces

#include "traces/trace_reader.hpp"

#include <limits>
#include <utility>

#include <fmt/format.h>

#include "traces/json_members.hpp"

namespace failback::traces {
namespace {

// The names of the members stand here for reading and in trace_file.cpp for writing; the round
// trips of the tests keep the two together.

std::string read_text(const Value& value) { return value.text(); }
bool read_flag(const Value& value) { return value.flag(); }
std::string read_hash(const Value& value) { return value.hash(); }
std::vector<std::string> read_texts(const Value& value) { return value.texts(); }
sim::TimeMs read_instant(const Value& value) { return value.number(0, kLatestInstant); }

std::uint32_t read_index(const Value& value) {
    return static_cast<std::uint32_t>(value.number(0, std::numeric_limits<std::uint32_t>::max()));
}

int read_id(const Value& value) {
    return static_cast<int>(value.number(1, std::numeric_limits<int>::max()));
}

Choice read_choice(const Value& value) {
    Members members(value);
    Choice choice;
    choice.entry = members.required("entry", read_index);
    choice.form = members.required("form", read_index);
    choice.at = members.required("at", read_instant);
    members.finish();
    return choice;
}

Sent read_sent(const Value& value) {
    Members members(value);
    Sent sent;
    sent.id = members.required("id", read_id);
    sent.from = members.text("from");
    sent.to = members.text("to");
    sent.label = members.text("label");
    sent.request = members.required("request", read_flag);
    sent.retransmission = members.optional("retransmission", false, read_flag);
    sent.fate = members.optional("fate", std::string(),
                                 [](const Value& fate) { return fate.one_of(kFates); });
    members.finish();
    return sent;
}

Scheduled read_scheduled(const Value& value) {
    Members members(value);
    Scheduled scheduled;
    scheduled.what = members.text("what");
    scheduled.earliest = members.required("earliest", read_instant);
    scheduled.latest = members.optional("latest", scheduled.latest, read_instant);
    members.finish();
    return scheduled;
}

Change read_change(const Value& value) {
    Members members(value);
    Change change;
    change.variable = members.text("variable");
    change.from = members.text("from");
    change.to = members.text("to");
    members.finish();
    return change;
}

// An optional list; empty if it is left out.
template <class Convert>
auto read_list(Members& members, std::string_view name, Convert convert) {
    const auto read = [convert](const Value& value) { return value.list(convert); };
    return members.optional(name, std::vector<std::invoke_result_t<Convert, const Value&>>(), read);
}

Step read_step(const Value& value) {
    Members members(value);
    Step step;
    step.at = members.required("at", read_instant);
    step.kind = members.required("kind", [](const Value& kind) { return kind.one_of(kStepKinds); });
    step.participant = members.text("participant");
    step.event = members.text("event");
    step.delivers = members.optional("delivers", 0, read_id);
    step.dropped = members.optional("dropped", false, read_flag);
    step.sent = read_list(members, "sent", read_sent);
    step.scheduled = read_list(members, "scheduled", read_scheduled);
    step.cancelled = read_list(members, "cancelled", read_text);
    step.observed = read_list(members, "observed", read_text);
    step.changes = read_list(members, "changes", read_change);
    step.hash = members.required("hash", read_hash);
    members.finish();
    return step;
}

Participant read_participant(const Value& value) {
    Members members(value);
    Participant participant;
    participant.name = members.text("name");
    participant.kind = members.text("kind");
    members.finish();
    return participant;
}

Variable read_variable(const Value& value) {
    Members members(value);
    Variable variable;
    variable.name = members.text("name");
    variable.initial = members.text("initial");
    members.finish();
    return variable;
}

ChainLink read_link(const Value& value) {
    Members members(value);
    ChainLink link;
    link.what = members.text("what");
    link.ms = members.required(
        "ms", [](const Value& ms) { return ms.number(-kLatestInstant, kLatestInstant); });
    members.finish();
    return link;
}

template <class Convert>
auto required_list(Members& members, std::string_view name, Convert convert) {
    return members.required(name, [convert](const Value& value) { return value.list(convert); });
}

Trace read_trace(const Value& value) {
    Members members(value);
    Trace trace;
    trace.format = members.required("format", [](const Value& format) {
        return static_cast<int>(format.number(kTraceFormat, kTraceFormat));
    });
    trace.version = members.text("version");
    trace.design_file = members.text("design_file");
    trace.design_hash = members.required("design_hash", read_hash);
    trace.property = members.text("property");
    trace.says = members.text("says");
    trace.outcome =
        members.required("outcome", [](const Value& outcome) { return outcome.one_of(kOutcomes); });
    trace.reason = members.text("reason");
    trace.measured = members.required("measured", read_flag);
    trace.sliced = members.required("sliced", read_flag);
    trace.scope = members.required("scope", read_texts);
    trace.participants = required_list(members, "participants", read_participant);
    trace.variables = required_list(members, "variables", read_variable);
    trace.chain = required_list(members, "chain", read_link);
    trace.design = members.required("design", [](const Value& design) { return design.object(); });
    trace.choices = required_list(members, "choices", read_choice);
    trace.steps = required_list(members, "steps", read_step);
    members.finish();
    return trace;
}

// Another format may look different in every other respect, so that this problem comes alone.
bool is_other_format(const nlohmann::json& root) {
    const auto format = root.is_object() ? root.find("format") : root.end();
    return root.is_object() && format != root.end() && format->is_number_integer() &&
           *format != kTraceFormat;
}

bool is_design(const nlohmann::json& root) {
    return root.is_object() && root.contains("servers") && root.contains("phones") &&
           !root.contains("steps");
}

}  // namespace

Trace read_members(model::Input& input) {
    const nlohmann::json& root = *input.root().value;
    if (is_other_format(root)) {
        input.report(
            {&root["format"], "/format"},
            {"trace format " + root["format"].dump(),
             fmt::format("trace format {}, the only one that this version reads", kTraceFormat)});
        return {};
    }
    if (is_design(root)) {
        input.report(input.root(),
                     {"a design", "a trace, as check, bound and simulate write them"});
        return {};
    }
    return read_trace(Value(input, input.root()));
}

}  // namespace failback::traces

#include "traces/trace_file.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include "traces/trace_check.hpp"
#include "traces/trace_reader.hpp"

namespace failback::traces {
namespace {

// The names of the members stand once for writing (here) and once for reading (trace_reader.cpp);
// the round trip of the tests keeps the two together.
using Ordered = nlohmann::ordered_json;

constexpr std::size_t kColumns = 100;
constexpr auto kReplace = Ordered::error_handler_t::replace;

template <class Items, class Convert>
Ordered list(const Items& items, Convert convert) {
    Ordered result = Ordered::array();
    for (const auto& item : items) {
        result.push_back(convert(item));
    }
    return result;
}

Ordered sent_json(const Sent& sent) {
    Ordered json{{"id", sent.id}, {"from", sent.from}, {"to", sent.to}, {"label", sent.label}};
    json["request"] = sent.request;
    if (sent.retransmission) {
        json["retransmission"] = true;
    }
    if (!sent.fate.empty()) {
        json["fate"] = sent.fate;
    }
    return json;
}

Ordered scheduled_json(const Scheduled& scheduled) {
    Ordered json{{"what", scheduled.what}, {"earliest", scheduled.earliest}};
    if (scheduled.latest != -1) {
        json["latest"] = scheduled.latest;
    }
    return json;
}

Ordered change_json(const Change& change) {
    return {{"variable", change.variable}, {"from", change.from}, {"to", change.to}};
}

Ordered step_json(const Step& step) {
    Ordered json{{"at", step.at}, {"kind", step.kind}};
    json["participant"] = step.participant;
    json["event"] = step.event;
    if (step.delivers != 0) {
        json["delivers"] = step.delivers;
    }
    if (step.dropped) {
        json["dropped"] = true;
    }
    const auto add = [&json](const char* name, Ordered items) {
        if (!items.empty()) {
            json[name] = std::move(items);
        }
    };
    add("sent", list(step.sent, sent_json));
    add("scheduled", list(step.scheduled, scheduled_json));
    add("cancelled", step.cancelled);
    add("observed", step.observed);
    add("changes", list(step.changes, change_json));
    json["hash"] = step.hash;
    return json;
}

Ordered trace_json(const Trace& trace) {
    Ordered json{{"format", trace.format}, {"version", trace.version}};
    json["design_file"] = trace.design_file;
    json["design_hash"] = trace.design_hash;
    json["property"] = trace.property;
    json["says"] = trace.says;
    json["outcome"] = trace.outcome;
    json["reason"] = trace.reason;
    json["measured"] = trace.measured;
    json["sliced"] = trace.sliced;
    json["scope"] = trace.scope;
    json["participants"] = list(trace.participants, [](const Participant& participant) {
        return Ordered{{"name", participant.name}, {"kind", participant.kind}};
    });
    json["variables"] = list(trace.variables, [](const Variable& variable) {
        return Ordered{{"name", variable.name}, {"initial", variable.initial}};
    });
    json["chain"] = list(trace.chain, [](const ChainLink& link) {
        return Ordered{{"what", link.what}, {"ms", link.ms}};
    });
    json["design"] = trace.design;
    json["choices"] = list(trace.choices, [](const Choice& choice) {
        return Ordered{{"entry", choice.entry}, {"form", choice.form}, {"at", choice.at}};
    });
    json["steps"] = list(trace.steps, step_json);
    return json;
}

std::string quoted_text(const std::string& text) {
    return Ordered(text).dump(-1, ' ', false, kReplace);
}

// On one line, with a space after each colon and comma.
void print_flat(const Ordered& json, std::string& out) {
    if (!json.is_structured()) {
        out += json.dump(-1, ' ', false, kReplace);
        return;
    }
    out += json.is_object() ? '{' : '[';
    const char* separator = "";
    for (const auto& [key, value] : json.items()) {
        out += separator;
        if (json.is_object()) {
            out += quoted_text(key) + ": ";
        }
        print_flat(value, out);
        separator = ", ";
    }
    out += json.is_object() ? '}' : ']';
}

// Writes a value that does not fit into the line: its members stand beside each other as far as
// they fit. Those of the trace have lines of their own, and the brackets of its members, too.
void print(const Ordered& json, std::size_t depth, std::string& out) {
    constexpr std::size_t kClosing = 5;  // columns for the comma and the brackets that may follow
    const std::string margin = '\n' + std::string(2 * depth + 2, ' ');
    out += json.is_object() ? '{' : '[';
    bool is_first = true;
    bool is_broken = false;  // the member before did not fit into a line
    for (const auto& [key, value] : json.items()) {
        const std::string name = json.is_object() ? quoted_text(key) + ": " : "";
        std::string flat = name;
        print_flat(value, flat);
        const std::size_t column = out.size() - out.rfind('\n');
        const bool hangs = is_first && depth >= 2;
        const bool joins = hangs || (!is_first && !is_broken && depth >= 1);
        const std::string separator = is_first ? "" : ",";
        is_broken = false;
        if (joins && column + flat.size() + kClosing <= kColumns) {
            out += separator + (is_first ? "" : " ") + flat;
        } else {
            out += separator + (hangs ? "" : margin);
            const std::size_t start = hangs ? column : 2 * depth + 2;
            const bool fits = start + flat.size() + kClosing <= kColumns;
            if (fits || !value.is_structured() || value.empty()) {
                out += flat;
            } else {
                out += name;
                print(value, depth + 1, out);
                is_broken = true;
            }
        }
        is_first = false;
    }
    out += depth < 2 ? margin.substr(0, margin.size() - 2) : "";
    out += json.is_object() ? '}' : ']';
}

}  // namespace

std::string to_json_text(const Trace& trace) {
    std::string text;
    print(trace_json(trace), 0, text);
    return text + '\n';
}

Trace parse_trace(std::string_view text, const std::string& file) {
    const model::JsonSource source(text, file, model::kMostTraceValues);
    model::Input input(source, file);
    Trace trace = read_members(input);
    if (input.problems().empty()) {
        check_trace(trace, input);
    }
    if (!input.problems().empty()) {
        throw model::InputError(input.problems());
    }
    return trace;
}

std::string design_hash(const nlohmann::json& design) {
    const std::string text = design.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
}

}  // namespace failback::traces

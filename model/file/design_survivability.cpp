// Gateways that watch the server that they stand in for.
#include <array>

#include "model/file/design_parts.hpp"
#include "model/file/design_text.hpp"

namespace failback::model {
namespace {

constexpr std::array<Choice<Transport>, 2> kTransports{
    {{"udp", Transport::udp}, {"tcp", Transport::tcp}}};

constexpr std::array<Choice<bool>, 2> kAtExit{{{"kept", false}, {"dropped", true}}};

struct Normal {
    InNormal what;
    Status answer;
};

constexpr std::array<Choice<Normal>, 8> kInNormal{
    {{"ignored", {InNormal::ignored, Status::server_error_500}},
     {"served", {InNormal::served, Status::server_error_500}},
     {"passed-on", {InNormal::passed_on, Status::server_error_500}},
     {"500", {InNormal::refused, Status::server_error_500}},
     {"503", {InNormal::refused, Status::service_unavailable_503}},
     {"480", {InNormal::refused, Status::temporarily_unavailable_480}},
     {"403", {InNormal::refused, Status::forbidden_403}},
     {"404", {InNormal::refused, Status::not_found_404}}}};

constexpr std::array<Choice<Normal>, 7> kInEmergency{
    {{"served", {InNormal::served, Status::server_error_500}},
     {"ignored", {InNormal::ignored, Status::server_error_500}},
     {"500", {InNormal::refused, Status::server_error_500}},
     {"503", {InNormal::refused, Status::service_unavailable_503}},
     {"480", {InNormal::refused, Status::temporarily_unavailable_480}},
     {"403", {InNormal::refused, Status::forbidden_403}},
     {"404", {InNormal::refused, Status::not_found_404}}}};

constexpr std::array<Choice<Status>, 4> kUnanswered{
    {{"silence", Status::none},
     {"408", Status::request_timeout_408},
     {"500", Status::server_error_500},
     {"503", Status::service_unavailable_503}}};

constexpr std::array<Choice<Status>, 3> kUnregisteredCalls{
    {{"taken", Status::none},
     {"403", Status::forbidden_403},
     {"503", Status::service_unavailable_503}}};

// What a gateway that passes requests on does when it cannot, or need no longer stand in.
void read_passing(ObjectReader& reader, Survivability& rules) {
    if (rules.in_normal != InNormal::passed_on) {
        for (const char* key : {"in_emergency", "unanswered", "gives_up_after", "re_registers"}) {
            reader.refuse(key, R"(it belongs to the "in_normal" "passed-on")");
        }
        return;
    }
    if (const auto emergency = reader.choice("in_emergency", kInEmergency)) {
        rules.in_emergency = emergency->what;
        rules.emergency_answer = emergency->answer;
    }
    rules.unanswered = reader.choice("unanswered", kUnanswered).value_or(rules.unanswered);
    if (rules.unanswered == Status::none) {
        reader.refuse("gives_up_after", R"(with "silence" nothing is given up)");
    } else {
        rules.gives_up_after = reader.duration("gives_up_after", rules.gives_up_after, kPositive);
    }
    if (reader.has("re_registers")) {
        rules.re_registers = reader.duration("re_registers", 0, kPositive);
    } else {
        (void)reader.member("re_registers");
    }
    if (rules.re_registers && rules.in_emergency != InNormal::served) {
        reader.refuse("re_registers", R"(whom it does not serve it does not register)");
    } else if (rules.re_registers && rules.drops_at_exit) {
        reader.refuse("re_registers", R"(it registers the bindings that are "kept" at the end)");
    }
}

}  // namespace

Survivability read_survivability(ObjectReader& server) {
    constexpr int kMostProbes = 100;
    Survivability rules;
    const std::optional<Node> node = server.member("survivability");
    if (!node) {
        return rules;
    }
    ObjectReader reader(server.input(), *node, "the survivability of a gateway");
    if (reader.has("delay")) {
        rules.delay = reader.interval("delay", {});
    }
    (void)reader.member("delay");
    rules.transport = reader.choice("transport", kTransports).value_or(rules.transport);
    rules.probe = reader.duration("probe", rules.probe, kPositive);
    rules.probe_in_emergency = reader.duration("probe_in_emergency", rules.probe, kPositive);
    rules.timeout = reader.duration("timeout", rules.timeout, kPositive);
    rules.enters_after = reader.integer("enters_after", rules.enters_after, {1, kMostProbes});
    rules.leaves_after = reader.integer("leaves_after", rules.leaves_after, {1, kMostProbes});
    if (const auto normal = reader.choice("in_normal", kInNormal)) {
        rules.in_normal = normal->what;
        rules.answer = normal->answer;
    }
    rules.drops_at_exit = reader.choice("at_exit", kAtExit).value_or(rules.drops_at_exit);
    rules.to_unregistered =
        reader.choice("unregistered_calls", kUnregisteredCalls).value_or(rules.to_unregistered);
    read_passing(reader, rules);
    reader.finish();
    return rules;
}

void resolve_watched(DesignParts& parts, const std::vector<Watching>& watching) {
    for (const Watching& each : watching) {
        const auto watched = parts.servers.find(parts.input, each.node, each.name);
        if (!watched) {
            continue;
        }
        if (*watched == each.gateway) {
            parts.input.report(each.node, {in_quotes(each.name) + ", the gateway itself",
                                           "the server that it stands in for"});
        } else {
            parts.design.servers[each.gateway].watches = *watched;
        }
    }
    for (const Watching& each : watching) {
        const auto& watched = parts.design.servers[each.gateway].watches;
        if (watched && parts.design.servers[*watched].watches) {
            parts.input.report(each.node, {in_quotes(each.name) + ", which watches a server, too",
                                           "a server that watches nobody"});
        }
    }
}

}  // namespace failback::model

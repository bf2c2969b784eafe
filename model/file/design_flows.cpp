// What stands in the way of a phone's flows, and how it keeps them alive.
#include <array>

#include "model/file/design_parts.hpp"
#include "model/file/design_text.hpp"
#include "model/nodes/flow.hpp"

namespace failback::model {
namespace {

constexpr std::array<Choice<KeepAliveMethod>, 5> kMethods{
    {{"none", KeepAliveMethod::none},
     {"crlf", KeepAliveMethod::crlf},
     {"stun", KeepAliveMethod::stun},
     {"options", KeepAliveMethod::options},
     {"cisco-keep-alive", KeepAliveMethod::heartbeat}}};

constexpr std::array<Choice<bool>, 2> kWhere{{{"registered", false}, {"first-of-name", true}}};

constexpr std::array<Choice<bool>, 2> kFlowTimers{{{"heeded", true}, {"ignored", false}}};

constexpr IntervalRule kSomeTime{1, false};

std::optional<Interval> read_nat(ObjectReader& phone, Transport transport) {
    const std::optional<Node> node = phone.member("nat");
    if (!node) {
        return std::nullopt;
    }
    if (transport == Transport::tcp) {
        phone.input().report(*node, {"a NAT before a phone with TCP", R"("transport": "udp")",
                                     "what a NAT does to connections is not modelled"});
        return std::nullopt;
    }
    ObjectReader reader(phone.input(), *node, "the NAT of a phone");
    const Interval lifetime = reader.interval("lifetime", {30'000, 30'000}, kSomeTime);
    if (!reader.has("lifetime")) {
        (void)reader.required("lifetime", R"(how long a mapping lasts, such as "30s")");
    }
    reader.finish();
    return lifetime;
}

// Which answers there are, depends on the means.
void read_answers(ObjectReader& reader, KeepAlive& rules, Transport transport) {
    constexpr std::string_view kOnlyCrlf = R"(it belongs to the method "crlf")";
    if (rules.method != KeepAliveMethod::crlf) {
        reader.refuse("answered", kOnlyCrlf);
        reader.refuse("answer_within", kOnlyCrlf);
    } else if (transport == Transport::udp) {
        reader.refuse("answered", "over UDP an empty message has no answer (RFC 5626 4.4.2)");
        reader.refuse("answer_within", "over UDP an empty message has no answer");
    } else {
        rules.answered = reader.boolean("answered", true);
        if (rules.answered) {
            rules.answer_within = reader.duration("answer_within", rules.answer_within, kPositive);
        } else {
            reader.refuse("answer_within", R"(without answers there is none to wait for)");
        }
    }
    if (expects_answers(rules)) {
        rules.max_lost = reader.integer("max_lost", rules.max_lost, {1, 10});
    } else {
        reader.refuse("max_lost", "without answers none is missed");
    }
}

KeepAlive read_keep_alive(ObjectReader& phone, Transport transport) {
    KeepAlive rules;
    const std::optional<Node> node = phone.member("keep_alive");
    if (!node) {
        return rules;
    }
    ObjectReader reader(phone.input(), *node, "the keep-alives of a phone");
    const auto method = reader.choice("method", kMethods);
    if (!method) {
        if (!reader.has("method")) {
            (void)reader.required("method",
                                  R"("crlf", "stun", "options", "cisco-keep-alive" or "none")");
        }
        return rules;
    }
    rules.method = *method;
    if (rules.method == KeepAliveMethod::none) {
        for (const std::string_view key :
             {"every", "answered", "answer_within", "max_lost", "to", "flow_timer"}) {
            reader.refuse(key, R"(the method is "none")");
        }
    } else {
        if (!reader.has("every")) {
            (void)reader.required("every", R"(an interval such as ["24s", "29s"])");
        }
        rules.every = reader.interval("every", {30'000, 30'000}, kSomeTime);
        rules.heeds_flow_timer =
            reader.choice("flow_timer", kFlowTimers).value_or(rules.heeds_flow_timer);
        read_answers(reader, rules, transport);
        if (rules.method != KeepAliveMethod::options) {
            reader.refuse("to", R"(it belongs to the method "options")");
        } else {
            rules.to_first = reader.choice("to", kWhere).value_or(rules.to_first);
        }
        if (rules.to_first && transport == Transport::tcp) {
            reader.input().report(*reader.member("to"),
                                  {R"("first-of-name" over TCP)", R"("transport": "udp")",
                                   "connections beside that of the registration are not modelled"});
        }
    }
    if (rules.method == KeepAliveMethod::stun && transport == Transport::tcp) {
        reader.input().report(*reader.member("method"),
                              {R"("stun" over TCP)", R"("crlf" or "options")",
                               "RFC 5626 4.4.2 has it over UDP"});
    }
    reader.finish();
    return rules;
}

}  // namespace

FlowRules read_flow(ObjectReader& phone, Transport transport) {
    FlowRules flow;
    flow.nat = read_nat(phone, transport);
    flow.keep_alive = read_keep_alive(phone, transport);
    if (transport == Transport::tcp) {
        flow.rto = phone.duration("rto", flow.rto, kPositive);
    } else {
        phone.refuse("rto", R"(it belongs to "transport": "tcp")");
    }
    return flow;
}

}  // namespace failback::model

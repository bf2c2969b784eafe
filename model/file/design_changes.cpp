// Faults in which a server, a path or a resolver goes on, but otherwise than before; and when and
// how often faults strike.
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "model/duration.hpp"
#include "model/file/design_parts.hpp"
#include "model/file/design_text.hpp"
#include "model/sip/clock.hpp"
#include "model/sip/clock_rates.hpp"

namespace failback::model {
namespace {

}  // namespace

void read_times(ObjectReader& reader, Fault& fault) {
    fault.at = reader.interval("at", fault.at, kOpen);
    fault.lasts = reader.interval("lasts", fault.lasts, kOpen);
    for (const char* key : {"bindings", "retry_after", "notifies", "window"}) {
        reader.refuse(key, "nothing stops, and no message is struck");
    }
}

void read_new_delay(ObjectReader& reader, Fault& fault) {
    fault.delay = reader.interval("delay", fault.delay);
    if (!reader.has("delay")) {
        (void)reader.required("delay", R"(an interval instead of the usual one, such as "3s")");
    }
}

namespace {

// The phones that ask for names must know whether they wait for an answer.
void refuse_half_late(DesignParts& parts, ObjectReader& reader, const Fault& fault) {
    for (const Phone& phone : parts.design.phones) {
        const DelayMs timeout = phone.lookup.timeout;
        if (!phone.names.empty() && reader.has("delay") &&
            fault.delay.latest >= shortest_by_clock(timeout, phone) &&
            fault.delay.earliest < longest_by_clock(timeout, phone)) {
            parts.input.report(
                *reader.member("delay"),
                {"answers before and after " + in_quotes(phone.name) + " gives a query up",
                 "a delay that is always shorter than its " + duration_text(timeout) +
                     ", or never",
                 "two faults, one for each"});
            return;
        }
    }
}

void read_dns_delay(DesignParts& parts, ObjectReader& reader, Fault& fault) {
    fault.resolver = reader.reference("resolver", parts.resolvers);
    for (const char* key : {"server", "phone", "gateway", "direction"}) {
        reader.refuse(key, "it concerns queries of all phones");
    }
    read_new_delay(reader, fault);
    refuse_half_late(parts, reader, fault);
    read_times(reader, fault);
}

}  // namespace

bool challenges(const DesignParts& parts, const Fault& fault) {
    const Server& server = parts.design.servers[*fault.server];
    for (const Phone& phone : parts.design.phones) {
        for (std::size_t line = 0; line < phone.lines.size(); ++line) {
            for (const Method method : {Method::register_, Method::subscribe, Method::invite}) {
                if (login_of(server, phone, line, method).challenged) {
                    return true;
                }
            }
        }
    }
    return false;
}

namespace {

void read_wrong_password(DesignParts& parts, ObjectReader& reader, Fault& fault) {
    fault.server = required_reference(reader, "server", parts.servers);
    fault.phone = reader.reference("phone", parts.phones);
    if (fault.server && fault.phone &&
        !entry_beyond(parts.design, *fault.phone, *fault.server)) {
        require_listed(parts, reader, *fault.phone, *fault.server);
    }
    if (fault.server && !challenges(parts, fault)) {
        parts.input.report(*reader.member("server"),
                           {in_quotes(parts.design.servers[*fault.server].name) +
                                ", which asks nobody for a password",
                            R"(a server with "authentication")"});
    }
    for (const char* key : {"resolver", "gateway", "direction", "delay"}) {
        reader.refuse(key, "it concerns requests that the server challenges");
    }
    read_times(reader, fault);
}

}  // namespace

bool is_change(FaultKind kind) {
    return kind == FaultKind::latency || kind == FaultKind::dns_delay ||
           kind == FaultKind::credentials || kind == FaultKind::slowdown;
}

void read_change(DesignParts& parts, ObjectReader& reader, Fault& fault) {
    if (fault.kind == FaultKind::dns_delay) {
        read_dns_delay(parts, reader, fault);
    } else if (fault.kind == FaultKind::credentials) {
        read_wrong_password(parts, reader, fault);
    } else if (fault.kind == FaultKind::slowdown) {
        read_slowdown(parts, reader, fault);
    } else {
        read_ends(parts, reader, fault);
        reader.refuse("resolver", R"(answers of a resolver are late with a "dns-delay")");
        read_new_delay(reader, fault);
        read_times(reader, fault);
    }
}

// What may go on for ever needs no count: a state that counts down would be another each time.
void read_count(ObjectReader& reader, Fault& fault, bool may_be_unlimited) {
    const std::optional<Node> node = reader.member("count");
    const bool is_unlimited = node && *node->value == "unlimited";
    if (!is_unlimited) {
        fault.count = reader.integer("count", fault.count, {1, 100});
        return;
    }
    fault.count = kUnlimited;
    const bool is_drawn = is_of_messages(fault.kind) && reader.has("ratio");
    if (!may_be_unlimited && !is_drawn) {
        reader.input().report(*node, {R"("unlimited")", "a number from 1 to 100",
                                      is_of_messages(fault.kind)
                                          ? R"(only a "ratio" says how many of all messages)"
                                          : "what outlives such a fault is counted"});
    }
}

void read_after(DesignParts& parts, ObjectReader& reader, Fault& fault) {
    if (is_of_messages(fault.kind)) {
        reader.refuse("after", R"(a fault of messages has a "window" instead)");
        return;
    }
    if (read_awaited(parts, reader, fault)) {
        return;
    }
    fault.after = reader.reference("after", parts.faults);
    if (!fault.after) {
        return;
    }
    const Node node = *reader.member("after");
    if (*fault.after >= parts.design.faults.size()) {
        parts.input.report(node, {"the fault itself", "a fault that stands before it"});
        return;
    }
    const Fault& before = parts.design.faults[*fault.after];
    const bool is_rogue = before.kind == FaultKind::rogue_register;
    if (!is_lasting(before.kind) || is_rogue || before.count == kUnlimited) {
        parts.input.report(node, {in_quotes(before.name) + ", which has no first end",
                                  R"(a fault that "lasts", and not for an unlimited "count")"});
    }
}

namespace {

// Of which its clock has one.
void read_rates(ObjectReader& reader, Phone& owner) {
    for (const Node& node : reader.elements("ppm", {1, 8})) {
        const nlohmann::json& value = *node.value;
        const bool is_integer = value.is_number_integer();
        const bool is_rate = is_integer && value >= -kMostPpm && value <= kMostPpm;
        if (!is_rate) {
            reader.input().report(node, {describe(value),
                                         fmt::format("a whole number from {} to {}", -kMostPpm,
                                                     kMostPpm)});
            continue;
        }
        const int rate = value.get<int>();
        if (std::ranges::count(owner.clock_rates, rate) > 0) {
            reader.input().report(node, {"a rate for the second time", "each rate once"});
        }
        owner.clock_rates.push_back(rate);
    }
    if (owner.clock_rates.size() == 1) {
        owner.clock_ppm = owner.clock_rates.front();
        owner.clock_rates.clear();
    }
}

}  // namespace

void read_clock(ObjectReader& phone, Phone& owner) {
    const std::optional<Node> node = phone.member("clock");
    if (!node) {
        return;
    }
    ObjectReader reader(phone.input(), *node, "the clock of a phone");
    const std::optional<Node> rates = reader.member("ppm");
    if (rates && rates->value->is_array()) {
        read_rates(reader, owner);
    } else {
        owner.clock_ppm = reader.integer("ppm", 0, {-kMostPpm, kMostPpm});
    }
    if (!rates) {
        (void)reader.required("ppm", "how many millionths faster it runs, such as -100");
    }
    reader.finish();
}

}  // namespace failback::model

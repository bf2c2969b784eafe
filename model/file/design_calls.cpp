// Whom a call reaches, calls that come in, and what a call that fails over means to a phone.
#include <algorithm>
#include <array>

#include "model/file/design_parts.hpp"
#include "model/file/design_text.hpp"

namespace failback::model {
namespace {

constexpr std::array<Choice<bool>, 2> kCallees{{{"answers", false}, {"busy", true}}};

enum class CallsTo : unsigned char { any, registered, registers };

constexpr std::array<Choice<CallsTo>, 3> kCallsTo{{{"any", CallsTo::any},
                                                   {"registered", CallsTo::registered},
                                                   {"registers", CallsTo::registers}}};

constexpr std::array<Choice<bool>, 2> kOldRegistration{{{"kept", false}, {"forgotten", true}}};

constexpr std::array<Choice<StrangeCalls>, 3> kStrangeCalls{{{"taken", StrangeCalls::taken},
                                                             {"refused", StrangeCalls::refused},
                                                             {"ignored", StrangeCalls::ignored}}};

constexpr std::array<Choice<UnregisteredDialogs>, 3> kDialogs{
    {{"kept", UnregisteredDialogs::kept},
     {"silent", UnregisteredDialogs::silent},
     {"ended", UnregisteredDialogs::ended}}};

struct WhoHangsUp {
    bool phone;
    bool other;
};

constexpr std::array<Choice<WhoHangsUp>, 3> kHangsUp{
    {{"phone", {true, false}}, {"other", {false, true}}, {"either", {true, true}}}};

// Whoever forgets a registration must have a rule that brings it back.
void require_return(ObjectReader& reader, Order order, FailbackRule failback) {
    const std::optional<Node> node = reader.member("old_registration");
    const std::string found = R"("forgotten")";
    if (order != Order::concurrent) {
        reader.input().report(*node, {found, R"("kept")",
                                      "the phone registers with one server at a time"});
    } else if (failback != FailbackRule::after && failback != FailbackRule::stay) {
        reader.input().report(
            *node, {found, R"("kept", or a phone with a failback of {"after": ...} or "stay")",
                    "the registration is tried again when failback is due"});
    }
}

std::optional<Interval> interval_if_any(ObjectReader& reader, std::string_view key) {
    if (!reader.has(key)) {
        (void)reader.member(key);
        return std::nullopt;
    }
    return reader.interval(key, Interval{0, 0}, kOpen);
}

IncomingPlan read_incoming_plan(DesignParts& parts, const Node& node) {
    ObjectReader reader(parts.input, node, "a plan of incoming calls");
    IncomingPlan plan;
    plan.position = reader.position();
    const auto line = required_line(parts, reader);
    const auto server = required_reference(reader, "server", parts.servers);
    plan.count = reader.integer("count", plan.count, {1, 10});
    plan.at = reader.interval("at", plan.at, kOpen);
    plan.rings = reader.interval("rings", plan.rings);
    plan.dialog = read_dialog(reader, plan.count);
    reader.finish();
    const auto beyond = line && server ? entry_beyond(parts.design, line->phone, *server)
                                       : std::nullopt;
    plan.is_beyond = beyond.has_value();
    const auto entry = !line || !server ? std::nullopt
                       : beyond         ? beyond
                                        : registered_entry(parts, reader, line->phone, *server);
    if (!entry) {
        return plan;
    }
    plan.phone = line->phone;
    plan.line = line->line;
    plan.entry = *entry;
    if (std::ranges::any_of(parts.design.incoming, [&plan](const IncomingPlan& before) {
            return before.phone == plan.phone && before.line == plan.line &&
                   before.entry == plan.entry;
        })) {
        parts.input.report(node, {"a second plan of the same line and server",
                                  R"(each pair once; "count" is for more calls)"});
    }
    return plan;
}

}  // namespace

std::optional<std::size_t> registered_entry(DesignParts& parts, ObjectReader& reader,
                                            std::size_t phone, std::size_t server) {
    const auto& servers = parts.design.phones[phone].servers;
    const auto found = std::ranges::find(servers, server, &ServerEntry::server);
    if (found == servers.end()) {
        require_listed(parts, reader, phone, server);
        return std::nullopt;
    }
    if (!found->registers) {
        parts.input.report(*reader.member("server"),
                           {in_quotes(parts.design.servers[server].name),
                            "a server that the phone registers with",
                            "it would never find the phone"});
    }
    return static_cast<std::size_t>(found - servers.begin());
}

std::optional<LineIndex> required_line(DesignParts& parts, ObjectReader& reader) {
    const auto phone = required_reference(reader, "phone", parts.phones);
    const auto line = required_reference(reader, "line", parts.lines);
    if (!phone || !line) {
        return std::nullopt;
    }
    const LineIndex& index = parts.line_indices[*line];
    if (index.phone != *phone) {
        const Node wrong = *reader.member("line");
        const auto& phones = parts.design.phones;
        parts.input.report(wrong, {in_quotes(phones[index.phone].lines[index.line].name),
                                   "a line of the phone " + in_quotes(phones[*phone].name),
                                   "it is a line of " + in_quotes(phones[index.phone].name)});
        return std::nullopt;
    }
    return index;
}

FailoverRules read_failover(ObjectReader& phone, Order order, FailbackRule failback) {
    FailoverRules failover;
    const std::optional<Node> node = phone.member("failover");
    if (!node) {
        return failover;
    }
    ObjectReader reader(phone.input(), *node, "the failover of a phone");
    const CallsTo calls_to = reader.choice("calls_to", kCallsTo).value_or(CallsTo::any);
    failover.only_registered = calls_to == CallsTo::registered;
    failover.registers = calls_to == CallsTo::registers;
    failover.forgets = reader.choice("old_registration", kOldRegistration).value_or(false);
    failover.strange_calls =
        reader.choice("calls_from_others", kStrangeCalls).value_or(failover.strange_calls);
    failover.dialogs = reader.choice("dialogs", kDialogs).value_or(failover.dialogs);
    if (failover.registers && order != Order::concurrent) {
        reader.input().report(*reader.member("calls_to"),
                              {R"("registers")", R"("any" or "registered")",
                               "the phone registers with one server at a time"});
    }
    if (failover.forgets) {
        require_return(reader, order, failback);
    }
    reader.finish();
    return failover;
}

std::optional<DelayMs> read_confirmation(ObjectReader& rules) {
    constexpr std::string_view kKey = "transfer_confirmation";
    const std::optional<Node> node = rules.member(kKey);
    if (!node || *node->value == "none") {
        return std::nullopt;
    }
    return rules.duration(kKey, 0, {1});
}

Callee read_callee(ObjectReader& plan) {
    Callee callee;
    callee.rings = plan.has("rings");
    if (callee.rings) {
        callee.answers_after = plan.interval("rings", callee.answers_after);
        callee.is_busy = plan.choice("callee", kCallees).value_or(false);
    } else {
        (void)plan.member("rings");
        plan.refuse("callee", R"(without "rings" a call is answered as soon as it arrives)");
    }
    return callee;
}

DialogPlan read_dialog(ObjectReader& plan, int count) {
    DialogPlan dialog;
    if (!plan.has("lasts")) {
        constexpr std::string_view kWhy = R"(without "lasts" a call has no middle)";
        (void)plan.member("lasts");
        plan.refuse("hangs_up", kWhy);
        plan.refuse("mid_call", kWhy);
        plan.refuse("transfer", kWhy);
        plan.refuse("confirms", kWhy);
        return dialog;
    }
    dialog.lasts = plan.interval("lasts", Interval{0, 0}, kOpen);
    if (const auto who = plan.choice("hangs_up", kHangsUp)) {
        dialog.phone_hangs_up = who->phone;
        dialog.other_hangs_up = who->other;
    }
    dialog.mid_call = interval_if_any(plan, "mid_call");
    dialog.transfer = interval_if_any(plan, "transfer");
    if (dialog.transfer) {
        dialog.confirms = interval_if_any(plan, "confirms");
    } else {
        plan.refuse("confirms", R"(without "transfer" there is nothing to confirm)");
    }
    if (count > 1) {
        plan.input().report(*plan.member("lasts"), {"calls that last, more than one",
                                                    R"("count": 1, or calls without "lasts")"});
    }
    return dialog;
}

void read_incoming(DesignParts& parts, ObjectReader& root) {
    for (const Node& node : root.elements("incoming", {0, kMostEntries})) {
        parts.design.incoming.push_back(read_incoming_plan(parts, node));
    }
}

}  // namespace failback::model

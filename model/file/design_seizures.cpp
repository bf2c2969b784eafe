// How stations seize the appearances of shared lines, and when their users want to.
#include <algorithm>
#include <array>

#include "model/file/design_parts.hpp"
#include "model/file/design_text.hpp"

namespace failback::model {
namespace {

constexpr std::array<Choice<SeizeBy>, 2> kSeizeBy{{{"notify", SeizeBy::notify},
                                                   {"subscribe", SeizeBy::subscribe}}};

constexpr std::array<Choice<bool>, 2> kUnanswered{{{"released", true}, {"forgotten", false}}};

constexpr int kMostAppearances = 16;

// Other stations would not ask as this one does, or at a server that is known by its address.
void check_plan(DesignParts& parts, const Node& node, const SeizurePlan& plan) {
    const Phone& phone = parts.design.phones[plan.phone];
    const std::string& aor = phone.lines[plan.line].aor;
    if (phone.servers[plan.entry].name) {
        parts.input.report(node, {"a server by its name in DNS",
                                  "a server with an address of its own",
                                  "look-ups before a seizure are not modelled"});
    }
    for (const SeizurePlan& before : parts.design.seizures) {
        const Phone& other = parts.design.phones[before.phone];
        const std::size_t server = phone.servers[plan.entry].server;
        if (before.phone == plan.phone && before.line == plan.line && before.entry == plan.entry) {
            parts.input.report(node, {"a second plan of the same line and server",
                                      R"(each pair once; "count" is for more seizures)"});
        } else if (other.servers[before.entry].server == server &&
                   other.lines[before.line].aor == aor &&
                   other.appearances.by != phone.appearances.by) {
            parts.input.report(node, {"stations that seize in different ways",
                                      R"(the same "by" of all that share an address of record)"});
        }
    }
}

SeizurePlan read_plan(DesignParts& parts, const Node& node) {
    ObjectReader reader(parts.input, node, "a plan of seizures");
    SeizurePlan plan;
    plan.position = reader.position();
    const auto line = required_line(parts, reader);
    const auto server = required_reference(reader, "server", parts.servers);
    plan.appearance = reader.integer("appearance", plan.appearance, {1, kMostAppearances});
    plan.count = reader.integer("count", plan.count, {1, 10});
    plan.at = reader.interval("at", plan.at, kOpen);
    plan.holds = reader.interval("holds", plan.holds, kOpen);
    reader.finish();
    const auto entry = line && server ? registered_entry(parts, reader, line->phone, *server)
                                      : std::nullopt;
    if (entry) {
        plan.phone = line->phone;
        plan.line = line->line;
        plan.entry = *entry;
        check_plan(parts, node, plan);
    }
    return plan;
}

}  // namespace

SeizureRules read_seizure_rules(ObjectReader& phone) {
    SeizureRules rules;
    const std::optional<Node> node = phone.member("appearances");
    if (!node) {
        return rules;
    }
    ObjectReader reader(phone.input(), *node, "the appearances of a phone");
    rules.by = reader.choice("by", kSeizeBy).value_or(rules.by);
    if (rules.by == SeizeBy::subscribe) {
        rules.expires = reader.duration("expires", rules.expires, kPositive);
        reader.refuse("unanswered", R"(a seizure by "subscribe" ends by itself)");
    } else {
        reader.refuse("expires", R"(a seizure by "notify" has no lifetime of its own)");
        rules.releases_unanswered =
            reader.choice("unanswered", kUnanswered).value_or(rules.releases_unanswered);
    }
    reader.finish();
    return rules;
}

void read_seizures(DesignParts& parts, ObjectReader& root) {
    for (const Node& node : root.elements("seizures", {0, kMostEntries})) {
        parts.design.seizures.push_back(read_plan(parts, node));
    }
}

}  // namespace failback::model

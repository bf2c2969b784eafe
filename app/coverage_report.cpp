#include "app/coverage_report.hpp"

#include <fmt/format.h>

namespace failback::app {

namespace {

using model::Role;
using model::RoleTable;

struct Sum {
    std::size_t seen = 0;
    std::size_t possible = 0;
};

// Of each role that there is.
template <class Visit>
void for_each_role(const model::Coverage& coverage, Visit visit) {
    for (std::size_t i = 0; i < model::kRoles; ++i) {
        const auto role = static_cast<Role>(i);
        if (coverage.has(role)) {
            visit(role, model::role_tables()[i]);
        }
    }
}

Sum sum_of(const model::Coverage& coverage) {
    Sum sum;
    for_each_role(coverage, [&](Role role, const RoleTable& table) {
        sum.seen += coverage.seen_pairs(role);
        sum.possible += table.possible_pairs();
    });
    return sum;
}

// The events of a phase that are possible, and were seen or not.
std::vector<std::string_view> events_of(const model::Coverage& coverage, Role role,
                                        const RoleTable& table, std::size_t phase, bool seen) {
    std::vector<std::string_view> events;
    for (std::size_t event = 0; event < table.events.size(); ++event) {
        if (table.is_possible(phase, event) && coverage.seen(role, phase, event) == seen) {
            events.push_back(table.events[event]);
        }
    }
    return events;
}

Json pairs_json(const model::Coverage& coverage, Role role, const RoleTable& table, bool seen) {
    Json pairs = Json::array();
    for (std::size_t phase = 0; phase < table.phases.size(); ++phase) {
        for (const std::string_view event : events_of(coverage, role, table, phase, seen)) {
            pairs.push_back({table.phases[phase], event});
        }
    }
    return pairs;
}

}  // namespace

std::string coverage_text(const model::Coverage& coverage, const std::string& how) {
    const Sum sum = sum_of(coverage);
    std::string text = fmt::format("seen: {} of {} pairs of a phase and an event; {}\n", sum.seen,
                                   sum.possible, how);
    for_each_role(coverage, [&](Role role, const RoleTable& table) {
        text += fmt::format("  {} {} of {}\n", table.name, coverage.seen_pairs(role),
                            table.possible_pairs());
        std::vector<std::string_view> unseen;
        for (std::size_t phase = 0; phase < table.phases.size(); ++phase) {
            const auto never = events_of(coverage, role, table, phase, false);
            if (!never.empty() && events_of(coverage, role, table, phase, true).empty()) {
                unseen.push_back(table.phases[phase]);
            } else if (!never.empty()) {
                text += fmt::format("    never while {}: {}\n", table.phases[phase],
                                    fmt::join(never, ", "));
            }
        }
        if (!unseen.empty()) {
            text += fmt::format("    nothing while: {}\n", fmt::join(unseen, ", "));
        }
    });
    return text;
}

Json coverage_json(const model::Coverage& coverage) {
    const Sum sum = sum_of(coverage);
    Json json = {{"seen", sum.seen}, {"possible", sum.possible}, {"roles", Json::array()}};
    for_each_role(coverage, [&](Role role, const RoleTable& table) {
        json["roles"].push_back({{"role", table.name},
                                 {"seen", pairs_json(coverage, role, table, true)},
                                 {"never", pairs_json(coverage, role, table, false)}});
    });
    return json;
}

std::string how_covered(const properties::Covered& covered) {
    std::string text = fmt::format("{} of {} slices searched to the end", covered.complete,
                                   covered.slices);
    return covered.stopped_by.empty() ? text : text + " (" + covered.stopped_by + ")";
}

}  // namespace failback::app

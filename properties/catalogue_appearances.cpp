// The catalogue's entries about appearances of shared lines (P17).
#include <algorithm>

#include "model/duration.hpp"
#include "properties/catalogue_parts.hpp"

namespace failback::properties {

namespace {

using namespace parts;
using model::SeizurePlan;

const SeizurePlan* plan_of(const Design& design, const Subject& subject) {
    const auto plan = std::ranges::find_if(design.seizures, [&](const SeizurePlan& each) {
        return each.phone == subject.phone && each.line == subject.line &&
               each.entry == subject.entry;
    });
    return plan == design.seizures.end() ? nullptr : &*plan;
}

bool is_shared(const Design& design, const Subject& subject) {
    return plan_of(design, subject) != nullptr;
}

bool by_subscribe(const Design& design, const Subject& subject) {
    return is_shared(design, subject) &&
           phone_of(design, subject).appearances.by == model::SeizeBy::subscribe;
}

// Those who want the same appearance, and stand after the subject in the design: each pair once.
std::vector<Subject> rivals_of(const Design& design, const Subject& subject) {
    std::vector<Subject> rivals;
    const SeizurePlan* plan = plan_of(design, subject);
    if (plan == nullptr) {
        return rivals;
    }
    for (const SeizurePlan* other = plan + 1;
         other != design.seizures.data() + design.seizures.size(); ++other) {
        const Subject rival{other->phone, other->line, other->entry};
        if (other->appearance == plan->appearance &&
            server_of(design, rival) == server_of(design, subject) &&
            phone_of(design, rival).lines[rival.line].aor ==
                phone_of(design, subject).lines[subject.line].aor) {
            rivals.push_back(rival);
        }
    }
    return rivals;
}

bool has_rivals(const Design& design, const Subject& subject) {
    return !rivals_of(design, subject).empty();
}

// "holds(line, server) and (holds(line2, server) or ...)"
std::string both_hold(const Design& design, const Subject& subject) {
    std::string others;
    for (const Subject& rival : rivals_of(design, subject)) {
        others += (others.empty() ? "holds" : " or holds") + at(design, rival);
    }
    return "holds" + at(design, subject) + " and (" + others + ")";
}

std::string exclusion_text(const Design& design, const Subject& subject,
                           std::optional<sim::DelayMs> within) {
    sim::DelayMs bound = exclusion_bound(design, leg(subject));
    for (const Subject& rival : rivals_of(design, subject)) {
        bound = std::max(bound, exclusion_bound(design, leg(rival)));
    }
    return "never " + both_hold(design, subject) + " for " +
           model::duration_text(within.value_or(bound));
}

std::string release_text(const Design& design, const Subject& subject,
                         std::optional<sim::DelayMs> within) {
    const std::string where = at(design, subject);
    const std::string seized = "seized" + swapped(design, subject);
    return "whenever restarts(" + line_of(design, subject) + ") and " + seized +
           " and reachable" + where + " then not " + seized +
           within_text(within, release_bound(design, leg(subject))) + " unless not reachable" +
           where +
           (by_subscribe(design, subject) ? " or grants" + swapped(design, subject) : "");
}

std::string lifetime_text(const Design& design, const Subject& subject,
                          std::optional<sim::DelayMs> within) {
    const std::string here = swapped(design, subject);
    return "whenever grants" + here + " then not seized" + here +
           within_text(within, phone_of(design, subject).appearances.expires) +
           " unless grants" + here;
}

std::string call_needs_text(const Design& design, const Subject& subject,
                            std::optional<sim::DelayMs> /*within*/) {
    const std::string line = line_of(design, subject);
    return "never dials(" + line + ") and (" + parts::invites_any(design, subject) +
           ") and not holds" + at(design, subject);
}

}  // namespace

std::vector<CatalogueEntry> about_appearances() {
    return {
        {"appearance-exclusion", "P17",
         "Two phones do not hold the same appearance for longer than the bound.",
         "two users on one line key after a restart of the server",
         "the longest way of a grant to the phone, or Timer F where messages or the server may be "
         "lost; a second more for servers that count whole seconds",
         "SPA9000 guide 3.01 p. 4-24; Polycom, expires.lineSeize",
         has_rivals, exclusion_text},
        {"appearance-release", "P17",
         "A phone that restarts holds no appearance at the server after the bound.",
         "line keys that stay lit because their holder has crashed",
         "by NOTIFY: what a reboot takes until the full state is told, or the lifetime of the "
         "registration if that is less; by SUBSCRIBE: the lifetime of a seizure",
         "SPA9000 guide 3.01 p. 4-24: the first NOTIFY of the full state releases, and so does the "
         "expiry of the registration",
         [](const Design& design, const Subject& subject) {
             return is_shared(design, subject) && model::may_restart(design, subject.phone);
         },
         release_text},
        {"seizure-lifetime", "P17",
         "A seizure by subscription ends with its lifetime.",
         "line keys that stay lit because their holder is gone", "the lifetime of a seizure",
         "Polycom, expires.lineSeize", by_subscribe, lifetime_text},
        {"call-needs-appearance", "P17",
         "A line that shares appearances places no call without holding one.",
         "calls that the other stations do not see", "",
         "SPA9000 guide 3.01 p. 4-24; Polycom, line-seize",
         [](const Design& design, const Subject& subject) {
             return is_shared(design, subject) &&
                    std::ranges::any_of(design.calls, [&](const model::CallPlan& plan) {
                        return plan.phone == subject.phone && plan.line == subject.line;
                    });
         },
         call_needs_text},
    };
}

}  // namespace failback::properties

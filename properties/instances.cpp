#include <algorithm>

#include "model/file/design_text.hpp"
#include "model/sip/clock_rates.hpp"
#include "properties/catalogue.hpp"

namespace failback::properties {

namespace {

using model::Design;
using model::Problem;
using model::PropertyUse;

std::vector<Subject> subjects_of(const Design& design) {
    std::vector<Subject> subjects;
    for (std::size_t p = 0; p < design.phones.size(); ++p) {
        for (std::size_t l = 0; l < design.phones[p].lines.size(); ++l) {
            for (std::size_t e = 0; e < design.phones[p].servers.size(); ++e) {
                subjects.push_back({p, l, e});
            }
        }
    }
    return subjects;
}

// Once for each subscription of the phone, where it is about them.
std::vector<Subject> subjects_for(const Design& design, const CatalogueEntry& entry) {
    std::vector<Subject> subjects;
    for (Subject subject : subjects_of(design)) {
        const model::Phone& phone = design.phones[subject.phone];
        const std::size_t count = entry.of_subscriptions ? model::subscriptions_of(phone) : 1;
        for (subject.subscription = 0; subject.subscription < count; ++subject.subscription) {
            subjects.push_back(subject);
        }
    }
    return subjects;
}

bool has_several(const model::Phone& phone, const CatalogueEntry& entry) {
    return entry.of_subscriptions && model::subscriptions_of(phone) > 1;
}

bool matches(const Design& design, const PropertyUse& use, const Subject& subject) {
    const model::Phone& phone = design.phones[subject.phone];
    const auto& server = design.servers[phone.servers[subject.entry].server].name;
    return (use.event.empty() ||
            use.event == model::subscription_rules(phone, subject.subscription).event) &&
           (use.phone.empty() || use.phone == phone.name) &&
           (use.line.empty() || use.line == phone.lines[subject.line].name) &&
           (use.server.empty() || use.server == server);
}

// What is computed counts as the clock of the phone does. A deadline must leave room for a slow
// one, a pause for a fast one.
void adapt(Property& property, const model::Phone& phone) {
    const bool is_pause = property.pattern == Pattern::never_before;
    if (!model::has_clock(phone) || property.within == 0) {
        return;
    }
    const std::int64_t within =
        is_pause
            ? std::max<std::int64_t>(1, model::shortest_if_fast(property.within, phone))
            : model::longest_if_slow(property.within, phone);
    property.within = static_cast<sim::DelayMs>(
        std::min<std::int64_t>(within, sim::kLongestDelay - 1));
}

Instance make(const Design& design, const CatalogueEntry& entry, const Subject& subject,
              const PropertyUse& use) {
    const model::Phone& phone = design.phones[subject.phone];
    Instance instance;
    instance.property = parse_property(entry.text(design, subject, use.within), design);
    if (!use.within) {
        adapt(instance.property, phone);
    }
    instance.says = to_text(instance.property, design);
    instance.name = (use.name.empty() ? std::string(entry.id) : use.name) + "(" +
                    phone.lines[subject.line].name + ", " +
                    design.servers[phone.servers[subject.entry].server].name +
                    (has_several(phone, entry)
                         ? ", " + model::subscription_rules(phone, subject.subscription).event
                         : "") +
                    ")";
    instance.expect = use.expect;
    instance.position = use.position;
    return instance;
}

Problem problem_at(const Design& design, const PropertyUse& use, std::string found,
                   std::string expected, std::string hint) {
    return {design.file, use.position, "", std::move(found), std::move(expected), std::move(hint)};
}

void add_from_catalogue(const Design& design, const PropertyUse& use,
                        std::vector<Instance>& instances, std::vector<Problem>& problems) {
    const auto entry = std::ranges::find(catalogue(), use.use, &CatalogueEntry::id);
    if (entry == catalogue().end()) {
        std::vector<std::string_view> ids;
        for (const CatalogueEntry& known : catalogue()) {
            ids.push_back(known.id);
        }
        problems.push_back(problem_at(design, use, "\"" + use.use + "\"",
                                      "a property that failback properties lists",
                                      model::did_you_mean(use.use, ids)));
        return;
    }
    const std::size_t before = instances.size();
    for (const Subject& subject : subjects_for(design, *entry)) {
        if (matches(design, use, subject) && entry->applies(design, subject)) {
            instances.push_back(make(design, *entry, subject, use));
        }
    }
    if (instances.size() == before) {
        problems.push_back(problem_at(
            design, use, "\"" + use.use + "\", which says nothing about this design",
            "a property that applies to the lines, servers and faults named", ""));
    }
}

void add_from_text(const Design& design, const PropertyUse& use,
                   std::vector<Instance>& instances, std::vector<Problem>& problems) {
    try {
        Instance instance;
        instance.property = parse_property(use.says, design);
        instance.says = to_text(instance.property, design);
        instance.name = use.name.empty() ? instance.says : use.name;
        instance.expect = use.expect;
        instance.position = use.position;
        instances.push_back(instance);
    } catch (const LanguageError& error) {
        problems.push_back(problem_at(
            design, use, error.found() + " at character " + std::to_string(error.column()) +
                             " of \"" + use.says + "\"",
            error.expected(), error.hint()));
    }
}

}  // namespace

std::vector<Instance> instances_of(const Design& design) {
    std::vector<Instance> instances;
    std::vector<Problem> problems;
    if (design.all_properties) {
        for (const CatalogueEntry& entry : catalogue()) {
            for (const Subject& subject : subjects_for(design, entry)) {
                if (entry.applies(design, subject)) {
                    instances.push_back(make(design, entry, subject, {}));
                }
            }
        }
    }
    for (const PropertyUse& use : design.properties) {
        if (use.says.empty()) {
            add_from_catalogue(design, use, instances, problems);
        } else {
            add_from_text(design, use, instances, problems);
        }
    }
    if (!problems.empty()) {
        throw model::InputError(problems);
    }
    return instances;
}

}  // namespace failback::properties

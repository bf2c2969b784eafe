// State classes per second, and bytes for each, on whole designs.
#include "properties/check_all.hpp"
#include "tests/bench/measure.hpp"

#include <algorithm>
#include <string>

namespace failback::bench {

namespace {

struct Subject {
    const char* name;
    const char* file;                      // from the project root
    bool whole = false;                    // neither sliced nor reduced
    std::uint64_t max_classes = kNoLimit;  // of each property
    bool exact = false;                    // no approximate search before the exact one
};

constexpr Subject kSubjects[]{
    {"reference", "designs/reference.json"},
    {"reference-catalogue", "tests/bench/designs/reference-catalogue.json"},
    {"polycom-soundpoint", "designs/polycom-soundpoint.json"},
    {"polycom-soundpoint-third-server", "designs/polycom-soundpoint-third-server.json"},
    {"two-registrations-whole", "designs/reference.json", true},
    {"three-servers", "tests/bench/designs/three-servers.json"},
    {"two-lost-messages", "tests/bench/designs/two-lost-messages.json"},
    {"four-registrations-tcp", "tests/bench/designs/four-registrations-tcp.json"},
    {"four-registrations-tcp-exact", "tests/bench/designs/four-registrations-tcp.json", false,
     kNoLimit, true},
    {"four-registrations-udp", "tests/bench/designs/four-registrations-udp.json"},
    {"shared-address-tcp", "tests/bench/designs/shared-address-tcp.json", false, 20'000},
    {"shared-address-udp", "tests/bench/designs/shared-address-udp.json", false, 20'000},
    {"ten-identical-phones", "tests/bench/designs/ten-identical-phones.json"},
    {"ten-different-phones", "tests/bench/designs/ten-different-phones.json"},
};

// What all the properties of a design cost together.
struct Total {
    sim::SearchStatistics sum;
    std::uint64_t peak_bytes = 0;  // of one property
    std::uint64_t decided = 0;

    void add(const properties::Verdict& verdict) {
        const sim::SearchStatistics& one = verdict.statistics;
        sum.classes_expanded += one.classes_expanded;
        sum.classes_stored += one.classes_stored;
        sum.discrete_states += one.discrete_states;
        sum.transitions += one.transitions;
        sum.memory_bytes += one.memory_bytes;
        peak_bytes = std::max(peak_bytes, one.memory_bytes);
        decided += verdict.outcome == properties::Outcome::undecided ? 0 : 1;
    }
};

std::uint64_t most_classes(const Subject& subject, Extent extent) {
    constexpr std::uint64_t kMore = 50;
    return extent.full && subject.max_classes != kNoLimit ? kMore * subject.max_classes
                                                          : subject.max_classes;
}

properties::CheckOptions options_of(const Subject& subject, unsigned threads, Extent extent) {
    properties::CheckOptions options;
    options.slice = options.reduce = !subject.whole;
    options.approximate = !subject.exact;
    options.limits = limits_of(most_classes(subject, extent));
    options.search.threads = threads;
    return options;
}

void check_design(benchmark::State& state, const Subject& subject, unsigned threads,
                  Extent extent) {
    const model::Design design =
        model::read_design(std::string(FAILBACK_SOURCE_DIR "/") + subject.file);
    const auto instances = properties::instances_of(design);
    properties::CheckAllOptions options;
    options.each = [&](std::size_t) { return options_of(subject, threads, extent); };
    Total total;
    time_user(state, [&] {
        total = {};
        for (const auto& one : properties::check_all(design, instances, options)) {
            total.add(one.verdict);
        }
    });
    report_rate(state, "classes_expanded", "classes_per_s", total.sum.classes_expanded);
    report(state, "classes_stored", total.sum.classes_stored);
    report(state, "discrete_states", total.sum.discrete_states);
    report(state, "transitions", total.sum.transitions);
    report(state, "bytes_per_class",
           total.sum.memory_bytes / std::max<std::uint64_t>(total.sum.classes_stored, 1));
    report(state, "memory_bytes", total.peak_bytes);
    report(state, "properties", instances.size());
    report(state, "decided", total.decided);
}

}  // namespace

void add_designs(const Extent& extent) {
    for (const Subject& subject : kSubjects) {
        for (const unsigned threads : {1U, 2U}) {
            const std::string name =
                "design/" + std::string(subject.name) + (threads > 1 ? "/2-threads" : "");
            benchmark::RegisterBenchmark(name.c_str(),
                                         [&subject, threads, extent](benchmark::State& state) {
                                             check_design(state, subject, threads, extent);
                                         })
                ->UseManualTime()
                ->Unit(benchmark::kMillisecond);
        }
    }
}

}  // namespace failback::bench

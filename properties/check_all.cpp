#include "properties/check_all.hpp"

#include <algorithm>
#include <iterator>

#include "properties/alike.hpp"
#include "sim/workers.hpp"

namespace failback::properties {

namespace {

// The instances that ask the same as an earlier one.
using Firsts = std::vector<std::size_t>;

Firsts firsts_of(const model::Design& design, const std::vector<Instance>& instances,
                 const CheckAllOptions& options) {
    if (options.share && !instances.empty() && options.each(0).slice) {
        std::vector<Property> properties;
        std::ranges::transform(instances, std::back_inserter(properties), &Instance::property);
        return first_alike(properties, design);
    }
    Firsts themselves;
    for (std::size_t i = 0; i < instances.size(); ++i) {
        themselves.push_back(i);
    }
    return themselves;
}

// Does some work for each of the numbers, `threads` at a time. THROWS what the work throws.
void for_each(const std::vector<std::size_t>& numbers, unsigned threads,
              const std::function<void(std::size_t)>& work) {
    const auto most = std::max<std::size_t>(numbers.size(), 1);
    sim::Workers workers(static_cast<unsigned>(std::min<std::size_t>(threads, most)));
    workers.run(numbers.size(), [&](std::size_t i) { work(numbers[i]); });
}

SharedVerdict taken_over(const model::Design& design, const Property& property,
                         const Verdict& verdict, std::size_t from) {
    SharedVerdict shared;
    shared.same_as = from;
    shared.verdict.outcome = verdict.outcome;
    shared.verdict.reason = verdict.reason;
    shared.verdict.searched = model::slice(design, roots_of(property, design));
    shared.verdict.statistics.complete = verdict.statistics.complete;
    shared.verdict.statistics.stopped_by = verdict.statistics.stopped_by;
    return shared;
}

}  // namespace

std::vector<SharedVerdict> check_all(const model::Design& design,
                                     const std::vector<Instance>& instances,
                                     const CheckAllOptions& options) {
    const Firsts firsts = firsts_of(design, instances, options);
    std::vector<SharedVerdict> verdicts(instances.size());
    const auto search = [&](std::size_t i) {
        verdicts[i].verdict = check(design, instances[i].property, options.each(i));
    };
    std::vector<std::size_t> searched;
    for (std::size_t i = 0; i < instances.size(); ++i) {
        if (firsts[i] == i) {
            searched.push_back(i);
        }
    }
    for_each(searched, options.threads, search);
    std::vector<std::size_t> violated;
    for (std::size_t i = 0; i < instances.size(); ++i) {
        const Verdict& first = verdicts[firsts[i]].verdict;
        if (firsts[i] != i && first.outcome == Outcome::violated) {
            violated.push_back(i);
        } else if (firsts[i] != i) {
            verdicts[i] = taken_over(design, instances[i].property, first, firsts[i]);
        }
    }
    for_each(violated, options.threads, search);
    return verdicts;
}

}  // namespace failback::properties

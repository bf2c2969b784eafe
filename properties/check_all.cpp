#include "properties/check_all.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <iterator>
#include <mutex>
#include <thread>

#include "properties/alike.hpp"

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
    std::atomic<std::size_t> next{0};
    std::mutex failing;
    std::exception_ptr failure;
    const auto help = [&] {
        try {
            for (std::size_t i = next++; i < numbers.size(); i = next++) {
                work(numbers[i]);
            }
        } catch (...) {
            const std::scoped_lock lock(failing);
            failure = std::current_exception();
        }
    };
    std::vector<std::thread> helpers;
    for (std::size_t i = 1; i < threads && i < numbers.size(); ++i) {
        helpers.emplace_back(help);
    }
    help();
    for (std::thread& helper : helpers) {
        helper.join();
    }
    if (failure) {
        std::rethrow_exception(failure);
    }
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

#include "traces/flight.hpp"

#include <algorithm>

#include "sim/check.hpp"

namespace failback::traces {

std::vector<Flight> flights_of(const Trace& trace) {
    std::vector<Flight> flights;
    for (std::size_t i = 0; i < trace.steps.size(); ++i) {
        const Step& step = trace.steps[i];
        if (step.delivers != 0) {
            const auto index = static_cast<std::size_t>(step.delivers) - 1;
            sim::ensure(index < flights.size(), "a message arrives after it was sent");
            flights[index].arrives_in = i;
            flights[index].dropped = step.dropped;
        }
        for (const Sent& sent : step.sent) {
            flights.push_back({&sent, i, {}, false});
            sim::ensure(static_cast<std::size_t>(sent.id) == flights.size(),
                        "messages are counted in the order of sending");
        }
    }
    return flights;
}

std::optional<std::size_t> first_of_kind(const Trace& trace, std::string_view kind) {
    const auto found = std::find_if(trace.steps.begin(), trace.steps.end(),
                                    [kind](const Step& step) { return step.kind == kind; });
    if (found == trace.steps.end()) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - trace.steps.begin());
}

}  // namespace failback::traces

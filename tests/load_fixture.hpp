// Designs with phones that come all at once to a server that can do one thing after the other.
#pragma once

#include <cstddef>
#include <string>

#include "tests/run_fixture.hpp"

namespace failback::tests {

// Phones "phone", "phone2" ... with the lines "line1", "line2" ..., each with its own address of
// record; they differ in nothing else.
inline model::Design crowd(std::size_t phones, std::size_t servers = 1) {
    model::Design design = design_with(servers);
    for (std::size_t i = 2; i <= phones; ++i) {
        model::Phone phone = design.phones[0];
        const std::string number = std::to_string(i);
        phone.name = "phone" + number;
        phone.lines[0] = {"line" + number, "sip:100" + number + "@example.com", {}};
        design.phones.push_back(phone);
    }
    return design;
}

inline model::Processing taking(sim::DelayMs time, int queue) {
    model::Processing rules;
    rules.time = sim::exactly(time);
    rules.queue = queue;
    return rules;
}

inline model::Fault hang(std::size_t server, sim::DelayMs at, sim::DelayMs lasts) {
    model::Fault fault = crash(server, at, lasts);
    fault.name = "hang";
    fault.kind = model::FaultKind::hang;
    return fault;
}

inline model::Fault full(std::size_t server, sim::DelayMs at, sim::DelayMs lasts) {
    model::Fault fault = crash(server, at, lasts);
    fault.name = "memory";
    fault.kind = model::FaultKind::full;
    return fault;
}

inline model::Fault power_cut(std::vector<std::size_t> phones, sim::DelayMs at,
                              sim::DelayMs lasts) {
    model::Fault fault = restart(at, lasts);
    fault.name = "power";
    fault.kind = model::FaultKind::power_cut;
    fault.phone.reset();
    fault.phones = std::move(phones);
    return fault;
}

}  // namespace failback::tests

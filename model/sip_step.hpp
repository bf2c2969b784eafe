// Work space of one step of a SipModel. Private to its implementation.
#pragma once

#include <vector>

#include "model/sip_model.hpp"

namespace failback::model {

struct SipModel::Step {
    State& state;
    sim::Effects<Event>& effects;
    StepLog& log;
    std::vector<Event> outbox{};

    void observe(Notice notice, std::size_t a, std::size_t b = 0) {
        log.observations.push_back(
            {notice, static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b)});
    }
};

}  // namespace failback::model

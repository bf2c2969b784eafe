// The parameters of a design that a delay stems from, by their places in the design file, and the
// design with one of them made shorter.
//
//  1. A key is the JSON pointer of the member that would be edited. It is so also for a default,
//     which is not written in the file.
//  2. A changed design is read again as if the file had been edited: what is derived from the
//     parameter changes with it, and what the file format refuses is refused.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/design.hpp"
#include "model/file/json_source.hpp"
#include "model/sip/sip_model.hpp"

namespace failback::model {

// Of an interval. A duration, and an interval with equal ends, count as a whole.
enum class End : unsigned char { whole, shortest, longest };

struct Parameter {
    std::string key;
    std::optional<Interval> value;  // none: a rule, not a time
    End end = End::whole;           // the one that the delay stems from

    friend bool operator==(const Parameter& a, const Parameter& b) {
        return a.key == b.key && a.end == b.end;
    }
};

// A delay that is as long, or as short, as it may be.
struct TightDelay {
    Event event;
    End end = End::longest;    // or shortest
    sim::TimeMs ms = 0;
    bool last_server = false;  // timers of a call attempt: nothing is tried after this server
    std::size_t entry = 0;     // timers of a call attempt: the server that is being tried
};

// Those that the delay stems from, the one that matters most first; none for a deadline. `written`
// is the JSON of the model's design.
[[nodiscard]] std::vector<Parameter> parameters_of(const SipModel& sip,
                                                   const nlohmann::json& written,
                                                   const TightDelay& delay);

// Where the end of the parameter that counts is written; {0, 0} for a default and for a
// profile's value.
[[nodiscard]] Position position_of(const Parameter& parameter, const JsonSource& source);

// The JSON of a design with that end `by` shorter; none if it is no time or too short for that.
[[nodiscard]] std::optional<nlohmann::json> shortened(const nlohmann::json& written,
                                                      const Parameter& parameter, DelayMs by);

}  // namespace failback::model

// Faults that nobody wrote down: drawn from a seed, for simulations.
#pragma once

#include <cstdint>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "sim/time.hpp"

namespace failback::model {

inline constexpr std::string_view kRandomFault = "random-";

// A resolved design (profiles.hpp) with `count` faults more. They are called "random-KIND-N", where
// N is their place among all faults. They strike at any time before `horizon` and last from a
// second to nine hours; the run draws when, as for any other fault. Drawn here are the kinds, of
// those that every design can have and outages of DNS where there is some, the targets, and whether
// it lasts for seconds, minutes or hours. The same arguments give the same faults.
[[nodiscard]] nlohmann::json with_random_faults(const nlohmann::json& design, std::uint64_t seed,
                                                int count, sim::TimeMs horizon);

// The same for faults of messages that have a ratio: as many messages as are drawn.
[[nodiscard]] nlohmann::json with_drawn_messages(const nlohmann::json& design);

}  // namespace failback::model

// The trace file: one JSON object, the members in the order of the structures of trace.hpp.
//
//  1. parse_trace(to_json_text(trace)) == trace, and a text that to_json_text() wrote is written
//     back byte for byte.
//  2. A trace that was read without error keeps the invariants of trace.hpp: every name and every
//     message id that it uses is declared, no instant is above kLatestInstant, and the design is
//     the one that the run was made from.
//  3. A member of a step, of a message or of a scheduled event that has its default value is left
//     out. All other members must be there, and no member may be unknown.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "traces/trace.hpp"

namespace failback::traces {

[[nodiscard]] std::string to_json_text(const Trace& trace);

// THROWS model::InputError with every problem. `file` is used in messages only.
[[nodiscard]] Trace parse_trace(std::string_view text, const std::string& file);

// XXH3 (64 bits) of the canonical text of a design: no spaces, keys sorted. 16 hex digits.
[[nodiscard]] std::string design_hash(const nlohmann::json& design);

}  // namespace failback::traces

// Designs with something left out, as JSON.
#pragma once

#include <cstddef>

#include <nlohmann/json.hpp>

namespace failback::traces {

// REQUIRES: the design has such an element. The members are those of the file format.
[[nodiscard]] nlohmann::json without_fault(const nlohmann::json& design, std::size_t fault);
[[nodiscard]] nlohmann::json without_call(const nlohmann::json& design, std::size_t call);

// Without the phone, and what is about it: links, faults, calls.
[[nodiscard]] nlohmann::json without_phone(const nlohmann::json& design, std::size_t phone);

// How many elements a list of the design has; none if it is not written.
[[nodiscard]] std::size_t count_of(const nlohmann::json& design, const char* list);

}  // namespace failback::traces

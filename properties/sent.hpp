// "sent(INVITE, primary)" of the property language: short for the events of all lines that send
// such a request to the server.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "properties/expression.hpp"

namespace failback::properties {

inline constexpr std::array<std::string_view, 3> kSentMethods{"REGISTER", "INVITE", "SUBSCRIBE"};

// A new request, no retransmission: requests, invites or subscribes of each line that may send it
// there. None if no line does. REQUIRES: one of the methods above.
[[nodiscard]] std::optional<Expression> sent_to(const model::Design& design,
                                                std::string_view method, std::size_t server);

}  // namespace failback::properties

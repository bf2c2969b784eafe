// What a server remembers of the requests of one client, to answer retransmissions without
// processing them again (RFC 3261 17.2.2, over UDP). A crash forgets it; Timer J does in time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>

#include "model/event.hpp"
#include "sim/time.hpp"

namespace failback::model {

inline constexpr std::size_t kRememberedTransactions = 4;

// The design does something that the flat state has no room for. The search that meets it is
// undecided; it is never a verdict.
class ModelLimit : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct ServerTransaction {
    std::uint8_t used = 0;
    std::uint8_t cseq = 0;
    Status status = Status::none;
    std::uint8_t flags = 0;     // of the response
    sim::DelayMs expires = 0;

    friend auto operator<=>(const ServerTransaction&, const ServerTransaction&) = default;
};

// Sorted, used entries last, so that equal contents are equal bytes.
using ServerTransactions = std::array<ServerTransaction, kRememberedTransactions>;

[[nodiscard]] std::optional<ServerTransaction> recall(const ServerTransactions& memory,
                                                      std::uint8_t cseq);

// THROWS ModelLimit if there is no room.
void remember(ServerTransactions& memory, const ServerTransaction& transaction);

// Nothing happens if it was dropped before, as nobody could ask for it any more.
void forget(ServerTransactions& memory, std::uint8_t cseq);

}  // namespace failback::model

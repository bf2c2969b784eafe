// The state of a whole design: the states of its nodes, side by side.
//
//  1. One flat value of fixed capacity. Only the first elements of each array are in use, as many
//     as the design has; the rest stays zero and is left out when a state is packed.
//  2. It holds no time: what is still to come is the agenda.
#pragma once

#include <array>
#include <cstdint>

#include "model/call.hpp"
#include "model/client_usage.hpp"
#include "model/flow.hpp"
#include "model/line.hpp"
#include "model/registrar.hpp"
#include "model/server_transactions.hpp"

namespace failback::model {

// Capacities. A design that does not fit is refused with the number that does not fit.
inline constexpr std::size_t kFaults = 16;
inline constexpr std::size_t kUsages = 64;
inline constexpr std::size_t kRecords = 64;
inline constexpr std::size_t kLines = 64;
inline constexpr std::size_t kCalls = 16;
inline constexpr std::size_t kCallServers = 64;

struct FaultState {
    std::uint8_t active = 0;
    std::uint8_t left = 0;      // how often it may still strike; messages, for loss
};

// A notifier's record of one subscription.
struct SubscriptionRecord {
    std::uint8_t present = 0;
    std::uint8_t cseq = 0;
};

struct SipState {
    std::array<FaultState, kFaults> faults{};
    std::array<ClientUsage, kUsages> usages{};
    std::array<FlowState, kUsages> flows{};  // in use if any flow is modelled
    std::array<ServerTransactions, kUsages> transactions{};
    std::array<SubscriptionRecord, kUsages> subscriptions{};
    std::array<AorRecord, kRecords> records{};
    std::array<LineState, kLines> lines{};
    std::array<CallClient, kCalls> calls{};
    std::array<CallServer, kCallServers> call_servers{};
};

}  // namespace failback::model

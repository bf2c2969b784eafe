// The state of a whole design: the states of its nodes, side by side.
//
//  1. One flat value of fixed capacity. Only the first elements of each array are in use, as many
//     as the design has; the rest stays zero and is left out when a state is packed.
//  2. It holds no time: what is still to come is the agenda.
#pragma once

#include <array>
#include <cstdint>

#include "model/event.hpp"
#include "model/load.hpp"
#include "model/nodes/appearance.hpp"
#include "model/nodes/call.hpp"
#include "model/nodes/client_usage.hpp"
#include "model/nodes/dialog.hpp"
#include "model/nodes/digest.hpp"
#include "model/nodes/flow.hpp"
#include "model/nodes/incoming.hpp"
#include "model/nodes/line.hpp"
#include "model/nodes/lookup.hpp"
#include "model/nodes/notifier.hpp"
#include "model/nodes/registrar.hpp"
#include "model/nodes/relay.hpp"
#include "model/nodes/server_transactions.hpp"
#include "model/survivability.hpp"

namespace failback::model {

// Capacities. A design that does not fit is refused with the number that does not fit.
inline constexpr std::size_t kFaults = 24;
inline constexpr std::size_t kUsages = 64;
inline constexpr std::size_t kRecords = 64;
inline constexpr std::size_t kLines = 64;
inline constexpr std::size_t kCalls = 16;
inline constexpr std::size_t kCallServers = 64;
inline constexpr std::size_t kGateways = 16;
inline constexpr std::size_t kIncoming = 16;
inline constexpr std::size_t kNotifiers = 32;
inline constexpr std::size_t kNames = 16;
inline constexpr std::size_t kDialogs = 64;
inline constexpr std::size_t kAppearances = 16;
inline constexpr std::size_t kRelays = 64;
inline constexpr std::size_t kLoads = 4;
inline constexpr std::size_t kQueued = 64;
inline constexpr std::size_t kPhones = 64;

struct FaultState {
    std::uint8_t active = 0;
    std::uint8_t left = 0;      // how often it may still strike; messages, for loss
};

struct SipState {
    std::array<FaultState, kFaults> faults{};
    std::array<ClientUsage, kUsages> usages{};
    std::array<FlowState, kUsages> flows{};  // in use if any flow is modelled
    std::array<ServerTransactions, kUsages> transactions{};
    std::array<SubscriptionRecord, kUsages> subscriptions{};
    std::array<ServerNonces, kUsages> nonces{};  // none are in use where nobody is challenged
    std::array<AorRecord, kRecords> records{};
    std::array<LineState, kLines> lines{};
    std::array<CallClient, kCalls> calls{};
    std::array<CallServer, kCallServers> call_servers{};
    std::array<GatewayMode, kGateways> gateways{};
    std::array<IncomingCall, kIncoming> incoming{};
    std::array<Notifier, kNotifiers> notifiers{};  // of the subscriptions, in their order
    std::array<NameState, kNames> names{};
    std::array<Dialog, kDialogs> dialogs{};
    std::array<Transfer, kDialogs> transfers{};  // of dialogs, if any may be transferred
    std::array<Appearance, kAppearances> appearances{};
    std::array<TriedEntries, kLines> tried{};  // in use where servers have equal priorities
    std::array<CallNonces, kCallServers> call_nonces{};  // as the nonces, of INVITEs
    std::array<Relay, kRelays> relays{};
    std::array<ServerLoad, kLoads> loads{};   // of servers at which messages may wait
    std::array<Event, kQueued> queued{};      // there; a default one where there is none
    // Of usages, then of calls: the address that they sent to last leads nowhere. In use where
    // names may mislead.
    std::array<std::uint8_t, kUsages + kCalls> astray{};
    // Of phones of the design: the number of the rate that its clock has, from 1; 0: nothing has
    // asked for it yet. In use where some clock in scope may have one of several.
    std::array<std::uint8_t, kPhones> clocks{};
};

// How many elements of each array are in use.
struct StateSizes {
    std::size_t faults = 0;
    std::size_t usages = 0;   // also of transactions and subscriptions
    std::size_t flows = 0;
    std::size_t nonces = 0;
    std::size_t records = 0;
    std::size_t lines = 0;
    std::size_t calls = 0;
    std::size_t call_servers = 0;
    std::size_t gateways = 0;
    std::size_t incoming = 0;
    std::size_t notifiers = 0;
    std::size_t names = 0;
    std::size_t dialogs = 0;
    std::size_t transfers = 0;
    std::size_t appearances = 0;
    std::size_t tried = 0;
    std::size_t call_nonces = 0;
    std::size_t relays = 0;
    std::size_t loads = 0;
    std::size_t queued = 0;
    std::size_t astray = 0;
    std::size_t clocks = 0;
};

}  // namespace failback::model

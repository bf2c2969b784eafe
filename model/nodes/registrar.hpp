// A registrar's record of one address of record, and RFC 3261 section 10.3.
//
//  1. A record has a slot for each contact that the design can register under its AOR.
//  2. A present binding has exactly one pending expiry, and one that is recent a pending end of its
//     repeat window; `step` says when to replace or cancel them.
//  3. REGISTERs are processed in order of arrival, each as a whole or not at all.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "model/design.hpp"
#include "model/event.hpp"
#include "model/nodes/boot_span.hpp"

namespace failback::model {

inline constexpr std::size_t kContactsPerRecord = 8;

// Values of Binding::present.
inline constexpr std::uint8_t kStored = 1;
inline constexpr std::uint8_t kRecent = 2;  // within the repeat window of its REGISTER

struct Binding {
    std::uint8_t present = 0;   // kStored, kRecent, or absent
    std::uint8_t call_id = 0;
    std::uint8_t cseq = 0;
    std::uint8_t lost = 0;      // a restart forgot it; until it is registered again

    friend bool operator==(const Binding&, const Binding&) = default;
};

struct AorRecord {
    std::array<Binding, kContactsPerRecord> bindings{};

    friend bool operator==(const AorRecord&, const AorRecord&) = default;
};

struct RegistrarConfig {
    DelayMs min_expires = 60'000;
    DelayMs max_expires = 3'600'000;
    TooBrief too_brief = TooBrief::reject_423;
    DelayMs expiry_sweep = 0;
    bool whole_seconds = false;
    bool stores_bindings = true;
    Status out_of_order = Status::server_error_500;
    DelayMs repeat_window = 0;
};

[[nodiscard]] RegistrarConfig registrar_config(const Server& server);

// Is a request for that lifetime refused with 423?
[[nodiscard]] bool refuses_as_too_brief(const RegistrarConfig& config, DelayMs requested);

// Slots of a record that follow each other.
struct Slots {
    std::uint8_t first = 0;
    std::uint8_t count = 0;
};

struct RegisterRequest {
    std::optional<std::uint8_t> contact;  // slot; none: the request only asks for the bindings
    bool wildcard = false;                // `Contact: *`
    std::uint8_t call_id = 0;
    std::uint8_t cseq = 0;
    std::optional<DelayMs> expires;       // none: the registrar chooses
    const Limit* reached = nullptr;       // there is no room for one more binding
    // Requests of another boot have another Call-ID, or the same one with CSeqs that began anew.
    // Those of earlier boots are then all higher.
    BootSpan boot{};
    bool same_call_id = false;
    bool keeps_cseq = false;              // it has the CSeq of the one that was stored
    // With an instance-id, the contacts of the instance under the same reg-id, all of which the
    // binding takes the place of (RFC 5626 6); none: it replaces that of its own contact.
    Slots instance{};
};

struct RegisterOutcome {
    struct Expiry {
        std::uint8_t slot;
        Interval delay;
    };
    Status status = Status::ok_200;
    DelayMs expires = 0;                  // granted; 423: Min-Expires; else Retry-After
    std::vector<std::uint8_t> cancelled;  // expiries of these slots end
    std::vector<Expiry> scheduled;
    std::vector<std::uint8_t> windows_ended;     // repeat windows of these slots
    std::optional<std::uint8_t> window_begins;
    bool repeated = false;                // taken for a repetition: nothing is stored
    std::vector<std::uint8_t> removed;    // bindings that the request asked to remove
    bool reordered = false;               // stored although its CSeq is not higher
    bool out_of_order = false;            // refused for that
};

[[nodiscard]] RegisterOutcome step(AorRecord& record, const RegistrarConfig& config,
                                   const RegisterRequest& request);

// The expiry of a binding is due.
void expire(AorRecord& record, std::uint8_t slot);

// The registrar restarts without its bindings. Returns the slots whose expiries end.
[[nodiscard]] std::vector<std::uint8_t> forget_bindings(AorRecord& record);

}  // namespace failback::model

// Which requests of a phone belong to the same boot, told by their CSeqs.
//
//  1. A model counts a phone's requests on across restarts, whatever the phone does: its CSeqs name
//     requests (they stand for the branch). BootStarts has a bit for each CSeq with which a boot
//     began, as far as that can still make a difference.
//  2. Lowering all CSeqs by one (SipModel::normalise) keeps bit 1: a request whose CSeq is no
//     longer known is of an earlier boot than all that are.
#pragma once

#include <cstdint>

namespace failback::model {

using BootStarts = std::uint8_t;

struct BootSpan {
    std::uint8_t first = 0;
    std::uint8_t last = 0xff;
};

// REQUIRES: cseq < 8.
[[nodiscard]] BootStarts with_start(BootStarts starts, std::uint8_t cseq);

// The boot that a request belongs to.
[[nodiscard]] BootSpan boot_of(BootStarts starts, std::uint8_t cseq);

// After all CSeqs above `kept` were lowered by one. No request has `kept` itself, if it is not 0.
[[nodiscard]] BootStarts lowered(BootStarts starts, std::uint8_t kept = 0);

// Without the starts that no request came before. `oldest`: the least CSeq of those that count.
[[nodiscard]] BootStarts starts_after(BootStarts starts, std::uint8_t oldest);

}  // namespace failback::model

#include "model/nodes/boot_span.hpp"

#include "sim/check.hpp"

namespace failback::model {

namespace {

constexpr int kBits = 8;

bool starts_at(BootStarts starts, int cseq) { return ((starts >> cseq) & 1) != 0; }

}  // namespace

BootStarts with_start(BootStarts starts, std::uint8_t cseq) {
    sim::ensure(cseq < kBits, "the CSeq of a start is a small number");
    return static_cast<BootStarts>(starts | (1U << cseq));
}

BootSpan boot_of(BootStarts starts, std::uint8_t cseq) {
    BootSpan span;
    for (int start = 0; start < kBits; ++start) {
        if (!starts_at(starts, start)) {
            continue;
        }
        if (start > cseq) {
            span.last = static_cast<std::uint8_t>(start - 1);
            break;
        }
        span.first = static_cast<std::uint8_t>(start);
    }
    return span;
}

BootStarts lowered(BootStarts starts, std::uint8_t kept) {
    constexpr BootStarts kUnknown = 1;  // bit of CSeq 0
    constexpr BootStarts kLeast = 2;
    if (kept > 0) {  // a boot that began with that one began with the next
        const unsigned up_to = (2U << kept) - 1;
        return static_cast<BootStarts>((starts & up_to) | ((starts >> 1U) & ~(up_to >> 1U)));
    }
    return static_cast<BootStarts>(((starts >> 1) & ~kUnknown) | (starts & kLeast));
}

BootStarts starts_after(BootStarts starts, std::uint8_t oldest) {
    for (int start = 0; start < kBits && start <= oldest; ++start) {
        starts = static_cast<BootStarts>(starts & ~(1U << start));
    }
    return starts;
}

}  // namespace failback::model

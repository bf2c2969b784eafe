// What faults wait for, by the words of the property language.
#pragma once

#include <string_view>

#include "model/sip/awaited.hpp"
#include "sim/check.hpp"
#include "tests/run_fixture.hpp"

namespace failback::tests {

// Of the first line, or of a server: `of` is an entry of the list, or the server.
inline model::AwaitedEvent awaited(std::string_view word, std::size_t of = 0, int times = 1) {
    const auto kinds = model::awaited_kinds();
    const auto found = std::ranges::find(kinds, word, &model::AwaitedKind::word);
    sim::ensure(found != kinds.end(), "an event that may be waited for");
    model::AwaitedEvent event;
    event.kind = static_cast<std::size_t>(found - kinds.begin());
    event.entry = found->subject >= model::AwaitedSubject::server ? 0 : of;
    event.server = of;
    event.times = times;
    return event;
}

}  // namespace failback::tests

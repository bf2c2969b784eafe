// What stands still in a ladder picture: participants, their lifelines, and what holds for a while.
#pragma once

#include "traces/ladder_layout.hpp"
#include "traces/svg.hpp"
#include "traces/trace.hpp"

namespace failback::traces {

// What the signs mean, on one line at height `y`. Returns the y below it.
int draw_legend(Svg& svg, int x, int y);

// The boxes with the names, with their upper edge at `y`.
void draw_participants(Svg& svg, const Trace& trace, const LadderLayout& layout, int y);
inline constexpr int kParticipantBox = 38;

// Lifelines, hatched where the server is down, and the bands that show the working server.
void draw_lifelines(Svg& svg, const Trace& trace, const LadderLayout& layout);

// The marks where time is not to scale, and where steps are left out.
void draw_breaks(Svg& svg, const Trace& trace, const LadderLayout& layout);

// x of the centre of the nth band of a phone.
[[nodiscard]] int band_x(const LadderColumn& column, std::size_t nth);

}  // namespace failback::traces

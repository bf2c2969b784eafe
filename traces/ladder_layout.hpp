// Where everything stands in a ladder picture. The drawing itself is in ladder_view.cpp.
//
//  1. Rows are in order of the steps; their heights in the picture grow with time. Pauses up to
//     kToScale take room in proportion, longer ones a little more and have a break mark.
//  2. Every step has lines of its own for its texts, kLine pixels each, so that texts of the same
//     column never overlap: column of instants, of notes, left of a phone, right of a server, and
//     messages at their sender.
//  3. Of a long trace only the first kShownFirst and the last kShownLast steps have a row.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "traces/flight.hpp"
#include "traces/trace.hpp"

namespace failback::traces {

inline constexpr int kLine = 18;
inline constexpr int kClockRight = 104;  // right edge of the instants
inline constexpr int kPauseRight = 190;  // and of the times since the step before
inline constexpr int kLabelSize = 11;
inline constexpr sim::TimeMs kToScale = 5000;
inline constexpr std::size_t kShownFirst = 40;
inline constexpr std::size_t kShownLast = 200;
inline constexpr std::size_t kShownAll = 400;  // up to so many steps nothing is left out

struct LadderColumn {
    int x = 0;                         // of the lifeline
    int left = 0;                      // room for texts left of it,
    int right = 0;                     // and right of it, in pixels
    std::vector<std::string> working;  // variables that have a band at this phone
};

struct LadderRow {
    std::size_t step = 0;
    int y = 0;
    int pause = 0;          // pixels between the row before and this one, beyond its lines
    bool is_break = false;  // the pause is not to scale
    int first_send = 0;     // lines between y and the first message sent,
    int send_pitch = 1;     // and from one to the next
    int lines = 1;
};

struct LadderLayout {
    std::vector<LadderColumn> columns;  // as the participants of the trace
    std::vector<std::size_t> order;     // participants from left to right
    std::vector<LadderRow> rows;
    std::size_t hidden_after = 0;  // number of rows before the hidden steps; 0: none hidden
    int gap_y = 0;                 // where they would be
    int notes_x = 0;
    int width = 0;
    int top = 0;  // of the lifelines
    int bottom = 0;

    // The row of a step, or none if it is hidden.
    [[nodiscard]] const LadderRow* row_of(std::size_t step) const;
    // Where a message leaves: `nth` of the messages that its step sends.
    [[nodiscard]] int send_y(const LadderRow& row, std::size_t nth) const;
};

[[nodiscard]] LadderLayout layout_of(const Trace& trace, const std::vector<Flight>& flights,
                                     int top);

// "REGISTER cseq 1 (lost)"
[[nodiscard]] std::string message_text(const Flight& flight);
// What stands beside a lifeline; empty for an ordinary arrival.
[[nodiscard]] std::string mark_text(const Step& step);

// A line of the right-hand column.
struct LadderNote {
    std::string text;
    const Change* change = nullptr;  // if it is one
    bool violation = false;
};

[[nodiscard]] std::vector<LadderNote> notes_of(const Trace& trace, std::size_t step);

}  // namespace failback::traces

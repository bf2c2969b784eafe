#include "traces/ladder_layout.hpp"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "traces/observables.hpp"
#include "traces/svg.hpp"

namespace failback::traces {
namespace {

constexpr int kGutter = kPauseRight + 12;
constexpr int kMarkRoom = 16;  // between a lifeline and its texts
constexpr int kSlideRoom = 48;  // for the text of a message to get clear of other arrows
constexpr int kLongestText = 250;
constexpr int kLeastGap = 120;
constexpr int kNotes = 330;  // at least,
constexpr int kWidestNotes = 560;
constexpr int kBand = 7;

int width_of(const std::string& text, bool bold) {
    return std::min(text_width(text, kLabelSize, bold), kLongestText);
}

class Layouter {
public:
    Layouter(const Trace& trace, const std::vector<Flight>& flights)
        : trace_(trace), flights_(flights) {
        layout_.columns.resize(trace.participants.size());
    }

    LadderLayout run(int top) && {
        order_columns();
        bands();
        choose_rows();
        rooms();
        place_columns();
        place_rows(top);
        return std::move(layout_);
    }

private:
    void order_columns() {
        for (std::size_t i = 0; i < trace_.participants.size(); ++i) {
            layout_.order.push_back(i);
        }
        std::stable_partition(layout_.order.begin(), layout_.order.end(),
                              [this](std::size_t i) { return is_phone(trace_.participants[i]); });
    }

    void bands() {
        for (const Variable& variable : trace_.variables) {
            const std::size_t owner = owner_of(trace_, variable.name);
            if (term_of(variable.name).function == "working" && owner < layout_.columns.size()) {
                layout_.columns[owner].working.push_back(variable.name);
            }
        }
    }

    void choose_rows() {
        const std::size_t count = trace_.steps.size();
        const bool hides = count > kShownAll;
        for (std::size_t i = 0; i < count; ++i) {
            if (hides && i == kShownFirst) {
                layout_.hidden_after = kShownFirst;
                i = count - kShownLast;
            }
            layout_.rows.push_back(row(i));
        }
    }

    LadderRow row(std::size_t index) const {
        const Step& step = trace_.steps[index];
        LadderRow row;
        row.step = index;
        // What an arrival triggers leaves below it, clear of the arrow that comes in.
        row.first_send = step.delivers != 0 ? 1 : 0;
        // The cross of a lost message is below its text and takes a line, too.
        const bool loses = std::any_of(step.sent.begin(), step.sent.end(),
                                       [](const Sent& sent) { return sent.fate == "lost"; });
        row.send_pitch = loses ? 2 : 1;
        const int messages = static_cast<int>(step.sent.size()) * row.send_pitch;
        const int sends = step.sent.empty() ? 0 : row.first_send + messages;
        const int notes = static_cast<int>(notes_of(trace_, index).size());
        const int clearance = sends > 0 && !loses && sends_next(index) ? 1 : 0;
        row.lines = std::max({1, sends + clearance, notes});
        return row;
    }

    // Does the same participant send again in the next step? The text there needs to be clear of
    // the arrow that falls from here.
    bool sends_next(std::size_t index) const {
        return index + 1 < trace_.steps.size() && !trace_.steps[index + 1].sent.empty() &&
               trace_.steps[index + 1].participant == trace_.steps[index].participant;
    }

    // Room for the texts at both sides of each lifeline.
    void rooms() {
        for (LadderColumn& column : layout_.columns) {
            column.left = column.right = kMarkRoom;
        }
        for (const LadderRow& row : layout_.rows) {
            const Step& step = trace_.steps[row.step];
            const std::size_t at = participant_index(trace_, step.participant);
            if (at < layout_.columns.size()) {
                int& room = is_phone(trace_.participants[at]) ? layout_.columns[at].left
                                                              : layout_.columns[at].right;
                room = std::max(room, width_of(mark_text(step), step.kind == "fault") + kMarkRoom);
            }
            for (const Sent& sent : step.sent) {
                LadderColumn& from = layout_.columns[participant_index(trace_, sent.from)];
                int& room = goes_right(sent) ? from.right : from.left;
                const int width = width_of(message_text(flight(sent)), sent.request);
                room = std::max(room, width + kMarkRoom + kSlideRoom);
            }
        }
        for (LadderColumn& column : layout_.columns) {
            column.left += static_cast<int>(column.working.size()) * kBand;
        }
    }

    const Flight& flight(const Sent& sent) const {
        return flights_[static_cast<std::size_t>(sent.id) - 1];
    }

    bool goes_right(const Sent& sent) const {
        const auto place = [this](const std::string& name) {
            const std::size_t index = participant_index(trace_, name);
            return std::find(layout_.order.begin(), layout_.order.end(), index);
        };
        return place(sent.from) <= place(sent.to);
    }

    void place_columns() {
        int x = kGutter;
        int room = 0;  // wanted by the column before
        for (const std::size_t index : layout_.order) {
            LadderColumn& column = layout_.columns[index];
            const std::string& name = trace_.participants[index].name;
            const int header = text_width(name, 13, true) / 2 + 24;
            const int least = room == 0 ? header : kLeastGap;
            x += std::max({least, room, column.left, header});
            column.x = x;
            room = std::max(column.right, header);
        }
        layout_.notes_x = x + room + 2 * kMarkRoom;
        layout_.width = layout_.notes_x + notes_width();
    }

    int notes_width() const {
        int width = kNotes;
        for (const LadderRow& row : layout_.rows) {
            for (const LadderNote& note : notes_of(trace_, row.step)) {
                const int text = text_width(note.text, kLabelSize, note.violation);
                width = std::max(width, text + 2 * kMarkRoom);
            }
        }
        return std::min(width, kWidestNotes);
    }

    void place_rows(int top) {
        layout_.top = top;
        int y = top + kLine;
        for (std::size_t i = 0; i < layout_.rows.size(); ++i) {
            LadderRow& row = layout_.rows[i];
            if (i > 0) {
                y += layout_.rows[i - 1].lines * kLine;
            }
            if (i > 0 && i == layout_.hidden_after) {
                layout_.gap_y = y + kLine;
                y += 3 * kLine;
            } else if (row.step > 0) {
                pause(row, trace_.steps[row.step].at - trace_.steps[row.step - 1].at);
                y += row.pause;
            }
            row.y = y;
        }
        const int last = layout_.rows.empty() ? 1 : layout_.rows.back().lines;
        layout_.bottom = y + std::max(last * kLine, 2 * kLine);
    }

    // Proportional up to kToScale, then logarithmic: monotone all the way.
    static void pause(LadderRow& row, sim::TimeMs span) {
        constexpr int kScaled = 30;  // pixels for kToScale
        constexpr int kBreak = 14;
        if (span <= kToScale) {
            row.pause = static_cast<int>(span * kScaled / kToScale);
            return;
        }
        const auto ratio = static_cast<std::uint64_t>(span / kToScale);
        row.is_break = true;
        row.pause = kScaled + kBreak + 2 * static_cast<int>(std::bit_width(ratio));
    }

    const Trace& trace_;
    const std::vector<Flight>& flights_;
    LadderLayout layout_;
};

}  // namespace

const LadderRow* LadderLayout::row_of(std::size_t step) const {
    const auto found = std::lower_bound(
        rows.begin(), rows.end(), step,
        [](const LadderRow& row, std::size_t wanted) { return row.step < wanted; });
    return found == rows.end() || found->step != step ? nullptr : &*found;
}

int LadderLayout::send_y(const LadderRow& row, std::size_t nth) const {
    return row.y + (row.first_send + static_cast<int>(nth) * row.send_pitch) * kLine;
}

LadderLayout layout_of(const Trace& trace, const std::vector<Flight>& flights, int top) {
    return Layouter(trace, flights).run(top);
}

std::string message_text(const Flight& flight) {
    const Sent& sent = *flight.sent;
    if (!sent.fate.empty()) {
        return fmt::format("{} ({})", sent.label, sent.fate);
    }
    return flight.arrives_in ? sent.label : sent.label + " (under way)";
}

std::string mark_text(const Step& step) { return step.delivers != 0 ? "" : step.event; }

std::vector<LadderNote> notes_of(const Trace& trace, std::size_t step) {
    const Step& here = trace.steps[step];
    std::vector<LadderNote> notes;
    if (trace.outcome == "violated" && step + 1 == trace.steps.size()) {
        notes.push_back({"violated: " + here.event, nullptr, true});
    }
    for (const Change& change : here.changes) {
        const std::string text =
            fmt::format("{}: {} → {}", change.variable, change.from, change.to);
        notes.push_back({text, &change, false});
    }
    for (const std::string& observed : here.observed) {
        notes.push_back({observed, nullptr, false});
    }
    return notes;
}

}  // namespace failback::traces

#include "traces/ladder_view.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "traces/clock_text.hpp"
#include "traces/ladder_frame.hpp"
#include "traces/ladder_layout.hpp"
#include "traces/observables.hpp"
#include "traces/picture_style.hpp"
#include "traces/svg.hpp"

namespace failback::traces {
namespace {

constexpr int kMargin = 16;
constexpr int kHeadingWidth = 860;
constexpr int kClear = 4;          // between a lifeline and the end of an arrow
constexpr int kTallPicture = 900;  // from here on the names stand at the bottom, too

std::string_view message_color(const Sent& sent) {
    const char first = sent.request || sent.label.empty() ? ' ' : sent.label.front();
    if (first == '2') {
        return kGood;
    }
    if (first >= '4' && first <= '6') {
        return kBad;
    }
    return sent.request ? kInk : kFaint;
}

LineStyle message_style(const Sent& sent) {
    return {message_color(sent), sent.request ? 18 : 14, sent.retransmission ? "5 3" : ""};
}

class LadderDrawing {
public:
    explicit LadderDrawing(const Trace& trace) : trace_(trace), flights_(flights_of(trace)) {}

    std::string picture() && {
        const int boxes =
            draw_legend(svg_, kMargin, draw_heading(svg_, trace_, kMargin, kHeadingWidth));
        layout_ = layout_of(trace_, flights_, boxes + kParticipantBox);
        guides();
        draw_lifelines(svg_, trace_, layout_);
        draw_breaks(svg_, trace_, layout_);
        for (const Flight& flight : flights_) {
            message(flight);
        }
        for (const LadderRow& row : layout_.rows) {
            labels(row);
            mark(row);
            notes(row);
        }
        draw_participants(svg_, trace_, layout_, boxes);
        const int end = outcome();
        return svg_.picture(layout_.width, end + kMargin, picture_title(trace_));
    }

private:
    const Step& step(const LadderRow& row) const { return trace_.steps[row.step]; }

    const Flight& flight(const Sent& sent) const {
        return flights_[static_cast<std::size_t>(sent.id) - 1];
    }

    int column_x(const std::string& name) const {
        return layout_.columns[participant_index(trace_, name)].x;
    }

    // The instants in the gutter, with a faint line to the right of each.
    void guides() {
        for (const LadderRow& row : layout_.rows) {
            const sim::TimeMs at = step(row).at;
            const sim::TimeMs before = row.step == 0 ? -1 : trace_.steps[row.step - 1].at;
            if (at == before) {
                continue;
            }
            svg_.line({kClockRight + 4, row.y}, {layout_.width - kMargin, row.y}, {kRule, 10, {}});
            svg_.text({kClockRight, row.y + 3}, clock_text(at),
                      {kInk, kLabelSize, Anchor::end, false, true});
            if (row.step > 0) {
                svg_.text({kPauseRight, row.y + 3}, "+" + span_text(at - before),
                          {kFaint, kLabelSize, Anchor::end, false, true});
            }
        }
    }

    // From the row that sends it to the row where it arrives, as far as both are there.
    void message(const Flight& flight) {
        const Sent& sent = *flight.sent;
        const LadderRow* from = layout_.row_of(flight.sent_in);
        const LadderRow* to = flight.arrives_in ? layout_.row_of(*flight.arrives_in) : nullptr;
        if ((from == nullptr && to == nullptr) || sent.from == sent.to) {
            return;
        }
        const int direction = column_x(sent.from) < column_x(sent.to) ? 1 : -1;
        const Point start{column_x(sent.from) + direction * kClear,
                          from != nullptr ? layout_.send_y(*from, nth(flight)) : layout_.gap_y};
        const Point end{column_x(sent.to) - direction * kClear, to != nullptr ? to->y : 0};
        svg_.begin(tooltip(flight));
        if (to == nullptr) {
            unfinished(flight, start, end.x);
        } else if (flight.dropped) {
            const Point stop{end.x - direction * 8, end.y};
            svg_.line(start, stop, message_style(sent));
            svg_.cross(stop, kBad);
        } else {
            svg_.arrow(start, end, message_style(sent));
        }
        svg_.end();
    }

    // Lost half way, or still on its way where the picture or a part of it ends.
    void unfinished(const Flight& flight, Point start, int target_x) {
        const LineStyle style = message_style(*flight.sent);
        const Point half{(start.x + target_x) / 2, start.y + kLine / 2};
        if (flight.lost()) {
            svg_.line(start, half, style);
            svg_.cross(half, kBad);
            return;
        }
        const int bottom = flight.arrives_in ? layout_.gap_y : layout_.bottom;
        const int fall = std::min((bottom - start.y) / 2, 2 * kLine);
        svg_.line(start, {half.x, start.y + fall}, style);
        svg_.line({half.x, start.y + fall}, {(half.x + target_x) / 2, start.y + fall * 3 / 2},
                  {style.color, style.tenths, "1 5"});
    }

    // Place among the messages of its step.
    std::size_t nth(const Flight& flight) const {
        const Sent& first = trace_.steps[flight.sent_in].sent.front();
        return static_cast<std::size_t>(flight.sent->id - first.id);
    }

    std::string tooltip(const Flight& flight) const {
        const Sent& sent = *flight.sent;
        const sim::TimeMs at = trace_.steps[flight.sent_in].at;
        std::string text = fmt::format("{}\n{} → {}, sent at {}", message_text(flight), sent.from,
                                       sent.to, clock_text(at));
        if (flight.arrives_in) {
            const Step& arrival = trace_.steps[*flight.arrives_in];
            text += fmt::format(", {} {} later: {}", flight.dropped ? "dropped" : "arrives",
                                span_text(arrival.at - at), arrival.event);
        }
        return text;
    }

    void labels(const LadderRow& row) {
        const Step& sender = step(row);
        for (std::size_t i = 0; i < sender.sent.size(); ++i) {
            const Sent& sent = sender.sent[i];
            const LadderColumn& column = layout_.columns[participant_index(trace_, sent.from)];
            const bool goes_right = column.x <= column_x(sent.to);
            const int room = (goes_right ? column.right : column.left) - 6;
            const std::string text =
                fitted(message_text(flight(sent)), room, kLabelSize, sent.request);
            svg_.text({column.x + (goes_right ? 10 : -10), layout_.send_y(row, i) - 4}, text,
                      {message_color(sent), kLabelSize, goes_right ? Anchor::start : Anchor::end,
                       sent.request, true});
        }
        if (sender.delivers != 0 && !sender.sent.empty()) {
            // The participant is busy from the arrival until it has answered.
            const int x = column_x(sender.sent.front().from);
            const int last = layout_.send_y(row, sender.sent.size() - 1);
            svg_.rectangle({x - 3, row.y, 6, last - row.y}, "#ffffff", "#7b8894");
        }
    }

    // What happens at a participant by itself.
    void mark(const LadderRow& row) {
        const Step& here = step(row);
        const std::string text = mark_text(here);
        const std::size_t index = participant_index(trace_, here.participant);
        if (text.empty() || index == trace_.participants.size()) {
            return;
        }
        const LadderColumn& column = layout_.columns[index];
        const bool is_fault = here.kind == "fault";
        const std::string_view color = !is_fault ? kInk : is_recovery(here) ? kGood : kBad;
        const bool is_left = is_phone(trace_.participants[index]);
        const int bands = static_cast<int>(column.working.size()) * 7;
        const int room = is_left ? column.left - bands - 12 : column.right - 12;
        svg_.begin(fmt::format("{}\n{} at {}", text, here.kind, clock_text(here.at)));
        symbol(here.kind, {column.x, row.y}, color);
        svg_.text({is_left ? column.x - bands - 10 : column.x + 12, row.y + 3},
                  fitted(text, std::max(room, 60), kLabelSize, is_fault),
                  {color, kLabelSize, is_left ? Anchor::end : Anchor::start, is_fault, true});
        svg_.end();
    }

    void symbol(const std::string& kind, Point at, std::string_view color) {
        if (kind == "fault") {
            svg_.polygon({{at.x, at.y - 7}, {at.x + 7, at.y}, {at.x, at.y + 7}, {at.x - 7, at.y}},
                         color);
        } else if (kind == "timer" || kind == "expiry" || kind == "deadline") {
            svg_.circle(at, 5, kBackground, kInk);  // a small clock
            svg_.line(at, {at.x, at.y - 4}, {kInk, 12, {}});
            svg_.line(at, {at.x + 3, at.y}, {kInk, 12, {}});
        } else {
            svg_.circle(at, 4, kInk, kInk);
        }
    }

    void notes(const LadderRow& row) {
        const int width = layout_.width - layout_.notes_x - kMargin;
        int y = row.y + 3;
        for (const LadderNote& note : notes_of(trace_, row.step)) {
            svg_.begin(note.text);
            if (note.change != nullptr) {
                const Fill fill = fill_of(trace_, note.change->variable, note.change->to);
                svg_.rectangle({layout_.notes_x - 14, y - 8, 9, 9}, fill.fill, kFaint);
            }
            const std::string text = fitted(note.text, width, kLabelSize, note.violation);
            svg_.text(
                {layout_.notes_x, y}, text,
                {note.violation ? kBad : kFaint, kLabelSize, Anchor::start, note.violation, true});
            svg_.end();
            y += kLine;
        }
    }

    // How it ended, below the last row. Returns the y below it.
    int outcome() {
        int y = layout_.bottom;
        if (layout_.bottom - layout_.top > kTallPicture) {
            draw_participants(svg_, trace_, layout_, y);
            y += kParticipantBox + kLine;
        }
        if (trace_.outcome != "violated" || layout_.rows.empty()) {
            return y;
        }
        const int last = layout_.rows.back().y;
        svg_.line({kPauseRight + 6, last}, {layout_.notes_x - 8, last}, {kBad, 20, {}});
        return y;
    }

    const Trace& trace_;
    std::vector<Flight> flights_;
    LadderLayout layout_;
    Svg svg_;
};

}  // namespace

std::string as_ladder(const Trace& trace) { return LadderDrawing(trace).picture(); }

}  // namespace failback::traces

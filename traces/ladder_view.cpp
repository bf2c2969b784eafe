#include "traces/ladder_view.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "traces/clock_text.hpp"
#include "traces/ladder_frame.hpp"
#include "traces/ladder_labels.hpp"
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
        outcome();
        for (const LadderRow& row : layout_.rows) {
            mark(row);
            notes(row);
        }
        for (const LadderColumn& column : layout_.columns) {
            placer_.add_lifeline(column.x);
        }
        for (const LadderRow& row : layout_.rows) {
            labels(row);
        }
        draw_participants(svg_, trace_, layout_, boxes);
        const int end = footer();
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

    // The arrow of a message, as far as it is in the picture.
    struct Way {
        Point start;
        Point end;
        bool arrives = false;
    };

    // From the row that sends it to the row where it arrives, as far as both are there.
    std::optional<Way> way_of(const Flight& flight) const {
        const Sent& sent = *flight.sent;
        const LadderRow* from = layout_.row_of(flight.sent_in);
        const LadderRow* to = flight.arrives_in ? layout_.row_of(*flight.arrives_in) : nullptr;
        if ((from == nullptr && to == nullptr) || sent.from == sent.to) {
            return std::nullopt;
        }
        const int direction = column_x(sent.from) < column_x(sent.to) ? 1 : -1;
        const Point start{column_x(sent.from) + direction * kClear,
                          from != nullptr ? layout_.send_y(*from, nth(flight)) : layout_.gap_y};
        const int target = column_x(sent.to) - direction * kClear;
        if (to == nullptr) {
            return Way{start, end_of_unfinished(flight, start, target), false};
        }
        return Way{start, {target - (flight.dropped ? direction * 8 : 0), to->y}, true};
    }

    // Lost half way, or still on its way where the picture or a part of it ends.
    Point end_of_unfinished(const Flight& flight, Point start, int target) const {
        const int half = (start.x + target) / 2;
        if (flight.lost()) {
            return {half, start.y + kLine / 2};
        }
        const int bottom = flight.arrives_in ? layout_.gap_y : layout_.bottom;
        const int fall = std::min((bottom - start.y) / 2, 2 * kLine);
        return {(half + target) / 2, start.y + fall * 3 / 2};
    }

    void message(const Flight& flight) {
        const auto way = way_of(flight);
        if (!way) {
            return;
        }
        const LineStyle style = message_style(*flight.sent);
        svg_.begin(tooltip(flight));
        if (flight.lost() || flight.dropped) {
            svg_.line(way->start, way->end, style);
            svg_.cross(way->end, kBad);
        } else if (way->arrives) {
            svg_.arrow(way->start, way->end, style);
        } else {
            const Point middle{way->start.x + (way->end.x - way->start.x) * 2 / 3,
                               way->start.y + (way->end.y - way->start.y) * 2 / 3};
            svg_.line(way->start, middle, style);
            svg_.line(middle, way->end, {style.color, style.tenths, "1 5"});
        }
        svg_.end();
        arrows_[flight.sent->id] = placer_.add_arrow(way->start, way->end);
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
        for (const Sent& sent : sender.sent) {
            const auto arrow = arrows_.find(sent.id);
            if (arrow == arrows_.end()) {
                continue;
            }
            const LadderColumn& column = layout_.columns[participant_index(trace_, sent.from)];
            const bool goes_right = column.x <= column_x(sent.to);
            const int room = (goes_right ? column.right : column.left) - 6;
            const std::string text =
                fitted(message_text(flight(sent)), room, kLabelSize, sent.request);
            const LabelPlacer::Place place =
                placer_.place(arrow->second, text_width(text, kLabelSize, sent.request));
            svg_.text(place.baseline, text,
                      {message_color(sent), kLabelSize, place.anchor, sent.request, true});
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
        const std::string shown = fitted(text, std::max(room, 60), kLabelSize, is_fault);
        const int width = text_width(shown, kLabelSize, is_fault);
        const int x = is_left ? column.x - bands - 10 : column.x + 12;
        placer_.add_text({is_left ? x - width : x, row.y - 6, width, 12});
        svg_.text({x, row.y + 3}, shown,
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
        const std::vector<LadderNote> notes = notes_of(trace_, row.step);
        if (!notes.empty()) {
            const int x = layout_.notes_x - 20;  // a line ties together what belongs to one step
            const int last = row.y + (static_cast<int>(notes.size()) - 1) * kLine;
            svg_.line({x, row.y - 6}, {x, last + 6}, {"#9aa7b4", 20, {}});
        }
        int y = row.y + 3;
        for (const LadderNote& note : notes) {
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

    // Below the last row of a tall picture the names once more. Returns the y below them.
    int footer() {
        if (layout_.bottom - layout_.top <= kTallPicture) {
            return layout_.bottom;
        }
        draw_participants(svg_, trace_, layout_, layout_.bottom);
        return layout_.bottom + kParticipantBox + kLine;
    }

    // A line from where the violation happens to what the notes say of it. It begins right of the
    // lifeline, or of the text there, and so strikes no text through.
    void outcome() {
        if (trace_.outcome != "violated" || layout_.rows.empty()) {
            return;
        }
        const LadderRow& last = layout_.rows.back();
        const std::size_t index = participant_index(trace_, step(last).participant);
        int from = kPauseRight + 6;
        if (index < layout_.columns.size()) {
            const bool is_left = is_phone(trace_.participants[index]);
            from = layout_.columns[index].x + (is_left ? 8 : layout_.columns[index].right);
        }
        svg_.line({from, last.y}, {layout_.notes_x - 22, last.y}, {kBad, 20, {}});
    }

    const Trace& trace_;
    std::vector<Flight> flights_;
    LadderLayout layout_;
    LabelPlacer placer_;
    std::map<int, std::size_t> arrows_;  // of the placer, by the ids of the messages
    Svg svg_;
};

}  // namespace

std::string as_ladder(const Trace& trace) { return LadderDrawing(trace).picture(); }

}  // namespace failback::traces

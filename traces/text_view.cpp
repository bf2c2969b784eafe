#include "traces/text_view.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "traces/clock_text.hpp"
#include "traces/flight.hpp"
#include "traces/fold.hpp"

namespace failback::traces {
namespace {

class Listing {
public:
    explicit Listing(const Trace& trace) : trace_(trace), flights_(flights_of(trace)) {
        for (const Participant& participant : trace.participants) {
            name_width_ = std::max(name_width_, participant.name.size());
        }
        for (std::size_t i = 0; i < trace.steps.size(); ++i) {
            clock_width_ = std::max(clock_width_, clock_text(trace.steps[i].at).size());
            pause_width_ = std::max(pause_width_, pause_text(i).size());
        }
    }

    std::string text() && {
        header();
        steps();
        chain();
        return std::move(text_);
    }

private:
    void field(const char* name, const std::string& value) {
        if (!value.empty()) {
            text_ += fmt::format("  {:<8} {}\n", name, value);
        }
    }

    void header() {
        const std::string& name = trace_.property.empty() ? "simulation" : trace_.property;
        text_ += fmt::format("{}: {}\n", name, trace_.outcome);
        field("says", trace_.says);
        field("reason", trace_.reason);
        field("design", fmt::format("{} (hash {})", trace_.design_file, trace_.design_hash));
        field("scope", fmt::format("{}", fmt::join(trace_.scope, ", ")));
        std::vector<std::string> initial;
        for (const Variable& variable : trace_.variables) {
            initial.push_back(variable.name + " = " + variable.initial);
        }
        field("start", fmt::format("{}", fmt::join(initial, ", ")));
        text_ += '\n';
    }

    void steps() {
        const std::vector<Fold> folds = folds_of(trace_);
        auto fold = folds.begin();
        for (std::size_t i = 0; i < trace_.steps.size(); ++i) {
            if (fold != folds.end() && fold->first == i) {
                folded(*fold);
                i = fold->end() - 1;
                ++fold;
            } else {
                step(i);
            }
        }
    }

    void folded(const Fold& fold) {
        const std::vector<Step>& steps = trace_.steps;
        const sim::TimeMs before = steps[fold.first - 1].at;
        const sim::TimeMs period = steps[fold.first + fold.length - 1].at - before;
        const std::string cycle = fold.length == 1 ? "step" : fmt::format("{} steps", fold.length);
        text_ += fmt::format(
            "  ... {} times more the same {}, every {}: steps {} to {}, until {}{}\n", fold.repeats,
            cycle, span_text(period), fold.first + 1, fold.end(),
            clock_text(steps[fold.end() - 1].at), fold.counts ? "; only cseq counts on" : "");
    }

    // "+4 s" since the step before, or nothing.
    std::string pause_text(std::size_t index) const {
        const sim::TimeMs at = trace_.steps[index].at;
        const sim::TimeMs before = index == 0 ? 0 : trace_.steps[index - 1].at;
        return at == before ? "" : "+" + span_text(at - before);
    }

    void step(std::size_t index) {
        const Step& step = trace_.steps[index];
        text_ += fmt::format("{:>5}  {:>{}}  {:>{}}  {:<{}}  {}{}\n", index + 1,
                             clock_text(step.at), clock_width_, pause_text(index), pause_width_,
                             step.participant, name_width_, step.event,
                             step.dropped ? "  [dropped]" : "");
        for (const Sent& sent : step.sent) {
            detail(fmt::format("-> {}: {}{}", sent.to, sent.label, remarks(sent)));
        }
        for (const Change& change : step.changes) {
            detail(fmt::format("{}: {} -> {}", change.variable, change.from, change.to));
        }
        for (const std::string& observed : step.observed) {
            detail("* " + observed);
        }
    }

    void detail(const std::string& text) {
        const std::size_t indent = 5 + 2 + clock_width_ + 2 + pause_width_ + 2 + name_width_ + 4;
        text_ += std::string(indent, ' ') + text + '\n';
    }

    std::string remarks(const Sent& sent) const {
        const Flight& flight = flights_[static_cast<std::size_t>(sent.id) - 1];
        std::vector<std::string> remarks;
        if (sent.retransmission) {
            remarks.emplace_back("retransmission");
        }
        if (!sent.fate.empty()) {
            remarks.push_back(sent.fate);
        }
        if (flight.arrives_in) {
            const char* how = flight.dropped ? "dropped in" : "arrives in";
            remarks.push_back(fmt::format("{} step {}", how, *flight.arrives_in + 1));
        } else if (!flight.lost()) {
            remarks.emplace_back("still under way at the end");
        }
        return fmt::format("  [{}]", fmt::join(remarks, ", "));
    }

    void chain() {
        if (trace_.chain.empty()) {
            return;
        }
        text_ += "\nThe bound is the sum of\n";
        sim::TimeMs sum = 0;
        for (const ChainLink& link : trace_.chain) {
            sum += link.ms;
            text_ += fmt::format("{:>14}  {}\n", fmt::format("{} ms", link.ms), link.what);
        }
        text_ += fmt::format("{:>14}  = {}\n", fmt::format("{} ms", sum), span_text(sum));
    }

    const Trace& trace_;
    std::vector<Flight> flights_;
    std::size_t name_width_ = 0;
    std::size_t clock_width_ = 0;
    std::size_t pause_width_ = 0;
    std::string text_;
};

}  // namespace

std::string as_text(const Trace& trace) { return Listing(trace).text(); }

}  // namespace failback::traces

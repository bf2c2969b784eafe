#include "traces/fold.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "traces/flight.hpp"

namespace failback::traces {
namespace {

// The text without the digits behind "cseq ".
std::string without_cseq(const std::string& text) {
    constexpr std::string_view kWord = "cseq ";
    std::string result;
    std::size_t at = 0;
    for (auto found = text.find(kWord); found != std::string::npos; found = text.find(kWord, at)) {
        result += text.substr(at, found + kWord.size() - at);
        at = text.find_first_not_of("0123456789", found + kWord.size());
        if (at == std::string::npos) {
            return result;
        }
    }
    return result + text.substr(at);
}

// Equal exactly for steps that are alike. Instants and messages count by their distance.
std::string signature(const Trace& trace, const std::vector<Flight>& flights, std::size_t index) {
    const Step& step = trace.steps[index];
    const sim::TimeMs before = index == 0 ? 0 : trace.steps[index - 1].at;
    std::string text = fmt::format("{}\n{}\n{}\n{}\n{}", step.at - before, step.kind,
                                   step.participant, without_cseq(step.event), step.dropped);
    if (step.delivers != 0) {
        const Flight& flight = flights[static_cast<std::size_t>(step.delivers) - 1];
        text += fmt::format("\ndelivers {}", index - flight.sent_in);
    }
    for (const Sent& sent : step.sent) {
        const Flight& flight = flights[static_cast<std::size_t>(sent.id) - 1];
        text += fmt::format("\nsent {}\n{}\n{}\n{}{}\n{}\n{}", sent.from, sent.to,
                            without_cseq(sent.label), sent.request, sent.retransmission, sent.fate,
                            flight.arrives_in.value_or(index) - index);
    }
    for (const Scheduled& event : step.scheduled) {
        const sim::TimeMs latest = event.latest == -1 ? -1 : event.latest - step.at;
        text += fmt::format("\nscheduled {}\n{}\n{}", without_cseq(event.what),
                            event.earliest - step.at, latest);
    }
    for (const std::string& what : step.cancelled) {
        text += "\ncancelled " + without_cseq(what);
    }
    for (const std::string& what : step.observed) {
        text += "\nobserved " + what;
    }
    for (const Change& change : step.changes) {
        text += fmt::format("\nchange {}\n{}\n{}", change.variable, change.from, change.to);
    }
    return text;
}

// Do the two steps, which are alike, write the same CSeqs?
bool same_cseq(const Step& one, const Step& other) {
    const auto same_label = [](const Sent& a, const Sent& b) { return a.label == b.label; };
    const auto same_what = [](const Scheduled& a, const Scheduled& b) { return a.what == b.what; };
    return one.event == other.event && one.cancelled == other.cancelled &&
           std::ranges::equal(one.sent, other.sent, same_label) &&
           std::ranges::equal(one.scheduled, other.scheduled, same_what);
}

bool counts(const Trace& trace, const Fold& fold) {
    for (std::size_t i = fold.first; i < fold.end(); ++i) {
        if (!same_cseq(trace.steps[i], trace.steps[i - fold.length])) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::vector<Fold> folds_of(const Trace& trace) {
    const std::vector<Flight> flights = flights_of(trace);
    std::vector<std::string> signatures;
    for (std::size_t i = 0; i < trace.steps.size(); ++i) {
        // A fault is like nothing else, not even like itself.
        const bool is_fault = trace.steps[i].kind == "fault";
        signatures.push_back(is_fault ? fmt::format("fault {}", i) : signature(trace, flights, i));
    }
    const std::size_t count = signatures.size();
    std::vector<Fold> folds;
    std::size_t done = 0;
    for (std::size_t i = 1; i < count; ++i) {
        for (std::size_t length = 1; length <= kLongestCycle && length <= i - done; ++length) {
            std::size_t end = i;
            while (end < count && signatures[end] == signatures[end - length]) {
                ++end;
            }
            const std::size_t repeats = (end - i) / length;
            if (repeats >= kLeastRepeats) {
                folds.push_back({i, length, repeats});
                folds.back().counts = counts(trace, folds.back());
                done = folds.back().end();
                i = done;
                break;
            }
        }
    }
    return folds;
}

}  // namespace failback::traces

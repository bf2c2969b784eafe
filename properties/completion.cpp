#include "properties/completion.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "sim/check.hpp"

namespace failback::properties {

namespace {

using Run = sim::Execution<MonitoredModel>;

// The entry that must fire first of those that are overdue before `instant`.
std::optional<std::uint32_t> overdue_before(const Run& run, sim::TimeMs instant) {
    std::optional<std::uint32_t> first;
    for (std::uint32_t entry = 0; entry < run.agenda().size(); ++entry) {
        const sim::Due& due = run.agenda().note(entry);
        if (due.bounded() && due.latest() < instant &&
            (!first || due.latest() < run.agenda().note(*first).latest())) {
            first = entry;
        }
    }
    return first;
}

// Which rate the clock of each phone turns out to have.
using Clocks = decltype(model::SipState::clocks);

Clocks clocks_after(const MonitoredModel& searched, const std::vector<sim::Choice>& choices) {
    Run run(searched);
    for (const sim::Choice& choice : choices) {
        run.step(choice);
    }
    return run.state().sip.clocks;
}

// Those that the search never asked for may have any.
bool may_become(const Clocks& clocks, const Clocks& wanted) {
    return std::ranges::equal(clocks, wanted, [](std::uint8_t now, std::uint8_t later) {
        return now == 0 || later == 0 || now == later;
    });
}

using Fates = std::vector<std::pair<model::Event, model::Treatment>>;

struct Done {
    Fates fates;
    Clocks clocks{};
};

// What is picked in a step, and what faults do to its messages, in the order of sending.
Done done_by(const MonitoredModel& model, const Run& run, std::uint32_t entry,
             std::uint32_t form) {
    MonitoredState state = run.state();
    sim::Effects<model::Event> effects;
    MonitorLog log;
    model.step(state, run.agenda().event(entry), form, effects, log);
    Done done;
    done.clocks = state.sip.clocks;
    Fates& fates = done.fates;
    for (const model::Event& picked : log.sip.picked) {
        fates.emplace_back(picked, model::Treatment{});
    }
    for (const auto& sent : log.sip.sent) {
        if (model::is_struck(sent.fate)) {
            fates.emplace_back(sent.event, model::Treatment{sent.fate, sent.fault});
        }
    }
    return done;
}

// Nothing befalls its messages.
std::uint32_t usual_form(const MonitoredModel& full, const Run& run, std::uint32_t entry,
                         const Clocks& clocks) {
    for (std::uint32_t form = 0; run.forms(entry) > 1 && form < run.forms(entry); ++form) {
        if (may_become(done_by(full, run, entry, form).clocks, clocks)) {
            return form;
        }
    }
    return 0;
}

// The entries that may be the event: those that were scheduled like the guide's first, since equal
// messages with different delays may be under way.
std::vector<std::uint32_t> entries_of(const Run& run, const model::Event& event,
                                      const sim::Due& due, sim::TimeMs at) {
    std::vector<std::uint32_t> alike;
    std::vector<std::uint32_t> others;
    for (std::uint32_t entry = 0; entry < run.agenda().size(); ++entry) {
        if (run.agenda().event(entry) == event && run.possible({entry, 0, at})) {
            (run.agenda().note(entry).same_times(due) ? alike : others).push_back(entry);
        }
    }
    alike.insert(alike.end(), others.begin(), others.end());
    return alike;
}

// The choice of `run` that does what the guide's choice does.
sim::Choice matching(const MonitoredModel& full, const Run& run,
                     const std::vector<std::uint32_t>& entries, sim::TimeMs at,
                     const Fates& fates, const Clocks& clocks) {
    for (const std::uint32_t entry : entries) {
        for (std::uint32_t form = 0; form < run.forms(entry); ++form) {
            const Done done = done_by(full, run, entry, form);
            if (done.fates == fates && may_become(done.clocks, clocks)) {
                return {entry, form, at};
            }
        }
    }
    sim::ensure(false, "the full model follows the searched one");
    return {};
}

}  // namespace

Completed complete(const MonitoredModel& searched, const MonitoredModel& full,
                   const std::vector<sim::Choice>& choices) {
    const Clocks clocks = clocks_after(searched, choices);
    Run guide(searched);
    Run run(full);
    Completed result;
    result.steps.push_back(0);
    const auto take = [&](const sim::Choice& choice) {
        run.step(choice);
        result.choices.push_back(choice);
    };
    for (const sim::Choice& choice : choices) {
        const model::Event event =
            full.sip().translate(guide.agenda().event(choice.entry), searched.sip());
        Fates fates = done_by(searched, guide, choice.entry, choice.form).fates;
        for (auto& [message, fate] : fates) {
            message = full.sip().translate(message, searched.sip());
        }
        const sim::Due due = guide.agenda().note(choice.entry);
        guide.step(choice);
        while (const auto late = overdue_before(run, choice.at)) {
            take({*late, usual_form(full, run, *late, clocks),
                  run.agenda().note(*late).latest()});
        }
        const auto entries = entries_of(run, event, due, choice.at);
        take(matching(full, run, entries, choice.at, fates, clocks));
        result.steps.push_back(static_cast<std::uint32_t>(result.choices.size()));
    }
    result.marks = run.effects().marks;
    result.elapsed = run.elapsed();
    return result;
}

}  // namespace failback::properties

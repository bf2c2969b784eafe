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

// What nothing depends on may happen at any time: as late as it may, or messages as soon as they
// may, so that answers come before requests are repeated.
enum class Others : std::uint8_t { late, prompt };

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

// A copy of a REGISTER that comes after Timer J is answered from memory where the search leaves
// that timer out, and else as the server sees fit. The phone, which has no such request open any
// more, heeds neither (model/sip/reduction.cpp), so that one answer may stand for the other.
bool are_unheeded_answers(const model::Event& a, const model::Event& b, const Run& run) {
    const auto is_answer = [](const model::Event& event) {
        return event.kind == model::EventKind::message_to_phone &&
               event.method == model::Method::register_;
    };
    if (!is_answer(a) || !is_answer(b) || a.index != b.index || a.cseq != b.cseq) {
        return false;
    }
    const model::ClientUsage& client = run.state().sip.usages[a.index];
    return client.open != 1 || client.cseq != a.cseq;
}

// Those of the search are to be found among those of `run`.
enum class Likeness : std::uint8_t { equal, unheeded };

bool are_alike(const model::Event& a, const model::Event& b, const Run& run, Likeness likeness) {
    return a == b || (likeness == Likeness::unheeded && are_unheeded_answers(a, b, run));
}

bool are_alike(const Fates& a, const Fates& b, const Run& run, Likeness likeness) {
    return std::ranges::equal(a, b, [&](const auto& one, const auto& other) {
        return one.second == other.second && are_alike(one.first, other.first, run, likeness);
    });
}

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
                                      const sim::Due& due, sim::TimeMs at,
                                      Likeness likeness) {
    std::vector<std::uint32_t> alike;
    std::vector<std::uint32_t> others;
    for (std::uint32_t entry = 0; entry < run.agenda().size(); ++entry) {
        if (are_alike(run.agenda().event(entry), event, run, likeness) &&
            run.possible({entry, 0, at})) {
            (run.agenda().note(entry).same_times(due) ? alike : others).push_back(entry);
        }
    }
    alike.insert(alike.end(), others.begin(), others.end());
    return alike;
}

// The choice of `run` that does what the guide's choice does; none: there is no such choice.
std::optional<sim::Choice> matching(const MonitoredModel& full, const Run& run,
                                    const std::vector<std::uint32_t>& entries, sim::TimeMs at,
                                    const Fates& fates, const Clocks& clocks,
                                    Likeness likeness) {
    for (const std::uint32_t entry : entries) {
        for (std::uint32_t form = 0; form < run.forms(entry); ++form) {
            const Done done = done_by(full, run, entry, form);
            if (are_alike(done.fates, fates, run, likeness) && may_become(done.clocks, clocks)) {
                return sim::Choice{entry, form, at};
            }
        }
    }
    return std::nullopt;
}

// Follows a run of the searched model in the full one.
class Follower {
public:
    Follower(const MonitoredModel& searched, const MonitoredModel& full, Others others)
        : searched_(searched), full_(full), others_(others), guide_(searched), run_(full) {}

    // None: what went before in the full model is in the way.
    std::optional<Completed> follow(const std::vector<sim::Choice>& choices) {
        clocks_ = clocks_after(searched_, choices);
        result_.steps.push_back(0);
        for (const sim::Choice& choice : choices) {
            if (!follow(choice)) {
                return std::nullopt;
            }
            result_.steps.push_back(static_cast<std::uint32_t>(result_.choices.size()));
        }
        result_.marks = run_.effects().marks;
        result_.elapsed = run_.elapsed();
        return result_;
    }

private:
    bool follow(const sim::Choice& choice) {
        const model::Event event = translated(guide_.agenda().event(choice.entry));
        Fates fates = done_by(searched_, guide_, choice.entry, choice.form).fates;
        for (auto& [message, fate] : fates) {
            message = translated(message);
        }
        const sim::Due due = guide_.agenda().note(choice.entry);
        while (const auto other = next_other(choice.at)) {
            take({other->entry, usual_form(full_, run_, other->entry, clocks_), other->at});
        }
        guide_.step(choice);
        for (const Likeness likeness : {Likeness::equal, Likeness::unheeded}) {
            const auto entries = entries_of(run_, event, due, choice.at, likeness);
            if (const auto match =
                    matching(full_, run_, entries, choice.at, fates, clocks_, likeness)) {
                take(*match);
                return true;
            }
        }
        return false;
    }

    struct Other {
        std::uint32_t entry = 0;
        sim::TimeMs at = 0;
    };

    [[nodiscard]] std::optional<Other> next_other(sim::TimeMs instant) const {
        const auto late = overdue_before(run_, instant);
        const auto prompt = others_ == Others::prompt ? prompt_before(instant) : std::nullopt;
        if (prompt && (!late || prompt->at <= run_.agenda().note(*late).latest())) {
            return prompt;
        }
        return late ? std::optional<Other>({*late, run_.agenda().note(*late).latest()})
                    : std::nullopt;
    }

    // The first message that may have arrived before, and that the search knows nothing of.
    [[nodiscard]] std::optional<Other> prompt_before(sim::TimeMs instant) const {
        std::optional<Other> first;
        for (std::uint32_t entry = 0; entry < run_.agenda().size(); ++entry) {
            const sim::TimeMs at = std::max(run_.agenda().note(entry).earliest(), run_.now());
            if (at < instant && model::is_message(run_.agenda().event(entry).kind) &&
                (!first || at < first->at) && !is_guided(run_.agenda().event(entry))) {
                first = {entry, at};
            }
        }
        return first;
    }

    [[nodiscard]] bool is_guided(const model::Event& event) const {
        for (std::uint32_t entry = 0; entry < guide_.agenda().size(); ++entry) {
            if (are_alike(translated(guide_.agenda().event(entry)), event, run_,
                          Likeness::unheeded)) {
                return true;
            }
        }
        return false;
    }

    [[nodiscard]] model::Event translated(const model::Event& event) const {
        return full_.sip().translate(event, searched_.sip());
    }

    void take(const sim::Choice& choice) {
        run_.step(choice);
        result_.choices.push_back(choice);
    }

    const MonitoredModel& searched_;
    const MonitoredModel& full_;
    Others others_;
    Run guide_;
    Run run_;
    Clocks clocks_{};
    Completed result_;
};

// None, too, if the model has no room for it.
std::optional<Completed> follow_promptly(const MonitoredModel& searched,
                                         const MonitoredModel& full,
                                         const std::vector<sim::Choice>& choices) {
    try {
        return Follower(searched, full, Others::prompt).follow(choices);
    } catch (const model::ModelLimit&) {
        return std::nullopt;
    }
}

}  // namespace

Completed complete(const MonitoredModel& searched, const MonitoredModel& full,
                   const std::vector<sim::Choice>& choices) {
    const auto late = Follower(searched, full, Others::late).follow(choices);
    if (late && late->choices.size() == choices.size()) {
        return *late;
    }
    const auto prompt = follow_promptly(searched, full, choices);
    sim::ensure(late || prompt, "the full model follows the searched one");
    const bool is_shorter = late && prompt && prompt->marks == late->marks &&
                            prompt->elapsed == late->elapsed &&
                            prompt->choices.size() < late->choices.size();
    return late && !is_shorter ? *late : *prompt;
}

}  // namespace failback::properties

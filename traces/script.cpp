#include "traces/script.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "traces/places.hpp"

namespace failback::traces {

namespace {

using model::EventKind;
using properties::MonitoredModel;
using Run = MonitoredRun;

constexpr std::size_t kStepsBetween = 1024;   // so often is asked whether to stop

struct Form {
    std::vector<Told> fates;
    std::vector<model::Event> picked;
    std::vector<std::pair<std::string, int>> clocks;
};

Form form_at(const MonitoredModel& model, const Run& run, std::uint32_t entry,
             std::uint32_t form) {
    properties::MonitoredState after = run.state();
    sim::Effects<model::Event> effects;
    properties::MonitorLog log;
    model.step(after, run.agenda().event(entry), form, effects, log);
    Form result;
    for (const auto& sent : log.sip.sent) {
        const bool struck = sent.fault != model::kNoFault;
        result.fates.push_back(
            {sent.fate, struck ? model.sip().design().faults[sent.fault].name : ""});
    }
    result.picked = log.sip.picked;
    for (const auto& seen : log.sip.observations) {
        if (seen.notice == model::Notice::clock_runs) {
            const model::Phone& phone = model.sip().design().phones[seen.a];
            result.clocks.emplace_back(phone.name, phone.clock_rates[seen.b]);
        }
    }
    return result;
}

bool same(const std::vector<Told>& a, const std::vector<Told>& b, auto member) {
    return std::ranges::equal(a, b, {}, member, member);
}

class Teller {
public:
    Teller(const properties::Setting& setting, const Script& script, std::size_t most_steps)
        : model_(*setting.monitored), places_(setting), run_(model_), most_steps_(most_steps) {
        for (const Decision& decision : script) {
            said_.emplace(Place{decision.event, decision.occurrence},
                          std::pair{&decision, said_.size()});
            clocks_.insert(decision.clocks.begin(), decision.clocks.end());
        }
    }

    std::optional<Retold> tell(const std::function<bool()>& stops) {
        Retold retold;
        while (retold.choices.size() < most_steps_) {
            if (retold.choices.size() % kStepsBetween == kStepsBetween - 1 && stops && stops()) {
                return std::nullopt;
            }
            plan();
            const auto choice = next();
            if (!choice) {
                return std::nullopt;
            }
            run_.step(*choice);
            retold.choices.push_back(*choice);
            retold.faults += run_.effects().faults;
            if ((run_.effects().marks & sim::kViolation) != 0) {
                return retold;
            }
        }
        return std::nullopt;
    }

private:
    struct Plan {
        sim::TimeMs at = 0;
        std::size_t order = 0;  // among those at the same instant
        const Decision* decision = nullptr;
        bool never = false;
    };

    void plan() {
        places_.look(run_, [this](std::uint64_t id, const sim::Due& due, const model::Event& event,
                                  const Place& place) {
            const auto said = said_.find(place);
            if (said == said_.end()) {
                const bool waits = waits_if_unsaid(event.kind);
                plans_[id] = {waits && due.bounded() ? due.latest() : due.earliest(),
                              said_.size(), nullptr, waits && !due.bounded()};
                return;
            }
            const auto& [decision, order] = said->second;
            if (decision->waits) {
                plans_[id] = {due.bounded() ? due.latest() : due.earliest(), order, nullptr,
                              !due.bounded()};
                return;
            }
            const sim::TimeMs wanted = std::max(due.scheduled + decision->delay, due.earliest());
            plans_[id] = {due.bounded() ? std::min(wanted, due.latest()) : wanted, order, decision,
                          false};
        });
    }

    [[nodiscard]] std::optional<sim::Choice> next() const {
        const Plan* first = nullptr;
        sim::Choice choice;
        for (std::uint32_t entry = 0; entry < run_.agenda().size(); ++entry) {
            const Plan& plan = plans_.at(run_.agenda().note(entry).id);
            if (!plan.never && (first == nullptr || std::pair(plan.at, plan.order) <
                                                        std::pair(first->at, first->order))) {
                first = &plan;
                choice = {entry, 0, plan.at};
            }
        }
        if (first == nullptr) {
            return std::nullopt;
        }
        choice.form = first->decision != nullptr ? form_of(choice.entry, *first->decision)
                                                 : usual_form(choice.entry);
        return choice;
    }

    // Whatever step it is now in which they matter first.
    [[nodiscard]] bool has_clocks(const Form& form) const {
        return std::ranges::all_of(form.clocks, [this](const auto& clock) {
            const auto said = clocks_.find(clock.first);
            return said == clocks_.end() || said->second == clock.second;
        });
    }

    [[nodiscard]] std::uint32_t usual_form(std::uint32_t entry) const {
        const std::uint32_t forms = clocks_.empty() ? 0 : run_.forms(entry);
        for (std::uint32_t form = 0; form < forms; ++form) {
            if (has_clocks(form_at(model_, run_, entry, form))) {
                return form;
            }
        }
        return 0;
    }

    // Where servers were picked that are not there any more, or faults are gone that struck
    // messages, what became of messages counts.
    [[nodiscard]] std::uint32_t form_of(std::uint32_t entry, const Decision& decision) const {
        const std::uint32_t forms = run_.forms(entry);
        std::uint32_t like_it = 0;
        for (std::uint32_t form = 0; form < forms; ++form) {
            const Form found = form_at(model_, run_, entry, form);
            if (same(found.fates, decision.fates, &Told::fate) && has_clocks(found)) {
                if (found.picked == decision.picked &&
                    same(found.fates, decision.fates, &Told::fault)) {
                    return form;
                }
                like_it = like_it == 0 ? form : like_it;
            }
        }
        return like_it;
    }

    const MonitoredModel& model_;
    Places places_;
    Run run_;
    std::map<Place, std::pair<const Decision*, std::size_t>> said_;
    std::map<std::uint64_t, Plan> plans_;
    std::map<std::string, int> clocks_;
    std::size_t most_steps_;
};

}  // namespace

bool waits_if_unsaid(EventKind kind) {
    return kind == EventKind::fault_strikes || kind == EventKind::window_opens ||
           kind == EventKind::dial || kind == EventKind::calls_in ||
           kind == EventKind::wanted || kind == EventKind::state_changes;
}

Script script_of(const properties::Setting& setting, const std::vector<sim::Choice>& choices) {
    Script script;
    Run run(*setting.monitored);
    Places places(setting);
    std::map<std::uint64_t, Place> places_by_id;
    for (const sim::Choice& choice : choices) {
        places.look(run, [&](std::uint64_t id, const sim::Due&, const model::Event&, Place place) {
            places_by_id.emplace(id, std::move(place));
        });
        const sim::Due due = run.agenda().note(choice.entry);
        const Place& place = places_by_id.at(due.id);
        Form form = form_at(*setting.monitored, run, choice.entry, choice.form);
        script.push_back({place.event, place.occurrence, run.agenda().event(choice.entry).kind,
                          choice.at - due.scheduled,
                          std::move(form.fates),
                          due.delay.earliest == due.delay.latest,
                          std::move(form.picked),
                          false,
                          std::move(form.clocks)});
        run.step(choice);
    }
    places.look(run, [&](std::uint64_t id, const sim::Due&, const model::Event&, Place place) {
        places_by_id.emplace(id, std::move(place));
    });
    for (std::size_t entry = 0; entry < run.agenda().size(); ++entry) {
        const Place& place = places_by_id.at(run.agenda().note(entry).id);
        script.push_back({place.event, place.occurrence, run.agenda().event(entry).kind, 0, {},
                          true, {}, true, {}});
    }
    return script;
}

std::optional<Retold> retell(const properties::Setting& setting, const Script& script,
                             std::size_t most_steps, const std::function<bool()>& stops) {
    return Teller(setting, script, most_steps).tell(stops);
}

std::size_t faults_in(const properties::Setting& setting,
                      const std::vector<sim::Choice>& choices) {
    Run run(*setting.monitored);
    std::size_t faults = 0;
    for (const sim::Choice& choice : choices) {
        run.step(choice);
        faults += run.effects().faults;
    }
    return faults;
}

}  // namespace failback::traces

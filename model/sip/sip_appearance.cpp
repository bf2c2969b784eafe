// Appearances of shared lines in a SipModel: the stations that share one, and their server.
#include <algorithm>
#include <utility>

#include "model/nodes/renaming.hpp"
#include "model/sip/sip_step.hpp"

namespace failback::model {

void SipModel::build_appearances() {
    for (const SeizurePlan& plan : design_->seizures) {
        const Part part{PartKind::appearance, plan.phone, plan.line, plan.entry};
        if (!scope_.parts.contains(part)) {
            continue;
        }
        const Phone& phone = design_->phones[plan.phone];
        AppearanceInfo info;
        info.line = *line_index(plan.phone, plan.line);
        info.entry = plan.entry;
        info.server = phone.servers[plan.entry].server;
        info.record = record_for(info.server, phone.lines[plan.line].aor);
        info.appearance = plan.appearance;
        const Transport transport = transport_to(phone, info.server);
        info.config = {transport, phone.timers, phone.appearances, plan.holds,
                       hears(phone.refusals.transport_errors, transport)};
        if (fidelity_ == Fidelity::reduced) {
            info.idle = idle_seizure_parts(*design_, plan.phone, plan.entry);
        }
        info.at = plan.at;
        info.count = plan.count;
        appearances_.push_back(info);
    }
}

Event SipModel::wanted_event(std::size_t index) {
    Event event;
    event.kind = EventKind::wanted;
    event.index = static_cast<std::uint8_t>(index);
    return event;
}

bool SipModel::has_binding(const State& state, const AppearanceInfo& info) const {
    const auto usage = lines_[info.line].registration[info.entry];
    return usage && std::ranges::any_of(bindings_of(state, *usage), [](const Binding& binding) {
               return binding.present != 0;
           });
}

bool SipModel::is_taken(const State& state, std::size_t index) const {
    const AppearanceInfo& mine = appearances_[index];
    for (std::size_t i = 0; i < appearances_.size(); ++i) {
        const AppearanceInfo& other = appearances_[i];
        if (i != index && other.record == mine.record && other.appearance == mine.appearance &&
            state.appearances[i].granted != 0) {
            return true;
        }
    }
    return false;
}

// Whoever wants it while the station is off, or not registered, wants it in vain; that counts.
void SipModel::want_appearance(Step& step, std::uint8_t index) const {
    const AppearanceInfo& info = appearances_[index];
    const auto usage = lines_[info.line].registration[info.entry];
    const bool is_on = !off(step.state, lines_[info.line].phone);
    step_appearance(step, index,
                    {.kind = AppearanceInput::Kind::wanted,
                     .is_registered =
                         is_on && usage && step.state.usages[*usage].believes != 0});
}

void SipModel::step_appearance(Step& step, std::uint8_t index,
                               const AppearanceInput& input) const {
    Appearance& own = step.state.appearances[index];
    const bool was_wanted = input.kind == AppearanceInput::Kind::wanted || is_wanted(own);
    Output output;
    model::step(own, appearances_[index].config, input, output);
    const std::size_t phone = lines_[appearances_[index].line].phone;
    carry_timers(output, index, step.effects, clock_of(step, phone));
    for (const Output::Message& message : output.messages) {
        const bool is_response = message.status != Status::none;
        send(step, message_event(is_response ? EventKind::message_to_phone
                                             : EventKind::message_to_server,
                                 index, message));
    }
    for (const Notice notice : output.notices) {
        step.observe(notice, index);
    }
    if (was_wanted && !is_wanted(own) && own.left > 0) {
        step.effects.schedule(wanted_event(index), appearances_[index].at);
    }
}

// At the station or at the server, after it was neither dropped nor refused.
void SipModel::seizure_arrives(Step& step, const Event& event) const {
    using Kind = AppearanceInput::Kind;
    AppearanceInput input{.status = event.status, .number = event.cseq};
    if (event.kind == EventKind::message_to_phone) {
        input.kind = Kind::response;
        step_appearance(step, event.index, input);
        return;
    }
    const AppearanceInfo& info = appearances_[event.index];
    const Survivability& rules = design_->servers[info.server].survivability;
    const bool is_turned_away = !serves(step.state, info.server);
    if (under(step.state, FaultKind::maintenance, info.server) != nullptr) {
        input.status = Status::service_unavailable_503;
    } else if (is_turned_away && rules.in_normal == InNormal::ignored) {
        step.log.dropped = true;
        return;
    } else if (is_turned_away) {
        input.status = rules.answer;
    }
    input.kind = Kind::request;
    input.ask = static_cast<Ask>(event.key);
    input.is_registered = has_binding(step.state, info);
    input.is_taken = is_taken(step.state, event.index);
    step_appearance(step, event.index, input);
}

// A registration was granted, or is over, as its phone counts. A restart is told by itself.
void SipModel::follow_appearances(Step& step, std::size_t usage, bool is_granted,
                                  bool is_lost) const {
    for (std::uint8_t i = 0; i < appearances_.size(); ++i) {
        const AppearanceInfo& info = appearances_[i];
        if (lines_[info.line].registration[info.entry] != usage) {
            continue;
        }
        if (is_lost) {
            step_appearance(step, i, {.kind = AppearanceInput::Kind::lapses});
        } else if (is_granted) {
            step_appearance(step, i, {.kind = AppearanceInput::Kind::registered});
        }
    }
}

// A server takes an appearance back when no binding of its holder is left, however that came.
void SipModel::free_of_unregistered(Step& step) const {
    for (std::uint8_t i = 0; i < appearances_.size(); ++i) {
        const AppearanceInfo& info = appearances_[i];
        if (step.state.appearances[i].granted != 0 && info.config.rules.by == SeizeBy::notify &&
            !has_binding(step.state, info)) {
            step_appearance(step, i, {.kind = AppearanceInput::Kind::unregistered});
        }
    }
}

bool SipModel::holds_appearance(const State& state, std::size_t line) const {
    for (std::size_t i = 0; i < appearances_.size(); ++i) {
        if (appearances_[i].line == line && state.appearances[i].holds != 0) {
            return true;
        }
    }
    return false;
}

std::uint8_t SipModel::same_appearance(std::size_t index, const SipModel& other) const {
    return same_place(*this, appearances_, other, other.appearances_[index],
                      [](const AppearanceInfo&) { return true; });
}

// Only the order of requests matters. Where none is under way or may be repeated, the server has
// heard the last one, and its answer is not asked for again.
void SipModel::rename_seizures(State& state, std::vector<Event>& pending) const {
    for (std::size_t i = 0; i < appearances_.size(); ++i) {
        Appearance& own = state.appearances[i];
        std::vector<std::uint8_t*> numbers{&own.heard};
        bool may_arrive = own.open != Ask::none;
        for (Event& event : pending) {
            if (is_message(event.kind) && of_appearance(event.method) && event.index == i) {
                numbers.push_back(&event.cseq);
                may_arrive = may_arrive || event.kind == EventKind::message_to_server;
            }
        }
        rename(own.number, numbers, kCurrentSeizure, "requests of one station");
        if (!may_arrive) {
            own.heard = own.number;
            own.answer = Status::none;
        }
    }
}

// An answer that the station does not wait for.
bool SipModel::is_late_answer(const State& state, const Event& event) const {
    const Appearance& own = state.appearances[event.index];
    return event.kind == EventKind::message_to_phone &&
           (own.open == Ask::none || own.number != event.cseq);
}

}  // namespace failback::model

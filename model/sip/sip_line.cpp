// Registrations, and the lines that they belong to.
#include <algorithm>
#include <optional>

#include "model/sip/clock.hpp"
#include "model/sip/listing.hpp"
#include "model/sip/sip_step.hpp"

namespace failback::model {

namespace {

bool noted(const Output& output, Notice notice) {
    return std::ranges::find(output.notices, notice) != output.notices.end();
}

ClientInput input_for(const LineOutput::Command& command) {
    using Kind = LineOutput::Command::Kind;
    switch (command.kind) {
        case Kind::attempt:
            return {.kind = ClientInput::Kind::attempt};
        case Kind::wait:
            return {.kind = ClientInput::Kind::wait, .wait = command.wait};
        case Kind::probe:
            return {.kind = ClientInput::Kind::probe};
        case Kind::stop:
            break;
    }
    return {.kind = ClientInput::Kind::stop};
}

void carry_line_timers(const LineOutput& output, std::size_t line, sim::Effects<Event>& effects,
                       int clock_ppm) {
    for (const LineOutput::TimerChange& change : output.timers) {
        const Event event = timer_event(line, change.timer, 0);
        if (change.starts) {
            effects.schedule(event, true_time(sim::exactly(change.delay), clock_ppm));
        } else {
            cancel_timer(event, effects);
        }
    }
}

// What a successive line is told of a step of a registration; none: nothing.
std::optional<LineInput> news_of(const Output& output, std::uint8_t entry) {
    using Kind = LineInput::Kind;
    if (noted(output, Notice::registered)) {
        return LineInput{.kind = Kind::granted, .entry = entry};
    }
    if (output.failed) {
        return LineInput{.kind = Kind::failed,
                         .entry = entry,
                         .wait = *output.failed,
                         .unresolved = output.unresolved};
    }
    if (output.relisted) {
        return LineInput{.kind = Kind::relisted, .entry = entry};
    }
    if (noted(output, Notice::lapses)) {
        return LineInput{.kind = Kind::lapsed, .entry = entry};
    }
    if (output.refresh_due) {
        return LineInput{.kind = Kind::refresh_due, .entry = entry};
    }
    if (output.probed) {
        return LineInput{.kind = Kind::probed, .entry = entry, .answered = *output.probed};
    }
    return std::nullopt;
}

}  // namespace

// Of the first registration only, if there is one at a time.
void SipModel::boot(Step& step, std::uint8_t usage) const {
    const UsageInfo& info = usages_[usage];
    step.observe(Notice::boots, usage);
    if (info.config.successive) {
        step_line(step, info.succession, {.kind = LineInput::Kind::boots});
    } else {
        step_client(step, usage, {.kind = ClientInput::Kind::start});
    }
}

// Does the line count itself as registered elsewhere?
bool SipModel::works_beside(const State& state, std::size_t usage) const {
    return std::ranges::any_of(lines_[usages_[usage].line].registration, [&](const auto& other) {
        return other && *other != usage && state.usages[*other].believes != 0;
    });
}

Output SipModel::step_usage(Step& step, std::uint8_t usage, ClientInput input) const {
    Output output;
    const UsageInfo& info = usages_[usage];
    if (input.kind != ClientInput::Kind::looked_up) {
        input.found = knows(step.state, info.part.phone, info.part.entry);
    }
    input.unlisted = input.unlisted || is_unlisted(step.state, usage);
    if (info.config.on_demand && input.timer == Timer::retry) {
        input.wanted = working(step.state, info.line) == info.part.entry;
    }
    const Nonce nonce = step.state.usages[usage].nonce;
    const std::uint8_t cseq = step.state.usages[usage].cseq;
    const bool believed = step.state.usages[usage].believes != 0;
    if (info.beside && works_beside(step.state, usage)) {
        ClientUsageConfig config = info.config;
        config.retry = *info.beside;
        model::step(step.state.usages[usage], config, input, output);
    } else {
        model::step(step.state.usages[usage], info.config, input, output);
    }
    if (step.state.usages[usage].nonce != nonce) {
        share_nonce(step, usage);
    }
    carry_timers(output, usage, step.effects, clock_of(step, info.part.phone));
    if (step.state.usages[usage].cseq != cseq) {
        direct(step, usage, input.wrong);
    }
    if (output.looks_up) {
        step_name(step, *info.name, NameInput::Kind::ask);
    }
    for (const Output::Message& message : output.messages) {
        send_from_phone(step, usage,
                        message_event(EventKind::message_to_server, usage, message));
    }
    for (const Notice notice : output.notices) {
        step.observe(notice, usage);
    }
    if (noted(output, Notice::lapses) || noted(output, Notice::leaves)) {
        end_dialogs_of(step, usage);
    }
    follow_registration(step, usage, output);
    if (input.kind != ClientInput::Kind::restart) {
        follow_appearances(step, usage, noted(output, Notice::registered),
                           believed && step.state.usages[usage].believes == 0);
    }
    return output;
}

void SipModel::step_client(Step& step, std::uint8_t usage, const ClientInput& input) const {
    const UsageInfo& info = usages_[usage];
    const Output output = step_usage(step, usage, input);
    if (info.part.kind != PartKind::registration) {
        return;
    }
    const auto news = info.config.successive
                          ? news_of(output, static_cast<std::uint8_t>(info.part.entry))
                          : std::nullopt;
    if (news) {
        step_line(step, info.succession, *news);
    }
    if (input.kind != ClientInput::Kind::restart) {
        follow_call(step, usage);
    }
    if (news || !output.notices.empty()) {
        after_registration(step, info.line);
    }
}

Registrations SipModel::registrations_of(const State& state, std::size_t index) const {
    Registrations seen;
    const auto& registration = lines_[line_of_succession(index)].registration;
    for (std::size_t entry = 0; entry < registration.size(); ++entry) {
        const bool takes_part = index < lines_.size() ||
                                rules_of_succession(index).servers[entry].registers;
        if (registration[entry] && takes_part) {
            const ClientUsage& usage = state.usages[*registration[entry]];
            seen.believed |= std::uint64_t{usage.believes} << entry;
            seen.given_up |= std::uint64_t{usage.gave_up} << entry;
            // One that only calls begin is not tried again by itself.
            const bool on_demand = usages_[*registration[entry]].config.on_demand;
            seen.forgotten |= std::uint64_t{on_demand ? std::uint8_t{0} : usage.forgotten} << entry;
        }
    }
    return seen;
}

void SipModel::step_line(Step& step, std::size_t index, const LineInput& input) const {
    const LineInfo& info = lines_[line_of_succession(index)];
    const Phone& rules = rules_of_succession(index);
    const Registrations registrations = registrations_of(step.state, index);
    LineState& line = step.state.lines[index];
    const LineState before = line;
    LineInput with_pick = input;
    with_pick.tried = step.state.tried[index];
    LineOutput output;
    if (const ListingInfo::Order* order = listing_of(step.state, index)) {
        step_in_order(line, *order, registrations, with_pick, output);
    } else {
        model::step(line, rules, registrations, with_pick, output);
    }
    if (output.candidates != 0) {
        with_pick.pick = step.pick(weights_of(rules, output.candidates));
        line = before;
        output = {};
        model::step(line, rules, registrations, with_pick, output);
        step.log.picked.push_back(boot_event(*info.registration[line.trying]));
    }
    step.state.tried[index] = output.tried;
    carry_line_timers(output, index, step.effects, clock_of(step, info.phone));
    const bool boots = input.kind == LineInput::Kind::boots;
    for (const LineOutput::Command& command : output.commands) {
        const Output ordered = step_usage(step, *info.registration[command.entry],
                                          boots ? ClientInput{} : input_for(command));
        sim::ensure(!ordered.relisted, "a line tries no server that its names do not lead to");
    }
}

void SipModel::on_line_timer(Step& step, const Event& event) const {
    const std::size_t line = line_of_succession(event.index);
    const std::uint8_t before = working(step.state, line);
    step_line(step, event.index, {.kind = LineInput::Kind::timer, .timer = event.timer});
    const std::uint8_t after = working(step.state, line);
    if (before != after && after != kNoEntry) {
        step.observe(Notice::switches, line, after);
    }
    after_registration(step, line);
}

// A registration changed: the working server may be another one, subscriptions may begin.
void SipModel::after_registration(Step& step, std::size_t line) const {
    const LineInfo& info = lines_[line];
    LineState& state = step.state.lines[line];
    const std::uint8_t before = state.working;
    LineOutput output;
    if (info.chooses) {
        choose_working_of(step.state, line, output);
    }
    carry_line_timers(output, line, step.effects, clock_of(step, info.phone));
    if (state.working != before && state.working != kNoEntry) {
        step.observe(Notice::switches, line, state.working);
    }
    const bool registers_for_call =
        info.call && step.state.calls[*info.call].looking == LooksUp::registration;
    if (state.working == kNoEntry && !registers_for_call &&
        registrations_of(step.state, line).forgotten != 0) {
        step_line(step, line, {.kind = LineInput::Kind::is_alone});
    }
    for (const auto& subscription : info.subscription) {
        if (subscription && step.state.usages[*subscription].started == 0 &&
            wants_subscription(step.state, *subscription)) {
            step_client(step, *subscription, {.kind = ClientInput::Kind::start});
        }
    }
}

bool SipModel::wants_subscription(const State& state, std::size_t usage) const {
    const UsageInfo& info = usages_[usage];
    const LineInfo& line = lines_[info.line];
    const SubscriptionRules& rules =
        subscription_rules(design_->phones[info.part.phone], info.part.subscription);
    if (rules.to == SubscribeTo::working) {
        return working(state, info.line) == info.part.entry;
    }
    const auto registration = line.registration[info.part.entry];
    return registration && state.usages[*registration].believes != 0;
}

}  // namespace failback::model

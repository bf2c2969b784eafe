// Names of servers in a SipModel: look-ups, who waits for them, and resolvers that fail.
#include <algorithm>

#include "model/sip/clock.hpp"
#include "model/sip/clock_rates.hpp"
#include "model/sip/sip_step.hpp"

namespace failback::model {

namespace {

Event name_event(EventKind kind, std::size_t name, QueryEnd end = QueryEnd::none) {
    Event event;
    event.kind = kind;
    event.index = static_cast<std::uint8_t>(name);
    event.key = static_cast<std::uint8_t>(end);
    return event;
}

}  // namespace

// Of a line, or of the addresses of a name beside others.
std::size_t SipModel::succession_for(const Part& registration) {
    const std::size_t line = *line_index(registration.phone, registration.line);
    const Phone& phone = design_->phones[registration.phone];
    if (phone.registration.order == Order::successive ||
        !is_successive(phone, registration.entry)) {
        return line;
    }
    const std::size_t name = *phone.servers[registration.entry].name;
    for (std::size_t i = 0; i < groups_.size(); ++i) {
        if (groups_[i].line == line && groups_[i].name == name) {
            return lines_.size() + i;
        }
    }
    groups_.push_back({line, name, rules_among(phone, registration.entry)});
    return successions() - 1;
}

std::size_t SipModel::line_of_succession(std::size_t index) const {
    return index < lines_.size() ? index : groups_[index - lines_.size()].line;
}

const Phone& SipModel::rules_of_succession(std::size_t index) const {
    return index < lines_.size() ? design_->phones[lines_[index].phone]
                                 : groups_[index - lines_.size()].rules;
}

// Those of the parts in scope: all of a phone that calls.
void SipModel::build_names() {
    for (std::size_t phone = 0; phone < design_->phones.size(); ++phone) {
        const Phone& owner = design_->phones[phone];
        for (std::size_t name = 0; name < owner.names.size(); ++name) {
            const bool is_asked = std::ranges::any_of(scope_.parts, [&](const Part& part) {
                return part.phone == phone && asks_dns(*design_, part) &&
                       (part.kind == PartKind::call || owner.servers[part.entry].name == name);
            });
            if (!is_asked) {
                continue;
            }
            const NameRecord& record = design_->dns.records[owner.names[name].record];
            NameConfig config;
            config.rules = owner.lookup;
            config.srv = record.srv;
            config.ttl = record.ttl;
            config.negative_ttl = record.negative_ttl;
            config.resolvers = static_cast<int>(design_->dns.resolvers.size());
            config.answer = design_->dns.answer;
            names_.push_back({phone, name, config});
        }
    }
}

std::optional<std::size_t> SipModel::name_index(std::size_t phone, std::size_t entry) const {
    const auto& name = design_->phones[phone].servers[entry].name;
    for (std::size_t i = 0; name && i < names_.size(); ++i) {
        if (names_[i].phone == phone && names_[i].name == *name) {
            return i;
        }
    }
    return std::nullopt;
}

bool SipModel::knows(const State& state, std::size_t phone, std::size_t entry) const {
    const auto name = name_index(phone, entry);
    return !name || is_usable(state.names[*name]);
}

QueryEnd SipModel::answer_of(const State& state, std::size_t resolver) const {
    QueryEnd end = QueryEnd::answer;
    for (std::size_t i = 0; i < design_->faults.size(); ++i) {
        const Fault& fault = design_->faults[i];
        if (state.faults[i].active == 0 || !is_of_dns(fault.kind) ||
            (fault.resolver && fault.resolver != resolver)) {
            continue;
        }
        if (fault.kind == FaultKind::dns_outage) {
            return QueryEnd::silence;
        }
        end = fault.kind == FaultKind::dns_denial ? QueryEnd::denial : end;
    }
    return end;
}

// What becomes of a query to each of them now. One that is answered too late is not heard of.
void SipModel::set_resolvers(const State& state, std::size_t phone, NameInput& input) const {
    const Phone& asking = design_->phones[phone];
    const std::int64_t timeout = longest_by_clock(asking.lookup.timeout, asking);
    for (std::size_t resolver = 0; resolver < design_->dns.resolvers.size(); ++resolver) {
        QueryEnd end = answer_of(state, resolver);
        for (std::size_t i = design_->faults.size(); i-- > 0;) {  // of several the first counts
            const Fault& fault = design_->faults[i];
            if (state.faults[i].active != 0 && fault.kind == FaultKind::dns_delay &&
                fault.resolver.value_or(resolver) == resolver) {
                input.delays[resolver] = fault.delay;
            }
        }
        const auto& delay = input.delays[resolver];
        end = delay && delay->earliest >= timeout ? QueryEnd::silence : end;
        input.resolvers |= as_bits(resolver, end);
    }
}

bool SipModel::dns_up(const State& state) const {
    for (std::size_t i = 0; i < design_->dns.resolvers.size(); ++i) {
        if (answer_of(state, i) == QueryEnd::answer) {
            return true;
        }
    }
    return false;
}

void SipModel::step_name(Step& step, std::size_t name, NameInput::Kind kind) const {
    NameState& state = step.state.names[name];
    const NameState before = state;
    const std::size_t phone = names_[name].phone;
    const int ppm = clock_of(step, phone);
    NameInput input;
    input.kind = kind;
    set_resolvers(step.state, phone, input);
    if (may_go_astray_) {
        set_wrong(step.state, design_->phones[phone].names[names_[name].name].record, input);
    }
    input.later = has_changed(step.state,
                              design_->phones[phone].names[names_[name].name].record);
    NameOutput output;
    model::step(state, names_[name].config, input, output);
    if (output.ends_query) {
        step.effects.cancel(name_event(EventKind::query_ends, name, before.end));
    }
    if (output.ends_record) {
        step.effects.cancel(name_event(EventKind::name_expires, name));
    }
    if (output.query) {
        const bool is_timeout = state.end == QueryEnd::silence;
        step.effects.schedule(name_event(EventKind::query_ends, name, state.end),
                              true_time(*output.query, is_timeout ? ppm : 0));
    }
    if (output.keeps) {
        step.effects.schedule(name_event(EventKind::name_expires, name),
                              true_time(sim::exactly(*output.keeps), ppm));
    }
    if (before.end == QueryEnd::none && state.end != QueryEnd::none) {
        step.observe(Notice::looks_up, name);
    }
    if (output.found) {
        step.observe(Notice::looked_up, name, *output.found ? 1 : 0);
        wake(step, name, output);
    }
}

// Who waited for the name goes on. Who asks again meanwhile waits for another look-up.
void SipModel::wake(Step& step, std::size_t name, const NameOutput& output) const {
    const bool found = *output.found;
    const NameInfo& info = names_[name];
    std::vector<std::uint8_t> usages;
    std::vector<std::uint8_t> calls;
    for (std::size_t i = 0; i < usages_.size(); ++i) {
        if (usages_[i].name == name && step.state.usages[i].open == kLookingUp) {
            usages.push_back(static_cast<std::uint8_t>(i));
        }
    }
    for (std::size_t i = 0; i < calls_.size(); ++i) {
        const CallClient& call = step.state.calls[i];
        if ((call.looking == LooksUp::next || call.looking == LooksUp::all) &&
            lines_[calls_[i].line].phone == info.phone &&
            name_index(info.phone, call.entry) == name) {
            calls.push_back(static_cast<std::uint8_t>(i));
        }
    }
    for (const std::uint8_t usage : usages) {
        // One that was woken before may have stopped it.
        if (step.state.usages[usage].open == kLookingUp) {
            step_client(step, usage, {.kind = ClientInput::Kind::looked_up,
                                      .found = found,
                                      .wrong = output.wrong,
                                      .unlisted = output.changed &&
                                                  step.state.usages[usage].believes == 0});
        }
    }
    for (const std::uint8_t call : calls) {
        step_call(step, call, {.kind = CallInput::Kind::looked_up,
                               .found = found,
                               .wrong = output.wrong});
    }
}

// Whose answers lead nowhere now.
void SipModel::set_wrong(const State& state, std::size_t record, NameInput& input) const {
    for (std::size_t i = 0; i < design_->faults.size(); ++i) {
        const Fault& fault = design_->faults[i];
        if (fault.kind != FaultKind::dns_wrong || state.faults[i].active == 0 ||
            fault.record.value_or(record) != record) {
            continue;
        }
        for (std::size_t resolver = 0; resolver < design_->dns.resolvers.size(); ++resolver) {
            const unsigned is_struck = fault.resolver.value_or(resolver) == resolver ? 1U : 0U;
            input.wrong = static_cast<std::uint8_t>(input.wrong | (is_struck << resolver));
        }
    }
}

// Whoever has an address of before sends nothing to the new one until the name is looked up again.
// What is under way arrives.
void SipModel::change_addresses(Step& step, const Fault& fault) const {
    if (!design_->dns.records[*fault.record].later.empty()) {
        return;  // they are where they were, and whoever looks the name up again hears of others
    }
    for (std::size_t i = 0; i < names_.size(); ++i) {
        const std::size_t phone = names_[i].phone;
        if (design_->phones[phone].names[names_[i].name].record != *fault.record) {
            continue;
        }
        step_name(step, i, NameInput::Kind::changed);
        for (std::size_t usage = 0; usage < usages_.size(); ++usage) {
            if (usages_[usage].name == i) {
                step.state.astray[usage] = 1;
            }
        }
        for (std::size_t call = 0; call < calls_.size(); ++call) {
            const CallClient& client = step.state.calls[call];
            if (client.calling != 0 && lines_[calls_[call].line].phone == phone &&
                name_index(phone, client.entry) == i) {
                step.state.astray[usages_.size() + call] = 1;
            }
        }
    }
}

bool SipModel::is_misled(const State& state, std::size_t phone, std::size_t entry) const {
    const auto name = name_index(phone, entry);
    return name && state.names[*name].record == NameRecordState::wrong;
}

void SipModel::direct(Step& step, std::size_t usage, bool is_found_wrong) const {
    if (may_go_astray_) {
        const Part& part = usages_[usage].part;
        step.state.astray[usage] =
            is_found_wrong || is_misled(step.state, part.phone, part.entry) ? 1 : 0;
    }
}

void SipModel::direct_call(Step& step, std::size_t call, bool is_found_wrong) const {
    if (may_go_astray_) {
        const std::size_t phone = lines_[calls_[call].line].phone;
        step.state.astray[usages_.size() + call] =
            is_found_wrong || is_misled(step.state, phone, step.state.calls[call].entry) ? 1 : 0;
    }
}

// Nothing is known after a restart.
void SipModel::forget_names(Step& step, std::size_t phone) const {
    for (std::size_t i = 0; i < names_.size(); ++i) {
        if (names_[i].phone == phone) {
            step_name(step, i, NameInput::Kind::restart);
        }
    }
}

}  // namespace failback::model

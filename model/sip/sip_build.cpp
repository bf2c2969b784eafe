// The tables of a SipModel: which nodes a scope has, and what they are configured with.
#include <algorithm>
#include <cstring>

#include "model/problem.hpp"
#include "model/sip/awaited.hpp"
#include "model/sip/sip_step.hpp"
#include "sim/check.hpp"

namespace failback::model {

namespace {

// `phone` with the rules of the succession that the registration takes part in.
ClientUsageConfig registration_config(const Phone& phone, const RegistrationTimes& times,
                                      bool is_successive) {
    ClientUsageConfig config;
    config.method = Method::register_;
    config.timers = phone.timers;
    config.expires = times.expires;
    config.refresh = times.refresh;
    config.retry = times.retry;
    config.least_expires = phone.least_expires;
    config.max_retries = phone.max_retries;
    config.belief = phone.belief;
    config.wipe_at_boot = phone.wipe_at_boot;
    config.successive = is_successive;
    config.probe = phone.failback.probe;
    config.removes_old_binding = phone.registration.removes_old_binding;
    config.refusals = phone.refusals;
    config.after_restart = phone.after_restart;
    config.after_move = phone.after_move;
    config.challenges = phone.credentials.rules;
    config.heartbeat = phone.failback.heartbeat;
    config.raises_cseq = phone.raises_cseq;
    return config;
}

ClientUsageConfig subscription_config(const Phone& phone, const SubscriptionRules& rules) {
    ClientUsageConfig config;
    config.method = Method::subscribe;
    config.timers = phone.timers;
    config.expires = rules.expires;
    config.refresh = rules.refresh;
    config.retry = rules.retry;
    config.refusals.transport_errors = phone.refusals.transport_errors;
    config.refusals.retry_after = phone.refusals.retry_after;
    config.challenges = phone.credentials.rules;
    // A failed refresh leaves the subscription valid until it expires (RFC 6665 4.1.2.2).
    config.belief = Belief::until_expiry;
    config.timer_n = rules.timer_n;
    config.heeds_reasons = rules.heeds_reasons;
    config.shows_last_known = rules.shows_last_known;
    config.least_expires = rules.least_expires;
    return config;
}

// By entry: the entries of its name.
std::vector<std::uint16_t> entries_by_name(const Phone& phone) {
    std::vector<std::uint16_t> entries(phone.servers.size());
    for (std::size_t entry = 0; entry < entries.size(); ++entry) {
        for (std::size_t other = 0; other < entries.size(); ++other) {
            const unsigned is_same = model::same_name(phone, entry, other) ? 1U : 0U;
            entries[entry] = static_cast<std::uint16_t>(entries[entry] | (is_same << other));
        }
    }
    return entries;
}

}  // namespace

SipModel::SipModel(const Design& design, const Scope& scope, Fidelity fidelity,
                   bool registrations_end)
    : design_(&design),
      scope_(scope),
      fidelity_(fidelity),
      registrations_end_(registrations_end && fidelity == Fidelity::reduced && !scope.dns),
      fault_in_scope_(acting_in(design, scope)) {
    gateways_.assign(scope.gateways.begin(), scope.gateways.end());
    has_ratios_ = std::ranges::any_of(design.faults, draws_messages);
    draws_clocks_ = std::ranges::any_of(scope.parts, [&](const Part& part) {
        return design.phones[part.phone].clock_rates.size() > 1;
    });
    has_equals_ = std::ranges::any_of(scope.parts, [&](const Part& part) {
        return has_equals(design.phones[part.phone]);
    });
    build_lines();
    build_names();
    build_usages();
    build_relays();
    build_calls();
    build_incoming();
    build_appearances();
    build_loads();
    may_go_astray_ = !names_.empty() &&
                     std::ranges::any_of(design.faults, [](const Fault& fault) {
                         return misleads(fault.kind);
                     });
    build_awaited();
    build_listings();
    // Those look at any time, and so does a server when an INVITE arrives.
    const auto bars = [this](const CallInfo& call) {
        const Phone& phone = design_->phones[lines_[call.line].phone];
        return std::ranges::any_of(phone.servers, [this](const ServerEntry& entry) {
            return bars_unregistered(design_->servers[entry.server]);
        });
    };
    registrations_end_ = registrations_end_ && incoming_.empty() && appearances_.empty() &&
                         loads_.empty() && awaited_.empty() && std::ranges::none_of(calls_, bars) &&
                         std::ranges::none_of(calls_, [](const CallInfo& call) {
                             return call.config.registers;
                         }) &&
                         std::ranges::all_of(dialogs_, [](const DialogInfo& dialog) {
                             return dialog.config.unregistered == UnregisteredDialogs::kept;
                         });
    check_capacity();
    measure_state();
}

void SipModel::build_lines() {
    for (const Part& part : scope_.parts) {
        if (!line_index(part.phone, part.line)) {
            const std::size_t entries = design_->phones[part.phone].servers.size();
            LineInfo line;
            line.phone = part.phone;
            line.line = part.line;
            line.registration.resize(entries);
            line.subscription.resize(entries *
                                     subscriptions_of(design_->phones[part.phone]));
            lines_.push_back(line);
        }
    }
    // Of registrations that run side by side, those that matter may be in scope alone. Then nothing
    // looks at the server that the line works with, and no timer may run for it.
    for (const Part& part : parts_of(*design_)) {
        const auto line = line_index(part.phone, part.line);
        const Phone& phone = design_->phones[part.phone];
        if (line && part.kind == PartKind::registration && !scope_.parts.contains(part) &&
            phone.registration.order == Order::concurrent &&
            phone.failback.rule != FailbackRule::immediate) {
            lines_[*line].chooses = false;
        }
    }
}

void SipModel::build_usages() {
    for (const Part& part : scope_.parts) {
        if (part.kind != PartKind::registration && part.kind != PartKind::subscription) {
            continue;
        }
        const Phone& phone = design_->phones[part.phone];
        const bool registers = part.kind == PartKind::registration;
        UsageInfo usage;
        usage.part = part;
        usage.server = phone.servers[part.entry].server;
        usage.line = *line_index(part.phone, part.line);
        usage.succession = usage.line;
        if (registers) {
            usage.succession = succession_for(part);
            const RegistrationTimes times = times_of(phone, part.entry);
            usage.config = registration_config(rules_of_succession(usage.succession), times,
                                               is_successive(phone, part.entry));
            if (looks_beside(times.retry)) {
                usage.beside = beside(times.retry);
            }
        } else {
            usage.config =
                subscription_config(phone, subscription_rules(phone, part.subscription));
            usage.changes =
                changes_of(*design_, part.phone, part.line, part.entry, part.subscription);
            usage.config.shows_state = usage.changes != nullptr;
        }
        usage.config.transport = transport_to(phone, usage.server);
        usage.name = name_index(part.phone, part.entry);
        set_login(usage);
        usage.to_server = usual_delay_to_server(*design_, part.phone, usage.server);
        usage.to_phone = usual_delay_to_phone(*design_, part.phone, usage.server);
        if (fidelity_ == Fidelity::reduced) {
            usage.idle =
                idle_parts(*design_, part, registers && is_looked_for(*design_, scope_, part));
        }
        usage.flow = registers ? flow_config(part, usage.idle) : FlowConfig{};
        has_flows_ = has_flows_ || usage.flow.is_modelled();
        may_loop_ = may_loop_ || usage.config.refusals.max_min_expires > 0;
        if (registers) {
            usage.config.until_stable = phone.failures_until_stable &&
                                        finds_failures(phone, usage.server) &&
                                        expects_answers(phone.flow.keep_alive);
            usage.config.on_demand = registers_on_demand(phone, part.entry);
            usage.record = record_for(usage.server, phone.lines[part.line].aor);
            // More than there is room for, check_capacity refuses.
            constexpr int kMost = kContactsPerRecord + 1;
            usage.config.contacts = std::min(contacts_of(*design_, part.phone), kMost);
            usage.slot = static_cast<std::uint8_t>(std::min(first_free_slot(usage.record), kMost));
        } else {
            usage.notifier = static_cast<std::uint8_t>(notifiers_++);
            usage.notifying = notifier_config(challenger(usage), phone, part.subscription);
            const Server& server = design_->servers[usage.server];
            usage.notifying.transport = passes_on(server) ? server.survivability.transport
                                                          : usage.config.transport;
        }
        const auto index = static_cast<std::uint8_t>(usages_.size());
        LineInfo& line = lines_[usage.line];
        const std::size_t place = part.subscription * phone.servers.size() + part.entry;
        (registers ? line.registration : line.subscription)[place] = index;
        usages_.push_back(usage);
    }
}

int SipModel::first_free_slot(std::uint8_t record) const {
    int slots = 0;
    for (const UsageInfo& usage : usages_) {
        if (usage.part.kind == PartKind::registration && usage.record == record) {
            slots += usage.config.contacts;
        }
        if (usage.part.kind == PartKind::registration && usage.beyond &&
            usage.beyond->record == record) {
            slots += usage.config.contacts;
        }
    }
    return slots;
}

std::uint8_t SipModel::record_for(std::size_t server, const std::string& aor) {
    for (std::size_t record = 0; record < records_.size(); ++record) {
        if (records_[record].server == server && records_[record].aor == aor) {
            return static_cast<std::uint8_t>(record);
        }
    }
    records_.push_back({server, aor});
    return static_cast<std::uint8_t>(records_.size() - 1);
}

void SipModel::build_calls() {
    for (const CallPlan& plan : design_->calls) {
        if (!scope_.parts.contains({PartKind::call, plan.phone, plan.line, 0})) {
            continue;
        }
        const Phone& phone = design_->phones[plan.phone];
        CallInfo call;
        call.line = *line_index(plan.phone, plan.line);
        call.config.rules = phone.calls;
        call.config.timers = phone.timers;
        call.config.transport_errors = phone.refusals.transport_errors;
        call.config.to = ways_of_calls(phone);
        call.config.only_registered = phone.failover.only_registered;
        call.config.registers = phone.failover.registers;
        call.config.callee_rings = plan.callee.rings;
        call.callee = plan.callee;
        call.config.resolves_all = phone.lookup.all_before_calls;
        call.config.names = entries_by_name(phone);
        for (std::size_t entry = 0; has_equals(phone) && entry < phone.servers.size(); ++entry) {
            call.config.tiers.push_back(static_cast<std::uint8_t>(tier_of(phone, entry)));
        }
        set_call_logins(call, lines_[call.line]);
        call.at = plan.at;
        call.count = plan.count;
        for (std::size_t entry = 0; entry < phone.servers.size(); ++entry) {
            call.idle.push_back(fidelity_ == Fidelity::reduced
                                    ? idle_call_parts(*design_, plan.phone, entry)
                                    : IdleCall{});
            call.idle.back().answer = call.idle.back().answer && !plan.dialog.lasts;
            call.idle.back().retransmit =  // a copy makes a nonce younger
                call.idle.back().retransmit && !call.logins[entry].challenged;
        }
        call.first_server = static_cast<std::uint8_t>(call_servers_);
        const bool is_passed_on =
            std::ranges::any_of(phone.servers, [this](const ServerEntry& entry) {
                return passes_on(design_->servers[entry.server]);
            });
        call.servers =
            static_cast<std::uint8_t>(phone.servers.size() * (is_passed_on ? 2U : 1U));
        call_servers_ += call.servers;
        if (plan.dialog.lasts) {
            call.first_dialog = static_cast<std::uint8_t>(dialogs_.size());
            for (std::size_t place = 0; place < call.servers; ++place) {
                (void)add_dialog(call.line, place % phone.servers.size(), plan.dialog, false,
                                 place >= phone.servers.size());
            }
        }
        lines_[call.line].call = static_cast<std::uint8_t>(calls_.size());
        calls_.push_back(call);
    }
}

void SipModel::check_capacity() const {
    std::vector<Problem> problems;
    const auto check = [&](std::size_t needed, std::size_t room, const char* what) {
        if (needed > room) {
            problems.push_back({design_->file,
                                {},
                                "",
                                std::to_string(needed) + " " + what,
                                "at most " + std::to_string(room) + " explored together",
                                ""});
        }
    };
    check(design_->faults.size(), kFaults, "faults");
    check(usages_.size(), kUsages, "registrations and subscriptions");
    check(records_.size(), kRecords, "addresses of record at servers");
    check(successions(), kLines, "lines, and names with several addresses");
    check(calls_.size(), kCalls, "lines that make calls");
    check(call_servers_, kCallServers, "servers that calls may reach");
    check(incoming_.size(), kIncoming, "lines at servers that calls come in for");
    check(appearances_.size(), kAppearances, "seizures of appearances");
    check(notifiers_, kNotifiers, "subscriptions");
    check(names_.size(), kNames, "names in the lists of phones");
    check(dialogs_.size(), kDialogs, "lines at servers with calls that last");
    check(relays_, kRelays, "registrations that gateways pass on");
    check(loads_.size(), kLoads, "servers at which messages wait");
    check(queued_, kQueued, "messages that wait or are worked on, and timers that are missed");
    for (const UsageInfo& usage : usages_) {
        const std::size_t beyond = usage.beyond ? usage.beyond->slot : 0;
        check(std::max<std::size_t>(usage.slot, beyond) +
                  static_cast<std::size_t>(usage.config.contacts),
              kContactsPerRecord,
              "contacts that share an address of record");
    }
    if (!problems.empty()) {
        throw InputError(problems);
    }
}

void SipModel::initial(State& state, sim::Effects<Event>& effects) const {
    for (std::size_t i = 0; i < usages_.size(); ++i) {
        state.usages[i].cseq = kCurrentCSeq - 1;
        const Part& part = usages_[i].part;
        const bool abstracted = scope_.abstracted.contains(part);
        if (abstracted || boots_by_itself(i)) {
            Event first = boot_event(i);
            first.kind = abstracted ? EventKind::belief_changes : EventKind::boot;
            const Phone& phone = design_->phones[part.phone];
            const Interval enabled = phone.lines[part.line].enabled;
            effects.schedule(first, abstracted
                                        ? sim::any_time()
                                        : Interval{enabled.earliest + phone.boot.earliest,
                                                   enabled.latest + phone.boot.latest});
        }
        if (usages_[i].changes != nullptr) {
            state.notifiers[usages_[i].notifier].changes_left =
                static_cast<std::uint8_t>(usages_[i].changes->count);
            effects.schedule(change_event(i), usages_[i].changes->at);
        }
    }
    std::fill_n(state.lines.begin(), successions(), LineState{});
    empty_queue(state);
    for (std::size_t i = 0; i < calls_.size(); ++i) {
        state.calls[i].dials_left = static_cast<std::uint8_t>(calls_[i].count);
        Event dial;
        dial.kind = EventKind::dial;
        dial.index = static_cast<std::uint8_t>(i);
        effects.schedule(dial, calls_[i].at);
    }
    for (std::size_t i = 0; i < incoming_.size(); ++i) {
        state.incoming[i].calls_left = static_cast<std::uint8_t>(incoming_[i].count);
        Event call;
        call.kind = EventKind::calls_in;
        call.index = static_cast<std::uint8_t>(i);
        effects.schedule(call, incoming_[i].at);
    }
    for (std::size_t i = 0; i < appearances_.size(); ++i) {
        state.appearances[i].left = static_cast<std::uint8_t>(appearances_[i].count);
        effects.schedule(wanted_event(i), appearances_[i].at);
    }
    for (std::size_t i = 0; i < design_->faults.size(); ++i) {
        const Fault& fault = design_->faults[i];
        if (!fault_in_scope_[i]) {
            continue;
        }
        state.faults[i].left = static_cast<std::uint8_t>(fault.count);
        Event event;
        event.index = static_cast<std::uint8_t>(i);
        if (!is_of_messages(fault.kind)) {
            event.kind = EventKind::fault_strikes;
            if (fault.after_event) {
                state.faults[i].left =
                    static_cast<std::uint8_t>(kWaits + 1 - fault.after_event->times);
            } else if (!fault.after) {
                effects.schedule(event, fault.at);
            }
        } else if (fault.window) {
            event.kind = EventKind::window_opens;
            effects.schedule(event, sim::exactly(fault.window->earliest));
        } else {
            state.faults[i].active = 1;
        }
    }
    StepLog log;
    Step step{state, effects, log};
    for (const std::size_t server : gateways_) {
        start_or_stop_gateway(step, server);
    }
}

namespace {

// Walks the used elements of every array of a state.
template <class State, class Visit>
void visit_used(State& state, const StateSizes& used, Visit visit) {
    visit(state.faults.data(), used.faults);
    visit(state.usages.data(), used.usages);
    visit(state.flows.data(), used.flows);
    visit(state.transactions.data(), used.usages);
    visit(state.subscriptions.data(), used.usages);
    visit(state.nonces.data(), used.nonces);
    visit(state.records.data(), used.records);
    visit(state.lines.data(), used.lines);
    visit(state.calls.data(), used.calls);
    visit(state.call_servers.data(), used.call_servers);
    visit(state.gateways.data(), used.gateways);
    visit(state.incoming.data(), used.incoming);
    visit(state.notifiers.data(), used.notifiers);
    visit(state.names.data(), used.names);
    visit(state.dialogs.data(), used.dialogs);
    visit(state.transfers.data(), used.transfers);
    visit(state.appearances.data(), used.appearances);
    visit(state.tried.data(), used.tried);
    visit(state.call_nonces.data(), used.call_nonces);
    visit(state.relays.data(), used.relays);
    visit(state.loads.data(), used.loads);
    visit(state.queued.data(), used.queued);
    visit(state.astray.data(), used.astray);
    visit(state.clocks.data(), used.clocks);
}

}  // namespace

StateSizes SipModel::sizes_in_use() const {
    StateSizes used;
    used.faults = design_->faults.size();
    used.usages = usages_.size();
    used.flows = flows_in_use();
    used.nonces = nonces_in_use();
    used.records = records_.size();
    used.lines = successions();
    used.calls = calls_.size();
    used.call_servers = call_servers_;
    used.gateways = gateways_.size();
    used.incoming = incoming_.size();
    used.notifiers = notifiers_;
    used.names = names_.size();
    used.dialogs = dialogs_.size();
    used.transfers = transfers_in_use();
    used.appearances = appearances_.size();
    used.tried = has_equals_ ? successions() : 0;
    used.call_nonces = call_nonces_in_use();
    used.relays = relays_;
    used.loads = loads_.size();
    used.queued = queued_;
    used.astray = may_go_astray_ ? usages_.size() + calls_.size() : 0;
    used.clocks = draws_clocks_ ? design_->phones.size() : 0;
    return used;
}

void SipModel::measure_state() {
    sizes_ = sizes_in_use();
    const State none{};
    visit_used(none, sizes_, [this](const auto* first, std::size_t count) {
        packed_size_ += count * sizeof *first;
    });
}

void SipModel::pack(const State& state, std::byte* out) const {
    visit_used(state, sizes_, [&](const auto* first, std::size_t count) {
        std::memcpy(out, first, count * sizeof *first);
        out += count * sizeof *first;
    });
}

void SipModel::unpack(const std::byte* in, State& state) const {
    state = {};
    visit_used(state, sizes_, [&](auto* first, std::size_t count) {
        std::memcpy(first, in, count * sizeof *first);
        in += count * sizeof *first;
    });
}

}  // namespace failback::model

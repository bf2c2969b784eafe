// Servers of a SipModel at which messages wait: for a worker, or until the process goes on.
#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

#include "model/sip/sip_step.hpp"
#include "sim/check.hpp"

namespace failback::model {

namespace {

Event served_event(std::size_t load, std::size_t worker) {
    Event event;
    event.kind = EventKind::served;
    event.index = static_cast<std::uint8_t>(load);
    event.key = static_cast<std::uint8_t>(worker);
    return event;
}

// A place that is free: all zero. Messages have a method.
Event nothing() {
    Event event;
    event.kind = EventKind::message_to_server;
    return event;
}

bool is_there(const Event& queued) {
    return queued.method != Method::none || queued.kind == EventKind::timer;
}

// Does the sender wait for a response?
bool wants_response(const Event& message) {
    switch (message.method) {
        case Method::register_:
        case Method::subscribe:
        case Method::options:
        case Method::invite:
            return true;
        case Method::bye:
        case Method::update:
            return message.status == Status::none;
        default:
            return false;
    }
}

}  // namespace

// Room for the timers of a server that send something: those of a NOTIFY and its subscription, of
// the callee and its 200, of an offer, of the far end of a dialog with the BYEs of all and a REFER,
// and of an appearance.
void SipModel::build_loads() {
    for (const std::size_t server : scope_.servers) {
        const std::optional<Processing>& rules = design_->servers[server].processing;
        if (!rules && !may_hang(*design_, server)) {
            continue;
        }
        const Processing limits = rules.value_or(Processing{});
        LoadInfo load{server, limits, limits.time.latest == 0, queued_, 0, 0};
        load.missed = load.first_waiting() + static_cast<std::size_t>(load.rules.queue);
        std::size_t timers = 0;
        const auto add = [&](const auto& infos, std::size_t each) {
            for (const auto& info : infos) {
                timers += info.server == server ? each : 0;
            }
        };
        for (const UsageInfo& usage : usages_) {
            const bool notifies = usage.part.kind == PartKind::subscription;
            timers += notifies && usage.server == server ? 3U : 0U;
        }
        add(incoming_, 2);
        add(dialogs_, 5 + 2 * kDialogNumbers + (transfers_in_use() > 0 ? 3 : 0));
        add(appearances_, 1);
        for (std::size_t i = 0; i < call_servers_; ++i) {
            timers += server_of_call_server(i) == server ? 3U : 0U;
        }
        load.end = load.missed + (may_hang(*design_, server) ? timers : 0);
        queued_ = load.end;
        loads_.push_back(load);
    }
}

std::optional<std::size_t> SipModel::load_at(std::size_t server) const {
    const auto found = std::ranges::find(loads_, server, &LoadInfo::server);
    return found != loads_.end() ? std::optional(static_cast<std::size_t>(found - loads_.begin()))
                                 : std::nullopt;
}

const Event& SipModel::message_of(const State& state, const Event& served) const {
    return state.queued[loads_[served.index].first + served.key];
}

bool SipModel::runs(const State& state, std::size_t server) const {
    return under(state, FaultKind::crash, server) == nullptr &&
           under(state, FaultKind::refusal, server) == nullptr;
}

bool SipModel::keeps_waiting(const State& state, std::size_t server) const {
    const auto load = load_at(server);
    return load && state.loads[*load].waiting > 0;
}

bool SipModel::hangs(const State& state, std::size_t server) const {
    return under(state, FaultKind::hang, server) != nullptr && runs(state, server);
}

// Idle workers take what waits, in order of arrival, unless the server hangs.
void SipModel::work(Step& step, std::size_t load) const {
    const LoadInfo& info = loads_[load];
    std::uint8_t& waiting = step.state.loads[load].waiting;
    const auto at = [&](std::size_t place) {
        return step.state.queued.begin() + static_cast<std::ptrdiff_t>(place);
    };
    for (std::size_t worker = 0; worker < info.workers() && waiting > 0; ++worker) {
        Event& taken = step.state.queued[info.first + worker];
        if (is_there(taken)) {
            continue;
        }
        const auto first = at(info.first_waiting());
        taken = *first;
        std::move(first + 1, first + waiting, first);
        --waiting;
        *(first + waiting) = nothing();
        step.effects.schedule(served_event(load, worker), work_time(step.state, info));
    }
}

void SipModel::on_served(Step& step, const Event& event) const {
    const Event message =
        std::exchange(step.state.queued[loads_[event.index].first + event.key], nothing());
    handle(step, message);
    work(step, event.index);
}

// For what a worker begins with now.
Interval SipModel::work_time(const State& state, const LoadInfo& load) const {
    const Fault* slow = under(state, FaultKind::slowdown, load.server);
    return slow != nullptr ? slow->delay : load.rules.time;
}

void SipModel::empty_queue(State& state) const {
    std::fill_n(state.queued.begin(), queued_, nothing());
}

bool SipModel::waits(Step& step, const Event& event, std::size_t server) const {
    const auto load = load_at(server);
    if (!load) {
        return false;
    }
    const LoadInfo& info = loads_[*load];
    std::uint8_t& waiting = step.state.loads[*load].waiting;
    const auto workers = std::span(step.state.queued).subspan(info.first, info.workers());
    const auto idle = std::ranges::find_if_not(workers, is_there);
    if (idle == workers.end() || hangs(step.state, server)) {
        if (waiting >= info.rules.queue) {
            turn_away(step, event, info);
        } else {
            step.state.queued[info.first_waiting() + waiting] = event;
            ++waiting;
        }
        return true;
    }
    // Nothing waits while a worker is idle.
    if (info.is_instant) {
        return false;
    }
    *idle = event;
    step.effects.schedule(served_event(*load, static_cast<std::size_t>(idle - workers.begin())),
                          work_time(step.state, info));
    return true;
}

// The 503 is that of a process in front, which keeps no transaction; so a copy of what already
// waits may be refused, too. A process that hangs refuses nothing.
void SipModel::turn_away(Step& step, const Event& event, const LoadInfo& load) const {
    step.log.dropped = true;
    step.observe(Notice::overflows, load.server);
    if (!load.rules.refuses || hangs(step.state, load.server) || !wants_response(event)) {
        return;
    }
    Event response = event;
    response.kind = event.kind == EventKind::probe_to_watched ? EventKind::answer_to_gateway
                                                              : EventKind::message_to_phone;
    response.status = Status::service_unavailable_503;
    response.flags = of_usage(event.method) && event.kind == EventKind::message_to_server
                         ? static_cast<std::uint8_t>(event.flags & kGeneration)
                         : std::uint8_t{0};
    set_nonce(response, kNoNonce);
    response.key = of_usage(event.method) ? std::uint8_t{0} : event.key;
    response.expires = of_usage(event.method) ? load.rules.retry_after : 0;
    send(step, response);
}

// A crash empties the buffer, and ends the work.
void SipModel::drop_queue(Step& step, std::size_t server) const {
    const auto load = load_at(server);
    if (!load) {
        return;
    }
    const LoadInfo& info = loads_[*load];
    ServerLoad& of_server = step.state.loads[*load];
    const bool stood_still = under(step.state, FaultKind::hang, server) != nullptr;
    for (std::size_t worker = 0; worker < info.workers(); ++worker) {
        if (is_there(step.state.queued[info.first + worker]) && !stood_still) {
            step.effects.cancel(served_event(*load, worker));
        }
    }
    // What becomes of the timers, the crash itself decides.
    for (std::size_t i = 0; i < of_server.missed; ++i) {
        step.effects.schedule(step.state.queued[info.missed + i], sim::exactly(0));
    }
    std::fill(step.state.queued.begin() + static_cast<std::ptrdiff_t>(info.first),
              step.state.queued.begin() + static_cast<std::ptrdiff_t>(info.end), nothing());
    of_server = {};
}

// The process stands still: what its workers are at waits with them. Then it goes on; nobody knows
// how much of that is left. Timers that came due meanwhile fire at once, as those of a process that
// was stopped do, before or after what has waited.
void SipModel::begin_or_end_hang(Step& step, std::size_t server, bool before) const {
    const bool after = hangs(step.state, server);
    const auto load = load_at(server);
    if (before == after || !load) {
        return;
    }
    const LoadInfo& info = loads_[*load];
    for (std::size_t worker = 0; worker < info.workers(); ++worker) {
        if (!is_there(step.state.queued[info.first + worker])) {
            continue;
        }
        if (after) {
            step.effects.cancel(served_event(*load, worker));
        } else {
            step.effects.schedule(served_event(*load, worker), {0, longest_work(*design_, server)});
        }
    }
    if (after) {
        return;
    }
    std::uint8_t& missed = step.state.loads[*load].missed;
    for (; missed > 0; --missed) {
        Event& timer = step.state.queued[info.missed + missed - 1U];
        step.effects.schedule(timer, sim::exactly(0));
        timer = nothing();
    }
    work(step, *load);
}

// The server whose process has to act when a timer comes due. Where only its memory changes, such
// as when a binding expires, the clock alone decides.
std::optional<std::size_t> SipModel::server_that_acts(const Event& timer) const {
    if (timer.kind != EventKind::timer) {
        return std::nullopt;
    }
    if (of_notifier(timer.timer)) {
        return usages_[timer.index].server;
    }
    if (of_call_server(timer.timer) && timer.timer != Timer::call_nonce_age) {
        return server_of_call_server(timer.index);
    }
    if (timer.timer == Timer::offer_retransmit || timer.timer == Timer::offer_give_up) {
        return incoming_[timer.index].server;
    }
    if (of_dialog(timer.timer) && side_of(timer) == DialogSide::server) {
        return dialogs_[timer.index].server;
    }
    if (timer.timer == Timer::seize_expires) {
        return appearances_[timer.index].server;
    }
    return std::nullopt;
}

bool SipModel::misses(Step& step, const Event& event) const {
    if (loads_.empty()) {
        return false;
    }
    const auto server = server_that_acts(event);
    if (!server || !hangs(step.state, *server)) {
        return false;
    }
    const std::size_t load = *load_at(*server);
    const LoadInfo& info = loads_[load];
    std::uint8_t& missed = step.state.loads[load].missed;
    sim::ensure(info.missed + missed < info.end, "each timer of a server has room");
    step.state.queued[info.missed + missed] = event;
    ++missed;
    // Their order does not matter: all fire at the same instant.
    std::sort(step.state.queued.begin() + static_cast<std::ptrdiff_t>(info.missed),
              step.state.queued.begin() + static_cast<std::ptrdiff_t>(info.missed + missed));
    return true;
}

// What waits takes part in a renaming as what is pending does.
void SipModel::normalise(State& state, std::vector<Event>& pending) const {
    const std::size_t own = pending.size();
    for (const LoadInfo& load : loads_) {
        for (std::size_t i = load.first; i < load.end; ++i) {
            if (is_there(state.queued[i])) {
                pending.push_back(state.queued[i]);
            }
        }
    }
    rename_all(state, pending);
    if (loads_.empty()) {
        return;
    }
    std::size_t next = own;
    for (const LoadInfo& load : loads_) {
        for (std::size_t i = load.first; i < load.end; ++i) {
            if (is_there(state.queued[i])) {
                state.queued[i] = pending[next++];
            }
        }
    }
    pending.resize(own);
}

std::uint8_t SipModel::same_load(std::size_t index, const SipModel& other) const {
    const auto mine = load_at(other.loads_[index].server);
    sim::ensure(mine.has_value(), "the larger scope has every server");
    return static_cast<std::uint8_t>(*mine);
}

}  // namespace failback::model

#include "model/sip/awaited.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "model/sip/sip_step.hpp"

namespace failback::model {

namespace {

using enum AwaitedSubject;

constexpr std::array<AwaitedKind, 39> kKinds{{
    {"registers", Notice::registered, registration},
    {"boots", Notice::boots, registration},
    {"requests", Notice::requests, registration},
    {"accepts", Notice::accepted, registration, true},
    {"lapses", Notice::lapses, registration},
    {"leaves", Notice::leaves, registration},
    {"refused", Notice::refused, registration},
    {"unanswered", Notice::unanswered, registration},
    {"unresolved", Notice::unresolved, registration},
    {"gives_up", Notice::gives_up, registration},
    {"challenged", Notice::challenged, registration},
    {"denied", Notice::denied, registration},
    {"flow_fails", Notice::flow_fails, registration},
    {"switches", Notice::switches, working},
    {"subscribes", Notice::requests, subscription},
    {"notified", Notice::registered, subscription},
    {"subscription_ends", Notice::lapses, subscription},
    {"subscription_refused", Notice::refused, subscription},
    {"dials", Notice::dials, call},
    {"answered", Notice::answered, call},
    {"declined", Notice::declined, call},
    {"call_fails", Notice::call_fails, call},
    {"invites", Notice::invites, call_at},
    {"proceeds", Notice::proceeds, call_at},
    {"alerts", Notice::alerts, call_at, true},
    {"answers", Notice::answers, call_at, true},
    {"offers", Notice::offers, incoming, true},
    {"rings", Notice::rings, incoming},
    {"rejects", Notice::rejects, incoming},
    {"unheard", Notice::unheard, incoming, true},
    {"unavailable", Notice::unavailable, incoming, true},
    {"seizes", Notice::seizes, appearance},
    {"releases", Notice::releases, appearance},
    {"grants", Notice::grants, appearance, true},
    {"fails", Notice::fails, server},
    {"recovers", Notice::recovers, server},
    {"enters_emergency", Notice::enters_emergency, gateway},
    {"leaves_emergency", Notice::leaves_emergency, gateway},
    {"probe_answered", Notice::probe_answered, gateway},
}};

PartKind part_of(AwaitedSubject subject) {
    switch (subject) {
        case subscription:
            return PartKind::subscription;
        case call:
        case call_at:
            return PartKind::call;
        case incoming:
            return PartKind::incoming;
        case appearance:
            return PartKind::appearance;
        default:
            return PartKind::registration;
    }
}

template <class Nodes, class IsIt>
std::optional<std::size_t> place_among(const Nodes& nodes, IsIt is_it) {
    const auto found = std::ranges::find_if(nodes, is_it);
    return found == nodes.end()
               ? std::nullopt
               : std::optional(static_cast<std::size_t>(found - nodes.begin()));
}

// What its observation is about, if that is in the scope of the model.
std::optional<std::size_t> place_of(const SipModel& sip, const AwaitedEvent& event) {
    const auto line = sip.line_index(event.phone, event.line);
    const auto is_it = [&](const auto& node) {
        return node.line == line && node.entry == event.entry;
    };
    switch (kKinds[event.kind].subject) {
        case server:
        case gateway:
            return event.server;
        case incoming:
            return place_among(sip.incoming(), [&](const SipModel::IncomingInfo& plan) {
                return is_it(plan) && plan.server == event.server;
            });
        case appearance:
            return place_among(sip.appearances(), is_it);
        default:
            break;
    }
    if (!line || kKinds[event.kind].subject == working) {
        return line;
    }
    const SipModel::LineInfo& info = sip.lines()[*line];
    switch (kKinds[event.kind].subject) {
        case registration:
            return info.registration[event.entry];
        case subscription:
            return info.subscription[event.subscription * info.registration.size() + event.entry];
        default:
            return info.call;
    }
}

}  // namespace

std::span<const AwaitedKind> awaited_kinds() { return kKinds; }

// Which server a line works with, all its registrations decide.
std::set<Part> parts_awaited(const Design& design, const Fault& fault) {
    if (!fault.after_event) {
        return {};
    }
    const AwaitedEvent& event = *fault.after_event;
    const AwaitedSubject subject = kKinds[event.kind].subject;
    if (subject >= server) {
        return {};
    }
    if (subject != working) {
        const bool has_entry = subject != call && subject != call_at;
        return {{part_of(subject), event.phone, event.line, has_entry ? event.entry : 0,
                 event.subscription}};
    }
    std::set<Part> parts;
    for (const Part& part : parts_of(design)) {
        if (part.kind == PartKind::registration && part.phone == event.phone &&
            part.line == event.line) {
            parts.insert(part);
        }
    }
    return parts;
}

bool is_awaited(const Design& design, const Part& part) {
    return std::ranges::any_of(design.faults, [&](const Fault& fault) {
        return fault.after_event && parts_awaited(design, fault).contains(part);
    });
}

void add_earlier(const Design& design, std::vector<bool>& faults) {
    for (std::size_t i = faults.size(); i-- > 0;) {
        if (faults[i] && design.faults[i].after) {
            faults[*design.faults[i].after] = true;
        }
    }
}

std::vector<bool> acting_in(const Design& design, const Scope& scope) {
    std::vector<bool> acts;
    for (const Fault& fault : design.faults) {
        acts.push_back(involves(scope, fault));
    }
    add_earlier(design, acts);
    return acts;
}

bool add_awaited(const Design& design, const Scope& scope, Scope& wider) {
    const std::vector<bool> acts = acting_in(design, scope);
    bool is_new = false;
    for (std::size_t i = 0; i < acts.size(); ++i) {
        const Fault& fault = design.faults[i];
        if (!acts[i] || !fault.after_event) {
            continue;
        }
        for (const Part& part : parts_awaited(design, fault)) {
            is_new = is_new || !scope.parts.contains(part);
            wider.parts.insert(part);
        }
        const AwaitedSubject subject = kKinds[fault.after_event->kind].subject;
        const std::size_t of = fault.after_event->server;
        if (subject == server) {
            is_new = is_new || !scope.servers.contains(of);
            wider.servers.insert(of);
        } else if (subject == gateway) {
            is_new = is_new || !scope.gateways.contains(of);
            wider.gateways.insert(of);
        }
    }
    return is_new;
}

// Nothing of what is not in scope can be waited for: no fault in scope does.
void SipModel::build_awaited() {
    for (std::size_t i = 0; i < design_->faults.size(); ++i) {
        if (!fault_in_scope_[i] || !design_->faults[i].after_event) {
            continue;
        }
        const AwaitedEvent& event = *design_->faults[i].after_event;
        const AwaitedKind& kind = kKinds[event.kind];
        const auto place = place_of(*this, event);
        sim::ensure(place.has_value(), "what a fault waits for is in its scope");
        awaited_.push_back({i, kind.notice, static_cast<std::uint8_t>(*place), std::nullopt});
        if (kind.subject == AwaitedSubject::working || kind.subject == AwaitedSubject::call_at) {
            awaited_.back().b = static_cast<std::uint8_t>(event.entry);
        }
    }
}

void SipModel::begin_awaited(Step& step, std::size_t first) const {
    for (const AwaitedInfo& awaited : awaited_) {
        std::uint8_t& left = step.state.faults[awaited.fault].left;
        for (std::size_t i = first; i < step.log.observations.size(); ++i) {
            const Observation& seen = step.log.observations[i];
            if (!is_waiting(left) || seen.notice != awaited.notice || seen.a != awaited.a ||
                awaited.b.value_or(seen.b) != seen.b) {
                continue;
            }
            ++left;
            if (left > kWaits) {
                left = static_cast<std::uint8_t>(design_->faults[awaited.fault].count);
                arm_fault(step, awaited.fault);
            }
        }
    }
}

}  // namespace failback::model

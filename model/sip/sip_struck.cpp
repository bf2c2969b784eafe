// What becomes of single messages of a SipModel: some are lost, duplicated or late.
#include <algorithm>
#include <array>
#include <tuple>
#include <utility>
#include <vector>

#include "model/sip/clock.hpp"
#include "model/sip/sip_model.hpp"
#include "model/sip/sip_step.hpp"

namespace failback::model {

namespace {

using Faults = decltype(SipState::faults);

struct Strike {
    FaultKind kind;
    Fate fate;
};

constexpr std::array<Strike, 3> kStrikes{{{FaultKind::loss, Fate::lost},
                                          {FaultKind::duplication, Fate::duplicated},
                                          {FaultKind::late, Fate::late}}};

// Of a fault with a budget in a simulation in which other faults have a ratio.
constexpr Ratio kWithoutRatio{1, 16};

// Ratios have at most 20 bits, so that none of their products with a weight is too large.
constexpr std::uint64_t kCertain = std::uint64_t{1} << 40U;

std::uint64_t part_of(std::uint64_t weight, Ratio ratio) {
    return weight * ratio.of / ratio.among;
}

// Does it make no difference which of the two strikes a message, now and later?
bool strike_alike(const Fault& a, const Fault& b) {
    const auto of = [](const Fault& fault) {
        const Interval window = fault.window.value_or(sim::any_time());
        return std::tuple(fault.server, fault.phone, fault.gateway, fault.direction,
                          window.earliest, window.latest, fault.delay.earliest,
                          fault.delay.latest);
    };
    return !draws_messages(a) && !draws_messages(b) && of(a) == of(b);
}

// What is without limit does not count down.
void spend(Faults& faults, const Design& design, std::size_t fault) {
    if (design.faults[fault].count < kUnlimited) {
        --faults[fault].left;
    }
}

}  // namespace

// Enumerates what may happen to the messages of a step. Of several faults that may strike a message
// in the same way each is tried: which one does it decides what the others may do later.
class SipModel::Fates {
public:
    Fates(const SipModel& sip, const Step& step, std::uint32_t form)
        : sip_(sip), step_(step), form_(form), faults_(step.state.faults) {}

    Forms all() {
        next(kCertain);
        return std::move(forms_);
    }

private:
    struct Way {
        Treatment treatment;
        std::uint64_t weight = 0;
    };

    void next(std::uint64_t weight) {
        if (treated_.size() == step_.outbox.size()) {
            end(weight);
            return;
        }
        const auto& [message, passage] = step_.outbox[treated_.size()];
        if (passage.dropped) {
            follow({Fate::dropped}, weight);
            return;
        }
        const Flow flow = sip_.flow_of(message);
        std::vector<Way> ways;
        if (flow.transport != Transport::tcp) {
            for (const Strike& strike : kStrikes) {
                add_ways(ways, strike, flow, weight);
            }
        }
        follow({}, weight);
        for (const Way& way : ways) {
            const Faults before = faults_;
            spend(faults_, *sip_.design_, way.treatment.fault);
            follow(way.treatment, way.weight);
            faults_ = before;
        }
    }

    // What is left of the weight is that of the other ways.
    void add_ways(std::vector<Way>& ways, const Strike& strike, const Flow& flow,
                  std::uint64_t& weight) const {
        const std::vector<Fault>& faults = sip_.design_->faults;
        for (std::size_t i = 0; i < faults.size(); ++i) {
            const Fault& fault = faults[i];
            const bool strikes = fault.kind == strike.kind && faults_[i].active != 0 &&
                                 faults_[i].left > 0 && concerns(fault, flow);
            const auto is_alike = [&](const Way& way) {
                return way.treatment.fate == strike.fate &&
                       strike_alike(faults[way.treatment.fault], fault);
            };
            if (!strikes || std::ranges::any_of(ways, is_alike)) {
                continue;
            }
            const Ratio ratio = draws_messages(fault) ? *fault.ratio : kWithoutRatio;
            ways.push_back({{strike.fate, static_cast<std::uint8_t>(i)}, part_of(weight, ratio)});
            weight -= ways.back().weight;
        }
    }

    void follow(Treatment treatment, std::uint64_t weight) {
        treated_.push_back(treatment);
        next(weight);
        treated_.pop_back();
    }

    void end(std::uint64_t weight) {
        if (forms_.count == UINT16_MAX) {
            throw ModelLimit("a step sends too many messages that may be struck");
        }
        if (forms_.count++ == form_) {
            forms_.treated = treated_;
        }
        if (sip_.has_ratios_) {
            forms_.weights.push_back(weight);
        }
    }

    const SipModel& sip_;
    const Step& step_;
    std::uint32_t form_;
    Faults faults_;
    std::vector<Treatment> treated_;
    Forms forms_;
};

// The forms of a step are the combinations of what may happen to its messages within the budgets;
// the first one delivers all.
SipModel::Forms SipModel::forms_of(const Step& step, std::uint32_t form) const {
    if (step.outbox.empty()) {
        return {1, {}, has_ratios_ ? std::vector{kCertain} : std::vector<std::uint64_t>{}};
    }
    return Fates(*this, step, form).all();
}

// Puts the messages of a step on their way.
void SipModel::dispatch(Step& step, const std::vector<Treatment>& treated) const {
    for (std::size_t i = 0; i < step.outbox.size(); ++i) {
        const auto& [message, passage] = step.outbox[i];
        const Flow flow = flow_of(message);
        Interval delay = delay_of(step.state, flow);
        const auto& [fate, fault] = treated[i];
        if (is_struck(fate)) {
            delay = fate == Fate::late ? design_->faults[fault].delay : delay;
            spend(step.state.faults, *design_, fault);
            ++step.effects.faults;
        }
        Event arrival = message;  // a retransmission arrives like the original
        arrival.flags = static_cast<std::uint8_t>(arrival.flags & ~kRetransmission);
        const Interval held =
            passage.held == 0 ? Interval{}
                              : true_time(sim::exactly(passage.held), clock_of(step, flow.phone));
        const bool arrives = fate != Fate::lost && fate != Fate::dropped;
        const int copies = fate == Fate::duplicated ? 2 : arrives ? 1 : 0;
        for (int copy = 0; copy < copies; ++copy) {
            step.effects.schedule(arrival, {delay.earliest + held.earliest,
                                            delay.latest + held.latest});
        }
        step.log.sent.push_back({message, fate, fault});
    }
}

}  // namespace failback::model

// What becomes of single messages of a SipModel: some are lost, duplicated or late.
#include <algorithm>
#include <array>
#include <utility>

#include "model/clock.hpp"
#include "model/sip_model.hpp"
#include "model/sip_step.hpp"

namespace failback::model {

namespace {

struct Strike {
    FaultKind kind;
    Fate fate;
};

constexpr std::array<Strike, 3> kStrikes{{{FaultKind::loss, Fate::lost},
                                          {FaultKind::duplication, Fate::duplicated},
                                          {FaultKind::late, Fate::late}}};

FaultKind kind_of(Fate fate) { return std::ranges::find(kStrikes, fate, &Strike::fate)->kind; }

// Of a fault with a budget in a simulation in which other faults have a ratio.
constexpr Ratio kWithoutRatio{1, 16};

// Ratios have at most 20 bits, so that none of their products with a weight is too large.
constexpr std::uint64_t kCertain = std::uint64_t{1} << 40U;

std::uint64_t part_of(std::uint64_t weight, Ratio ratio) {
    return weight * ratio.of / ratio.among;
}

}  // namespace

std::optional<std::size_t> SipModel::budget_for(const State& state, FaultKind kind,
                                                const Flow& flow) const {
    if (flow.transport == Transport::tcp) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < design_->faults.size(); ++i) {
        const Fault& fault = design_->faults[i];
        if (fault.kind == kind && state.faults[i].active != 0 && state.faults[i].left > 0 &&
            concerns(fault, flow)) {
            return i;
        }
    }
    return std::nullopt;
}

// Enumerates what may happen to the messages of a step.
class SipModel::Fates {
public:
    Fates(const SipModel& sip, const Step& step, std::uint32_t form)
        : sip_(sip), step_(step), form_(form), budgets_(step.state) {}

    Forms all() {
        next(kCertain);
        return std::move(forms_);
    }

private:
    void next(std::uint64_t weight) {
        if (fates_.size() == step_.outbox.size()) {
            if (forms_.count == UINT16_MAX) {
                throw ModelLimit("a step sends too many messages that may be struck");
            }
            if (forms_.count++ == form_) {
                forms_.fates = fates_;
            }
            if (sip_.has_ratios_) {
                forms_.weights.push_back(weight);
            }
            return;
        }
        const auto& [message, passage] = step_.outbox[fates_.size()];
        if (passage.dropped) {
            follow(Fate::dropped, weight);
            return;
        }
        const Flow flow = sip_.flow_of(message);
        std::array<std::optional<std::size_t>, kStrikes.size()> faults;
        std::array<std::uint64_t, kStrikes.size()> weights{};
        for (std::size_t i = 0; i < kStrikes.size(); ++i) {
            faults.at(i) = sip_.budget_for(budgets_, kStrikes.at(i).kind, flow);
            if (faults.at(i)) {
                const Fault& fault = sip_.design_->faults[*faults.at(i)];
                const Ratio ratio = draws_messages(fault) ? *fault.ratio : kWithoutRatio;
                weights.at(i) = part_of(weight, ratio);
                weight -= weights.at(i);
            }
        }
        follow(Fate::delivered, weight);
        for (std::size_t i = 0; i < kStrikes.size(); ++i) {
            if (faults.at(i)) {
                const FaultState before = budgets_.faults[*faults.at(i)];
                sip_.spend(budgets_, *faults.at(i));
                follow(kStrikes.at(i).fate, weights.at(i));
                budgets_.faults[*faults.at(i)] = before;
            }
        }
    }

    void follow(Fate fate, std::uint64_t weight) {
        fates_.push_back(fate);
        next(weight);
        fates_.pop_back();
    }

    const SipModel& sip_;
    const Step& step_;
    std::uint32_t form_;
    State budgets_;
    std::vector<Fate> fates_;
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

// What is without limit does not count down.
void SipModel::spend(State& state, std::size_t fault) const {
    if (design_->faults[fault].count < kUnlimited) {
        --state.faults[fault].left;
    }
}

// Puts the messages of a step on their way.
void SipModel::dispatch(Step& step, const std::vector<Fate>& fates) const {
    for (std::size_t i = 0; i < step.outbox.size(); ++i) {
        const auto& [message, passage] = step.outbox[i];
        const Flow flow = flow_of(message);
        Interval delay = delay_of(step.state, flow);
        if (is_struck(fates[i])) {
            const std::size_t fault = *budget_for(step.state, kind_of(fates[i]), flow);
            delay = fates[i] == Fate::late ? design_->faults[fault].delay : delay;
            spend(step.state, fault);
            ++step.effects.faults;
        }
        Event arrival = message;  // a retransmission arrives like the original
        arrival.flags = static_cast<std::uint8_t>(arrival.flags & ~kRetransmission);
        const Interval held =
            passage.held == 0 ? Interval{}
                              : true_time(sim::exactly(passage.held), clock_of(step, flow.phone));
        const bool arrives = fates[i] != Fate::lost && fates[i] != Fate::dropped;
        const int copies = fates[i] == Fate::duplicated ? 2 : arrives ? 1 : 0;
        for (int copy = 0; copy < copies; ++copy) {
            step.effects.schedule(arrival, {delay.earliest + held.earliest,
                                            delay.latest + held.latest});
        }
        step.log.sent.push_back({message, fates[i]});
    }
}

}  // namespace failback::model

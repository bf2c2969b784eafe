// Servers of equal priority in a SipModel: steps that choose among them.
//
// Each choice multiplies the forms of a step. What may happen to messages depends on where they go,
// and so the forms of each combination of choices are counted by themselves.
#include <algorithm>

#include "model/sip/sip_step.hpp"
#include "sim/check.hpp"

namespace failback::model {

namespace {

// More would not fit into the sum of all weights.
constexpr std::uint64_t kHeaviest = std::uint64_t{1} << 40U;

// The next combination of choices, the last one first; none after the last combination.
std::vector<std::uint8_t> after(std::vector<std::uint8_t> picks,
                                const std::vector<std::vector<std::uint64_t>>& weights) {
    picks.resize(weights.size());
    while (!picks.empty() && picks.back() + std::size_t{1} == weights[picks.size() - 1].size()) {
        picks.pop_back();
    }
    if (!picks.empty()) {
        ++picks.back();
    }
    return picks;
}

std::uint64_t weight_of(const std::vector<std::uint8_t>& picks,
                        const std::vector<std::vector<std::uint64_t>>& weights) {
    std::uint64_t weight = 1;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const std::uint64_t factor = weights[i][picks[i]];
        weight = weight > kHeaviest / factor ? kHeaviest : weight * factor;
    }
    return weight;
}

}  // namespace

void SipModel::step_choosing(State& state, const Event& event, std::uint32_t form,
                             sim::Effects<Event>& effects, StepLog& log) const {
    const State before = state;
    const sim::Effects<Event> effects_before = effects;
    const StepLog log_before = log;
    std::vector<sim::Effects<Event>::Alternative> alternatives;
    std::vector<std::uint64_t> weights;
    std::uint32_t forms = 0;
    std::vector<std::uint8_t> picks;
    do {
        State tried = before;
        sim::Effects<Event> effects_tried = effects_before;
        StepLog log_tried = log_before;
        Step step{tried, effects_tried, log_tried};
        step.picks = picks;
        act(step, event);
        const Forms own = forms_of(step, form - forms);
        alternatives.push_back({weight_of(step.picks, step.weights),
                                static_cast<std::uint16_t>(own.count)});
        weights.insert(weights.end(), own.weights.begin(), own.weights.end());
        if (form >= forms && form - forms < own.count) {
            dispatch(step, own.treated);
            state = tried;
            effects = effects_tried;
            log = log_tried;
        }
        forms += own.count;
        picks = after(step.picks, step.weights);
    } while (!picks.empty());
    sim::ensure(form < forms && forms <= UINT16_MAX, "a form of a step exists");
    effects.forms = static_cast<std::uint16_t>(forms);
    effects.form_weights = weights;
    if (alternatives.size() > 1) {
        effects.alternatives = alternatives;
    }
}

}  // namespace failback::model

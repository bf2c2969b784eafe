// Where the choices of a run come from: a seed.
//
//  1. Every entry of the agenda is given its instant when it is first seen, uniformly in its
//     interval; an interval without end is cut at the horizon. The entry with the earliest instant
//     fires; among equal ones, the first in canonical order.
//  2. The form is uniform, but for `usual`: form 0 is taken unless one draw in `usual` says other.
//     Of alternatives one is drawn by their weights first, and then a form of it in this way.
//     Where forms have weights, those are the law instead.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "sim/execution.hpp"
#include "sim/random.hpp"

namespace failback::sim {

class SeededChooser {
public:
    SeededChooser(std::uint64_t seed, TimeMs horizon, std::uint32_t usual = 8)
        : random_(seed), horizon_(horizon), usual_(usual) {}

    // The next choice; none if nothing happens until the horizon.
    template <Model M>
    [[nodiscard]] std::optional<Choice> next(const Execution<M>& run) {
        const auto& agenda = run.agenda();
        std::optional<Choice> first;
        for (std::uint32_t entry = 0; entry < agenda.size(); ++entry) {
            const TimeMs at = instant_of(agenda.note(entry));
            if (!first || at < first->at) {
                first = Choice{entry, 0, at};
            }
        }
        if (!first || first->at > horizon_) {
            return std::nullopt;
        }
        const auto effects = run.effects_of(first->entry);
        std::uint32_t forms = effects.forms;
        if (!effects.alternatives.empty()) {
            std::tie(first->form, forms) = among(effects.alternatives);
        }
        if (forms > 1 && !effects.form_weights.empty()) {
            first->form +=
                by_weight(std::span(effects.form_weights).subspan(first->form, forms));
        } else if (forms > 1 && random_.below(usual_) == 0) {
            first->form += static_cast<std::uint32_t>(random_.below(forms));
        }
        return first;
    }

    // The instant drawn for an entry; it draws one if there is none yet.
    [[nodiscard]] TimeMs instant_of(const Due& due) {
        const auto known = instants_.find(due.id);
        if (known != instants_.end()) {
            return known->second;
        }
        const TimeMs last = due.bounded() ? due.latest() : std::max(horizon_ + 1, due.earliest());
        const auto width = static_cast<std::uint64_t>(last - due.earliest());
        const TimeMs at = due.earliest() + static_cast<TimeMs>(random_.below(width + 1));
        instants_.emplace(due.id, at);
        return at;
    }

private:
    // The first form of the alternative that is drawn, and how many it has.
    template <class Alternatives>
    [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> among(const Alternatives& all) {
        std::uint64_t weight = 0;
        for (const auto& alternative : all) {
            weight += alternative.weight;
        }
        std::uint64_t drawn = random_.below(weight);
        std::uint32_t first = 0;
        auto chosen = all.begin();
        for (; drawn >= chosen->weight; ++chosen) {
            drawn -= chosen->weight;
            first += chosen->forms;
        }
        return {first, chosen->forms};
    }

    [[nodiscard]] std::uint32_t by_weight(std::span<const std::uint64_t> weights) {
        std::uint64_t drawn =
            random_.below(std::accumulate(weights.begin(), weights.end(), std::uint64_t{0}));
        std::uint32_t chosen = 0;
        for (; drawn >= weights[chosen]; ++chosen) {
            drawn -= weights[chosen];
        }
        return chosen;
    }

    Random random_;
    TimeMs horizon_;
    std::uint32_t usual_;
    std::unordered_map<std::uint64_t, TimeMs> instants_;  // looked up, never iterated
};

}  // namespace failback::sim

#include "traces/explain.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iterator>

#include "model/duration.hpp"
#include "traces/describe.hpp"

namespace failback::traces {

namespace {

using properties::ChainEvent;
using sim::Reason;

// The step that a constraint's event fired in, from 1; 0 if it only waited.
std::size_t fired_step(const sim::Constraint& constraint) {
    if (!constraint.fired) {
        return 0;
    }
    return constraint.reason == Reason::latest ? constraint.to : constraint.from;
}

// Between the transmissions of one request, and from there to its arrival.
bool is_passage(const ChainEvent& link) {
    return link.constraint.reason == Reason::order ||
           model::is_message(link.event.kind) || link.event.timer == model::Timer::retransmit;
}

// Leads back in time along the transmissions of one request: what came before what.
bool leads_back(const ChainEvent& link) {
    return is_passage(link) && link.constraint.reason != Reason::latest;
}

std::string words_for(const Trace& trace, const model::SipModel& sip, const ChainEvent& link) {
    const std::size_t step = fired_step(link.constraint);
    const bool is_timer = link.event.kind == model::EventKind::timer ||
                          link.event.kind == model::EventKind::gateway_timer;
    const bool exact = (is_timer && link.event.timer != model::Timer::retry &&
                        link.event.timer != model::Timer::callee_answers &&
                        link.event.timer != model::Timer::user_answers &&
                        link.event.timer != model::Timer::user_releases &&
                        link.event.timer != model::Timer::keep_alive &&
                        link.event.timer != model::Timer::silence) ||
                       Describer::is_exact_of_name(link.event);
    const bool most = link.constraint.reason == Reason::latest;
    const std::string how = exact ? "" : most ? ", at its longest" : ", at its shortest";
    return (step != 0 ? trace.steps[step - 1].event : Describer(sip).pending(link.event)) + how;
}

// A stretch that leads back from `from`: over the transmissions of a request that found a server
// dead, to the first of them.
std::string words_for_stretch(const Trace& trace, const std::vector<ChainEvent>& stretch,
                              sim::TimeMs sum) {
    bool dropped = false;
    bool repeated = false;
    for (const ChainEvent& link : stretch) {
        const auto visited = std::max(link.constraint.from, link.constraint.to);
        for (const auto step : {visited, visited - 1}) {
            dropped = dropped || (step > 0 && trace.steps[step - 1].dropped);
        }
        repeated = repeated || (link.constraint.reason == Reason::earliest &&
                                link.event.timer != model::Timer::none);
    }
    const std::string into = model::people_text(std::abs(sum)) + " into its transaction";
    if (dropped) {
        return "the last transmission that still reached the dead server, " + into;
    }
    return repeated ? "a retransmission, " + into : "what came right before";
}

struct Share {
    model::Parameter parameter;
    sim::TimeMs ms = 0;
};

// What the constraints of one link stem from, the largest share first.
std::vector<model::Parameter> parameters_for(const Trace& trace, const model::SipModel& sip,
                                             const std::vector<ChainEvent>& links) {
    std::vector<Share> shares;
    for (const ChainEvent& link : links) {
        const sim::TimeMs ms = std::abs(link.constraint.weight);
        if (ms == 0 || link.constraint.reason == Reason::order) {
            continue;
        }
        const bool most = link.constraint.reason == Reason::latest;
        const model::TightDelay delay{link.event, most ? model::End::longest : model::End::shortest,
                                      ms, link.last_server, link.entry};
        for (const auto& parameter : model::parameters_of(sip, trace.design, delay)) {
            const auto known = std::ranges::find(shares, parameter, &Share::parameter);
            if (known == shares.end()) {
                shares.push_back({parameter, ms});
            } else {
                known->ms += ms;
            }
        }
    }
    std::ranges::stable_sort(shares, std::ranges::greater{}, &Share::ms);
    std::vector<model::Parameter> parameters;
    std::ranges::transform(shares, std::back_inserter(parameters), &Share::parameter);
    return parameters;
}

struct Link {
    ExplainedLink explained;
    bool passage = false;

    [[nodiscard]] const ChainLink& words() const { return explained.words; }
};

// Neighbours that lead back and forth by the same time explain nothing if they are of one kind: two
// passages of messages, or the same timer. Others stay: that a wait is as long as an outage is
// chance, and each of them counts.
std::vector<ExplainedLink> without_detours(const std::vector<Link>& links) {
    std::vector<Link> kept;
    for (const Link& link : links) {
        const bool detour = !kept.empty() && kept.back().words().ms == -link.words().ms &&
                            ((kept.back().passage && link.passage) ||
                             kept.back().words().what == link.words().what);
        if (detour) {
            kept.pop_back();
        } else {
            kept.push_back(link);
        }
    }
    std::vector<ExplainedLink> explained;
    std::ranges::transform(kept, std::back_inserter(explained), &Link::explained);
    return explained;
}

}  // namespace

std::vector<ExplainedLink> explain(const Trace& trace, const model::SipModel& sip,
                                   const std::vector<ChainEvent>& chain, sim::Extreme extreme) {
    // The shortest duration is found as the longest way back: its weights are negated.
    const sim::TimeMs sign = extreme == sim::Extreme::longest ? 1 : -1;
    std::vector<Link> links;
    for (std::size_t i = 0; i < chain.size();) {
        std::vector<ChainEvent> stretch;
        sim::TimeMs sum = 0;
        while (sign > 0 && i < chain.size() && leads_back(chain[i])) {
            sum += chain[i].constraint.weight;
            stretch.push_back(chain[i++]);
        }
        if (sum != 0) {
            links.push_back({{{words_for_stretch(trace, stretch, sum), sum},
                              parameters_for(trace, sip, stretch)},
                             true});
        }
        if (i < chain.size() && stretch.empty()) {
            const sim::TimeMs weight = sign * chain[i].constraint.weight;
            if (weight != 0) {
                links.push_back({{{words_for(trace, sip, chain[i]), weight},
                                  parameters_for(trace, sip, {chain[i]})},
                                 is_passage(chain[i])});
            }
            ++i;
        }
    }
    if (sign < 0) {
        std::ranges::reverse(links);
    }
    return without_detours(links);
}

std::vector<ChainLink> words_of(const std::vector<ExplainedLink>& links) {
    std::vector<ChainLink> words;
    std::ranges::transform(links, std::back_inserter(words), &ExplainedLink::words);
    return words;
}

}  // namespace failback::traces

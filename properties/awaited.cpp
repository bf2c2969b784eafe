#include "properties/awaited.hpp"

#include <algorithm>

#include "model/sip/awaited.hpp"
#include "properties/atoms.hpp"
#include "properties/findings.hpp"
#include "sim/check.hpp"

namespace failback::properties {

namespace {

using model::AwaitedSubject;

AtomKind atom_called(std::string_view word) {
    const auto found = std::ranges::find(atom_shapes(), word, &AtomShape::word);
    sim::ensure(found != atom_shapes().end(), "what a fault waits for is a word of the language");
    return found->kind;
}

std::size_t server_of(const model::Design& design, const model::AwaitedEvent& event) {
    const AwaitedSubject subject = model::awaited_kinds()[event.kind].subject;
    const bool is_named = subject >= AwaitedSubject::server || subject == AwaitedSubject::incoming;
    return is_named ? event.server : design.phones[event.phone].servers[event.entry].server;
}

}  // namespace

Property never_awaited(const model::Design& design, const model::Fault& fault) {
    const model::AwaitedEvent& event = *fault.after_event;
    Property property;
    Atom& atom = property.conclusion.atom;
    atom.kind = atom_called(model::awaited_kinds()[event.kind].word);
    atom.phone = event.phone;
    atom.line = event.line;
    atom.subscription = event.subscription;
    if (shape_of(atom.kind).arguments != Arguments::line) {
        atom.server = server_of(design, event);
    }
    if (event.times > 1) {
        property.pattern = Pattern::never_more;
        property.times = event.times - 1;
    }
    return property;
}

std::vector<AwaitedVerdict> check_awaited(const model::Design& design,
                                          const CheckOptions& options) {
    std::vector<AwaitedVerdict> verdicts;
    for (std::size_t i = 0; i < design.faults.size(); ++i) {
        if (!design.faults[i].after_event) {
            continue;
        }
        const Property never = never_awaited(design, design.faults[i]);
        const Setting setting = make_setting(design, {never}, {Breadth::slice, true, false});
        if (marked_at_random(*setting.monitored, sim::kViolation)) {
            verdicts.push_back({i, Outcome::violated, {}});
            continue;
        }
        const Verdict searched = check(design, never, options);
        verdicts.push_back({i, searched.outcome, searched.statistics});
    }
    return verdicts;
}

}  // namespace failback::properties

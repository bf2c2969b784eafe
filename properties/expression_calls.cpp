// Atoms about calls, those that are placed and those that come in, and about appearances.
#include <algorithm>

#include "properties/expression_parts.hpp"

namespace failback::properties {

using model::Notice;

namespace {

bool observed_of_dialog(const Sight& sight, Notice notice, std::size_t line, std::size_t entry) {
    return std::ranges::any_of(sight.log.observations, [&](const auto& seen) {
        if (seen.notice != notice) {
            return false;
        }
        const auto& dialog = sight.model.dialogs()[seen.a];
        return dialog.line == line && dialog.entry == entry;
    });
}

}  // namespace

std::optional<std::size_t> call_of(const Atom& atom, const model::SipModel& model) {
    const auto line = model.line_index(atom.phone, atom.line);
    return line ? model.lines()[*line].call : std::nullopt;
}

bool observed_of_call(const Atom& atom, const Sight& sight, Notice notice) {
    const auto call = call_of(atom, sight.model);
    const auto entry = entry_of(sight.model.design(), atom.phone, *atom.server);
    return call && entry && std::ranges::any_of(sight.log.observations, [&](const auto& seen) {
        return seen.notice == notice && seen.a == *call && seen.b == *entry;
    });
}

bool observed_of_incoming(const Atom& atom, const Sight& sight, Notice notice) {
    const auto line = sight.model.line_index(atom.phone, atom.line);
    const auto& calls = sight.model.incoming();
    const auto found = std::ranges::find_if(calls, [&](const auto& call) {
        return line == call.line && call.server == *atom.server;
    });
    return found != calls.end() &&
           observed(sight, notice, static_cast<std::size_t>(found - calls.begin()));
}

bool is_of_dialog(AtomKind kind) {
    return kind == AtomKind::in_call || kind == AtomKind::dialog || kind == AtomKind::zombie ||
           kind == AtomKind::hangs_up || kind == AtomKind::drops || kind == AtomKind::released ||
           kind == AtomKind::prompts || kind == AtomKind::refers ||
           kind == AtomKind::transferred || kind == AtomKind::unconfirmed;
}

bool of_dialog(const Atom& atom, const Sight& sight) {
    const auto line = sight.model.line_index(atom.phone, atom.line);
    const auto entry = entry_of(sight.model.design(), atom.phone, *atom.server);
    if (!line || !entry) {
        return false;
    }
    switch (atom.kind) {
        case AtomKind::in_call:
            return sight.model.in_call(sight.state, *line, *entry);
        case AtomKind::dialog:
            return sight.model.has_dialog(sight.state, *line, *entry);
        case AtomKind::zombie:
            return sight.model.zombie(sight.state, *line, *entry);
        case AtomKind::prompts:
            return sight.model.prompts(sight.state, *line, *entry);
        case AtomKind::refers:
            return observed_of_dialog(sight, Notice::refers, *line, *entry);
        case AtomKind::transferred:
            return observed_of_dialog(sight, Notice::transferred, *line, *entry);
        case AtomKind::unconfirmed:
            return observed_of_dialog(sight, Notice::unconfirmed, *line, *entry);
        case AtomKind::hangs_up:
            return observed_of_dialog(sight, Notice::hangs_up, *line, *entry);
        case AtomKind::drops:
            return observed_of_dialog(sight, Notice::drops, *line, *entry);
        default:
            return observed_of_dialog(sight, Notice::released, *line, *entry);
    }
}

bool of_appearance(const Atom& atom, const Sight& sight) {
    const auto line = sight.model.line_index(atom.phone, atom.line);
    const auto entry = entry_of(sight.model.design(), atom.phone, *atom.server);
    const auto& all = sight.model.appearances();
    const auto found = std::ranges::find_if(all, [&](const auto& appearance) {
        return line == appearance.line && entry == appearance.entry;
    });
    if (found == all.end()) {
        return false;
    }
    const auto index = static_cast<std::size_t>(found - all.begin());
    switch (atom.kind) {
        case AtomKind::holds:
            return sight.state.appearances[index].holds != 0;
        case AtomKind::seized:
            return sight.state.appearances[index].granted != 0;
        case AtomKind::asks:
            return observed(sight, Notice::asks, index);
        case AtomKind::seizes:
            return observed(sight, Notice::seizes, index);
        case AtomKind::seize_refused:
            return observed(sight, Notice::seize_refused, index);
        case AtomKind::seize_unanswered:
            return observed(sight, Notice::seize_unanswered, index);
        case AtomKind::releases:
            return observed(sight, Notice::releases, index);
        case AtomKind::grants:
            return observed(sight, Notice::grants, index);
        default:
            return observed(sight, Notice::frees, index);
    }
}

std::optional<Notice> notice_of_call(AtomKind kind) {
    switch (kind) {
        case AtomKind::invites:
            return Notice::invites;
        case AtomKind::proceeds:
            return Notice::proceeds;
        case AtomKind::alerts:
            return Notice::alerts;
        case AtomKind::answers:
            return Notice::answers;
        case AtomKind::call_challenged:
            return Notice::call_challenged;
        case AtomKind::call_denied:
            return Notice::call_denied;
        case AtomKind::call_misjudges:
            return Notice::call_misjudged;
        case AtomKind::call_replays:
            return Notice::call_replayed;
        default:
            return std::nullopt;
    }
}

}  // namespace failback::properties

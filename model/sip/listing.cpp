#include "model/sip/listing.hpp"

#include <algorithm>
#include <numeric>

#include "model/sip/sip_step.hpp"

namespace failback::model {

namespace {

using ListOrder = SipNodes::ListingInfo::Order;

std::uint8_t moved(std::uint8_t entry, const std::vector<std::uint8_t>& to) {
    return entry == kNoEntry ? kNoEntry : to[entry];
}

void move_all(LineState& line, const std::vector<std::uint8_t>& to) {
    line.working = moved(line.working, to);
    line.home = moved(line.home, to);
    line.trying = moved(line.trying, to);
}

std::uint64_t moved_bits(std::uint64_t entries, const std::vector<std::uint8_t>& to) {
    std::uint64_t bits = 0;
    for (std::size_t entry = 0; entry < to.size(); ++entry) {
        bits |= ((entries >> entry) & 1U) << to[entry];
    }
    return bits;
}

Registrations moved(const Registrations& registrations, const std::vector<std::uint8_t>& to) {
    return {moved_bits(registrations.believed, to), moved_bits(registrations.given_up, to),
            moved_bits(registrations.forgotten, to)};
}

}  // namespace

ListOrder listing_order(const Phone& rules, const ListedName& name,
                    const std::vector<std::size_t>& listed) {
    std::vector<std::size_t> entries(rules.servers.size());
    std::iota(entries.begin(), entries.end(), std::size_t{0});
    std::vector<std::size_t> own = listed;
    for (std::size_t entry = name.first; entry < name.first + name.count; ++entry) {
        if (std::ranges::count(listed, entry) == 0) {
            own.push_back(entry);
        }
    }
    std::ranges::copy(own, entries.begin() + static_cast<std::ptrdiff_t>(name.first));
    ListOrder order{rules, std::vector<std::uint8_t>(entries.size()), {}};
    for (std::size_t place = 0; place < entries.size(); ++place) {
        const std::size_t entry = entries[place];
        order.rules.servers[place] = rules.servers[entry];
        order.places[entry] = static_cast<std::uint8_t>(place);
        order.entries.push_back(static_cast<std::uint8_t>(entry));
        const bool is_of_name = entry >= name.first && entry < name.first + name.count;
        if (is_of_name && std::ranges::count(listed, entry) == 0) {
            order.rules.servers[place].registers = false;
        }
    }
    return order;
}

void step_in_order(LineState& line, const ListOrder& order, const Registrations& registrations,
                   const LineInput& input, LineOutput& output) {
    LineInput at_place = input;
    at_place.entry = input.entry < order.places.size() ? order.places[input.entry] : input.entry;
    move_all(line, order.places);
    step(line, order.rules, moved(registrations, order.places), at_place, output);
    move_all(line, order.entries);
    for (LineOutput::Command& command : output.commands) {
        command.entry = moved(command.entry, order.entries);
    }
}

void choose_working_in_order(LineState& line, const ListOrder& order,
                             const Registrations& registrations, LineOutput& output) {
    move_all(line, order.places);
    choose_working(line, order.rules, moved(registrations, order.places), output);
    move_all(line, order.entries);
}

// Successions without such a name have none, so that their steps are what they were.
void SipModel::build_listings() {
    listings_.resize(successions());
    for (std::size_t i = 0; i < names_.size(); ++i) {
        const NameInfo& info = names_[i];
        const ListedName& listed = design_->phones[info.phone].names[info.name];
        if (listed.later.empty()) {
            continue;
        }
        std::vector<std::size_t> at_first(listed.count_at_first);
        std::iota(at_first.begin(), at_first.end(), listed.first);
        for (std::size_t succession = 0; succession < successions(); ++succession) {
            const std::size_t line = line_of_succession(succession);
            const bool is_group = succession >= lines_.size();
            if (lines_[line].phone == info.phone &&
                (!is_group || groups_[succession - lines_.size()].name == info.name)) {
                const Phone& rules = rules_of_succession(succession);
                listings_[succession] = {i, listing_order(rules, listed, at_first),
                                         listing_order(rules, listed, listed.later)};
            }
        }
    }
}

const ListOrder* SipModel::listing_of(const State& state, std::size_t succession) const {
    const auto& listing = listings_[succession];
    if (!listing) {
        return nullptr;
    }
    return knows_later(state.names[listing->name]) ? &listing->later : &listing->at_first;
}

void SipModel::choose_working_of(State& state, std::size_t line, LineOutput& output) const {
    const Registrations registrations = registrations_of(state, line);
    if (const ListOrder* order = listing_of(state, line)) {
        choose_working_in_order(state.lines[line], *order, registrations, output);
    } else {
        choose_working(state.lines[line], design_->phones[lines_[line].phone], registrations,
                       output);
    }
}

bool SipModel::is_unlisted(const State& state, std::size_t usage) const {
    const auto& name = usages_[usage].name;
    if (!name || usages_[usage].part.kind != PartKind::registration) {
        return false;
    }
    const ListedName& listed = design_->phones[names_[*name].phone].names[names_[*name].name];
    const std::size_t entry = usages_[usage].part.entry;
    return !listed.later.empty() &&
           (knows_later(state.names[*name]) ? std::ranges::count(listed.later, entry) == 0
                                            : entry >= listed.first + listed.count_at_first);
}

// Has its first change come?
bool SipModel::has_changed(const State& state, std::size_t record) const {
    for (std::size_t i = 0; i < design_->faults.size(); ++i) {
        const Fault& fault = design_->faults[i];
        if (fault.kind == FaultKind::dns_change && fault.record == record &&
            fault_in_scope_[i] && strikes_of(state, i) > 0) {
            return !design_->dns.records[record].later.empty();
        }
    }
    return false;
}

}  // namespace failback::model

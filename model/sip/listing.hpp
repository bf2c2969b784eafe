// A list of servers in another order than that of the design: a name may lead to others later.
//
// The rules of lines know one list, whose order is that of the entries. They are given the list in
// the order that counts now, and entries are translated on the way in and out.
#pragma once

#include "model/nodes/line.hpp"
#include "model/sip/sip_nodes.hpp"

namespace failback::model {

// `listed`: the entries of the name that count, in their order.
[[nodiscard]] SipNodes::ListingInfo::Order listing_order(const Phone& rules,
                                                         const ListedName& name,
                                                         const std::vector<std::size_t>& listed);

// As step() and choose_working(), with all entries those of the design.
void step_in_order(LineState& line, const SipNodes::ListingInfo::Order& order,
                   const Registrations& registrations, const LineInput& input,
                   LineOutput& output);
void choose_working_in_order(LineState& line, const SipNodes::ListingInfo::Order& order,
                             const Registrations& registrations, LineOutput& output);

}  // namespace failback::model

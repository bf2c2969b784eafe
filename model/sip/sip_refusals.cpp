// What makes a server of a SipModel refuse a request, or nobody take it.
#include <algorithm>
#include <cstddef>

#include "model/sip/sip_step.hpp"

namespace failback::model {

// Nobody is there to process a message; the host, or a router before it, says so. The sender of an
// ACK, of a CANCEL or of the answer to a NOTIFY waits for nothing, nor does that of a response.
void SipModel::refuse_connection(Step& step, const Event& event) const {
    step.log.dropped = true;
    if (event.method == Method::ack || event.method == Method::cancel ||
        event.method == Method::notify || of_incoming(event.method) ||
        (of_dialog(event.method) && event.status != Status::none)) {
        return;
    }
    Event error = event;
    error.kind = EventKind::message_to_phone;
    error.status = Status::transport_error;
    error.flags = event.flags & kGeneration;
    set_nonce(error, kNoNonce);
    error.expires = 0;
    send(step, error);
}

// A registrar that takes a refresh for a new binding: there is no room for one.
bool SipModel::refuses_refresh(Step& step, const Event& event, const Place& place,
                               Event& response) const {
    const Fault* full = under(step.state, FaultKind::full, place.server);
    const auto& bindings = step.state.records[place.record].bindings;
    if (full == nullptr || !full->refuses_refreshes || (event.flags & kWildcard) != 0 ||
        event.expires == 0 || bindings[place.slot + event.key].present == 0) {
        return false;
    }
    response.status = full->answer;
    response.expires = full->retry_after;
    step.observe(Notice::refresh_refused, event.index);
    return true;
}

const Limit* SipModel::reached_limit(const State& state, const Place& place) const {
    const Server& server = design_->servers[place.server];
    const auto is_reached = [&](const Limit& limit, bool one_record) {
        std::ptrdiff_t bindings = 0;
        for (std::size_t i = 0; limit.bindings > 0 && i < records_.size(); ++i) {
            if (one_record ? i == place.record : records_[i].server == place.server) {
                bindings += std::ranges::count_if(state.records[i].bindings, &Binding::present);
            }
        }
        return limit.bindings > 0 && bindings >= limit.bindings;
    };
    if (is_reached(server.capacity, false)) {
        return &server.capacity;
    }
    return is_reached(server.contacts_per_aor, true) ? &server.contacts_per_aor : nullptr;
}

}  // namespace failback::model

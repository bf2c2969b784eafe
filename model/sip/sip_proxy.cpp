// Outbound proxies of a SipModel: hops without state between phones and their servers.
#include <algorithm>

#include "model/sip/sip_step.hpp"

namespace failback::model {

namespace {

bool is_between_both(const Event& message) {
    return message.kind == EventKind::message_to_server ||
           message.kind == EventKind::message_to_phone;
}

}  // namespace

std::optional<std::size_t> SipModel::proxy_of(const Event& message) const {
    const Ends ends = ends_of(message);
    return proxy_to(design_->phones[ends.phone], ends.server);
}

std::size_t SipModel::hop_of(const Event& message, const Ends& ends) const {
    const auto proxy = proxy_to(design_->phones[ends.phone], ends.server);
    const bool is_to_server = message.kind == EventKind::message_to_server;
    const bool has_passed_it = (message.flags & kToProxy) == 0;
    return proxy && is_to_server != has_passed_it ? *proxy : ends.server;
}

void SipModel::send_on(Step& step, Event message, const Passage& passage) const {
    if (is_between_both(message) && proxy_of(message)) {
        message.flags |= kToProxy;
    }
    step.outbox.push_back({message, passage});
}

void SipModel::arrive(Step& step, const Event& event) const {
    if ((event.flags & kToProxy) != 0 && proxy_of(event)) {
        arrive_at_proxy(step, event);
    } else if (event.kind == EventKind::message_to_server) {
        arrive_at_server(step, event);
    } else {
        arrive_at_phone(step, event);
    }
}

// It keeps nothing, so that what comes back passes it as well after a restart (RFC 3261 16.11).
void SipModel::arrive_at_proxy(Step& step, const Event& event) const {
    const Flow flow = flow_of(event);
    if (under(step.state, FaultKind::crash, *proxy_of(event)) != nullptr ||
        cut(step.state, flow.phone, flow.server, flow.direction)) {
        step.log.dropped = true;
        return;
    }
    Event next = event;
    next.flags = static_cast<std::uint8_t>(next.flags & ~kToProxy);
    step.outbox.push_back({next});
}

}  // namespace failback::model

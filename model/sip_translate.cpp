// Events of one scope in the indices of a larger one.
#include <algorithm>

#include "model/sip_model.hpp"
#include "sim/check.hpp"

namespace failback::model {

std::uint8_t SipModel::same_usage(std::size_t index, const SipModel& other) const {
    const Part& part = other.usages_[index].part;
    const auto found = std::ranges::find(
        usages_, part, [](const UsageInfo& usage) -> const Part& { return usage.part; });
    sim::ensure(found != usages_.end(), "the larger scope has every usage");
    return static_cast<std::uint8_t>(found - usages_.begin());
}

std::uint8_t SipModel::same_call(std::size_t index, const SipModel& other) const {
    const LineInfo& line = other.lines_[other.calls_[index].line];
    const auto mine = line_index(line.phone, line.line);
    sim::ensure(mine && lines_[*mine].call, "the larger scope has every call");
    return *lines_[*mine].call;
}

Event SipModel::translate(const Event& event, const SipModel& other) const {
    Event same = event;
    switch (event.kind) {
        case EventKind::message_to_server:
        case EventKind::message_to_phone:
            same.index = of_call(event.method)       ? same_call(event.index, other)
                         : of_incoming(event.method) ? same_incoming(event.index, other)
                                                     : same_usage(event.index, other);
            break;
        case EventKind::timer:
            if (of_line(event.timer)) {
                const LineInfo& line = other.lines_[event.index];
                same.index = static_cast<std::uint8_t>(*line_index(line.phone, line.line));
            } else if (of_call(event.timer)) {
                same.index = same_call(event.index, other);
            } else if (of_call_server(event.timer)) {
                const std::size_t call = other.call_of_call_server(event.index);
                same.index = static_cast<std::uint8_t>(
                    calls_[same_call(call, other)].first_server + event.index -
                    other.calls_[call].first_server);
            } else if (of_incoming(event.timer)) {
                same.index = same_incoming(event.index, other);
            } else {
                same.index = same_usage(event.index, other);
            }
            break;
        case EventKind::binding_expires: {
            const std::size_t usage = other.usage_of_binding(event);
            const UsageInfo& mine = usages_[same_usage(usage, other)];
            same.index = mine.record;
            same.key = static_cast<std::uint8_t>(mine.slot + event.key -
                                                 other.usages_[usage].slot);
            break;
        }
        case EventKind::boot:
            same.index = same_usage(event.index, other);
            break;
        case EventKind::dial:
            same.index = same_call(event.index, other);
            break;
        case EventKind::calls_in:
            same.index = same_incoming(event.index, other);
            break;
        default:
            break;  // faults and deadlines are numbered alike in every scope
    }
    return same;
}

}  // namespace failback::model

// Events of one scope in the indices of a larger one.
#include <algorithm>

#include "model/sip/sip_model.hpp"
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

std::size_t SipModel::same_succession(std::size_t index, const SipModel& other) const {
    const LineInfo& line = other.lines_[other.line_of_succession(index)];
    const std::size_t mine = *line_index(line.phone, line.line);
    if (index < other.lines_.size()) {
        return mine;
    }
    const std::size_t name = other.groups_[index - other.lines_.size()].name;
    const auto found = std::ranges::find_if(groups_, [&](const GroupInfo& group) {
        return group.line == mine && group.name == name;
    });
    sim::ensure(found != groups_.end(), "the larger scope has every name of a line");
    return lines_.size() + static_cast<std::size_t>(found - groups_.begin());
}

std::uint8_t SipModel::same_name(std::size_t index, const SipModel& other) const {
    const NameInfo& name = other.names_[index];
    const auto found = std::ranges::find_if(names_, [&name](const NameInfo& mine) {
        return mine.phone == name.phone && mine.name == name.name;
    });
    sim::ensure(found != names_.end(), "the larger scope has every name");
    return static_cast<std::uint8_t>(found - names_.begin());
}

Event SipModel::translate(const Event& event, const SipModel& other) const {
    Event same = event;
    switch (event.kind) {
        case EventKind::message_to_server:
        case EventKind::message_to_phone:
        case EventKind::relayed_to_server:
        case EventKind::relayed_to_gateway:
            same.index = of_call(event.method)       ? same_call(event.index, other)
                         : of_incoming(event.method) ? same_incoming(event.index, other)
                         : of_dialog(event.method)   ? same_dialog(event.index, other)
                         : of_appearance(event.method) ? same_appearance(event.index, other)
                                                     : same_usage(event.index, other);
            if (event.method == Method::keep_alive && event.cseq != 0) {
                same.cseq = static_cast<std::uint8_t>(same_usage(event.cseq - 1U, other) + 1);
            }
            break;
        case EventKind::timer:
            if (of_line(event.timer)) {
                same.index = static_cast<std::uint8_t>(same_succession(event.index, other));
            } else if (of_call(event.timer)) {
                same.index = same_call(event.index, other);
            } else if (of_call_server(event.timer)) {
                const std::size_t call = other.call_of_call_server(event.index);
                same.index = static_cast<std::uint8_t>(
                    calls_[same_call(call, other)].first_server + event.index -
                    other.calls_[call].first_server);
            } else if (of_incoming(event.timer)) {
                same.index = same_incoming(event.index, other);
            } else if (of_dialog(event.timer)) {
                same.index = same_dialog(event.index, other);
            } else if (of_appearance(event.timer)) {
                same.index = same_appearance(event.index, other);
            } else {
                same.index = same_usage(event.index, other);
            }
            break;
        case EventKind::binding_expires: {
            const std::size_t usage = other.usage_of_binding(event);
            const UsageInfo& theirs = other.usages_[usage];
            const UsageInfo& mine = usages_[same_usage(usage, other)];
            const bool is_beyond = event.index != theirs.record;
            const int first = is_beyond ? theirs.beyond->slot : theirs.slot;
            same.index = is_beyond ? mine.beyond->record : mine.record;
            same.key = static_cast<std::uint8_t>(
                (is_beyond ? mine.beyond->slot : mine.slot) + event.key - first);
            break;
        }
        case EventKind::boot:
        case EventKind::state_changes:
            same.index = same_usage(event.index, other);
            break;
        case EventKind::dial:
            same.index = same_call(event.index, other);
            break;
        case EventKind::calls_in:
            same.index = same_incoming(event.index, other);
            break;
        case EventKind::wanted:
            same.index = same_appearance(event.index, other);
            break;
        case EventKind::query_ends:
        case EventKind::name_expires:
            same.index = same_name(event.index, other);
            break;
        case EventKind::served:
            same.index = same_load(event.index, other);
            break;
        default:
            break;  // faults and deadlines are numbered alike in every scope
    }
    return same;
}

}  // namespace failback::model

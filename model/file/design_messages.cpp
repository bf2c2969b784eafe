// Faults that strike single messages.
#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "model/duration.hpp"
#include "model/file/design_parts.hpp"
#include "model/file/design_text.hpp"

namespace failback::model {
namespace {

// Its products with the weights of a simulation have room for as much (sip_struck.cpp).
constexpr std::int64_t kMostAmong = 1'000'000;

std::optional<Ratio> read_ratio(ObjectReader& reader) {
    const std::optional<Node> node = reader.member("ratio");
    if (!node) {
        return std::nullopt;
    }
    const auto& value = *node->value;
    const auto number = [&value](std::size_t i) {
        const bool is_number = value[i].is_number_integer() && value[i] <= kMostAmong;
        return is_number ? value[i].template get<std::int64_t>() : 0;
    };
    if (value.is_array() && value.size() == 2) {
        const std::int64_t of = number(0);
        const std::int64_t among = number(1);
        if (of >= 1 && of <= among) {
            return Ratio{static_cast<std::uint32_t>(of), static_cast<std::uint32_t>(among)};
        }
    }
    reader.input().report(*node, {value.dump(),
                                  fmt::format("two numbers from 1 to {}, so many of so many, such "
                                              "as [1, 100]",
                                              kMostAmong)});
    return std::nullopt;
}

// The least of all session intervals of calls that last; none: no phone sends UPDATEs again and
// again.
std::optional<DelayMs> least_session(const Design& design) {
    std::optional<DelayMs> least;
    for (const Phone& phone : design.phones) {
        if (const DelayMs own = phone.calls.session_expires; own > 0) {
            least = std::min(least.value_or(own), own);
        }
    }
    return least;
}

}  // namespace

void read_ends(DesignParts& parts, ObjectReader& reader, Fault& fault) {
    fault.server = reader.reference("server", parts.servers);
    read_gateway(parts, reader, fault);
    if (!fault.gateway) {
        fault.phone = reader.reference("phone", parts.phones);
    }
    if (fault.server && fault.phone) {
        require_listed(parts, reader, *fault.phone, *fault.server);
    }
    fault.direction = read_direction(reader);
}

// UPDATEs are numbered from 0 to 7 (dialog.cpp): no more than three may overtake one.
void check_updates(DesignParts& parts) {
    const auto least = least_session(parts.design);
    if (!parts.input.problems().empty() || !least) {
        return;
    }
    for (std::size_t i = 0; i < parts.design.faults.size(); ++i) {
        const Fault& fault = parts.design.faults[i];
        if (changes_delay(fault.kind) && fault.delay.latest > *least) {
            parts.input.report(parts.input.at(fmt::format("/faults/{}/delay", i)),
                               {duration_text(fault.delay.latest),
                                "at most " + duration_text(*least) +
                                    R"(, the least "session_expires" of a phone)",
                                "UPDATEs that are overtaken by so many others are not modelled"});
        }
    }
}

void read_messages(DesignParts& parts, ObjectReader& reader, Fault& fault) {
    read_ends(parts, reader, fault);
    if (reader.has("window")) {
        fault.window = reader.interval("window", sim::any_time(), kOpen);
    }
    (void)reader.member("window");
    fault.ratio = read_ratio(reader);
    if (fault.kind == FaultKind::late) {
        read_new_delay(reader, fault);
    } else {
        reader.refuse("delay", R"(it belongs to "late", "latency" and "dns-delay")");
    }
    reader.refuse("at", R"(a fault of messages has a "window" instead)");
    reader.refuse("lasts", "a fault of messages strikes single messages");
    for (const char* key : {"bindings", "retry_after", "notifies"}) {
        reader.refuse(key, "it strikes messages, and no server");
    }
    for (const char* key : {"line", "replaces", "resolver"}) {
        reader.refuse(key, "it strikes messages of SIP, whatever they are about");
    }
}

}  // namespace failback::model

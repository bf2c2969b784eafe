// How much a server can do at once, and the faults that are about many phones or bindings.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "model/file/design_parts.hpp"
#include "model/file/design_text.hpp"

namespace failback::model {
namespace {

constexpr std::array<Choice<bool>, 2> kWhenFull{{{"silent", false}, {"503", true}}};

constexpr std::array<Choice<bool>, 2> kRefreshes{{{"accepted", false}, {"refused", true}}};

// An element of a list at the top of the file.
Node element_of(ObjectReader& root, const char* list, std::size_t index) {
    const Node node = *root.member(list);
    return child_of(node, (*node.value)[index], std::to_string(index));
}

}  // namespace

std::optional<Processing> read_processing(ObjectReader& server) {
    const std::optional<Node> node = server.member("processing");
    if (!node) {
        return std::nullopt;
    }
    ObjectReader reader(server.input(), *node, "what a server can do at once");
    Processing rules;
    rules.time = reader.interval("time", rules.time);
    rules.workers = reader.integer("workers", rules.workers, {1, kMostWorkers});
    rules.queue = reader.integer("queue", rules.queue, {0, kMostWaiting});
    rules.refuses = reader.choice("when_full", kWhenFull).value_or(rules.refuses);
    if (rules.refuses) {
        rules.retry_after = reader.duration("retry_after", rules.retry_after, kLifetime);
    } else {
        reader.refuse("retry_after", R"(it belongs to "when_full": "503")");
    }
    reader.finish();
    return rules;
}

void read_power_cut(DesignParts& parts, ObjectReader& reader, Fault& fault) {
    for (const Node& node : reader.elements("phones", {1, kMostPhones})) {
        const auto name = read_name(parts.input, node);
        const auto phone = name ? parts.phones.find(parts.input, node, *name) : std::nullopt;
        if (phone && std::ranges::count(fault.phones, *phone) > 0) {
            parts.input.report(node, {in_quotes(*name) + " again", "each phone once"});
        } else if (phone) {
            fault.phones.push_back(*phone);
        }
    }
    std::ranges::sort(fault.phones);
    constexpr std::string_view kWhy = R"(it strikes "phones")";
    for (const std::string_view key : {"server", "phone", "gateway"}) {
        reader.refuse(key, kWhy);
    }
}

void read_full(ObjectReader& reader, Fault& fault) {
    fault.answer = reader.choice("answer", kAnswersWithoutRoom).value_or(fault.answer);
    fault.retry_after = reader.duration("retry_after", fault.retry_after, kLifetime);
    fault.refuses_refreshes =
        reader.choice("refreshes", kRefreshes).value_or(fault.refuses_refreshes);
}

void read_slowdown(DesignParts& parts, ObjectReader& reader, Fault& fault) {
    fault.server = required_reference(reader, "server", parts.servers);
    fault.delay = reader.interval("time", fault.delay);
    if (!reader.has("time")) {
        (void)reader.required("time", R"(how long a message takes meanwhile, such as "2s")");
    }
    const auto works = [&parts](std::size_t server) {
        const auto& rules = parts.design.servers[server].processing;
        return rules && rules->time.latest > 0;
    };
    if (fault.server && !works(*fault.server)) {
        parts.input.report(*reader.member("server"),
                           {in_quotes(parts.design.servers[*fault.server].name) +
                                ", which handles messages in no time",
                            R"(a server with "processing" and a "time" above 0ms)"});
    }
    for (const char* key : {"phone", "gateway", "resolver", "direction", "delay"}) {
        reader.refuse(key, "it concerns all that the server does");
    }
    read_times(reader, fault);
}

void check_waiting(DesignParts& parts, ObjectReader& root) {
    if (!parts.input.problems().empty()) {
        return;  // what else is wrong may be the reason
    }
    const Design& design = parts.design;
    const auto is_watching = [&design](std::size_t server) {
        return design.servers[server].watches.has_value();
    };
    for (std::size_t i = 0; i < design.servers.size(); ++i) {
        if (design.servers[i].processing && is_watching(i)) {
            const Node server = element_of(root, "servers", i);
            parts.input.report(
                child_of(server, server.value->at("processing"), "processing"),
                {"a gateway that watches a server", "a server that watches none",
                 "what its probes would wait for is not modelled"});
        }
    }
    for (std::size_t i = 0; i < design.faults.size(); ++i) {
        const Fault& fault = design.faults[i];
        if (fault.kind != FaultKind::hang || !fault.server) {
            continue;
        }
        const bool shares = std::ranges::any_of(design.seizures, [&](const SeizurePlan& plan) {
            return design.phones[plan.phone].servers[plan.entry].server == fault.server;
        });
        if (is_watching(*fault.server) || shares) {
            parts.input.report(element_of(root, "faults", i),
                               {"a hang of " + in_quotes(design.servers[*fault.server].name),
                                "a server that watches none and grants no appearances",
                                "what becomes of its probes and grants is not modelled"});
        }
    }
}

}  // namespace failback::model

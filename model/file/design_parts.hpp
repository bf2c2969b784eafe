// Reading the parts of a design; the parts of one file share a DesignParts.
//
//  1. The parts are read in the order of the functions below: a part refers by name only to parts
//     that were read before it.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "model/design.hpp"
#include "model/file/object_reader.hpp"

namespace failback::model {

inline constexpr int kMostServers = 16;
inline constexpr int kMostPhones = 64;
inline constexpr int kMostLines = 16;      // of a phone
inline constexpr int kMostPackages = 16;   // of a server
inline constexpr int kMostEntries = 1000;  // of any other list

struct LineIndex {
    std::size_t phone;
    std::size_t line;
};

struct DesignParts {
    explicit DesignParts(Input& file) : input(file) {}

    Input& input;
    Design design;
    Names servers{"server"};
    Names records{"name in DNS"};
    Names resolvers{"resolver"};
    Names phones{"phone"};
    Names lines{"line"};  // indices into line_indices
    Names faults{"fault"};
    std::vector<LineIndex> line_indices;
};

void read_servers(DesignParts& parts, ObjectReader& root);
void read_dns(DesignParts& parts, ObjectReader& root);
void read_phones(DesignParts& parts, ObjectReader& root);
void read_links(DesignParts& parts, ObjectReader& root);
// A fault of the kind rogue-register, but for its name and count.
void read_attack(DesignParts& parts, ObjectReader& reader, Fault& fault);
// The targets of a power cut, and what a registrar without room answers.
void read_power_cut(DesignParts& parts, ObjectReader& reader, Fault& fault);
void read_slowdown(DesignParts& parts, ObjectReader& reader, Fault& fault);
void read_full(ObjectReader& reader, Fault& fault);
void read_faults(DesignParts& parts, ObjectReader& root);
[[nodiscard]] std::optional<Processing> read_processing(ObjectReader& server);
// What waiting at a server does not go together with. After all else was read.
void check_waiting(DesignParts& parts, ObjectReader& root);
void read_call_plans(DesignParts& parts, ObjectReader& root);
void read_incoming(DesignParts& parts, ObjectReader& root);
void read_seizures(DesignParts& parts, ObjectReader& root);
void read_properties(DesignParts& parts, ObjectReader& root);

// Of registrations and of subscriptions.
[[nodiscard]] Refresh read_refresh(ObjectReader& usage);
[[nodiscard]] Retry read_retry(ObjectReader& usage, bool registers = false);
// An interval, or waits that grow. `rule` says what else may stand there.
[[nodiscard]] RetryWait read_wait(Input& input, const Node& node, IntervalRule rule,
                                  bool registers = false);
[[nodiscard]] RefusalRules read_refusals(ObjectReader& phone);
[[nodiscard]] Survivability read_survivability(ObjectReader& server);
// A gateway says whom it watches by a name, which may be that of a later server.
struct Watching {
    std::size_t gateway;
    Node node;
    std::string name;
};
// After all servers were read.
void resolve_watched(DesignParts& parts, const std::vector<Watching>& watching);
// After all: what outbound proxies do not go together with.
void check_proxies(DesignParts& parts);
// After all: what gateways that pass requests on do not go together with.
void check_passing(DesignParts& parts);
// What a registrar without room for a binding says.
inline constexpr std::array<Choice<Status>, 5> kAnswersWithoutRoom{
    {{"503", Status::service_unavailable_503},
     {"500", Status::server_error_500},
     {"480", Status::temporarily_unavailable_480},
     {"403", Status::forbidden_403},
     {"404", Status::not_found_404}}};
[[nodiscard]] Limit read_limit(ObjectReader& server, std::string_view key);
[[nodiscard]] Authentication read_authentication(ObjectReader& server);
[[nodiscard]] Credentials read_credentials(DesignParts& parts, ObjectReader& phone);
[[nodiscard]] AfterRestart read_after_restart(ObjectReader& phone);
[[nodiscard]] TransactionTimers read_timers(ObjectReader& phone);
[[nodiscard]] RegistrationRules read_registration(ObjectReader& phone);
// `key` is "failback", or another of that kind.
[[nodiscard]] Failback read_failback(ObjectReader& phone, std::string_view key, Order order);
[[nodiscard]] LookupRules read_lookup(ObjectReader& phone);
// What an entry of a server list has instead of what the phone has.
void read_own_rules(ObjectReader& reader, ServerEntry& entry);
// The entries that a name stands for, and the name itself. None: it was reported.
[[nodiscard]] std::vector<ServerEntry> read_listed_name(DesignParts& parts, const Node& node,
                                                       Phone& phone);
// What names do not go together with.
// Takes the times to live of the names over where a rule of failback asks for them.
void check_names(DesignParts& parts, ObjectReader& reader, Phone& phone);
[[nodiscard]] FlowRules read_flow(ObjectReader& phone, Transport transport);
[[nodiscard]] CallRules read_call_rules(ObjectReader& phone);
[[nodiscard]] FailoverRules read_failover(ObjectReader& phone, Order order, FailbackRule failback);
// Of the call rules of a phone: within so long its user confirms a transfer.
[[nodiscard]] std::optional<DelayMs> read_confirmation(ObjectReader& rules);
// Of a call plan.
[[nodiscard]] Callee read_callee(ObjectReader& plan);
// Of a call plan, or one of incoming calls, with so many.
[[nodiscard]] DialogPlan read_dialog(ObjectReader& plan, int count);
// After its timers.
void read_subscriptions_of(ObjectReader& reader, Phone& phone);
// What notifiers tell of.
void read_changes(DesignParts& parts, ObjectReader& root);
// What may be subscribed to at a server: all, nothing, or the event packages of a list.
void read_packages(ObjectReader& reader, Server& server);
[[nodiscard]] EndReason read_end_reason(ObjectReader& fault);
// Faults that read_change() reads.
[[nodiscard]] bool is_change(FaultKind kind);
void read_change(DesignParts& parts, ObjectReader& reader, Fault& fault);
// A fault between a gateway and the server that it watches is no fault of phones.
void read_gateway(DesignParts& parts, ObjectReader& reader, Fault& fault);
[[nodiscard]] Direction read_direction(ObjectReader& fault);
void read_count(ObjectReader& reader, Fault& fault, bool may_be_unlimited);
// Between which ends messages go that a fault is about, and in which direction.
void read_ends(DesignParts& parts, ObjectReader& reader, Fault& fault);
void read_times(ObjectReader& reader, Fault& fault);
void read_new_delay(ObjectReader& reader, Fault& fault);
// After the faults: UPDATEs that may be late.
void check_updates(DesignParts& parts);
// Single messages that are lost, arrive twice or late.
void read_messages(DesignParts& parts, ObjectReader& reader, Fault& fault);
void read_after(DesignParts& parts, ObjectReader& reader, Fault& fault);
void read_clock(ObjectReader& phone, Phone& owner);
[[nodiscard]] AfterMove read_after_move(ObjectReader& phone);
void read_connection(ObjectReader& phone, Transport transport, FlowRules& flow);
// A half-open connection, or a phone that moves.
void read_strike(DesignParts& parts, ObjectReader& fault, Fault& strike);
// A server that has another realm.
void read_realm(DesignParts& parts, ObjectReader& fault, Fault& realm);
// Does it challenge anybody?
[[nodiscard]] bool challenges(const DesignParts& parts, const Fault& fault);
// A record of DNS that leads nowhere, or does so from now on.
void read_misleading(DesignParts& parts, ObjectReader& fault, Fault& misleading);
// Not so often that messages under way could not be told apart; a NAT must be there to forget.
void require_few_ways(DesignParts& parts, ObjectReader& reader, const Fault& fault);
// What a fault waits for if that is no fault. False: it is one.
[[nodiscard]] bool read_awaited(DesignParts& parts, ObjectReader& reader, Fault& fault);
// After all: what names that have other servers later do not go together with.
void check_later(DesignParts& parts);
// After all: whether what faults wait for may be.
void check_awaited(DesignParts& parts);
[[nodiscard]] SeizureRules read_seizure_rules(ObjectReader& phone);

// The required member `key`, which names a phone, server or line.
[[nodiscard]] std::optional<std::size_t> required_reference(ObjectReader& reader,
                                                            std::string_view key,
                                                            const Names& names);
// The required members `phone` and `line`, a line of that phone.
[[nodiscard]] std::optional<LineIndex> required_line(DesignParts& parts, ObjectReader& reader);
// The keys of every phone and server that say nothing to the model. A profile that is still there
// is unknown, or not one `of_phones`.
void read_remarks(ObjectReader& part, bool of_phones);
// The entry of a phone's list that a plan's member `server` names, one that the phone registers
// with. None: it was reported.
[[nodiscard]] std::optional<std::size_t> registered_entry(DesignParts& parts, ObjectReader& reader,
                                                          std::size_t phone, std::size_t server);
// Reports a server that is not in the phone's list: nothing would ever go between them.
void require_listed(DesignParts& parts, const ObjectReader& reader, std::size_t phone,
                    std::size_t server);

}  // namespace failback::model

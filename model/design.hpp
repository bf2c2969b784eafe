// A failover design as the engineer wrote it: servers, phones, links, faults, calls, properties.
//
//  1. A Design that was read without error is consistent: every index is valid, every interval is
//     sim::is_valid, every lifetime is positive, a phone lists a server at most once.
//  2. All durations are milliseconds. Lifetimes (Expires) are whole seconds in SIP (RFC 3261 20.19)
//     and hence multiples of 1000 here.
//  3. `position` is where the part stands in the design file; it takes no part in any behaviour.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "model/authentication.hpp"
#include "model/dns.hpp"
#include "model/fault.hpp"
#include "model/flow_rules.hpp"
#include "model/load.hpp"
#include "model/plans.hpp"
#include "model/refusals.hpp"
#include "model/retry.hpp"
#include "model/survivability.hpp"
#include "model/transport.hpp"
#include "sim/time.hpp"

namespace failback::model {

// Timers of RFC 3261 section 17 (Appendix A, table 4). Zero means "derived": F, B and J are 64*T1.
struct TransactionTimers {
    DelayMs t1 = 500;
    DelayMs t2 = 4000;
    DelayMs t4 = 5000;
    DelayMs timer_f = 0;  // a client gives up a non-INVITE request
    DelayMs timer_b = 0;  // a client gives up an INVITE without any answer
    DelayMs timer_j = 0;  // a server forgets a non-INVITE transaction (UDP)
};

// proxy: an outbound proxy of phones, a hop without any state.
enum class ServerKind : unsigned char { registrar, gateway, proxy };

// What a registrar does with 0 < requested < min_expires (RFC 3261 10.3 step 7; Kamailio
// min_expires_mode 0 and Asterisk raise instead). That section excepts requests for an hour or
// more; some registrars refuse those, too.
enum class TooBrief : unsigned char { reject_423, raise, reject_423_always };

// Of whom a server takes a REGISTER. Phones of the design have credentials, and are known.
enum class Accepts : unsigned char {
    verified,  // who has credentials
    known,     // whom it has learnt of while the server that it watches was there
    open,      // anyone (Oracle, survivable mode)
};

struct Server {
    std::string name;
    std::string address;  // documentation; names always resolve in this version
    ServerKind kind = ServerKind::registrar;
    DelayMs min_expires = 60'000;
    DelayMs max_expires = 3'600'000;   // a longer request is shortened to it
    TooBrief too_brief = TooBrief::reject_423;
    DelayMs expiry_sweep = 0;          // an expired binding may stay visible this much longer
    bool whole_seconds = false;        // expiries at whole seconds: up to 1 s early (Kamailio)
    bool stores_bindings = true;       // false: answers 200 and stores nothing (Kamailio #497)
    Limit capacity;                    // bindings of all addresses of record
    Limit contacts_per_aor;            // bindings of one address of record
    // To a request whose CSeq is not higher than the stored one of its Call-ID (RFC 3261 10.3 step
    // 7 names no code; 500 is that of section 12.2.2, Kamailio and OpenSIPS say 400). 200: it does
    // not look at CSeqs, and stores what arrives last (Asterisk).
    Status out_of_order = Status::server_error_500;
    DelayMs repeat_window = 0;         // so long an equal CSeq earns a 200 (Kamailio cseq_delay)
    bool subscriptions = true;         // false: refuses SUBSCRIBE (a gateway's default)
    Status subscribe_answer = Status::bad_event_489;  // then
    std::vector<std::string> packages;  // the only ones that it has (RFC 6665); none: all
    DelayMs timer_j = 32'000;          // 0: remembers no transactions
    Authentication authentication;
    std::optional<std::size_t> watches;  // gateways: the server that it stands in for
    Survivability survivability;         // if it watches one
    Accepts accepts = Accepts::verified;
    bool keeps_dialogs = false;        // in a restart, if their ACK has arrived; else it forgets
    std::optional<Processing> processing;  // none: each message at once
    Position position;
    bool knows_heartbeat = false;      // REGISTERs with cisco-keep-alive, or takes them literally
    std::optional<DelayMs> flow_timer;  // names it in each 200 to a REGISTER (RFC 5626 5.4)
};

// When a usage with granted lifetime E is refreshed.
enum class RefreshRule : unsigned char {
    lead,      // E - lead, and E/2 if E < lead (Polycom: expires.overlap, strict "<")
    fraction,  // E * percent / 100 (AudioCodes 50, Panasonic 90, baresip 90)
};

struct Refresh {
    RefreshRule rule = RefreshRule::lead;
    DelayMs lead = 60'000;
    int percent = 50;
};

// Until when a phone believes in a registration whose refresh failed (vendors differ).
enum class Belief : unsigned char { until_failed_refresh, until_expiry };

// Whether a line registers with all servers of the list at once, or with one of them only.
enum class Order : unsigned char {
    concurrent,  // Polycom since SIP 2.1, Yealink redundancy_type 0
    successive,  // Polycom before SIP 2.1, Yealink redundancy_type 1, user agents with DNS SRV
};

// When a user agent that registers with one server at a time waits before it tries the next one.
enum class PauseAfter : unsigned char {
    attempt,  // each failed attempt
    round,    // the last server of the list
};

struct RegistrationRules {
    Order order = Order::concurrent;
    // Successive only:
    PauseAfter pause = PauseAfter::round;
    bool loss_starts_over = false;     // a refresh failed: the first server is tried next
    bool removes_old_binding = false;  // at the server that it leaves, by a REGISTER with Expires 0
    bool leaves_to_return = false;     // gives its registration up before it tries a better server
};

enum class FailbackRule : unsigned char {
    immediate,   // a better server works as soon as the line is registered there (bulletin 5844)
    stay,        // the working server stays until it is lost (failBack.timeout = 0)
    at_refresh,  // better servers are tried first whenever a refresh is due (Polycom: registration)
    after,       // better servers are tried that long after the working one was (Polycom: duration)
    hold,        // a better server must have been registered with that long without a break
    probe,       // better servers must have answered probes that long (Cisco connection monitor)
};

// When a line goes back to a better server than the working one.
struct Failback {
    FailbackRule rule = FailbackRule::immediate;
    DelayMs after = 0;
    DelayMs hold = 0;   // also of probe; nothing: one answer is enough
    DelayMs probe = 0;  // from the end of one probe to the next
    bool of_dns = false;  // `after` is the time to live of the names (Polycom: DNSTTL)
    bool heartbeat = false;  // it probes with REGISTERs that say cisco-keep-alive, not OPTIONS

    friend bool operator==(const Failback&, const Failback&) = default;
};

enum class CallFirst : unsigned char { working, primary };
enum class CallThen : unsigned char { all, lower };  // lower: only servers below the first tried
enum class GiveUp : unsigned char { at_last_retry, one_interval_later, timer_b };

struct CallRules {
    CallFirst first = CallFirst::working;
    CallThen then = CallThen::all;
    DelayMs retry_timeout = 0;  // 0: RFC 3261 spacing (Timer A)
    int retry_count = 3;        // retransmissions before the next server; the last one gets Timer B
    GiveUp give_up = GiveUp::one_interval_later;
    bool unregistered = true;        // false: no call while the line is registered nowhere (SPA)
    bool heeds_provisional = true;   // false: a server that only rings is given up as a silent one
    DelayMs session_expires = 0;     // RFC 4028; 0: no session timer
    bool unseized = false;           // a line that shares appearances calls without one
    DelayMs invite_expires = 0;      // so long may it ring (RFC 3261 13.3.1); 0: without end
    bool fails_after_503 = false;    // it turns to no other server then
    std::optional<DelayMs> confirmation{};  // of transfers, by its user, within so long
};

// What a phone makes of a call from a server that it is not registered with.
enum class StrangeCalls : unsigned char { taken, refused, ignored };

// What becomes of a call when the line is not registered with the server that it goes through.
enum class UnregisteredDialogs : unsigned char {
    kept,    // nothing: requests go to that server all the same
    silent,  // no signalling with it: whoever acts ends the call (Polycom onlySignalWithRegistered)
    ended,   // the phone ends it when the registration is lost or given up
};

// What a call that fails over means to registrations (Polycom failOver.*, Yealink sip_server.*).
struct FailoverRules {
    bool only_registered = false;    // calls go to servers that the line is registered with
    bool forgets = false;            // the registration with the server that failed, silently
    StrangeCalls strange_calls = StrangeCalls::taken;
    UnregisteredDialogs dialogs = UnregisteredDialogs::kept;
    bool registers = false;          // with a server first that a call turns to (reRegisterOn)

    friend bool operator==(const FailoverRules&, const FailoverRules&) = default;
};

enum class SubscribeTo : unsigned char {
    nobody,
    primary,
    working,
    all,  // every server that the line is registered with
};

struct SubscriptionRules {
    SubscribeTo to = SubscribeTo::nobody;
    std::string event;           // its package; empty: one that every notifier has
    DelayMs expires = 3'600'000;
    Refresh refresh;
    Retry retry;
    DelayMs timer_n = 32'000;    // RFC 6665 4.1.2: resolved, 64*T1 unless it is written
    bool heeds_reasons = true;   // false: it subscribes again at once whatever NOTIFY says
    bool shows_last_known = false;  // without a subscription, too; RFC 6665 4.1.2.4 forbids it
    DelayMs least_expires = 0;   // a shorter lifetime that is granted counts as this (SPA)
};

// How stations that share a line ask for one of its appearances.
enum class SeizeBy : unsigned char {
    notify,     // NOTIFY of their dialogs, granted by 202 (Linksys SPA9000)
    subscribe,  // SUBSCRIBE to line-seize (Polycom)
};

struct SeizureRules {
    SeizeBy by = SeizeBy::notify;
    DelayMs expires = 30'000;          // subscribe: so long a seizure lasts
    bool releases_unanswered = true;   // notify: what was asked for in vain is given back

    friend bool operator==(const SeizureRules&, const SeizureRules&) = default;
};

// What a phone is to a registrar after a restart (RFC 3261 10.2.4 speaks of one boot cycle only).
struct AfterRestart {
    bool new_call_id = true;
    bool cseq_restarts = false;  // only with the same Call-ID: it counts from 1 again
    bool new_contact = false;    // another address, as DHCP may give
    bool instance_id = false;    // RFC 5626 4.1: the new contact takes the place of the old one
};

// What a phone does when its address is another one. RFC 3261 leaves it open.
struct AfterMove {
    bool registers_at_once = true;  // false: with the next refresh
    // The new contact takes the place of the old one: an instance-id (RFC 5626 4.1), or a REGISTER
    // that names both, the old one with expires=0 (RFC 3261 10.2.2).
    bool replaces = false;
};

// One entry of a phone's server list, in priority order (best first).
struct ServerEntry {
    std::size_t server = 0;      // index into Design::servers
    bool registers = true;       // reg.x.server.y.register
    std::optional<std::size_t> name;  // index into Phone::names; none: a numeric address
    Position position;
    // Of a name: it is as good as the entry before it, and which of equals comes first is drawn.
    bool equals_previous = false;
    int weight = 0;              // RFC 2782; only simulations look at it
    std::size_t listed = 0;      // where in the list of the file; a name stands for several servers
    // Of its own, instead of those of the phone:
    std::optional<DelayMs> expires{};
    std::optional<Refresh> refresh{};
    std::optional<Retry> retry{};
    std::optional<Transport> transport{};
    std::optional<DelayMs> retry_timeout{};  // of calls
    std::optional<int> retry_count{};
    bool direct = false;         // not through the outbound proxy of the phone
};

struct Line {
    std::string name;
    std::string aor;             // address of record; lines with the same one share it
    Position position;
    Interval enabled{0, 0};      // since the start; registers at once then, as if it booted
};

struct Phone {
    std::string name;
    std::vector<Line> lines;
    std::vector<ServerEntry> servers;
    std::vector<ListedName> names;
    LookupRules lookup;
    Transport transport = Transport::udp;
    TransactionTimers timers;    // resolved: no zero left
    DelayMs expires = 3'600'000;
    Refresh refresh;
    Retry retry;
    DelayMs least_expires = 0;   // a shorter lifetime that is granted counts as this (SPA)
    int max_retries = 0;         // in a row after a failed attempt; then it gives up; 0 = never
    Belief belief = Belief::until_failed_refresh;
    RegistrationRules registration;
    Failback failback;
    FailoverRules failover;
    Failback address_failback{FailbackRule::stay};  // among the addresses of one name; concurrent
    Interval boot{0, 0};         // when it starts to register, each registration by itself
    bool wipe_at_boot = false;   // sends `Contact: *`, Expires 0 before its first REGISTER
    RefusalRules refusals;
    AfterRestart after_restart;
    FlowRules flow;
    CallRules calls;
    SubscriptionRules subscription;
    SeizureRules appearances;
    Credentials credentials;
    int clock_ppm = 0;           // how much faster its clock runs, in millionths (clock.hpp)
    std::vector<int> clock_rates;  // one of these instead, always the same; none: it is known
    Position position;
    std::vector<SubscriptionRules> more_subscriptions;  // besides the first one, each of a package
    bool raises_cseq = true;     // of REGISTERs; false: all of them have that of the first
    AfterMove after_move;
    // Failures in a row count until a keep-alive was answered (RFC 5626 4.5); else until a grant.
    bool failures_until_stable = false;
    // All that goes between the phone and its servers passes it (RFC 3261 8.1.2). Its link is that
    // to the proxy then, and that to a server is between the proxy and the server.
    std::optional<std::size_t> outbound_proxy;
};

// One link between a phone and a server; unlisted pairs have the design's default delay.
struct Link {
    std::size_t phone = 0;
    std::size_t server = 0;
    Interval to_server;
    Interval to_phone;
    // A port on the way forgets the phone that long after its last message, and drops the next one.
    std::optional<DelayMs> ageing;
};

// The verdict that the author of a design foresees. It changes no verdict.
enum class Expected : unsigned char { holds, violated, vacuous };

// A property by its name in the catalogue (`use`) or in the property language (`says`).
// Empty `phone`, `line` and `server` mean: for each that it applies to.
struct PropertyUse {
    std::string name;                   // how the verdict calls it; defaults to `use`
    std::string use;
    std::string says;
    std::optional<DelayMs> within;      // overrides the bound that the catalogue computes
    std::string phone;
    std::string line;
    std::string server;
    std::string event;                  // of a subscription
    std::optional<Expected> expect;     // of each instance
    Position position;
};

struct Design {
    std::string name;
    std::string description;
    std::string file;                   // where it was read from, for messages
    std::vector<Server> servers;
    Dns dns;
    std::vector<Phone> phones;
    Interval default_delay{0, 1000};
    std::vector<Link> links;
    std::vector<Fault> faults;
    std::vector<CallPlan> calls;
    std::vector<IncomingPlan> incoming;
    std::vector<SeizurePlan> seizures;
    std::vector<ChangePlan> changes;
    std::vector<PropertyUse> properties;
    bool all_properties = false;        // no `properties` key: the whole catalogue
};

// Does a phone remove the bindings of its address of record when it boots?
[[nodiscard]] bool somebody_wipes(const Design& design);

// The outbound proxy between the phone and that server of its list.
[[nodiscard]] std::optional<std::size_t> proxy_to(const Phone& phone, std::size_t server);

// Does the phone register with that entry of its list only when a call wants it?
[[nodiscard]] bool registers_on_demand(const Phone& phone, std::size_t entry);
// May the phone ever register with that entry of its list?
[[nodiscard]] bool may_register(const Phone& phone, const ServerEntry& entry);

// May messages wait at the server before it looks at them?
[[nodiscard]] bool may_wait(const Design& design, std::size_t server);

[[nodiscard]] bool may_hang(const Design& design, std::size_t server);

[[nodiscard]] DelayMs longest_work(const Design& design, std::size_t server);  // on one message
// The longest that a message waits there and is worked on, if the server does not hang.
[[nodiscard]] std::int64_t longest_stay(const Design& design, std::size_t server);

// May somebody remove the bindings of an address of record at a server?
[[nodiscard]] bool may_be_replaced(const Design& design, std::size_t server,
                                   const std::string& aor);

[[nodiscard]] bool may_restart(const Design& design, std::size_t phone);

// Does the user of a line seize an appearance of it?
[[nodiscard]] bool shares_appearances(const Design& design, std::size_t phone, std::size_t line);

// How many subscriptions a line of the phone has, each with its own rules; one that goes to nobody
// counts.
[[nodiscard]] std::size_t subscriptions_of(const Phone& phone);
[[nodiscard]] const SubscriptionRules& subscription_rules(const Phone& phone, std::size_t which);

// The plan of what a subscription tells of; none: it never changes.
[[nodiscard]] const ChangePlan* changes_of(const Design& design, std::size_t phone,
                                           std::size_t line, std::size_t entry,
                                           std::size_t subscription);

// Does the server have the event package that the phone subscribes to?
[[nodiscard]] bool has_package(const Server& server, const SubscriptionRules& rules);

// When a phone registers with a server, and registers again.
struct RegistrationTimes {
    DelayMs expires = 0;
    Refresh refresh;
    Retry retry;
};

// Those of an entry of the phone's list.
[[nodiscard]] RegistrationTimes times_of(const Phone& phone, std::size_t entry);

// The latest that a line of the phone begins to register, since the start or since a restart.
[[nodiscard]] DelayMs last_boot(const Phone& phone);

// What its messages to and from a server of its list go over.
[[nodiscard]] Transport transport_to(const Phone& phone, std::size_t server);

// Do two entries of a list stand for addresses of one name? An entry that is none does not.
[[nodiscard]] bool same_name(const Phone& phone, std::size_t a, std::size_t b);

// Entries of equal priority have the same tier, the number of the first of them. The lowest one is
// the best.
[[nodiscard]] std::size_t tier_of(const Phone& phone, std::size_t entry);

// Are there servers of equal priority in the list?
[[nodiscard]] bool has_equals(const Phone& phone);

// Are all servers that it registers with of the same tier?
[[nodiscard]] bool all_are_equal(const Phone& phone);

// Is another entry of equal priority?
[[nodiscard]] bool has_equal(const Phone& phone, std::size_t entry);

// One of some entries, a bit for each: of several, which are the candidates then, the one that
// `pick` says, in the order of the list. kNoEntry of none.
[[nodiscard]] std::uint8_t one_of(std::uint64_t entries, std::uint8_t pick,
                                  std::uint64_t& candidates);

// By which weights one of those entries, of one tier, comes first (RFC 2782).
[[nodiscard]] std::vector<std::uint64_t> weights_of(const Phone& phone, std::uint64_t entries);

// A phone that registers with all servers of its list registers with one address of each name. The
// rules of that are those of a phone that registers with nothing else, one server after the other.
// Gives the phone itself if it registers with one server at a time.
[[nodiscard]] Phone rules_among(const Phone& phone, std::size_t entry);

// Does the phone register with that server only after others of its list, or they after it?
[[nodiscard]] bool is_successive(const Phone& phone, std::size_t entry);

// May a look-up fail, or take longer than its answers?
[[nodiscard]] bool dns_may_fail(const Design& design);

// The longest that a request to an entry of the phone's list waits for the server's address: 0 for
// one without a name.
[[nodiscard]] std::int64_t longest_look_up(const Design& design, std::size_t phone,
                                           std::size_t entry);

// How many contacts a line of a phone can have at a server, one after the other.
[[nodiscard]] int contacts_of(const Design& design, std::size_t phone);

// May the address of a phone become another one?
[[nodiscard]] bool may_move(const Design& design, std::size_t phone);

// May a connection between the two be dead without a word?
[[nodiscard]] bool may_be_half_open(const Design& design, std::size_t phone, std::size_t server);

// May what the phone sends to the server go to an address where nobody is?
[[nodiscard]] bool may_go_astray(const Design& design, std::size_t phone, std::size_t server);

// May the NAT of a phone forget its mappings at any time?
[[nodiscard]] bool may_rebind(const Design& design, std::size_t phone);

// After how much silence a port between the two forgets the phone; none: it does not.
[[nodiscard]] std::optional<DelayMs> ageing_of(const Design& design, std::size_t phone,
                                               std::size_t server);

// Delay of messages between a phone and a server in one direction, as long as nothing changes it.
[[nodiscard]] Interval usual_delay_to_server(const Design& design, std::size_t phone,
                                             std::size_t server);
[[nodiscard]] Interval usual_delay_to_phone(const Design& design, std::size_t phone,
                                            std::size_t server);
[[nodiscard]] Interval usual_delay_to_watched(const Design& design, std::size_t gateway);
// The same at all times, also while a fault changes it, and of all the way with an outbound proxy.
[[nodiscard]] Interval delay_to_server(const Design& design, std::size_t phone, std::size_t server);
[[nodiscard]] Interval delay_to_phone(const Design& design, std::size_t phone, std::size_t server);
// Between a gateway and the server that it watches, in one direction.
[[nodiscard]] Interval delay_to_watched(const Design& design, std::size_t gateway);
// The longest of it, where the gateway passes requests on; else 0.
[[nodiscard]] std::int64_t longest_way_behind(const Design& design, std::size_t server);
// Does it serve in an emergency only?
[[nodiscard]] bool serves_in_emergency_only(const Server& server);
// Does it pass requests on to the server that it watches, in the normal state?
[[nodiscard]] bool passes_on(const Server& server);
// Who may challenge requests that phones send to a server, and has what they subscribe to: the one
// that it passes them on to, else itself.
[[nodiscard]] std::size_t challenger_of(const Design& design, std::size_t server);

// Does it refuse the calls of phones that have no binding there?
[[nodiscard]] bool bars_unregistered(const Server& server);

// The entry of a phone's list that leads to a server that is not in it: a gateway that passes
// requests on there, which the phone registers with.
[[nodiscard]] std::optional<std::size_t> entry_beyond(const Design& design, std::size_t phone,
                                                      std::size_t server);

// When after an emergency it registers one of its phones anew: any of its turns, one for each line.
// REQUIRES: it does so.
[[nodiscard]] Interval re_registration_delay(const Design& design, std::size_t gateway);

// Does it make a difference to phones whether it is in an emergency?
[[nodiscard]] bool mode_matters(const Server& server);

}  // namespace failback::model

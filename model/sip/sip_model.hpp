// SIP registration failover as a model for the engine: nodes, network and faults put together.
//
//  1. The nodes' own step functions decide; this class only carries their outputs.
//  2. A message is lost or duplicated when it is sent (a fault with a budget); it is dropped when
//     it arrives if its path is cut or its server is down then.
//  3. Only the parts in scope exist. Indices of usages, lines, calls and records are those of the
//     scope; the tables say what they stand for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/design.hpp"
#include "model/event.hpp"
#include "model/output.hpp"
#include "model/sip/reduction.hpp"
#include "model/sip/scope.hpp"
#include "model/sip/sip_nodes.hpp"
#include "model/sip/sip_state.hpp"
#include "model/step_log.hpp"
#include "sim/model.hpp"

namespace failback::model {

// The CSeq of the latest request of every usage, after renaming (see normalise).
inline constexpr std::uint8_t kCurrentCSeq = 6;
// The latest dialog of a subscription, and the number of its latest NOTIFY.
inline constexpr std::uint8_t kCurrentDialog = 7;
inline constexpr std::uint8_t kCurrentNotify = 7;
// The latest request of a station for its appearance.
inline constexpr std::uint8_t kCurrentSeizure = 7;

class SipModel : public SipNodes {
public:
    using State = SipState;
    using Event = model::Event;

    // THROWS InputError if the design does not fit. The design must outlive the model.
    // `registrations_end`: nothing looks at registrations after the last call was placed; a reduced
    // model then ends them there.
    SipModel(const Design& design, const Scope& scope, Fidelity fidelity = Fidelity::full,
             bool registrations_end = false);

    void initial(State& state, sim::Effects<Event>& effects) const;
    void apply(State& state, const Event& event, std::uint32_t form,
               sim::Effects<Event>& effects) const;

    // Renames CSeqs so that the current one of each usage is kCurrentCSeq: only their order
    // matters. A reduced model also forgets what no message under way can ask for.
    // THROWS ModelLimit if requests too far apart are under way at once; in a loop, timers may be.
    void normalise(State& state, std::vector<Event>& pending) const;

    // What can never be observed is taken off the agenda (sim::Pruning).
    [[nodiscard]] bool prunes() const {
        return fidelity_ == Fidelity::reduced || may_loop_ || authenticates_;
    }
    [[nodiscard]] bool idle(const State& state, const Event& event) const;

    // For loosened searches: a server with its faults is a branch, a registration with its
    // subscription a leaf. Calls and deadlines are shared by all.
    [[nodiscard]] sim::PartId part(const Event& event) const;

    // The same event in the indices of this model, whose scope holds that of `other`.
    [[nodiscard]] Event translate(const Event& event, const SipModel& other) const;

    // As apply, and tells what happened.
    void step(State& state, const Event& event, std::uint32_t form, sim::Effects<Event>& effects,
              StepLog& log) const;

    [[nodiscard]] std::size_t packed_size() const { return packed_size_; }
    void pack(const State& state, std::byte* out) const;
    void unpack(const std::byte* in, State& state) const;

    // What can be asked about a state.
    [[nodiscard]] bool up(const State& state, std::size_t server) const;
    [[nodiscard]] bool in_outage(const State& state, std::size_t server) const;
    [[nodiscard]] bool reachable(const State& state, std::size_t phone, std::size_t server) const;
    [[nodiscard]] std::uint8_t working(const State& state, std::size_t line) const;
    // Is a fault of that kind at the server under way? The first one, if there are several.
    [[nodiscard]] const Fault* under(const State& state, FaultKind kind, std::size_t server) const;
    [[nodiscard]] bool bound(const State& state, std::size_t usage) const;  // the server has it
    [[nodiscard]] bool binding_lost(const State& state, std::size_t usage) const;
    // The server that a gateway passes requests on to has a binding that leads through it.
    [[nodiscard]] bool bound_beyond(const State& state, std::size_t usage) const;
    // The server has a binding of a contact that the phone had before a restart.
    [[nodiscard]] bool ghost(const State& state, std::size_t usage) const;
    [[nodiscard]] bool off(const State& state, std::size_t phone) const;  // it restarts
    // The server has a binding, and what it sends there passes the NAT of the phone (RFC 5626 7).
    // REQUIRES: the registration is one of Scope::flows, or the model is full.
    [[nodiscard]] bool inbound(const State& state, std::size_t usage) const;
    // Of a server: is it a gateway in an emergency, does it hear from the server that it watches,
    // and does it serve now? A gateway that watches nobody always serves.
    [[nodiscard]] bool in_emergency(const State& state, std::size_t server) const;
    [[nodiscard]] bool sees_watched(const State& state, std::size_t server) const;
    [[nodiscard]] bool serves(const State& state, std::size_t server) const;
    // Of a line at an entry of its list: does the phone count a call as established, does the
    // server with whoever is behind it, and is there one that only one of them does?
    [[nodiscard]] bool in_call(const State& state, std::size_t line, std::size_t entry) const;
    [[nodiscard]] bool has_dialog(const State& state, std::size_t line, std::size_t entry) const;
    [[nodiscard]] bool zombie(const State& state, std::size_t line, std::size_t entry) const;
    // Does the phone ask its user to confirm a transfer of such a call?
    [[nodiscard]] bool prompts(const State& state, std::size_t line, std::size_t entry) const;
    [[nodiscard]] std::size_t transfers_in_use() const;
    // The server has a binding of a contact that somebody else registered for a line.
    [[nodiscard]] bool hijacked(const State& state, std::size_t server,
                                const std::string& aor) const;
    [[nodiscard]] const Design& design() const { return *design_; }
    [[nodiscard]] const Scope& scope() const { return scope_; }
    [[nodiscard]] Fidelity fidelity() const { return fidelity_; }
    [[nodiscard]] const std::vector<UsageInfo>& usages() const { return usages_; }
    [[nodiscard]] const std::vector<LineInfo>& lines() const { return lines_; }
    [[nodiscard]] const std::vector<CallInfo>& calls() const { return calls_; }
    [[nodiscard]] const std::vector<IncomingInfo>& incoming() const { return incoming_; }
    [[nodiscard]] Ends ends_of(const Event& message) const;
    // The outbound proxy that the message passes; and that or the server: whose link it is on.
    // REQUIRES: it goes between a phone and a server; `ends` are those of the message.
    [[nodiscard]] std::optional<std::size_t> proxy_of(const Event& message) const;
    [[nodiscard]] std::size_t hop_of(const Event& message, const Ends& ends) const;
    [[nodiscard]] const std::vector<DialogInfo>& dialogs() const { return dialogs_; }
    [[nodiscard]] const std::vector<AppearanceInfo>& appearances() const { return appearances_; }
    [[nodiscard]] const std::vector<RecordInfo>& records() const { return records_; }
    // The servers whose modes are in scope.
    [[nodiscard]] const std::vector<std::size_t>& gateways() const { return gateways_; }
    [[nodiscard]] const std::vector<NameInfo>& names() const { return names_; }
    // Of a LineState: of a line, or of the addresses of a name.
    [[nodiscard]] std::size_t line_of_succession(std::size_t index) const;
    [[nodiscard]] const Phone& rules_of_succession(std::size_t index) const;
    [[nodiscard]] std::optional<std::size_t> name_index(std::size_t phone,
                                                        std::size_t entry) const;
    // Does some resolver answer, and not deny?
    [[nodiscard]] bool dns_up(const State& state) const;
    // Can the phone send to that entry without asking a resolver?
    [[nodiscard]] bool knows(const State& state, std::size_t phone, std::size_t entry) const;
    [[nodiscard]] std::size_t call_of_call_server(std::size_t index) const;
    [[nodiscard]] std::size_t server_of_call_server(std::size_t index) const;
    // The registration whose binding ends with an EventKind::binding_expires.
    [[nodiscard]] std::size_t usage_of_binding(const Event& expiry) const;
    [[nodiscard]] const std::vector<LoadInfo>& loads() const { return loads_; }
    // What the worker of an EventKind::served is at.
    [[nodiscard]] const Event& message_of(const State& state, const Event& served) const;
    // Does the server hang, its process being there?
    [[nodiscard]] bool hangs(const State& state, std::size_t server) const;
    [[nodiscard]] bool keeps_waiting(const State& state, std::size_t server) const;
    [[nodiscard]] bool fault_in_scope(std::size_t fault) const { return fault_in_scope_[fault]; }
    [[nodiscard]] std::optional<std::size_t> line_index(std::size_t phone, std::size_t line) const;

private:
    struct Step;  // the work space of one step

    void build_lines();
    void build_usages();
    void build_calls();
    [[nodiscard]] FlowConfig flow_config(const Part& part, const Idle& idle) const;
    void set_login(UsageInfo& usage);
    [[nodiscard]] std::size_t nonces_in_use() const {
        return authenticates_ ? usages_.size() : 0;
    }
    void set_call_logins(CallInfo& call, const LineInfo& line);
    [[nodiscard]] std::size_t call_nonces_in_use() const {
        return call_authenticates_ ? call_servers_ : 0;
    }
    void build_incoming();
    // `is_beyond`: with the server that a gateway of the list passes requests on to, through it.
    [[nodiscard]] std::uint8_t add_dialog(std::size_t line, std::size_t entry,
                                          const DialogPlan& plan, bool phone_is_callee,
                                          bool is_beyond = false);
    // Of calls that are placed, after an answer or its ACK.
    [[nodiscard]] std::size_t dialog_of_call(const Event& message) const;
    // The call server whose dialog that is.
    [[nodiscard]] std::size_t call_server_of(const DialogInfo& dialog) const;
    void build_appearances();
    void build_names();
    [[nodiscard]] std::size_t succession_for(const Part& registration);
    [[nodiscard]] std::size_t successions() const { return lines_.size() + groups_.size(); }
    [[nodiscard]] std::size_t same_succession(std::size_t index, const SipModel& other) const;
    void check_capacity() const;
    [[nodiscard]] StateSizes sizes_in_use() const;
    void measure_state();
    [[nodiscard]] int first_free_slot(std::uint8_t record) const;
    [[nodiscard]] std::uint8_t record_for(std::size_t server, const std::string& aor);

    void make_room(State& state, const std::vector<Event>& pending) const;
    void drop_idle_memory(State& state, const std::vector<Event>& pending) const;
    void drop_finished(State& state) const;
    [[nodiscard]] sim::PartId part_of_usage(std::size_t usage) const;
    [[nodiscard]] bool ends_nothing(const State& state, const Event& event) const;
    void forget_unasked_nonces(State& state, const std::vector<Event>& pending) const;
    void lower_nonces(State& state, std::vector<Event>& pending, std::size_t usage) const;
    [[nodiscard]] bool registrations_over(const State& state) const;
    [[nodiscard]] bool call_over(const State& state, std::size_t call) const;
    [[nodiscard]] std::uint8_t same_usage(std::size_t index, const SipModel& other) const;
    [[nodiscard]] std::uint8_t same_call(std::size_t index, const SipModel& other) const;
    [[nodiscard]] std::size_t flows_in_use() const { return has_flows_ ? usages_.size() : 0; }
    [[nodiscard]] std::uint8_t same_incoming(std::size_t index, const SipModel& other) const;
    [[nodiscard]] std::uint8_t same_appearance(std::size_t index, const SipModel& other) const;
    [[nodiscard]] std::uint8_t same_name(std::size_t index, const SipModel& other) const;
    [[nodiscard]] std::uint8_t same_dialog(std::size_t index, const SipModel& other) const;
    [[nodiscard]] bool idle_timer(const State& state, const Event& event) const;

    void build_loads();
    [[nodiscard]] std::optional<std::size_t> load_at(std::size_t server) const;
    // Does a message that arrives at a server have to wait, or is it turned away?
    [[nodiscard]] bool waits(Step& step, const Event& event, std::size_t server) const;
    [[nodiscard]] Interval work_time(const State& state, const LoadInfo& load) const;
    void turn_away(Step& step, const Event& event, const LoadInfo& load) const;
    void work(Step& step, std::size_t load) const;
    void on_served(Step& step, const Event& event) const;
    void empty_queue(State& state) const;
    void drop_queue(Step& step, std::size_t server) const;
    void begin_or_end_hang(Step& step, std::size_t server, bool before) const;
    // Does a timer of a server come due while it hangs?
    [[nodiscard]] bool misses(Step& step, const Event& event) const;
    [[nodiscard]] std::optional<std::size_t> server_that_acts(const Event& timer) const;
    [[nodiscard]] std::uint8_t unused_cseq(const State& state, const std::vector<Event>& pending,
                                           std::size_t usage) const;
    void rename_all(State& state, std::vector<Event>& pending) const;
    [[nodiscard]] std::uint8_t same_load(std::size_t index, const SipModel& other) const;
    [[nodiscard]] bool refuses_refresh(Step& step, const Event& event, const Place& place,
                                       Event& response) const;
    [[nodiscard]] bool runs(const State& state, std::size_t server) const;
    void handle(Step& step, const Event& event) const;
    void arrive_at_server(Step& step, const Event& event) const;
    void arrive_at_phone(Step& step, const Event& event) const;
    void refuse_connection(Step& step, const Event& event) const;
    void process_request(Step& step, const Event& event) const;
    // Sends the response that the server remembers; false: it remembers none.
    bool answer_again(Step& step, const ServerTransactions& memory, Event response) const;
    // Until `forget` fires, its Timer J.
    void remember_answer(Step& step, const Event& request, const Event& response,
                         const Event& forget) const;
    // The memory whose Timer J it is.
    template <class AnyState>
    [[nodiscard]] auto& memory_of(AnyState& state, const Event& forget) const {
        return forget.key == kAtRegistrar
                   ? state.relays[usages_[forget.index].relay].at_registrar
                   : state.transactions[forget.index];
    }
    void process_register(Step& step, const Event& event, Event& response) const;
    // A REGISTER of a phone, as far as its contact and Call-ID go, at one of its places.
    [[nodiscard]] RegisterRequest request_of(const State& state, const Event& event,
                                             std::uint8_t slot) const;
    RegisterOutcome store(Step& step, const Place& place, const RegistrarConfig& config,
                          const RegisterRequest& request, std::size_t usage) const;
    [[nodiscard]] Reaction reaction(const State& state, std::size_t server) const;
    void build_relays();
    void pass_on(Step& step, const Event& event) const;
    void on_relayed(Step& step, const Event& event) const;
    void arrive_beyond(Step& step, const Event& event) const;
    void call_arrives(Step& step, const Event& event) const;
    [[nodiscard]] bool bars(const State& state, const Event& invite, std::size_t server) const;
    void call_arrives_beyond(Step& step, const Event& event) const;
    // Of a REGISTER of a gateway: 200, or why it is refused.
    [[nodiscard]] Status admits_gateway(Step& step, const Event& event) const;
    void re_register(Step& step, const Event& event, Event& response) const;
    void pass_back(Step& step, const Event& event) const;
    void request_answered(Step& step, const Event& event) const;
    void on_relay_timer(Step& step, const Event& event) const;
    void carry_relay(Step& step, std::size_t usage, const Output& output) const;
    void begin_re_registrations(Step& step, std::size_t server) const;
    void end_re_registrations(Step& step, std::size_t server, bool stops) const;
    void forget_beyond(Step& step, std::size_t server) const;
    void rename_relays(State& state, std::vector<Event>& pending) const;
    [[nodiscard]] std::span<Binding> bindings_beyond(State& state, std::size_t usage) const;
    void learn(Step& step, const Event& answer) const;
    void observe_grant(Step& step, const Event& event, const RegisterOutcome& outcome) const;
    void take_literally(Step& step, const Event& heartbeat) const;
    void process_subscribe(Step& step, const Event& event, Event& response) const;
    // Is the request authenticated, and its user known and permitted? Else `response` says so.
    [[nodiscard]] bool admits(Step& step, const Event& event, Event& response) const;
    [[nodiscard]] bool takes_in(const State& state, const Event& event) const;
    // Who may challenge the requests of a registration or subscription.
    [[nodiscard]] const Server& challenger(const UsageInfo& usage) const;
    void issue_nonce(Step& step, const Event& request) const;
    void end_nonce_age(Step& step, std::size_t usage, Nonce nonce) const;
    void on_nonce_age(Step& step, const Event& event) const;
    void forget_secret(Step& step, std::size_t server) const;
    void share_nonce(Step& step, std::size_t usage) const;
    void copy_nonce(Step& step, std::size_t from, std::size_t to) const;
    [[nodiscard]] bool is_challenged(std::size_t call, std::size_t entry) const;
    void sign(const State& state, std::size_t call, Output::Message& message) const;
    void begin_branches(State& state, std::size_t call, std::size_t entry) const;
    void end_branches(State& state, std::size_t call, bool forgets) const;
    [[nodiscard]] bool challenges_call(Step& step, const Event& event) const;
    [[nodiscard]] Nonce issue_call_nonce(Step& step, const Event& request,
                                         std::size_t index) const;
    void end_call_nonce_age(Step& step, std::size_t index) const;
    void on_call_nonce_age(State& state, std::size_t index) const;
    void forget_call_nonces(Step& step, std::size_t server) const;
    void call_challenged(Step& step, const Event& event) const;
    void arrive_notify(Step& step, const Event& event) const;
    void on_change(Step& step, const Event& event) const;
    [[nodiscard]] static Event change_event(std::size_t usage);
    // Whose flow a keep-alive is of, and the registration over whose way it goes.
    [[nodiscard]] std::uint8_t owner_of(const Event& keep_alive) const;
    [[nodiscard]] std::uint8_t way_of_keep_alives(std::uint8_t usage) const;
    void arrive_notify_response(Step& step, const Event& event) const;
    void on_notifier_timer(Step& step, const Event& event) const;
    void end_subscriptions(Step& step, const Fault& fault) const;
    // Has the server that subscription, or the one that a gateway there passes requests on to?
    [[nodiscard]] bool notifies(std::size_t server, std::size_t usage) const;
    void crash_notifier(Step& step, std::uint8_t usage, bool keeps_record) const;
    void carry_notifier(Step& step, std::uint8_t usage, const Output& output) const;
    [[nodiscard]] Subscription subscription_of(State& state, std::size_t usage) const;
    void rename_dialogs(State& state, std::vector<Event>& pending) const;
    void on_timer(Step& step, const Event& event) const;
    void on_fault(Step& step, const Event& event) const;
    // The limit of a server that leaves no room for one more binding in that record.
    [[nodiscard]] const Limit* reached_limit(const State& state, const Place& place) const;
    [[nodiscard]] bool is_recent(const State& state, const Event& window) const;
    void end_repeat_window(Step& step, std::size_t record, std::uint8_t slot) const;
    [[nodiscard]] std::size_t usage_at(std::size_t record, std::uint8_t slot) const;
    void crash(Step& step, const Fault& fault) const;
    [[nodiscard]] std::optional<std::size_t> gateway_at(std::size_t server) const;
    void step_gateway(Step& step, std::size_t gateway, const GatewayInput& input) const;
    void start_or_stop_gateway(Step& step, std::size_t server) const;
    void on_gateway_event(Step& step, const Event& event) const;
    void answer_probe(Step& step, const Event& event) const;
    void turn_call_away(Step& step, const Event& event, std::size_t index) const;
    void end_emergency(Step& step, std::size_t server) const;
    [[nodiscard]] bool watch_cut(const State& state, const Event& message) const;
    [[nodiscard]] static bool is_of_probe(const Event& event);
    [[nodiscard]] bool is_old_probe(const State& state, const Event& event) const;
    void rename_probes(State& state, std::vector<Event>& pending) const;
    void on_restart(Step& step, const Event& event) const;
    void on_attack(Step& step, const Event& event) const;
    [[nodiscard]] bool accepts_attack(const State& state, const Fault& fault) const;
    void remove_bindings(Step& step, std::size_t record, bool are_lost) const;
    void end_attacks(Step& step, std::size_t server) const;
    void switch_off(Step& step, std::size_t phone) const;
    void switch_off_usage(Step& step, std::uint8_t usage) const;
    void leave_contact(State& state, std::size_t usage, std::uint8_t contact) const;
    void switch_on(Step& step, std::size_t phone) const;
    void dial(Step& step, std::uint8_t call) const;
    void dial_again(Step& step, std::uint8_t call) const;
    [[nodiscard]] bool boots_by_itself(std::size_t usage) const;
    [[nodiscard]] bool is_to_boot(const State& state, std::size_t usage) const;
    [[nodiscard]] static Event boot_event(std::size_t usage);
    // Begins or ends a lasting fault, and schedules what comes next.
    void turn(Step& step, const Event& event, const Fault& fault) const;
    void arm_fault(Step& step, std::size_t fault) const;
    void begin_after(Step& step, std::size_t fault) const;
    [[nodiscard]] bool wrong_password(const State& state, std::size_t phone,
                                      std::size_t server) const;
    [[nodiscard]] bool has_other_realm(const State& state, std::size_t server) const;
    // That of a fault of the server, else the usual one.
    [[nodiscard]] const std::string& other_realm_of(std::size_t server) const;
    // A phone that has no right password for the realm that the server has now.
    [[nodiscard]] bool is_foreign(const State& state, std::size_t phone, std::size_t server) const;
    void change_realm(Step& step, std::size_t server) const;
    void forget_old_boots(State& state, const std::vector<Event>& pending) const;
    [[nodiscard]] std::span<Binding> bindings_of(State& state, std::size_t usage) const;
    [[nodiscard]] std::span<const Binding> bindings_of(const State& state,
                                                       std::size_t usage) const;
    void forget_records(Step& step, std::size_t server) const;
    void boot(Step& step, std::uint8_t usage) const;
    void step_client(Step& step, std::uint8_t usage, const ClientInput& input) const;
    Output step_usage(Step& step, std::uint8_t usage, ClientInput input) const;
    [[nodiscard]] bool works_beside(const State& state, std::size_t usage) const;
    void on_line_timer(Step& step, const Event& event) const;
    void step_line(Step& step, std::size_t index, const LineInput& input) const;
    // `index`: as far as they take part in that succession.
    [[nodiscard]] Registrations registrations_of(const State& state, std::size_t index) const;
    void step_flow(Step& step, std::uint8_t usage, const FlowInput& input) const;
    void follow_registration(Step& step, std::uint8_t usage, const Output& output) const;
    // Of a fault that is over at once.
    void strike(Step& step, const Event& event) const;
    void half_open(Step& step, const Fault& fault) const;
    void move(Step& step, std::size_t phone) const;
    void end_users(Step& step, std::size_t phone) const;
    // How often a fault has struck.
    [[nodiscard]] int strikes_of(const State& state, std::size_t fault) const;
    // The rate of the clock of a phone. Which one it is, is chosen when it matters first.
    [[nodiscard]] int clock_of(Step& step, std::size_t phone) const;
    void build_awaited();
    void build_listings();
    // What a succession goes by now; none: its list is always the same.
    [[nodiscard]] const ListingInfo::Order* listing_of(const State& state,
                                                       std::size_t succession) const;
    void choose_working_of(State& state, std::size_t line, LineOutput& output) const;
    // Does the name of the registration lead elsewhere, as far as the phone knows?
    [[nodiscard]] bool is_unlisted(const State& state, std::size_t usage) const;
    [[nodiscard]] bool has_changed(const State& state, std::size_t record) const;
    // Of the observations of a step, those from `first` on.
    void begin_awaited(Step& step, std::size_t first) const;
    void bind_flow(Step& step, const Event& event) const;
    void answer_keep_alive(Step& step, const Event& event, Event& response) const;
    // Of the phone, on the flow of a registration if it is one.
    void send_from_phone(Step& step, std::uint8_t usage, const Event& message) const;
    // How often the NAT of a phone has forgotten its mappings, as a flag of a message.
    [[nodiscard]] std::uint8_t generation(const State& state, std::size_t phone) const;
    [[nodiscard]] bool lost_at_nat(const State& state, const Event& message) const;
    [[nodiscard]] bool passes_nat(const State& state, const IncomingInfo& call) const;
    void lose_offers(Step& step, std::uint8_t usage) const;
    void step_call(Step& step, std::uint8_t call, CallInput input) const;
    void step_call_server(Step& step, std::uint8_t index, const CallServerInput& input) const;
    void after_registration(Step& step, std::size_t line) const;
    void fail_over(Step& step, std::size_t line, std::uint8_t entry) const;
    void register_for_call(Step& step, std::uint8_t call) const;
    [[nodiscard]] bool is_waited_for(const State& state, std::size_t usage) const;
    void follow_call(Step& step, std::uint8_t usage) const;
    void call_in(Step& step, std::uint8_t index) const;
    void call_in_again(Step& step, std::uint8_t index) const;
    void step_incoming(Step& step, std::uint8_t index, const IncomingInput& input) const;
    void offer_arrives(Step& step, const Event& event) const;
    void step_dialog(Step& step, std::size_t dialog, DialogInput input) const;
    void on_dialog_timer(Step& step, const Event& event) const;
    void dialog_arrives(Step& step, const Event& event) const;
    // A 200 to an INVITE, or its ACK, has arrived; it has been processed but for its dialog.
    void answer_arrived(Step& step, const Event& event, bool is_wanted) const;
    [[nodiscard]] bool of_other_dialog(const State& state, const Event& ack) const;
    // The callee has answered now, or no longer waits for the ACK of its 200: `news` says why.
    void follow_callee(Step& step, std::size_t dialog, bool was_answered, bool is_answered,
                       DialogInput::Kind news) const;
    // Does a restart of its server leave it, or the call server, as it is?
    [[nodiscard]] bool keeps_dialog(const State& state, std::size_t dialog) const;
    [[nodiscard]] bool keeps_call(const State& state, std::size_t call_server) const;
    void end_dialogs_of(Step& step, std::size_t usage) const;
    [[nodiscard]] static Event wanted_event(std::size_t index);
    [[nodiscard]] bool has_binding(const State& state, const AppearanceInfo& info) const;
    [[nodiscard]] bool is_taken(const State& state, std::size_t index) const;
    void want_appearance(Step& step, std::uint8_t index) const;
    void step_appearance(Step& step, std::uint8_t index, const AppearanceInput& input) const;
    void seizure_arrives(Step& step, const Event& event) const;
    void follow_appearances(Step& step, std::size_t usage, bool is_granted, bool is_lost) const;
    void free_of_unregistered(Step& step) const;
    [[nodiscard]] bool holds_appearance(const State& state, std::size_t line) const;
    void rename_seizures(State& state, std::vector<Event>& pending) const;
    [[nodiscard]] bool is_late_answer(const State& state, const Event& event) const;
    void step_name(Step& step, std::size_t name, NameInput::Kind kind) const;
    void wake(Step& step, std::size_t name, const NameOutput& output) const;
    void change_addresses(Step& step, const Fault& fault) const;
    // Does what is known of the name of an entry lead nowhere?
    [[nodiscard]] bool is_misled(const State& state, std::size_t phone, std::size_t entry) const;
    // A request that begins now goes there. `is_found_wrong`: its look-up says so.
    void direct(Step& step, std::size_t usage, bool is_found_wrong) const;
    void direct_call(Step& step, std::size_t call, bool is_found_wrong) const;
    void forget_names(Step& step, std::size_t phone) const;
    [[nodiscard]] QueryEnd answer_of(const State& state, std::size_t resolver) const;
    void set_resolvers(const State& state, std::size_t phone, NameInput& input) const;
    void set_wrong(const State& state, std::size_t record, NameInput& input) const;
    [[nodiscard]] bool wants_subscription(const State& state, std::size_t usage) const;
    void send(Step& step, const Event& message) const;
    void send_on(Step& step, Event message, const Passage& passage) const;
    void arrive(Step& step, const Event& event) const;
    void arrive_at_proxy(Step& step, const Event& event) const;
    void act(Step& step, const Event& event) const;
    void step_choosing(State& state, const Event& event, std::uint32_t form,
                       sim::Effects<Event>& effects, StepLog& log) const;
    // `form` need not be one of them.
    [[nodiscard]] Forms forms_of(const Step& step, std::uint32_t form) const;
    class Fates;
    void dispatch(Step& step, const std::vector<Treatment>& treated) const;
    [[nodiscard]] bool cut(const State& state, std::size_t phone, std::size_t server,
                           Direction direction) const;
    [[nodiscard]] static bool concerns(const Fault& fault, const Flow& flow);
    [[nodiscard]] Flow flow_of(const Event& message) const;
    // Now, whatever the usual one is.
    [[nodiscard]] Interval delay_of(const State& state, const Flow& flow) const;

    const Design* design_;
    Scope scope_;
    Fidelity fidelity_;
    bool registrations_end_;
    bool has_flows_ = false;
    bool may_loop_ = false;  // requests may follow each other without end and without a pause
    bool may_go_astray_ = false;  // names in scope may mislead
    bool authenticates_ = false;  // somebody in scope is challenged
    bool has_equals_ = false;  // some line in scope has servers of equal priority
    bool draws_clocks_ = false;  // some clock in scope may have one of several rates
    bool call_authenticates_ = false;  // the same of INVITEs
    StateSizes sizes_;
    std::size_t packed_size_ = 0;
    bool has_ratios_ = false;  // a simulation draws the messages that some fault strikes
    std::vector<bool> fault_in_scope_;
    std::vector<AwaitedInfo> awaited_;
    std::vector<std::optional<ListingInfo>> listings_;  // by succession
    std::vector<UsageInfo> usages_;
    std::vector<RecordInfo> records_;
    std::vector<LineInfo> lines_;
    std::vector<CallInfo> calls_;
    std::vector<NameInfo> names_;
    std::vector<GroupInfo> groups_;
    std::size_t call_servers_ = 0;
    std::vector<std::size_t> gateways_;  // servers
    std::vector<IncomingInfo> incoming_;
    std::vector<DialogInfo> dialogs_;
    std::vector<AppearanceInfo> appearances_;
    std::size_t notifiers_ = 0;
    std::size_t relays_ = 0;
    std::vector<LoadInfo> loads_;
    std::size_t queued_ = 0;
};

}  // namespace failback::model

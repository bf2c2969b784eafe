// What the tables of a SipModel say of its nodes: what each one stands for, and its configuration.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/design.hpp"
#include "model/output.hpp"
#include "model/sip/reduction.hpp"
#include "model/sip/scope.hpp"
#include "model/sip/sip_state.hpp"
#include "model/step_log.hpp"

namespace failback::model {

// Indices are those of the tables of the SipModel, which are named as functions of it: lines().
struct SipNodes {
    // Where a server keeps the binding of a registration: in a record, from a slot on.
    struct Place {
        std::size_t server = 0;
        std::uint8_t record = 0;
        std::uint8_t slot = 0;         // of the first contact; the others follow
    };
    struct UsageInfo {
        Part part;
        std::size_t server = 0;
        std::size_t line = 0;          // index into lines()
        ClientUsageConfig config;
        // The waits while another registration of the line works, where they are others.
        std::optional<Retry> beside;
        FlowConfig flow;               // registrations
        Idle idle;                     // all false with Fidelity::full
        std::uint8_t record = 0;       // registrations: where the binding is kept
        std::uint8_t slot = 0;         // of the first contact; the others follow
        Login login;
        Login other_login;             // in the realm of a fault of its server, if there is one
        bool nonces_age = false;       // their lifetime at the server matters
        std::uint8_t notifier = 0;     // subscriptions: index into SipState::notifiers
        const ChangePlan* changes = nullptr;  // subscriptions: of what it tells of
        NotifierConfig notifying;
        Interval to_server;
        Interval to_phone;
        std::optional<std::uint8_t> name;  // index into names()
        std::size_t succession = 0;    // of the line, or of the addresses of the name
        // At a gateway that passes requests on: where they go, and index into SipState::relays.
        std::optional<Place> beyond;
        std::uint8_t relay = 0;

        [[nodiscard]] Place place() const { return {server, record, slot}; }  // registrations
    };
    // The addresses of a name, with one of which a line registers beside other servers. Their
    // LineStates follow those of the lines.
    struct GroupInfo {
        std::size_t line = 0;          // index into lines()
        std::size_t name = 0;          // of the phone
        Phone rules;
    };
    // Of a line, or of the addresses of a name: its list in the order of what a name says, at first
    // and from its change on. What the name does not lead to stands behind, and is not registered
    // with.
    struct ListingInfo {
        struct Order {
            Phone rules;
            std::vector<std::uint8_t> places;   // by entry
            std::vector<std::uint8_t> entries;  // by place
        };
        std::size_t name = 0;          // index into names()
        Order at_first;
        Order later;
    };
    // What a fault waits for: an observation about `a`, and about `b` if there is one.
    struct AwaitedInfo {
        std::size_t fault = 0;         // of the design
        Notice notice = Notice::boots;
        std::uint8_t a = 0;
        std::optional<std::uint8_t> b;
    };
    // A name in the list of a phone.
    struct NameInfo {
        std::size_t phone = 0;
        std::size_t name = 0;          // of the phone
        NameConfig config;
    };
    struct RecordInfo {
        std::size_t server = 0;
        std::string aor;
    };
    struct LineInfo {
        std::size_t phone = 0;
        std::size_t line = 0;
        std::vector<std::optional<std::uint8_t>> registration;  // usage, by entry
        // By entry, for each of the subscriptions of the phone.
        std::vector<std::optional<std::uint8_t>> subscription;
        std::optional<std::uint8_t> call;
        // Does the scope have what decides which server the line works with?
        bool chooses = true;
    };
    struct CallInfo {
        std::size_t line = 0;          // index into lines()
        CallConfig config;
        std::vector<IdleCall> idle;    // by entry
        Interval at;
        int count = 0;
        std::uint8_t first_server = 0; // call server of entry 0; the others follow
        std::uint8_t servers = 0;      // and those that gateways pass requests on to, by entry
        Callee callee;
        // That of entry 0, if calls last; the others follow as the servers do.
        std::optional<std::uint8_t> first_dialog;
        std::vector<Login> logins;     // by entry
        std::vector<Login> other_logins;
    };
    struct IncomingInfo {
        std::size_t line = 0;          // index into lines()
        std::size_t entry = 0;
        std::size_t server = 0;
        std::optional<std::size_t> through;  // the gateway that the binding leads through
        IncomingConfig config;
        Interval at;
        int count = 0;
        std::optional<std::uint8_t> dialog;  // if calls last
    };
    // Of a line at a server, after a call that was placed or came in.
    struct DialogInfo {
        std::size_t line = 0;          // index into lines()
        std::size_t entry = 0;
        std::size_t server = 0;
        std::optional<std::size_t> through;  // the gateway that it leads through
        std::uint8_t call = 0;         // index into calls(), or into incoming()
        DialogConfig config;
    };

    struct AppearanceInfo {
        std::size_t line = 0;          // index into lines()
        std::size_t entry = 0;
        std::size_t server = 0;
        std::uint8_t record = 0;       // of the address of record that is shared
        int appearance = 1;
        AppearanceConfig config;
        IdleSeizure idle;
        Interval at;
        int count = 0;
    };

    // The phone and the server between which a message goes that is none of a gateway's probes.
    struct Ends {
        std::size_t phone = 0;
        std::size_t server = 0;
    };

    // The way of a message.
    struct Flow {
        std::size_t phone = 0;
        std::size_t server = 0;
        Direction direction = Direction::to_server;
        Interval delay;
        Transport transport = Transport::udp;
        std::optional<std::size_t> gateway{};  // of its probes; `server` is the watched one then
    };

    // What may happen to the messages of a step.
    struct Forms {
        std::uint32_t count = 0;
        std::vector<Treatment> treated;      // the messages, in the form that was asked for
        std::vector<std::uint64_t> weights;  // of all forms, if ratios say how likely they are
    };
};

}  // namespace failback::model

// A design in which every parameter is written, for properties that ask the same but for names.
#pragma once

#include <regex>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

namespace failback::tests {

inline std::string replaced(const std::string& text, const std::string& by) {
    return std::regex_replace(text, std::regex("@"), by);
}

// With @ for the number of the site.
inline std::string site_faults() {
    return R"([
        {"name": "crash@", "kind": "crash", "server": "main@", "at": ["1s", "1h"],
         "lasts": ["60s", "2h"], "count": 2, "bindings": "kept"},
        {"name": "cut@", "kind": "unreachable", "server": "spare@", "phone": "phone@",
         "at": ["1s", "1h"], "lasts": ["60s", "2h"], "count": 1, "direction": "to-phone"},
        {"name": "noise@", "kind": "loss", "server": "main@", "phone": "phone@", "count": 3,
         "direction": "to-server", "window": ["10s", "1h"]},
        {"name": "works@", "kind": "maintenance", "server": "main@", "retry_after": "300s",
         "notifies": "probation"},
        {"name": "unplugged@", "kind": "restart", "phone": "phone@", "at": ["1s", "1h"],
         "lasts": ["30s", "1h"], "count": 2},
        {"name": "slow@", "kind": "latency", "server": "main@", "after": "crash@",
         "delay": ["1s", "2s"]},
        {"name": "attack@", "kind": "rogue-register", "server": "main@", "line": "line@",
         "replaces": false},
        {"name": "power@", "kind": "power-cut", "phones": ["phone@"], "at": ["1s", "1h"],
         "lasts": ["30s", "1h"], "count": 1},
        {"name": "memory@", "kind": "full", "server": "main@", "at": ["1s", "1h"],
         "lasts": ["60s", "2h"], "answer": "500", "retry_after": "200s",
         "refreshes": "accepted"}
    ])";
}

// A site of its own: two servers, a phone, its links, faults and calls. Every parameter is written.
inline nlohmann::json site(const std::string& number) {
    const std::string server = R"("min_expires": "60s", "max_expires": "3000s",
        "too_brief": "423", "expiry_sweep": "1s", "stores_bindings": true, "subscriptions": true,
        "timer_j": "32s", "whole_seconds": false, "out_of_order": "500", "repeat_window": "20s",
        "capacity": {"bindings": 5, "answer": "503", "retry_after": "30s"},
        "contacts_per_aor": {"bindings": 2, "answer": "403", "retry_after": "40s"},
        "accepts": "known", "dialogs": "kept", "cisco_keep_alive": "literal",
        "flow_timer": "120s")";
    return nlohmann::json::parse(replaced(R"({
        "servers": [{"name": "main@", "address": "main@.example.com", "kind": "registrar",
                     "processing": {"time": ["1ms", "2ms"], "workers": 2, "queue": 5,
                                    "when_full": "503", "retry_after": "50s"}, )" +
                                    server + R"(},
                    {"name": "spare@", "kind": "gateway", "watches": "main@", "survivability": {
                       "probe": "50s", "probe_in_emergency": "40s", "timeout": "4s",
                       "transport": "udp", "delay": ["1ms", "20ms"], "enters_after": 2,
                       "leaves_after": 3, "in_normal": "500", "at_exit": "kept",
                       "unregistered_calls": "403"}, )" +
                                    server + R"(}],
        "phones": [{
            "name": "phone@", "lines": [{"name": "line@", "aor": "sip:@@example.com"}],
            "servers": ["main@", {"server": "spare@", "register": true}],
            "transport": "udp",
            "timers": {"t1": "500ms", "t2": "4s", "t4": "5s", "timer_f": "32s", "timer_b": "33s"},
            "clock": {"ppm": 100},
            "expires": "600s", "refresh": {"rule": "lead", "lead": "60s"}, "retry": ["30s", "60s"],
            "least_expires": "90s",
            "failures_until": "granted",
            "cseq": "rises", "max_retries": 3, "belief": "until-failed-refresh", "failback": "stay",
            "boot": ["0s", "5s"], "wipe_at_boot": false,
            "lookup": {"timeout": "6s", "tries": 3, "queries": "naptr-srv-a", "expired": "unused",
                       "before_calls": "next"},
            "transport_errors": "ignored", "retry_after": "honoured", "max_min_expires": "7200s",
            "on_status": {"400": "10s", "401": "16s", "403": "11s", "404": "12s", "408": "17s",
                          "480": "13s", "500": "14s", "503": "15s"},
            "after_restart": {"call_id": "same", "cseq": "continues", "contact": "new",
                              "instance_id": false},
            "after_move": {"registers": "at-once", "instance_id": false, "old_binding": "left"},
            "calls": {"first": "working", "then": "all", "retry_timeout": "1s", "retry_count": 2,
                      "give_up": "at-last-retry", "unregistered": true,
                      "after_ringing": "stays", "after_503": "fails",
                      "invite_expires": "100s", "session_expires": "1800s", "unseized": false,
                      "transfer_confirmation": "9s"},
            "appearances": {"by": "notify", "unanswered": "released"},
            "failover": {"calls_to": "any", "old_registration": "kept",
                         "calls_from_others": "taken", "dialogs": "kept"},
            "subscription": {"to": "primary", "expires": "700s",
                             "refresh": {"rule": "lead", "lead": "50s"}, "retry": ["20s", "40s"],
                             "timer_n": "32s", "reasons": "heeded", "unsubscribed": "unknown",
                             "least_expires": "80s"}
        }],
        "links": [{"phone": "phone@", "server": "main@",
                   "to_server": ["1ms", "20ms"], "to_phone": ["2ms", "30ms"]}],
        "faults": )" + site_faults() + R"(,
        "calls": [{"phone": "phone@", "line": "line@", "count": 2, "at": ["60s", "1h"],
                   "rings": ["1s", "20s"], "callee": "answers"}],
        "incoming": [{"phone": "phone@", "line": "line@", "server": "main@", "count": 2,
                      "at": ["60s", "1h"], "rings": ["2s", "30s"]}],
        "seizures": [{"phone": "phone@", "line": "line@", "server": "main@", "appearance": 1,
                      "count": 2, "at": ["60s", "1h"], "holds": ["1s", "30s"]}]
    })", number));
}

// What is no parameter of its own, or is changed by hand.
inline const std::set<std::string> kByHand{
    "/servers/name", "/servers/address", "/phones/name", "/phones/lines", "/phones/servers",
    "/servers/profile", "/servers/notes", "/phones/profile", "/phones/notes", "/links/phone",
    "/links/server", "/links/delay", "/faults/name", "/faults/server", "/faults/phone",
    "/faults/kind", "/calls/phone", "/calls/line", "/incoming/phone", "/incoming/line",
    "/incoming/server", "/seizures/phone", "/seizures/line", "/seizures/server",
    "/phones/appearances/by", "/phones/appearances/expires", "/servers/kind", "/servers/watches",
    "/servers/subscribe_answer", "/servers/processing/when_full", "/faults/gateway", "/faults/line",
    "/faults/after", "/phones/registration", "/phones/failback", "/phones/on_status/other",
    "/phones/credentials", "/servers/authentication/challenges", "/servers/authentication/realm",
    "/servers/authentication/algorithms", "/servers/authentication/nonce_lifetime",
    "/servers/authentication/nonce_reuse", "/servers/authentication/stale",
    "/servers/authentication/nonce_secret", "/servers/authentication/users",
    "/servers/authentication/other_users", "/faults/record", "/phones/subscription/event",
    "/phones/after_restart/call_id", "/faults/answered_by", "/phones/after_restart/contact",
    "/phones/refresh/rule", "/phones/refresh/percent", "/phones/address_failback",
    "/faults/resolver", "/faults/phones", "/phones/subscriptions", "/phones/nat/lifetime",
    "/phones/rto", "/phones/keep_alive/method", "/phones/keep_alive/every",
    "/phones/keep_alive/answered", "/phones/keep_alive/answer_within",
    "/phones/keep_alive/max_lost", "/phones/keep_alive/to", "/links/ageing", "/faults/realm",
    "/servers/survivability/in_emergency", "/servers/survivability/re_registers",
    "/servers/survivability/unanswered", "/servers/survivability/gives_up_after",
    "/phones/subscription/refresh/rule", "/phones/subscription/refresh/percent",
    "/phones/keep_alive/flow_timer", "/phones/outbound_proxy", "/phones/lookup/static_records",
    "/calls/lasts", "/calls/hangs_up", "/calls/mid_call", "/incoming/lasts", "/incoming/hangs_up",
    "/incoming/mid_call", "/phones/connection/gives_up_after", "/phones/connection/unanswered",
    "/servers/authentication/wrong_password", "/faults/ratio", "/faults/time", "/calls/transfer",
    "/calls/confirms", "/incoming/transfer", "/incoming/confirms"};

}  // namespace failback::tests

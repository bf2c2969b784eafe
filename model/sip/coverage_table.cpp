// What can be seen of each role. Left out (.) are timers in phases in which they do not run, and
// messages that nobody can have sent yet; whether the rest can happen depends on the design.

#include "model/sip/coverage.hpp"

namespace failback::model {

namespace {

using Tables = std::array<RoleTable, kRoles>;

const Tables kTables{{
    {"registration",
     {"idle", "looking up", "asking", "refreshing", "registered", "registered, waiting",
      "waiting", "probing", "removing", "wiping", "given up"},
     {"boot", "200", "423", "challenge", "refusal", "transport error", "Timer E", "Timer F",
      "Timer K", "refresh due", "retry", "lifetime over", "probe due"},
     {"++++++..++...", ".+++++..+..+.", ".++++++++....", ".++++++++..+.", ".+++++..++.+.",
      ".+++++..+.++.", ".+++++..+.+..", ".++++++++...+", ".++++++++....", ".++++++++....",
      ".+++++..+...."}},
    {"subscription",
     {"idle", "looking up", "asking", "refreshing", "subscribed", "awaiting NOTIFY",
      "subscribed, waiting", "waiting", "given up"},
     {"200", "423", "challenge", "refusal", "transport error", "NOTIFY active",
      "NOTIFY terminated", "Timer E", "Timer F", "Timer K", "Timer N", "refresh due", "retry",
      "lifetime over"},
     {"+++++++..+....", "+++++++..++..+", "+++++++++++...", "++++++++++++.+", "+++++++..+++.+",
      "+++++++..++...", "+++++++..++.++", "+++++++..++.+.", "+++++++..++..."}},
    {"line",
     {"nowhere", "working", "returning"},
     {"failback due", "hold-down over"},
     {"..", "++", "++"}},
    {"flow",
     {"no keep-alives", "waiting", "awaiting an answer"},
     {"answer", "unreachable", "keep-alive due", "repetition due", "answer overdue",
      "silent for long"},
     {"++...+", "+++..+", "++++++"}},
    {"name",
     {"absent", "absent, asking", "fresh", "fresh, asking", "expired", "expired, asking",
      "negative", "negative, asking"},
     {"answer", "denial", "silence", "known", "record over"},
     {".....", "++++.", "....+", ".....", ".....", "+++..", "....+", "...++"}},
    {"caller",
     {"idle", "looking up", "calling", "proceeding"},
     {"dial", "180", "200", "declined", "refusal", "transport error", "challenge", "Timer A",
      "Timer B"},
     {"+++++++..", ".++++++..", ".++++++++", ".++++++++"}},
    {"called phone",
     {"idle", "ringing", "answered", "confirmed", "refused"},
     {"INVITE", "ACK", "user answers", "200 again", "no ACK"},
     {"++...", "+++..", "++.++", "++...", "++..."}},
    {"dialog of a phone",
     {"none", "in call", "ending", "updating"},
     {"BYE", "200 to BYE", "refusal of BYE", "200 to UPDATE", "refusal of UPDATE", "hang up",
      "mid-call", "session refresh", "session over", "Timer E of UPDATE", "Timer F of UPDATE",
      "Timer E of BYE", "Timer F of BYE"},
     {"+++++........", "+++++++++..++", "+++++......++", "+++++++++++++"}},
    {"station",
     {"idle", "seizing", "releasing", "telling all", "holding"},
     {"wanted", "200", "202", "refusal", "transport error", "Timer E", "Timer F",
      "seizure over", "user releases"},
     {"+++++....", ".++++++..", ".++++++..", "+++++++..", ".++++..++"}},
    {"registrar",
     {"down", "refusing", "maintenance", "unbound", "bound", "bound a moment ago"},
     {"REGISTER", "removal", "wipe", "OPTIONS", "Timer J", "binding over", "repeat window over",
      "nonce too old", "keep-alive"},
     {"++++.++++", "+++++++++", "+++++++++", "+++++++++", "+++++++++", "+++++++++"}},
    {"notifier",
     {"down", "refusing", "maintenance", "none", "subscribed", "ending", "notifying"},
     {"SUBSCRIBE", "200 to NOTIFY", "refusal of NOTIFY", "Timer J", "Timer E of NOTIFY",
      "Timer F of NOTIFY", "subscription over", "nonce too old"},
     {"+++...++", "+++...++", "++++++++", "++++...+", "++++..++", "++++++.+", "++++++++"}},
    {"callee",
     {"down", "refusing", "none", "answered", "confirmed", "refused", "ringing"},
     {"INVITE", "ACK", "CANCEL", "callee answers", "200 again", "no ACK", "nonce too old",
      "INVITE expired"},
     {"++++++++", "++++++++", "+++...+.", "+++.+++.", "+++...+.", "+++...+.", "++++..++"}},
    {"offering server",
     {"none", "offered", "offered to nobody", "alerting"},
     {"call", "180", "200", "refusal", "Timer A", "Timer B"},
     {"++++..", ".+++++", ".+++.+", ".+++.."}},
    {"dialog of a server",
     {"none", "in call", "ending"},
     {"BYE", "UPDATE", "answer to BYE", "hang up", "session over", "Timer E of BYE",
      "Timer F of BYE"},
     {"+++....", "+++++++", "+++..++"}},
    {"granter",
     {"down", "refusing", "maintenance", "free", "granted"},
     {"seize", "release", "all", "seizure over"},
     {"++++", "++++", "++++", "+++.", "++++"}},
    {"gateway",
     {"stopped", "normal", "normal, probing", "emergency", "emergency, probing"},
     {"probe due", "Timer E", "timeout", "200", "refusal", "transport error"},
     {"...+++", "+..+++", ".+++++", "+..+++", ".+++++"}},
    {"watched server",
     {"down", "refusing", "maintenance", "up"},
     {"OPTIONS"},
     {"+", "+", "+", "+"}},
    {"fault",
     {"crash", "unreachable", "loss", "duplication", "maintenance", "refusal", "restart",
      "rebinding", "rogue-register", "dns-outage", "dns-denial", "dns-delay", "latency",
      "credentials", "hang", "power-cut", "full", "half-open", "move", "dns-wrong", "realm",
      "dns-change", "late", "slowdown"},
     {"strikes", "ends", "window opens", "window closes"},
     {"++..", "++..", "..++", "..++", "++..", "++..", "++..", "++..", "++..", "++..", "++..",
      "++..", "++..", "++..", "++..", "++..", "++..", "+...", "+...", "++..", "++..", "+...",
      "..++", "++.."}},
    {"transferred phone",
     {"none", "in call", "asking its user"},
     {"REFER", "user confirms", "not confirmed"},
     {"+..", "+..", "+++"}},
    {"transferring server",
     {"none", "in call", "referring"},
     {"202", "refusal", "script transfers", "Timer E", "Timer F"},
     {"++...", "+++..", "++.++"}},
}};

}  // namespace

const std::array<RoleTable, kRoles>& role_tables() { return kTables; }

std::size_t RoleTable::possible_pairs() const {
    std::size_t pairs = 0;
    for (const std::string_view row : possible) {
        for (const char mark : row) {
            pairs += mark == '+' ? 1U : 0U;
        }
    }
    return pairs;
}

}  // namespace failback::model

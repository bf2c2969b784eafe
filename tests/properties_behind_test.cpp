// What a registrar behind a gateway that passes requests on does with them, and what a property may
// say of it.
#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "properties/catalogue.hpp"
#include "tests/check_fixture.hpp"
#include "tests/load_fixture.hpp"
#include "tests/relay_fixture.hpp"

namespace failback::tests::properties_behind_test {
namespace {

using namespace failback::model;
using properties::Outcome;

constexpr DelayMs kSecond = 1000;

// "column: found | expected"
std::string refused(const Design& design, const std::string& text) {
    try {
        (void)properties::parse_property(text, design);
    } catch (const properties::LanguageError& error) {
        return fmt::format("{}: {} | {}", error.column(), error.found(), error.expected());
    }
    return "none";
}

}  // namespace

TEST_CASE("behind a gateway: the server lengthens a lifetime, RFC 3261 10.3 step 7") {
    Design design = relayed();
    design.phones[0].expires = 60 * kSecond;
    design.servers[0].min_expires = 100 * kSecond;
    design.servers[0].too_brief = TooBrief::raise;
    CHECK(outcome_of(design, "never lengthens(s2, line1)") == Outcome::violated);
    CHECK(outcome_of_all(design, "lifetime-law") == Outcome::violated);
    Run run(design);
    run.until(50);
    CHECK(run.observed(Notice::lengthened) == Run::Instants{20});
    CHECK(run.observed(Notice::accepted) == Run::Instants{30});  // the gateway learns of it
    design.servers[0].too_brief = TooBrief::reject_423;
    CHECK(outcome_of_all(design, "lifetime-law") == Outcome::holds);
}

TEST_CASE("behind a gateway: the server stores what comes out of order, RFC 3261 10.3 step 7") {
    Design design = relayed();
    rules_of(design).transport = Transport::udp;
    design.servers[0].out_of_order = Status::ok_200;
    design.servers[0].timer_j = 5 * kSecond;
    Fault late = of_messages(FaultKind::late, 1);
    late.server = 0;
    late.gateway = 1;
    late.delay = sim::exactly(6 * kSecond);
    design.faults.push_back(late);
    CHECK(outcome_of_all(design, "cseq-order") == Outcome::violated);
}

TEST_CASE("behind a gateway: a registrar that is full refuses what refreshes its own bindings") {
    Design design = relayed();
    design.phones[0].expires = 120 * kSecond;
    Fault fault = full(0, 30 * kSecond, 600 * kSecond);
    fault.answer = Status::service_unavailable_503;
    fault.refuses_refreshes = true;
    design.faults.push_back(fault);
    CHECK(outcome_of(design, "never refuses_refresh(s2, line1)") == Outcome::violated);
    design.faults[0].server = 1;  // the gateway has no say
    CHECK(outcome_of(design, "never refuses_refresh(s2, line1)") == Outcome::holds);
    CHECK(outcome_of(design, "never refused(line1, s2)") == Outcome::holds);
}

TEST_CASE("behind a gateway: what the gateway learns late is no REGISTER out of order") {
    Design design = relayed();
    rules_of(design).delay = {0, 40 * kSecond};
    design.phones[0].timers.timer_f = 5 * kSecond;
    design.phones[0].retry = sim::exactly(1 * kSecond);
    Run run(design);
    run.until(10);
    const auto passed_on = [](const Event& event) {
        return event.kind == EventKind::relayed_to_server;
    };
    CHECK(run.sent(passed_on) == Run::Instants{10});
    run.until(100 * kSecond);
    CHECK(run.observed(Notice::out_of_order).empty());
}

TEST_CASE("behind a gateway: it registers a phone again while its own binding is there") {
    Design design = relayed();
    rules_of(design).re_registers = 1000;
    design.faults.push_back(crash(0, 100 * kSecond, 200 * kSecond));
    design.faults[0].keeps_bindings = false;
    design.faults.push_back(centre_cut(600 * kSecond, 200 * kSecond));
    Run run(design);
    run.until(1000 * kSecond);
    const auto answers = [&run](Status status) {
        return run.sent([status](const Event& event) {
            return event.kind == EventKind::relayed_to_gateway &&
                   event.method == Method::re_register && event.status == status;
        });
    };
    CHECK(answers(Status::ok_200).size() == 2);
    CHECK(answers(Status::server_error_500).empty());
}

TEST_CASE("behind a gateway: what is never true of a server there is an error") {
    const Design design = relayed();
    const std::string found = "\"s1\" | s2, the gateway through which line1 reaches it";
    CHECK(refused(design, "never accepts(s1, line1)") ==
          "15: " + found + ", or binding(s1, line1)");
    CHECK(refused(design, "never registered(line1, s1)") ==
          "25: " + found + ", or binding(s1, line1)");
    CHECK(refused(design, "never up(s1) and working(line1) = s1") ==
          "35: " + found + ", or binding(s1, line1)");
    CHECK(refused(design, "never invites(line1, s1)") == "22: " + found);
    for (const char* word : {"forgotten(s1, line1)", "removes(s1, line1)", "ghost(s1, line1)",
                             "lengthens(s1, line1)", "inbound(line1, s1)",
                             "subscribed(line1, s1)"}) {
        CHECK(refused(design, std::string("never ") + word) != "none");
    }
}

TEST_CASE("behind a gateway: what may be true of a server there is none") {
    Design design = relayed();
    for (const char* says : {"never binding(s1, line1)", "never reachable(line1, s1)",
                             "never offers(s1, line1)", "never hijacked(s1, line1)",
                             "never accepts(s2, line1)", "never working(line1) = none",
                             "never up(s1)"}) {
        CHECK(refused(design, says) == "none");
    }
    design.phones[0].servers.push_back({0, true, {}, {}});  // now it is in the list, too
    CHECK(refused(design, "never accepts(s1, line1)") == "none");
    design = relayed();
    rules_of(design).in_normal = InNormal::served;  // a server of its own
    CHECK(refused(design, "never accepts(s1, line1)") == "none");
}

}  // namespace failback::tests::properties_behind_test

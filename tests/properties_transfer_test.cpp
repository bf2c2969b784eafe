// Transfers in searches: slices and reductions against the whole, on drawn designs.
#include <catch2/catch.hpp>

#include "tests/agreement.hpp"
#include "tests/check_fixture.hpp"
#include "tests/design_fixture.hpp"
#include "tests/drawn_relays.hpp"

namespace failback::tests::properties_transfer_test {
namespace {

using namespace failback::model;
using properties::Outcome;

constexpr DelayMs kSecond = 1000;

const std::vector<std::string> kQuestions{
    "never unconfirmed(line1, s1)",
    "never transferred(line1, s1)",
    "never prompts(line1, s1) for 9s",
    "never drops(line1, s1)",
    "whenever refers(s1, line1) then transferred(line1, s1) within 10s",
    "never prompts(line1, s1) and not dialog(s1, line1)",
    "never zombie(line1, s1) for 33s",
};

DialogPlan drawn_plan(Draw& draw) {
    DialogPlan plan;
    plan.lasts = {draw({0, 20}) * kSecond, 60 * kSecond};
    plan.phone_hangs_up = draw({true, true, false});
    plan.other_hangs_up = !plan.phone_hangs_up || draw({true, false});
    plan.transfer = draw({Interval{10 * kSecond, 30 * kSecond}, Interval{0, 0},
                          Interval{5 * kSecond, 5 * kSecond}});
    if (draw({true, false})) {
        plan.confirms = draw({Interval{0, 20 * kSecond}, Interval{10 * kSecond, 10 * kSecond}});
    }
    return plan;
}

void draw_rules(Phone& phone, Draw& draw) {
    if (draw({true, true, false})) {
        phone.calls.confirmation = 10 * kSecond;
    }
    phone.failover.dialogs = draw({UnregisteredDialogs::kept, UnregisteredDialogs::silent,
                                   UnregisteredDialogs::ended});
    phone.calls.session_expires = draw({0, 0, 90}) * kSecond;
}

Design drawn_transfers(Draw& draw) {
    Design design = design_with(draw({1U, 1U, 2U}));
    Phone& phone = design.phones[0];
    design.default_delay = {0, draw({0, 100, 1000})};
    phone.expires = draw({3600, 120}) * kSecond;
    draw_rules(phone, draw);
    phone.calls.first = draw({CallFirst::working, CallFirst::primary});
    phone.transport = draw({Transport::udp, Transport::udp, Transport::tcp});
    phone.clock_ppm = draw({0, 0, 100});
    design.servers[0].keeps_dialogs = draw({true, false});
    if (draw({true, true, false})) {
        dial_at(design, 1000);
        design.calls[0].dialog = drawn_plan(draw);
    } else {
        design.incoming.push_back({0, 0, 0, 1, sim::exactly(5 * kSecond), sim::exactly(500), {},
                                   drawn_plan(draw)});
    }
    draw_fault(design, draw);
    if (draw({false, false, true})) {
        design.faults.push_back(restart(0, 0));
        design.faults.back().at = {0, 60 * kSecond};
        design.faults.back().lasts = {0, 20 * kSecond};
    }
    return design;
}

// Through the gateway s2, which passes on what the server s1 behind it sends.
Design drawn_through_gateway(Draw& draw) {
    Design design = drawn_relay(draw);
    draw_rules(design.phones[0], draw);
    design.servers[0].keeps_dialogs = draw({true, false});
    design.calls.clear();
    design.incoming.clear();
    dial_at(design, 1000);
    design.calls[0].dialog = drawn_plan(draw);
    return design;
}

// The question about another server.
std::string through(std::string question, const std::string& server) {
    for (auto at = question.find("s1"); at != std::string::npos; at = question.find("s1", at + 2)) {
        question.replace(at, 2, server);
    }
    return question;
}

int compare(std::uint64_t seed, int designs, std::uint64_t classes, Design (*drawn)(Draw&),
            const char* server) {
    Draw draw(seed);
    int compared = 0;
    for (int number = 0; number < designs; ++number) {
        const Design design = drawn(draw);
        for (const std::string& question : kQuestions) {
            CAPTURE(seed, number);
            compared += agreeing(design, through(question, server), classes);
        }
    }
    return compared;
}

Design asking(DelayMs within, std::optional<Interval> confirms) {
    Design design = design_with(1);
    dial_at(design, 1000);
    design.calls[0].dialog = {.lasts = sim::exactly(100 * kSecond),
                              .transfer = Interval{0, 20 * kSecond},
                              .confirms = confirms};
    design.phones[0].calls.confirmation = within;
    return design;
}

bool holds(const Design& design, const std::string& says) {
    return properties::check(design, properties::parse_property(says, design)).outcome ==
           Outcome::holds;
}

}  // namespace

TEST_CASE("transfers: confirmed at the very instant of the timeout, both may happen") {
    const Design design = asking(10 * kSecond, sim::exactly(10 * kSecond));
    CHECK_FALSE(holds(design, "never unconfirmed(line1, s1)"));
    CHECK_FALSE(holds(design, "never transferred(line1, s1)"));
    const Design in_time = asking(10 * kSecond, Interval{0, 10 * kSecond - 1});
    CHECK(holds(in_time, "never unconfirmed(line1, s1)"));
    const Design late = asking(10 * kSecond, sim::exactly(10 * kSecond + 1));
    CHECK(holds(late, "never transferred(line1, s1)"));
}

TEST_CASE("transfers: what the phone asks lasts as long as the design says, exactly") {
    const Design design = asking(10 * kSecond, std::nullopt);
    CHECK(holds(design, "never prompts(line1, s1) for 10001ms"));
    CHECK_FALSE(holds(design, "never prompts(line1, s1) for 9999ms"));
}

TEST_CASE("transfers: designs without them need no room for them") {
    Design design = asking(10 * kSecond, std::nullopt);
    const std::size_t with = SipModel(design, whole(design)).packed_size();
    design.calls[0].dialog.transfer.reset();
    CHECK(SipModel(design, whole(design)).packed_size() + sizeof(Transfer) == with);
}

TEST_CASE("transfers: properties are alike if they are transferred alike") {
    Design design = asking(10 * kSecond, sim::exactly(5 * kSecond));
    design.phones.push_back(design.phones[0]);
    design.phones[1].name = "other";
    design.phones[1].lines[0] = {"line2", "sip:1002@example.com", {}};
    design.calls.push_back(design.calls[0]);
    design.calls[1].phone = 1;
    const auto alike = [](const Design& asked) {
        return key_of(asked, "never unconfirmed(line1, s1)") ==
               key_of(asked, "never unconfirmed(line2, s1)");
    };
    CHECK(alike(design));
    const auto differs = [&](auto change) {
        Design other = design;
        change(other);
        CHECK_FALSE(alike(other));
    };
    differs([](Design& other) { other.calls[1].dialog.transfer->latest += 1; });
    differs([](Design& other) { other.calls[1].dialog.transfer.reset(); });
    differs([](Design& other) { other.calls[1].dialog.confirms.reset(); });
    differs([](Design& other) { other.phones[1].calls.confirmation.reset(); });
    differs([](Design& other) { other.phones[1].calls.confirmation = 11 * kSecond; });
}

TEST_CASE("transfers: drawn designs, sliced and reduced against whole and full") {
    CHECK(compare(3515, 2, 400, drawn_transfers, "s1") > 10);
    CHECK(compare(5590, 2, 400, drawn_through_gateway, "s2") > 0);
}

TEST_CASE("transfers: many drawn designs, sliced and reduced against whole and full", "[.slow]") {
    CHECK(compare(2002, 12, 2000, drawn_transfers, "s1") > 40);
    CHECK(compare(2009, 6, 2000, drawn_through_gateway, "s2") > 5);
}

TEST_CASE("transfers: what a design file may not say of them") {
    const auto plan = [](const json& more) {
        json changed{{"phone", "phone"}, {"line", "line1"}};
        changed.update(more);
        return json::array({changed});
    };
    check_problem("/calls", plan({{"transfer", "1m"}}), "without \"lasts\" a call has no middle");
    check_problem("/calls", plan({{"confirms", "1m"}}), "without \"lasts\" a call has no middle");
    check_problem("/calls", plan({{"lasts", "5m"}, {"confirms", "1m"}}),
                  "without \"transfer\" there is nothing to confirm");
    check_problem("/calls", plan({{"lasts", "5m"}, {"transfer", "soon"}}), "duration");
    check_problem("/phones/0/calls", {{"transfer_confirmation", "user"}}, "duration");
    check_problem("/phones/0/calls", {{"transfer_confirmation", "0s"}}, "at least 1ms");
}

}  // namespace failback::tests::properties_transfer_test

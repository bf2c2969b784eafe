// Servers at which messages wait: all ways to search agree, and slices hold all that is sent there.
#include <catch2/catch.hpp>

#include "tests/agreement.hpp"
#include "tests/drawn_designs.hpp"
#include "tests/load_fixture.hpp"

namespace failback::tests::properties_load_test {
namespace {

using namespace failback::model;

constexpr DelayMs kSecond = 1000;

Fault draw_fault_of_load(Draw& draw) {
    Fault fault = draw({hang(0, 0, 0), hang(0, 0, 0), power_cut({0, 1}, 0, 0), full(0, 0, 0),
                        crash(0, 0, 0)});
    fault.at = {0, draw({0, 1, 100}) * kSecond};
    fault.lasts = draw({Interval{40 * kSecond, 60 * kSecond}, {0, 20 * kSecond}});
    fault.refuses_refreshes = draw({false, true});
    return fault;
}

// Two phones, one of which may be at another server, too.
Design drawn_load(Draw& draw) {
    Design design = crowd(2, draw({1U, 1U, 2U}));
    design.default_delay = {0, draw({0, 100, 1000})};
    for (Phone& phone : design.phones) {
        phone.timers.t1 = draw({500, 4000});
        phone.timers.t2 = 4000;
        phone.timers.timer_f = draw({16, 5}) * kSecond;
        phone.retry = sim::Interval{30 * kSecond, draw({30, 40}) * kSecond};
        phone.expires = draw({3600, 120}) * kSecond;
        phone.boot = {0, draw({0, 0, 3}) * kSecond};
    }
    if (draw({true, true, false})) {
        Processing rules = taking(draw({0, 300, 3000}), draw({0, 1, 2}));
        rules.time.earliest = draw({DelayMs{0}, rules.time.latest});
        rules.workers = draw({1, 1, 2});
        rules.refuses = draw({false, true});
        rules.retry_after = rules.refuses ? draw({0, 20'000}) : 0;
        design.servers[0].processing = rules;
    }
    if (draw({true, false, false})) {
        dial_at(design, 0);
        design.calls[0].at.latest = draw({0, 10}) * kSecond;
    }
    if (draw({true, true, false})) {
        design.faults.push_back(draw_fault_of_load(draw));
    }
    return design;
}

const char* drawn_text(Draw& draw) {
    return draw({"whenever boots(line1, s1) then registered(line1, s1) within 40s",
                 "never binding(s1, line1) and not registered(line1, s1) for 10s",
                 "never overflows(s1)", "never lapses(line2, s1)",
                 "never refuses_refresh(s1, line1)",
                 "whenever recovers(s1) then working(line1) = s1 within 40s",
                 "never working(line2) = none for 30s"});
}

int compared(std::uint64_t first, std::uint64_t last, std::uint64_t classes) {
    int ways = 0;
    for (std::uint64_t seed = first; seed <= last; ++seed) {
        Draw draw(seed);
        const Design design = drawn_load(draw);
        const std::string says = drawn_text(draw);
        CAPTURE(seed, says);
        ways += agreeing(design, says, classes);
        ways += approximation_agrees(design, says, classes);
    }
    return ways;
}

std::size_t parts_of_slice(const Design& design, const char* says) {
    const auto property = properties::parse_property(says, design);
    return slice(design, properties::roots_of(property, design)).parts.size();
}

}  // namespace

TEST_CASE("load: slices, reductions, coverage and approximations agree on drawn designs") {
    CHECK(compared(1, 40, 300) > 20);
}

TEST_CASE("load: the same on many more", "[.slow]") { CHECK(compared(100, 180, 3000) > 60); }

TEST_CASE("slowdown: slices, reductions and approximations agree on drawn designs") {
    int ways = 0;
    for (std::uint64_t seed = 1; seed <= 120; ++seed) {
        Draw draw(seed);
        Design design = drawn_load(draw);
        if (!design.servers[0].processing || design.servers[0].processing->time.latest == 0) {
            continue;
        }
        Fault slow = hang(0, 0, 0);
        slow.kind = FaultKind::slowdown;
        slow.delay = draw({sim::Interval{0, 100}, {2000, 2000}, {0, 9000}});
        slow.at = {0, draw({0, 1, 100}) * kSecond};
        slow.lasts = {0, draw({20, 60}) * kSecond};
        slow.count = draw({1, kUnlimited});
        design.faults.push_back(slow);
        const std::string says = drawn_text(draw);
        CAPTURE(seed, says);
        ways += agreeing(design, says, 300);
        ways += approximation_agrees(design, says, 300);
    }
    CHECK(ways > 10);
}

TEST_CASE("load: the bounds of the catalogue count with a slowdown") {
    Design design = crowd(2);
    design.servers[0].processing = taking(100, 2);
    design.faults = {power_cut({0, 1}, 100'000, 20'000), hang(0, 0, 0)};
    design.faults[1].kind = FaultKind::slowdown;
    design.faults[1].delay = {0, 3000};
    design.faults[1].at = {0, 200'000};
    design.faults[1].lasts = {0, 200'000};
    for (Phone& phone : design.phones) {
        phone.timers.t1 = 20'000;  // no copies
    }
    for (const char* id : {"avalanche", "eventual-registration"}) {
        CAPTURE(id);
        CHECK(outcome_of_all(design, id) == properties::Outcome::holds);
    }
}

TEST_CASE("load: whatever is sent to a server at which messages wait is in the slice") {
    Design design = crowd(3, 2);
    design.phones[2].servers.erase(design.phones[2].servers.begin());
    const char* says = "never registered(line1, s1)";
    CHECK(parts_of_slice(design, says) == 1);
    CHECK(parts_of_slice(design, "never overflows(s1)") == 0);
    design.servers[0].processing = taking(100, 2);
    CHECK(parts_of_slice(design, says) == 2);
    CHECK(parts_of_slice(design, "never overflows(s1)") == 2);
    dial_at(design, 0);  // an INVITE may go to each server, and is sent as registrations say
    CHECK(parts_of_slice(design, says) == 4);
    design.servers[0].processing.reset();
    CHECK(parts_of_slice(design, says) == 1);
    design.faults.push_back(hang(0, 0, 1000));
    CHECK(parts_of_slice(design, says) == 4);
}

TEST_CASE("load: probes of gateways wait with the rest, and what keeps them waiting counts") {
    Design design = crowd(2, 2);
    design.servers[1].kind = ServerKind::gateway;
    design.servers[1].watches = 0;
    design.servers[1].survivability.in_normal = InNormal::ignored;
    design.phones[1].servers.pop_back();
    const char* says = "never registered(line1, s2)";
    CHECK(parts_of_slice(design, says) == 1);
    design.servers[0].processing = taking(100, 2);
    CHECK(parts_of_slice(design, says) == 3);
    CHECK(parts_of_slice(design, "never emergency(s2)") == 2);
    const auto property = properties::parse_property("never overflows(s1)", design);
    CHECK(slice(design, properties::roots_of(property, design)).gateways.contains(1));
}

TEST_CASE("load: a power cut is a step of the approximations, and ends the beliefs of its phones") {
    Design design = crowd(2, 2);
    design.faults.push_back(power_cut({0, 1}, 100'000, 20'000));
    design.faults[0].at = {0, 100'000};
    int settled = 0;
    for (const char* says :
         {"never working(line1) = none and working(line2) = none",
          "never off(line1) and registered(line2, s2)",
          "whenever restarts(line1) then working(line2) = none within 0s",
          "whenever restarts(line1) then working(line2) = s2 within 20s",
          "whenever restarts(line1) then working(line1) = s1 within 21s"}) {
        settled += approximation_agrees(design, says, 20'000);
    }
    CHECK(settled >= 4);
}

TEST_CASE("load: who comes back with another address competes for room with who is there") {
    Design design = crowd(2);
    design.servers[0].capacity.bindings = 2;
    design.faults.push_back(power_cut({0, 1}, 100'000, 20'000));
    CHECK(parts_of_slice(design, "never refused(line1, s1)") == 1);
    for (Phone& phone : design.phones) {
        phone.after_restart.new_contact = true;
    }
    CHECK(parts_of_slice(design, "never refused(line1, s1)") == 2);
    CHECK(search(design, "never refused(line1, s1)", kUsual).violated);
}

TEST_CASE("load: sites are alike if their servers, and the power cuts of their phones, are") {
    Design design = crowd(2, 2);
    design.phones[0].servers.pop_back();
    design.phones[1].servers.erase(design.phones[1].servers.begin());
    const auto are_alike = [&design] {
        return key_of(design, "never registered(line1, s1)") ==
               key_of(design, "never registered(line2, s2)");
    };
    CHECK(are_alike());
    design.faults.push_back(power_cut({0}, 0, 1000));
    CHECK_FALSE(are_alike());
    design.faults[0].phones = {0, 1};
    CHECK(are_alike());
    design.servers[0].processing = taking(100, 2);
    CHECK_FALSE(are_alike());
    design.servers[1].processing = taking(100, 2);
    CHECK(are_alike());
    design.servers[1].processing->refuses = true;
    CHECK_FALSE(are_alike());
    design.servers[0].processing->refuses = true;
    design.faults.push_back(full(0, 0, 1000));
    CHECK_FALSE(are_alike());
    design.faults.push_back(full(1, 0, 1000));
    CHECK(are_alike());
    design.faults.back().refuses_refreshes = true;
    CHECK_FALSE(are_alike());
}

}  // namespace failback::tests::properties_load_test

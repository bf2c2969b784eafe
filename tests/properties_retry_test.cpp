// Worst cases with waits that grow from failure to failure, and with a wait for each way to fail.
#include <catch2/catch.hpp>

#include "properties/bounds.hpp"
#include "tests/check_fixture.hpp"

namespace failback::tests::properties_retry_test {
namespace {

using namespace failback::model;
using properties::Outcome;
using properties::registration_bound;

constexpr DelayMs kSecond = 1000;

// The phone of the reference design with W = 120, 240, 480, 480 ... s after failures in a row and
// waits of W/2 to W, and an outage of up to `lasts`.
Design growing(DelayMs lasts) {
    Design design = design_with(1);
    design.default_delay = {0, 1000};
    RetryWait& wait = design.phones[0].retry.unanswered;
    wait.rule = RetryRule::doubling;
    wait.base = 60 * kSecond;
    wait.max = 480 * kSecond;
    design.faults.push_back(crash(0, 0, 0));
    design.faults[0].at = sim::any_time();
    design.faults[0].lasts = {60 * kSecond, lasts};
    return design;
}

const std::string kRegisters = "whenever recovers(s1) then working(line1) = s1 within ";

Outcome outcome(const Design& design, DelayMs within) {
    const auto property =
        properties::parse_property(kRegisters + std::to_string(within) + "ms", design);
    return properties::check(design, property).outcome;
}

Findings range_of(const Design& design, const Way& way) {
    return search(design, properties::parse_property(kRegisters + "24h", design), way, true);
}

}  // namespace

// The server is back right after the last transmission that could still be answered in time, 27.5 s
// into attempt k; what is left of Timer F, the wait after k failures, and the round trip follow:
// 32 - 27.5 + W + 2 = W + 6.5 s. For that the outage must begin before the first copy of attempt 1
// arrives, up to 1 s after it was sent, and last until then. With the shortest waits before,
//   k = 2: 32 + 60 + 27.5 - 1            = 118.5 s, W = 240 s, bound 246.5 s
//   k = 3: 32 + 60 + 32 + 120 + 27.5 - 1 = 270.5 s, W = 480 s, bound 486.5 s
// k = 1 is another matter: the phone holds itself registered until attempt 1 has failed. If the
// server is back right then, only W = 120 s and the round trip follow: 122 s.
TEST_CASE("bound: waits that grow, as far as the outage lets them") {
    struct Row {
        DelayMs lasts;
        DelayMs bound;
    };
    const auto row = GENERATE(values<Row>({{118'499, 122'000},
                                           {118'500, 246'500},
                                           {270'499, 246'500},
                                           {270'500, 486'500},
                                           {7'200'000, 486'500}}));
    CAPTURE(row.lasts);
    const Design design = growing(row.lasts);
    CHECK(outcome(design, row.bound) == Outcome::holds);
    CHECK(outcome(design, row.bound - 1) == Outcome::violated);
    CHECK(registration_bound(design, {0, 0}) == 486'500);  // however long the outage lasts
}

TEST_CASE("bound: waits that grow, with and without reduction and merging") {
    const Design design = growing(300 * kSecond);
    const Findings usual = range_of(design, kUsual);
    CHECK(usual.most == 486'500);
    CHECK(usual.least == 0);
    CHECK(usual == range_of(design, kSlowest));
    CHECK(usual == range_of(design, kInclusion));
}

// The answers got lost, and a copy earns a 500 after the recovery: the pause of 4 s between two
// transmissions, the round trip of 980 ms to the 500, the wait after a rejection, and the next one.
TEST_CASE("bound: the wait after a rejection, where a server forgets requests early") {
    Design design = design_with(1);
    design.default_delay = {0, 490};
    set_t1(design, 1000);
    design.phones[0].retry.unanswered.fixed = {30 * kSecond, 60 * kSecond};
    design.phones[0].retry.rejected.fixed = {30 * kSecond, 200 * kSecond};
    design.servers[0].timer_j = 32 * kSecond;
    design.faults.push_back(unreachable(0, 0, 0, Direction::to_phone));
    design.faults[0].at = sim::any_time();
    design.faults[0].lasts = {0, 60 * kSecond};
    CHECK(range_of(design, kUsual).most == 4000 + 2 * 980 + 200'000);
    CHECK(range_of(design, kFull).most == 4000 + 2 * 980 + 200'000);
    CHECK(registration_bound(design, {0, 0}) == 4000 + 2 * 980 + 200'000);
    // Where nothing is rejected, that wait is not part of any bound.
    design.servers[0].timer_j = 64 * kSecond;
    CHECK(range_of(design, kUsual).most <= registration_bound(design, {0, 0}));
    CHECK(registration_bound(design, {0, 0}) < 100'000);
}

// The 200 takes 1 s. In the meantime the server crashes and is back, and refuses the copy that was
// sent after 500 ms; the 500 overtakes the 200. From the recovery: 1 s, the wait, and 2 s.
TEST_CASE("bound: the wait after a rejection, where a crash is so brief that a copy is refused") {
    Design design = design_with(1);
    design.default_delay = {0, 1000};
    design.phones[0].retry.unanswered.fixed = {30 * kSecond, 60 * kSecond};
    design.phones[0].retry.rejected.fixed = {30 * kSecond, 200 * kSecond};
    design.faults.push_back(crash(0, 0, 0));
    design.faults[0].at = sim::any_time();
    design.faults[0].lasts = {0, 60 * kSecond};
    CHECK(range_of(design, kUsual).most == 203'000);
    CHECK(registration_bound(design, {0, 0}) == 203'000);
    design.faults[0].lasts = {1001, 60 * kSecond};
    CHECK(range_of(design, kUsual).most == 66'500);
    CHECK(registration_bound(design, {0, 0}) == 66'500);
}

}  // namespace failback::tests::properties_retry_test

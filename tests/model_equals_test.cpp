// Servers of equal priority behind one name: which comes first is drawn (RFC 2782, RFC 3263 4.3).
#include <catch2/catch.hpp>

#include "model/nodes/call.hpp"
#include "properties/bounds.hpp"
#include "properties/check.hpp"
#include "sim/chooser.hpp"
#include "tests/agreement.hpp"
#include "tests/check_fixture.hpp"
#include "tests/drawn_designs.hpp"
#include "tests/name_fixture.hpp"

namespace failback::tests::model_equals_test {
namespace {

using namespace failback::model;
using namespace failback::properties;
using Servers = std::vector<std::size_t>;

constexpr sim::TimeMs kSecond = 1000;

// As named(); the first `equals` addresses of the first name are as good as each other.
Design with_equals(std::size_t servers, const std::vector<std::size_t>& name, std::size_t equals,
                   Order order = Order::successive) {
    Design design = named(servers, {name});
    design.dns.records[0].ttl = 3'600'000;
    Phone& phone = design.phones[0];
    phone.registration.order = order;
    phone.failback.rule =
        order == Order::successive ? FailbackRule::stay : FailbackRule::immediate;
    for (std::size_t entry = 1; entry < equals; ++entry) {
        phone.servers[entry].equals_previous = true;
    }
    return design;
}

// Whatever must happen happens as early as it may; servers are picked as `wanted` says, in its
// order, and the first one behind its end.
class Picking {
public:
    Picking(Design design, Servers wanted)
        : design_(std::move(design)),
          sip_(design_, whole(design_), Fidelity::full),
          execution_(sip_),
          wanted_(std::move(wanted)) {}

    void until(sim::TimeMs end) {
        while (auto next = next_due(execution_, end)) {
            next->form = form_of(next->entry);
            execution_.step(*next);
        }
    }

    [[nodiscard]] std::uint8_t working() const { return sip_.working(execution_.state(), 0); }
    // Servers as they were picked.
    [[nodiscard]] const Servers& picked() const { return picked_; }
    // How many forms a step has that picks nothing.
    [[nodiscard]] const sim::Execution<SipModel>& execution() const { return execution_; }

private:
    [[nodiscard]] std::size_t server_of(const Event& picked) const {
        const std::size_t entry = picked.kind == EventKind::boot
                                      ? sip_.usages()[picked.index].part.entry
                                      : picked.key;
        return design_.phones[0].servers[entry].server;
    }

    std::uint32_t form_of(std::uint32_t entry) {
        const std::uint32_t forms = execution_.forms(entry);
        for (std::uint32_t form = 0; form < forms; ++form) {
            SipState copy = execution_.state();
            sim::Effects<Event> effects;
            StepLog log;
            sip_.step(copy, execution_.agenda().event(entry), form, effects, log);
            if (log.picked.empty()) {
                return 0;
            }
            const std::size_t server = server_of(log.picked.front());
            if (picked_.size() >= wanted_.size() || server == wanted_[picked_.size()]) {
                picked_.push_back(server);
                return form;
            }
        }
        FAIL("no such server to pick");
        return 0;
    }

    Design design_;
    SipModel sip_;
    sim::Execution<SipModel> execution_;
    Servers wanted_;
    Servers picked_;
};

Servers first_servers(const Design& design, std::uint64_t seed) {
    const SipModel sip(design, whole(design), Fidelity::full);
    sim::Execution<SipModel> run(sip);
    sim::SeededChooser chooser(seed, 60 * kSecond);
    Servers servers;
    while (const auto choice = chooser.next(run)) {
        SipState copy = run.state();
        sim::Effects<Event> effects;
        StepLog log;
        sip.step(copy, run.agenda().event(choice->entry), choice->form, effects, log);
        for (const Event& picked : log.picked) {
            servers.push_back(sip.usages()[picked.index].part.entry);
        }
        run.step(*choice);
    }
    return servers;
}

Fault dead(std::size_t server) { return crash(server, 0, sim::kLongestDelay - 1); }

}  // namespace

TEST_CASE("equals: the weights of RFC 2782") {
    Design design = with_equals(3, {0, 1, 2}, 3);
    Phone& phone = design.phones[0];
    using Weights = std::vector<std::uint64_t>;
    CHECK(weights_of(phone, 7) == Weights{1, 1, 1});  // all 0
    phone.servers[0].weight = 10;
    phone.servers[1].weight = 20;
    // From 0 to 30, of which 0 falls to a record of weight 0, as they stand first.
    CHECK(weights_of(phone, 7) == Weights{10, 20, 1});
    // Without one, 0 falls to the one that happens to stand first.
    CHECK(weights_of(phone, 3) == Weights{21, 41});
    phone.servers[1].weight = 0;
    CHECK(weights_of(phone, 7) == Weights{20, 1, 1});
    CHECK(weights_of(phone, 4) == Weights{1});
}

TEST_CASE("equals: a line registers with any of them, and stays with it") {
    const std::size_t server = GENERATE(0U, 1U, 2U);
    Design design = with_equals(3, {0, 1, 2}, 3);
    design.phones[0].failback = {FailbackRule::after, 60'000, 0, 0};
    Picking run(design, {server});
    run.until(7200 * kSecond);
    CHECK(run.working() == server);
    CHECK(run.picked() == Servers{server});  // its refreshes go to the same server, RFC 3261 10.2.4
}

TEST_CASE("equals: each is tried once before the pause, and before those of a lower priority") {
    Design design = with_equals(3, {0, 1, 2}, 2);
    design.faults = {dead(0), dead(1), dead(2)};
    design.phones[0].retry = sim::exactly(30'000);
    Picking run(design, {1, 0});
    // A round takes three times 32 s and the pause; the last of equals needs no pick.
    run.until((3 * 32 + 30 + 1) * kSecond);
    CHECK(run.picked() == Servers{1, 0});
    run.until(2 * (3 * 32 + 30) * kSecond + kSecond);
    CHECK(run.picked() == Servers{1, 0, 0});
}

TEST_CASE("equals: when a server fails the line goes on with its equal, and nobody returns") {
    Design design = with_equals(3, {0, 1, 2}, 2);
    design.phones[0].expires = 300'000;
    design.phones[0].failback = {FailbackRule::after, 100'000, 0, 0};
    design.faults = {crash(0, 100'000, 300'000)};
    Picking run(design, {0});
    run.until(2000 * kSecond);
    CHECK(run.working() == 1);  // not the third, and not the first again
    CHECK(run.picked() == Servers{0});
}

TEST_CASE("equals: from a lower priority the line returns to any of the best") {
    Design design = with_equals(3, {0, 1, 2}, 2);
    design.phones[0].expires = 300'000;
    design.phones[0].failback = {FailbackRule::after, 100'000, 0, 0};
    design.faults = {crash(0, 100'000, 400'000), crash(1, 100'000, 400'000)};
    const std::size_t back = GENERATE(0U, 1U);
    Picking run(design, {0, back, back, back});
    run.until(2000 * kSecond);
    CHECK(run.working() == back);
}

TEST_CASE("equals: one of them beside another server of the list") {
    Design design = with_equals(3, {0, 1}, 2, Order::concurrent);
    design.phones[0].expires = 300'000;
    design.faults = {crash(1, 100'000, 400'000)};
    Picking run(design, {1});
    run.until(50 * kSecond);
    CHECK(run.working() == 1);
    run.until(2000 * kSecond);
    CHECK(run.working() == 0);
}

TEST_CASE("equals: a call turns to any of them first, then to the other, then to the next") {
    Design design = with_equals(3, {0, 1, 2}, 2);
    for (ServerEntry& entry : design.phones[0].servers) {
        entry.registers = false;
    }
    design.phones[0].calls.first = CallFirst::primary;
    design.phones[0].calls.then = GENERATE(CallThen::all, CallThen::lower);
    design.faults = {dead(0), dead(1)};
    dial_at(design, 10'000);
    const std::size_t first = GENERATE(0U, 1U);
    Picking run(design, {first});
    run.until(200 * kSecond);
    CHECK(run.picked() == Servers{first});
    CHECK(run.execution().state().calls[0].calling == 0);
    CHECK(run.execution().state().call_servers[2].phase == CallServer::Phase::confirmed);
}

TEST_CASE("equals: which one comes first is a function of seed and weights (P39)") {
    Design design = with_equals(2, {0, 1}, 2);
    design.phones[0].servers[0].weight = 30;
    design.phones[0].servers[1].weight = 10;
    int first = 0;
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        const Servers once = first_servers(design, seed);
        REQUIRE(once.size() == 1);
        CHECK(first_servers(design, seed) == once);
        first += once.front() == 0 ? 1 : 0;
    }
    // 61 of 82, so 298 of 400; the standard deviation is 9.
    CHECK(first > 270);
    CHECK(first < 325);
}

TEST_CASE("equals: what may become of messages depends on where they go") {
    Design design = with_equals(2, {0, 1}, 2);
    Fault loss = of_messages(FaultKind::loss, 1);
    loss.server = 1;
    design.faults = {loss};
    design.phones[0].lookup.expired = Expired::at_once;
    const SipModel sip(design, whole(design), Fidelity::full);
    SipState state{};
    sim::Effects<Event> effects;
    sip.initial(state, effects);
    Event boot;
    boot.kind = EventKind::boot;
    state.names[0].record = NameRecordState::fresh;
    effects.clear();
    StepLog log;
    sip.step(state, boot, 0, effects, log);
    REQUIRE(effects.alternatives.size() == 2);
    CHECK(effects.alternatives[0].forms == 1);
    CHECK(effects.alternatives[1].forms == 2);
    CHECK(effects.forms == 3);
}

TEST_CASE("equals: a line that works with either of two is back with one of them in time") {
    Design design = with_equals(2, {0, 1}, 2);
    design.phones[0].expires = 120'000;
    Fault outage = crash(0, 0, 0);
    outage.at = sim::any_time();
    outage.lasts = {60 * kSecond, 600 * kSecond};
    design.faults = {outage};
    const std::string bound = std::to_string(failback_bound(design, {0, 0}));
    const auto outcome = [&](const std::string& says) {
        return check(design, parse_property(says, design)).outcome;
    };
    CHECK(outcome("whenever recovers(s1) then working(line1) = s1 or working(line1) = s2 within " +
                  bound + "ms unless fails(s1)") == Outcome::holds);
    // It may be with the other one for good, or with this one from the start.
    CHECK(outcome("whenever recovers(s1) then working(line1) = s1 within " + bound + "ms") ==
          Outcome::violated);
    const Verdict second = check(design, parse_property("never working(line1) = s2", design));
    CHECK(second.outcome == Outcome::violated);
    CHECK(executes(second));
}

TEST_CASE("equals: slices, reduction and approximations do not change what holds") {
    Draw draw(2052);
    int settled = 0;
    for (int combination = 0; combination < 10; ++combination) {
        Design design = with_equals(3, draw({Servers{0, 1}, Servers{0, 1, 2}}), 2,
                                    draw({Order::successive, Order::concurrent}));
        Phone& phone = design.phones[0];
        phone.timers.timer_f = 16 * kSecond;
        phone.expires = 120 * kSecond;
        phone.refresh.lead = 30 * kSecond;
        phone.lookup.expired = draw({Expired::at_once, Expired::unused, Expired::refetched});
        phone.belief = draw({Belief::until_failed_refresh, Belief::until_expiry});
        if (draw({false, true})) {
            dial_at(design, draw({0, 70}) * kSecond);
        }
        Fault outage = crash(draw({std::size_t{0}, std::size_t{1}}), 0, 0);
        outage.at = {0, 100 * kSecond};
        outage.lasts = {20 * kSecond, 90 * kSecond};
        design.faults = {outage};
        const std::string says = draw({std::string("never lapses(line1, s1)"),
                                       std::string("never working(line1) = s2 for 100s"),
                                       std::string("whenever lapses(line1, s2) then "
                                                   "working(line1) = s1 within 20s")});
        CAPTURE(combination, says);
        settled += agreed(design, says, 3'000, {kWhole, kFull}).ways;
    }
    CHECK(settled > 5);
}

}  // namespace failback::tests::model_equals_test

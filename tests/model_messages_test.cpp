// Faults of single messages: how late ones arrive, and how a simulation draws those it strikes.
#include <catch2/catch.hpp>

#include <map>
#include <numeric>

#include <nlohmann/json.hpp>

#include "model/file/random_faults.hpp"
#include "sim/chooser.hpp"
#include "tests/design_fixture.hpp"
#include "tests/run_fixture.hpp"

namespace failback::tests::model_messages_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

Design with_late(int count, Interval delay) {
    Design design = design_with(1);
    Fault fault = of_messages(FaultKind::late, count);
    fault.delay = delay;
    design.faults = {fault};
    return design;
}

// The step in which the only line boots.
struct FirstStep {
    SipState state{};
    sim::Effects<Event> effects;
    StepLog log;

    explicit FirstStep(const Design& design, std::uint32_t form = 0) {
        const SipModel sip(design, whole(design));
        sip.initial(state, effects);
        const Event boot = effects.scheduled.front().event;
        effects.clear();
        sip.step(state, boot, form, effects, log);
    }
};

bool is_answer(const Event& event) { return event.kind == EventKind::message_to_phone; }

Fate late_request(const Event& event) {
    return is_answer(event) ? Fate::delivered : Fate::late;
}

}  // namespace

TEST_CASE("late: as many messages as the budget has take another time") {
    Run run(with_late(2, sim::exactly(3000)));
    run.fate = late_request;
    run.until(10'000);
    // The third copy, of 1500 ms, is the first to arrive; those that come later are answered, too.
    CHECK(run.requests(Method::register_) == Instants{0, 500, 1500});
    CHECK(run.observed(Notice::accepted) == Instants{1510});
    CHECK(run.observed(Notice::registered) == Instants{1520});
    CHECK(run.responses(Method::register_, Status::ok_200) == Instants{1510, 3000, 3500});
    CHECK(run.state().faults[0].left == 0);
}

TEST_CASE("late: a message may also be in time, and TCP keeps the order") {
    Run run(with_late(2, sim::exactly(3000)));
    run.until(10'000);
    CHECK(run.observed(Notice::registered) == Instants{20});
    CHECK(run.state().faults[0].left == 2);
    Design design = with_late(2, sim::exactly(3000));
    design.phones[0].transport = Transport::tcp;
    Run reliable(design);
    reliable.fate = late_request;
    reliable.until(10'000);
    CHECK(reliable.observed(Notice::registered) == Instants{20});
}

TEST_CASE("late: its delay stands in place of that of a slow path") {
    Design design = with_late(1, sim::exactly(100));
    Fault slow = crash(0, 0, 60'000);
    slow.kind = FaultKind::latency;
    slow.delay = sim::exactly(300);
    design.phones[0].boot = sim::exactly(10);
    design.faults.push_back(slow);
    Run run(design);
    run.fate = late_request;
    run.until(5000);
    CHECK(run.observed(Notice::accepted) == Instants{110});
    CHECK(run.observed(Notice::registered) == Instants{410});
    CHECK(delay_to_server(design, 0, 0).latest == 300);
    CHECK(delay_to_server(design, 0, 0).earliest == 10);
}

TEST_CASE("ratio: weights of the fates of a step are those of the ratios, one after the other") {
    Design design = design_with(1);
    design.default_delay = sim::exactly(10);
    design.faults = {of_messages(FaultKind::loss, kUnlimited),
                     of_messages(FaultKind::duplication, kUnlimited),
                     of_messages(FaultKind::late, 1)};
    design.faults[0].ratio = Ratio{1, 4};
    design.faults[1].ratio = Ratio{1, 3};
    design.faults[2].delay = sim::exactly(50);
    const FirstStep step(design);
    const sim::Effects<Event>& effects = step.effects;
    REQUIRE(effects.forms == 4);
    REQUIRE(effects.form_weights.size() == 4);
    const std::uint64_t sum = std::accumulate(effects.form_weights.begin(),
                                              effects.form_weights.end(), std::uint64_t{0});
    const auto is_part = [&](std::size_t form, std::uint64_t of, std::uint64_t among) {
        const std::uint64_t exact = sum * of / among;
        return effects.form_weights[form] - exact + 4 <= 8;  // roundings
    };
    // 1/4 are lost; 1/3 of the others twice; of the rest, 1/16 use the budget.
    CHECK(is_part(1, 1, 4));
    CHECK(is_part(2, 1, 4));
    CHECK(is_part(3, 1, 32));
    CHECK(is_part(0, 15, 32));
    CHECK(step.state.faults[0].left == kUnlimited);
}

TEST_CASE("ratio: of two faults of one kind each strikes by its own ratio") {
    Design design = design_with(1);
    design.faults = {of_messages(FaultKind::loss, kUnlimited),
                     of_messages(FaultKind::loss, kUnlimited)};
    design.faults[0].ratio = Ratio{1, 4};
    design.faults[1].ratio = Ratio{1, 2};
    const FirstStep step(design);
    const sim::Effects<Event>& effects = step.effects;
    const std::uint64_t quarter = std::uint64_t{1} << 38U;
    CHECK(effects.form_weights ==
          std::vector<std::uint64_t>{quarter * 3 / 2, quarter, quarter * 3 / 2});
}

TEST_CASE("faults of messages: budgets that strike alike are spent one after the other") {
    Design design = design_with(1);
    design.faults = {of_messages(FaultKind::loss, 1), of_messages(FaultKind::loss, 1),
                     of_messages(FaultKind::loss, 1)};
    design.faults[2].direction = Direction::to_server;
    const auto treated = [&](std::uint32_t form) {
        const FirstStep step(design, form);
        CHECK(step.effects.forms == 3);
        REQUIRE(step.log.sent.size() == 1);
        return step.log.sent[0].fault;
    };
    CHECK(treated(0) == kNoFault);
    CHECK(treated(1) == 0);
    CHECK(treated(2) == 2);
}

TEST_CASE("ratio: a simulation strikes so many of so many, without limit") {
    Design design = design_with(1);
    design.phones[0].expires = 120'000;
    design.faults = {of_messages(FaultKind::loss, kUnlimited)};
    design.faults[0].ratio = Ratio{1, 5};
    const SipModel sip(design, whole(design));
    std::map<Fate, int> seen;
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        sim::Execution<SipModel> run(sip);
        sim::SeededChooser chooser(seed, 24 * 3'600'000);
        while (const auto choice = chooser.next(run)) {
            SipState after = run.state();
            sim::Effects<Event> effects;
            StepLog log;
            sip.step(after, run.agenda().event(choice->entry), choice->form, effects, log);
            run.step(*choice);
            for (const auto& sent : log.sent) {
                ++seen[sent.fate];
            }
        }
        CHECK(run.state().faults[0].left == kUnlimited);
    }
    const int all = seen[Fate::lost] + seen[Fate::delivered];
    REQUIRE(all > 5000);
    CHECK(5 * seen[Fate::lost] > all * 9 / 10);
    CHECK(5 * seen[Fate::lost] < all * 11 / 10);
}

TEST_CASE("ratio: only faults of messages are drawn, and those that have one") {
    json design = shipped("reference");
    design["faults"] = json::array({{{"name", "a"}, {"kind", "loss"}, {"ratio", {1, 50}}},
                                    {{"name", "b"}, {"kind", "duplication"}, {"count", 2}}});
    CHECK(read(design).faults[0].count == 1);
    CHECK_FALSE(draws_messages(read(design).faults[0]));
    const Design drawn = read(with_drawn_messages(design));
    CHECK(draws_messages(drawn.faults[0]));
    CHECK(drawn.faults[0].ratio->among == 50);
    CHECK(drawn.faults[1].count == 2);
    CHECK(with_drawn_messages(shipped("reference")) == shipped("reference"));
}

TEST_CASE("faults of messages: what a design file may say of them") {
    const auto check_fault = [](const json& fault, const char* expected) {
        check_problem("/faults", json::array({fault}), expected);
    };
    check_fault({{"name", "a"}, {"kind", "late"}}, "an interval instead of the usual one");
    check_fault({{"name", "a"}, {"kind", "loss"}, {"count", "unlimited"}},
                R"(only a "ratio" says)");
    for (const json& ratio : {json(1), json{1}, json{0, 4}, json{3, 2}, json{1, 1'000'001},
                              json{1, 2.5}, json{-1, 2}}) {
        CAPTURE(ratio.dump());
        check_fault({{"name", "a"}, {"kind", "loss"}, {"ratio", ratio}}, "so many of so many");
    }
    check_fault({{"name", "a"}, {"kind", "crash"}, {"server", "primary"}, {"ratio", {1, 2}}},
                R"(it belongs to "loss")");
    check_fault({{"name", "a"}, {"kind", "loss"}, {"at", "1s"}}, "window");
    check_fault({{"name", "a"}, {"kind", "loss"}, {"delay", "1s"}}, R"(it belongs to "late")");
}

}  // namespace failback::tests::model_messages_test

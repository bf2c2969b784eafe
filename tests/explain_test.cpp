// Chains of constraints in words.
#include <catch2/catch.hpp>

#include "model/file/design_file.hpp"
#include "properties/check.hpp"
#include "traces/explain.hpp"

namespace failback::tests::explain_test {
namespace {

using model::EventKind;
using properties::ChainEvent;
using sim::Reason;

model::Event message() {
    model::Event event;
    event.kind = EventKind::message_to_server;
    event.method = model::Method::register_;
    return event;
}

model::Event timer(model::Timer which) {
    model::Event event;
    event.kind = EventKind::timer;
    event.timer = which;
    return event;
}

// As steps 1, 2 and 3 of the trace below follow each other.
ChainEvent latest(const model::Event& event, sim::TimeMs weight, bool fired = true) {
    return {{1, 2, weight, Reason::latest, fired, 0, 0}, event};
}

ChainEvent earliest(const model::Event& event, sim::TimeMs weight) {
    return {{3, 1, weight, Reason::earliest, true, 0, 0}, event};
}

class Explained {
public:
    Explained()
        : design_(model::read_design(FAILBACK_SOURCE_DIR "/designs/reference.json")),
          setting_(properties::make_setting(design_, {}, {properties::Breadth::whole, false})) {
        for (const char* event : {"boot", "REGISTER arrives", "Timer"}) {
            trace_.steps.emplace_back().event = event;
        }
    }

    [[nodiscard]] std::vector<traces::ExplainedLink> links(
        const std::vector<ChainEvent>& chain) const {
        return traces::explain(trace_, *setting_.sip, chain, sim::Extreme::longest);
    }

private:
    model::Design design_;
    properties::Setting setting_;
    traces::Trace trace_;
};

}  // namespace

TEST_CASE("explain: what was still pending is named") {
    const auto links = Explained().links({latest(timer(model::Timer::retransmit), 500, false),
                                          latest(message(), 1000, false),
                                          latest(timer(model::Timer::retry), 60'000, false)});
    REQUIRE(links.size() == 3);
    CHECK(links[0].words.what == "Timer E (line1 at primary) still to come");
    CHECK(links[1].words.what == "REGISTER still under way to primary, at its longest");
    CHECK(links[2].words.what ==
          "retry wait over (line1 at primary) still to come, at its longest");
}

TEST_CASE("explain: passages of messages that cancel each other are left out") {
    const auto refresh = latest(timer(model::Timer::refresh), 3'540'000);
    const auto links =
        Explained().links({refresh, latest(message(), 1000), earliest(message(), -1000),
                           latest(timer(model::Timer::timeout), 32'000)});
    REQUIRE(links.size() == 2);
    CHECK(links[0].words.ms == 3'540'000);
    CHECK(links[1].words.ms == 32'000);
}

TEST_CASE("explain: links of different kinds stay, though they cancel each other") {
    const auto links = Explained().links({earliest(timer(model::Timer::timeout), -32'000),
                                          latest(timer(model::Timer::forget), 32'000),
                                          latest(timer(model::Timer::retry), 60'000)});
    REQUIRE(links.size() == 3);
    CHECK(links[0].words.ms + links[1].words.ms + links[2].words.ms == 60'000);
}

TEST_CASE("explain: a link names what it stems from") {
    const auto links = Explained().links({latest(timer(model::Timer::timeout), 32'000),
                                          latest(timer(model::Timer::retry), 60'000)});
    REQUIRE(links.size() == 2);
    REQUIRE(links[0].parameters.size() == 1);
    CHECK(links[0].parameters[0].key == "/phones/0/timers/timer_f");
    CHECK(links[0].parameters[0].end == model::End::whole);
    REQUIRE(links[1].parameters.size() == 1);
    CHECK(links[1].parameters[0].key == "/phones/0/retry");
    CHECK(links[1].parameters[0].end == model::End::longest);
}

TEST_CASE("explain: a stretch names each of its timers once, the largest share first") {
    const auto resend = timer(model::Timer::retransmit);
    const auto links = Explained().links({earliest(resend, -500), earliest(resend, -1000),
                                          earliest(resend, -4000), earliest(resend, -4000),
                                          earliest(message(), 0)});
    REQUIRE(links.size() == 1);
    CHECK(links[0].words.ms == -9500);
    REQUIRE(links[0].parameters.size() == 2);
    CHECK(links[0].parameters[0].key == "/phones/0/timers/t2");
    CHECK(links[0].parameters[1].key == "/phones/0/timers/t1");
}

}  // namespace failback::tests::explain_test

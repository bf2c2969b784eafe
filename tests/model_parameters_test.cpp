// Which keys of a design file a delay stems from, and designs with one of them shorter.
#include <fstream>
#include <iterator>

#include <catch2/catch.hpp>

#include "model/file/design_file.hpp"
#include "model/parameters/parameters.hpp"
#include "model/sip/scope.hpp"

namespace failback::tests::model_parameters_test {
namespace {

using model::End;
using model::EventKind;
using model::Parameter;
using model::Timer;
using nlohmann::json;

const std::string kEveryKey = FAILBACK_SOURCE_DIR "/tests/data/every_key.json";
const std::string kReference = FAILBACK_SOURCE_DIR "/designs/reference.json";

std::string text_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// A design with the model of all its parts.
class Whole {
public:
    explicit Whole(const std::string& text)
        : text_(text),
          design_(model::parse_design(text, "d.json")),
          source_(text_, "d.json"),
          sip_(design_, model::whole(design_)) {}

    [[nodiscard]] std::vector<Parameter> of(const model::TightDelay& delay) const {
        return model::parameters_of(sip_, source_.root(), delay);
    }

    // "/phones/0/retry 18", one after the other; the line is that of the end that counts.
    [[nodiscard]] std::string places(const model::TightDelay& delay) const {
        std::string places;
        for (const Parameter& parameter : of(delay)) {
            places += (places.empty() ? "" : ", ") + parameter.key + " " +
                      std::to_string(model::position_of(parameter, source_).line);
        }
        return places;
    }

    [[nodiscard]] std::uint8_t usage(const model::Part& part) const {
        for (std::size_t i = 0; i < sip_.usages().size(); ++i) {
            if (sip_.usages()[i].part == part) {
                return static_cast<std::uint8_t>(i);
            }
        }
        FAIL("no such part");
        return 0;
    }

    // Of line1 at the first server, unless another usage is given.
    [[nodiscard]] std::string timer(Timer timer, sim::TimeMs ms = 0, End end = End::longest,
                                    const model::Part& part = {}) const {
        model::Event event;
        event.kind = EventKind::timer;
        event.timer = timer;
        event.index = usage(part);
        return places({event, end, ms, false});
    }

    [[nodiscard]] std::string call_timer(Timer timer, bool last_server) const {
        model::Event event;
        event.kind = EventKind::timer;
        event.timer = timer;
        return places({event, End::longest, 500, last_server});
    }

    [[nodiscard]] std::string message(EventKind kind, End end, const model::Part& part) const {
        model::Event event;
        event.kind = kind;
        event.method = model::Method::register_;
        event.index = usage(part);
        return places({event, end, 0, false});
    }

    [[nodiscard]] std::string plain(EventKind kind, std::uint8_t index, End end) const {
        model::Event event;
        event.kind = kind;
        event.index = index;
        return places({event, end, 0, false});
    }

private:
    std::string text_;
    model::Design design_;
    model::JsonSource source_;
    model::SipModel sip_;
};

constexpr model::Part kSubscription{model::PartKind::subscription, 0, 0, 0};
constexpr model::Part kLine2AtGateway{model::PartKind::registration, 1, 0, 0};
constexpr model::Part kLine2AtPrimary{model::PartKind::registration, 1, 0, 1};

json with_retry(const json& retry) {
    json design = json::parse(text_of(kReference));
    design["phones"][0]["retry"] = retry;
    return design;
}

Parameter retry_of(const json& design) {
    const Whole whole(design.dump());
    model::Event event;
    event.kind = EventKind::timer;
    event.timer = Timer::retry;
    return whole.of({event, End::longest, 0, false}).at(0);
}

}  // namespace

TEST_CASE("parameters: timers of a registration") {
    const Whole design(text_of(kEveryKey));
    CHECK(design.timer(Timer::retransmit, 400) == "/phones/0/timers/t1 28");
    CHECK(design.timer(Timer::retransmit, 1000) == "/phones/0/timers/t2 28");
    CHECK(design.timer(Timer::timeout) == "/phones/0/timers/timer_f 28");
    CHECK(design.timer(Timer::absorb) == "/phones/0/timers/t4 28");
    CHECK(design.timer(Timer::forget) == "/servers/0/timer_j 17");
    CHECK(design.timer(Timer::nonce_age) == "/servers/0/authentication/nonce_lifetime 17");
    CHECK(design.timer(Timer::belief) == "/phones/0/expires 30");
    CHECK(design.timer(Timer::refresh) == "/phones/0/expires 30, /phones/0/refresh/percent 31");
}

TEST_CASE("parameters: waits after failed attempts, by the way to fail and their number") {
    const Whole design(text_of(kEveryKey));
    const auto longest = [&](sim::TimeMs ms) { return design.timer(Timer::retry, ms); };
    const auto shortest = [&](sim::TimeMs ms) {
        return design.timer(Timer::retry, ms, End::shortest);
    };
    CHECK(longest(20'000) == "/phones/0/retry/unanswered/base 32");
    CHECK(longest(60'000) == "/phones/0/retry/unanswered/max 32");
    CHECK(shortest(20'000) ==
          "/phones/0/retry/unanswered/base 32, /phones/0/retry/unanswered/percent 32");
    // Both the first wait after no answer and the only one after a rejection are that long.
    CHECK(longest(10'000) == "/phones/0/retry/unanswered/base 32, /phones/0/retry/rejected 32");
}

TEST_CASE("parameters: waits that grow for all ways to fail, and those of a profile") {
    const Whole both(with_retry({{"base", "30s"}, {"max", "120s"}}).dump());
    CHECK(both.timer(Timer::retry, 60'000) == "/phones/0/retry/base 1");
    // Twice 60 s is the longest wait already: both keys bound it.
    CHECK(both.timer(Timer::retry, 120'000) == "/phones/0/retry/max 1, /phones/0/retry/base 1");
    json design = json::parse(text_of(kReference));
    design["phones"][0].erase("retry");
    design["phones"][0]["profile"] = "baresip";
    CHECK(Whole(design.dump()).timer(Timer::retry, 1'800'000) == "/phones/0/retry/max 0");
    const Parameter max{"/phones/0/retry/max", sim::exactly(1'800'000), End::whole};
    const auto shorter = model::parse_design(model::shortened(design, max, 1000)->dump(), "d.json");
    CHECK(shorter.phones[0].retry.rejected.max == 1'799'000);
    CHECK(shorter.phones[0].retry.rejected.base == 30'000);
}

TEST_CASE("parameters: waits after a refusal, by its status and by Retry-After") {
    json design = json::parse(text_of(kReference));
    design["phones"][0]["on_status"] = {{"403", "90s"}, {"other", {"10s", "20s"}}};
    design["servers"][0]["capacity"] = {{"bindings", 1}, {"retry_after", "30s"}};
    design["servers"][0]["repeat_window"] = "20s";
    design["faults"].push_back({{"name", "works"},
                                {"kind", "maintenance"},
                                {"server", "primary"},
                                {"retry_after", "300s"}});
    const std::string works =
        "/faults/" + std::to_string(design["faults"].size() - 1) + "/retry_after 1";
    const Whole whole(design.dump());
    CHECK(whole.timer(Timer::retry, 90'000) == "/phones/0/on_status/403 1");
    CHECK(whole.timer(Timer::retry, 20'000) == "/phones/0/on_status/other 1");
    CHECK(whole.timer(Timer::retry, 300'000) == works);
    CHECK(whole.timer(Timer::retry, 60'000) == "/phones/0/retry 1");
    // A Retry-After may be as long as the shortest wait.
    CHECK(whole.timer(Timer::retry, 30'000, End::shortest) ==
          "/servers/0/capacity/retry_after 1, /phones/0/retry 1");
    CHECK(whole.timer(Timer::repeat_window) == "/servers/0/repeat_window 1");
    const Parameter wait{"/phones/0/on_status/503", sim::exactly(90'000), End::whole};
    design["phones"][0].erase("on_status");
    const auto shorter =
        model::parse_design(model::shortened(design, wait, 1000)->dump(), "d.json");
    CHECK(shorter.phones[0].refusals.after(model::Status::service_unavailable_503)
              .wait.fixed.latest == 89'000);
}

TEST_CASE("parameters: timers of a subscription are its own") {
    const Whole design(text_of(kEveryKey));
    const auto timer = [&](Timer which) {
        return design.timer(which, 0, End::longest, kSubscription);
    };
    CHECK(timer(Timer::retry) == "/phones/0/subscription/retry 49");
    CHECK(timer(Timer::refresh) ==
          "/phones/0/subscription/expires 47, /phones/0/subscription/refresh/lead 48");
}

TEST_CASE("parameters: a default has a key and no line") {
    const Whole design(text_of(kReference));
    CHECK(design.timer(Timer::retransmit, 4000) == "/phones/0/timers/t2 0");
    CHECK(design.timer(Timer::forget) == "/servers/0/timer_j 0");
    CHECK(design.timer(Timer::retransmit, 2000) == "/phones/0/timers/t1 16");
    CHECK(design.timer(Timer::timeout) == "/phones/0/timers/timer_f 16");
    CHECK(design.timer(Timer::retry) == "/phones/0/retry 19");
}

TEST_CASE("parameters: the limits of a server on lifetimes") {
    json design = json::parse(text_of(kReference));
    const auto belief = [&design] { return Whole(design.dump()).timer(Timer::belief); };
    design["servers"][0]["max_expires"] = "10m";
    CHECK(belief() == "/servers/0/max_expires 1");
    design["phones"][0]["expires"] = "10m";
    CHECK(belief() == "/phones/0/expires 1");
    design["phones"][0]["expires"] = "30s";
    CHECK(belief() == "/servers/0/min_expires 0");
}

TEST_CASE("parameters: a lead that is longer than the lifetime does not count") {
    json design = json::parse(text_of(kReference));
    CHECK(Whole(design.dump()).timer(Timer::refresh) ==
          "/phones/0/expires 1, /phones/0/refresh/lead 1");
    design["phones"][0]["refresh"]["lead"] = "2h";
    CHECK(Whole(design.dump()).timer(Timer::refresh) == "/phones/0/expires 1");
}

TEST_CASE("parameters: delays of links, in each direction") {
    const Whole design(text_of(kEveryKey));
    const auto to_server = EventKind::message_to_server;
    const auto to_phone = EventKind::message_to_phone;
    CHECK(design.message(to_server, End::longest, {}) == "/links/0/to_server 65");
    CHECK(design.message(to_phone, End::longest, {}) == "/delay 63");
    CHECK(design.message(to_server, End::shortest, kLine2AtPrimary) == "/delay 63");
    CHECK(design.message(to_phone, End::longest, kLine2AtPrimary) == "/links/2/to_phone 67");
    CHECK(design.message(to_server, End::longest, kLine2AtGateway) == "/delay 63");
}

TEST_CASE("parameters: faults, boot, call plans and bindings") {
    const Whole design(text_of(kEveryKey));
    CHECK(design.plain(EventKind::fault_strikes, 1, End::longest) == "/faults/1/at 83");
    CHECK(design.plain(EventKind::fault_ends, 0, End::shortest) == "/faults/0/lasts 75");
    CHECK(design.plain(EventKind::window_closes, 2, End::longest) == "/faults/2/window 95");
    CHECK(design.plain(EventKind::boot, design.usage({}), End::longest) == "/phones/0/boot 36");
    CHECK(design.plain(EventKind::dial, 0, End::longest) == "/calls/0/at 99");
    CHECK(design.plain(EventKind::deadline, 0, End::longest).empty());
    CHECK(design.plain(EventKind::binding_expires, 0, End::shortest) == "/phones/0/expires 30");
    CHECK(design.plain(EventKind::binding_expires, 0, End::longest) ==
          "/phones/0/expires 30, /servers/0/expiry_sweep 14");
}

TEST_CASE("parameters: timers of a call depend on the server that is tried") {
    json design = json::parse(text_of(kReference));
    design["calls"] = json::array({json{{"phone", "phone"}, {"line", "line1"}}});
    CHECK(Whole(design.dump()).call_timer(Timer::invite_give_up, false) ==
          "/phones/0/timers/t1 1, /phones/0/calls/give_up 0");
    design["phones"][0]["calls"]["retry_timeout"] = "500ms";
    const Whole constant(design.dump());
    CHECK(constant.call_timer(Timer::invite_retransmit, false) ==
          "/phones/0/calls/retry_timeout 1");
    CHECK(constant.call_timer(Timer::invite_retransmit, true) == "/phones/0/timers/t1 1");
    CHECK(constant.call_timer(Timer::invite_give_up, true) == "/phones/0/timers/timer_b 0");
    CHECK(constant.call_timer(Timer::answer_retransmit, false) == "/phones/0/timers/t1 1");
}

TEST_CASE("parameters: the line is that of the end that counts") {
    const std::string text = text_of(kReference);
    const std::string before = R"("retry": ["30s", "60s"])";
    const auto at = text.find(before);
    REQUIRE(at != std::string::npos);
    std::string broken = text;
    broken.replace(at, before.size(), "\"retry\": [\n\"30s\",\n\"60s\"\n]");
    const Whole design(broken);
    CHECK(design.timer(Timer::retry, 0, End::shortest) == "/phones/0/retry 20");
    CHECK(design.timer(Timer::retry, 0, End::longest) == "/phones/0/retry 21");
}

TEST_CASE("parameters: an interval becomes shorter at the end that counts") {
    const auto shorter = [](const json& retry) -> json {
        const json design = with_retry(retry);
        const auto changed = model::shortened(design, retry_of(design), 1000);
        return changed ? (*changed)["phones"][0]["retry"] : json(nullptr);
    };
    CHECK(shorter({"30s", "60s"}) == json({"30s", "59s"}));
    CHECK(shorter({"60s", "60s"}) == json("59s"));
    CHECK(shorter("2s") == json("1s"));
    CHECK(shorter({"59500ms", "60s"}) == json(nullptr));
    CHECK(shorter("999ms") == json(nullptr));
}

TEST_CASE("parameters: a default is written when it becomes shorter") {
    json design = json::parse(text_of(kReference));
    const Parameter t2{"/phones/0/timers/t2", sim::exactly(4000), End::whole};
    CHECK((*model::shortened(design, t2, 1000))["phones"][0]["timers"]["t2"] == "3s");
    design["phones"][0].erase("timers");
    const Parameter t1{"/phones/0/timers/t1", sim::exactly(500), End::whole};
    const auto changed = model::shortened(design, t1, 100);
    CHECK(model::parse_design(changed->dump(), "d.json").phones[0].timers.timer_f == 64 * 400);
    CHECK_FALSE(model::shortened(design, {"/phones/0/calls/give_up", {}, End::whole}, 1));
}

}  // namespace failback::tests::model_parameters_test

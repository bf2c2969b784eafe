// What an entry of a server list has of its own: it counts there, and nowhere else.
#include <catch2/catch.hpp>

#include "model/nodes/call.hpp"
#include "tests/design_fixture.hpp"
#include "tests/run_fixture.hpp"

namespace failback::tests::model_entry_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr DelayMs kSecond = 1000;
constexpr sim::TimeMs kLong = 4'000 * kSecond;

// When REGISTERs went to the server that stands there in the list.
Instants registers_to(const Run& run, std::size_t entry) {
    return run.sent([&](const Event& event) {
        return event.kind == EventKind::message_to_server && event.method == Method::register_ &&
               run.sip().usages()[event.index].part.entry == entry;
    });
}

Instants registers_to(const Design& design, std::size_t entry) {
    Run run(design);
    run.until(kLong);
    return registers_to(run, entry);
}

// The second server has `change` of its own.
template <class Change>
Design of_second(Change change, const Design& from = design_with(2)) {
    Design design = from;
    change(design.phones[0].servers[1]);
    return design;
}

// The whole phone has it.
template <class Change>
Design of_phone(Change change, const Design& from = design_with(2)) {
    Design design = from;
    change(design.phones[0]);
    return design;
}

}  // namespace

TEST_CASE("entry: a lifetime and a refresh of its own") {
    const auto change = [](auto& owner) {
        owner.expires = 600 * kSecond;
        owner.refresh = Refresh{RefreshRule::fraction, 0, 50};
    };
    const Design design = of_second(change);
    CHECK(registers_to(design, 0) == registers_to(design_with(2), 0));
    CHECK(registers_to(design, 1) == registers_to(of_phone(change), 1));
    CHECK(registers_to(design, 1).at(1) == 300'020);
    CHECK(registers_to(design, 0).at(1) == 3'540'020);
}

TEST_CASE("entry: waits of its own after failed attempts") {
    Design from = design_with(2);
    from.faults = {crash(0, 0, 100 * kSecond), crash(1, 0, 100 * kSecond)};
    const auto change = [](auto& owner) { owner.retry = sim::exactly(5 * kSecond); };
    const Design design = of_second(change, from);
    CHECK(registers_to(design, 0) == registers_to(from, 0));
    CHECK(registers_to(design, 1) == registers_to(of_phone(change, from), 1));
    CHECK(registers_to(design, 1) != registers_to(design, 0));
}

TEST_CASE("entry: a transport of its own") {
    Design from = design_with(2);
    from.faults = {unreachable(0, 0, 100 * kSecond), unreachable(1, 0, 100 * kSecond)};
    const auto change = [](auto& owner) { owner.transport = Transport::tcp; };
    const Design design = of_second(change, from);
    CHECK(registers_to(design, 0) == registers_to(from, 0));
    CHECK(registers_to(design, 1) == registers_to(of_phone(change, from), 1));
    CHECK(registers_to(design, 1).at(1) == 62 * kSecond);  // once, Timer F and the wait later
    CHECK(registers_to(design, 0).at(1) == 500);
}

TEST_CASE("entry: only what goes over UDP gets lost") {
    const Design design = of_second([](ServerEntry& entry) { entry.transport = Transport::tcp; });
    Design lossy = design;
    lossy.faults.push_back(of_messages(FaultKind::loss, 5));
    Run run(lossy);
    run.fate = [](const Event& event) {
        return event.method == Method::register_ ? Fate::lost : Fate::delivered;
    };
    run.until(100);
    CHECK(run.usage(0).believes == 0);
    CHECK(run.usage(1).believes == 1);
}

TEST_CASE("entry: a call gives each server up as its entry says") {
    Design from = design_with(3);
    from.phones[0].calls.give_up = GiveUp::at_last_retry;
    for (std::size_t server = 0; server < 3; ++server) {
        from.faults.push_back(crash(server, 1000, 1000 * kSecond));
    }
    dial_at(from, 2000);
    const auto turns = [](const Design& design) {
        Run run(design);
        run.until(200 * kSecond);
        return run.observed(Notice::invites);
    };
    // After the first INVITE 0.5 s, 1.5 s and 3.5 s, or two at a distance of 1 s.
    CHECK(turns(from) == Instants{2000, 5500, 9000});
    const auto impatient = [](ServerEntry& entry) {
        entry.retry_timeout = 1000;
        entry.retry_count = 2;
    };
    CHECK(turns(of_second(impatient, from)) == Instants{2000, 5500, 7500});
    // Over TCP it waits for the whole of Timer B.
    CHECK(turns(of_second([](ServerEntry& entry) { entry.transport = Transport::tcp; }, from)) ==
          Instants{2000, 5500, 37'500});
}

TEST_CASE("entry: keep-alives are those of the phone's transport") {
    Design design = design_with(2);
    Phone& phone = design.phones[0];
    phone.transport = Transport::tcp;
    phone.flow.keep_alive = {.method = KeepAliveMethod::options, .every = sim::exactly(20'000)};
    phone.servers[1].transport = Transport::udp;
    Run run(design);
    run.until(100 * kSecond);
    const auto kept_alive = [&](std::uint8_t usage) {
        return run.sent([usage](const Event& event) {
            return event.method == Method::keep_alive && event.index == usage &&
                   event.kind == EventKind::message_to_server;
        });
    };
    CHECK(kept_alive(0).size() == 4);
    CHECK(kept_alive(1).empty());
}

TEST_CASE("entry: what it has is read, and what the phone has counts else") {
    const Design design = read(with("/phones/0/servers/1", {{"server", "gateway"},
                                                             {"expires", "300s"},
                                                             {"refresh", {{"lead", "10s"}}},
                                                             {"transport", "tcp"},
                                                             {"calls", {{"retry_count", 1}}}}));
    const Phone& phone = design.phones[0];
    CHECK(times_of(phone, 1).expires == 300 * kSecond);
    CHECK(times_of(phone, 1).refresh.lead == 10 * kSecond);
    CHECK(times_of(phone, 1).retry == phone.retry);
    CHECK(times_of(phone, 0).expires == phone.expires);
    CHECK(transport_to(phone, 1) == Transport::tcp);
    CHECK(transport_to(phone, 0) == Transport::udp);
    CHECK(ways_of_calls(phone)[1].retry_count == 1);
    CHECK(ways_of_calls(phone)[0].retry_count == phone.calls.retry_count);
}

TEST_CASE("entry: all servers of a name have what it has") {
    const json record = {{"name", "sip.example.com"}, {"a", {"primary", "gateway"}}, {"ttl", "1h"}};
    const json dns = {{"records", json::array({record})}};
    json design = with("/phones/0/servers", {{{"name", "sip.example.com"}, {"expires", "300s"}}});
    design["dns"] = dns;
    const Phone phone = read(design).phones[0];
    CHECK(times_of(phone, 0).expires == 300 * kSecond);
    CHECK(times_of(phone, 1).expires == 300 * kSecond);
}

TEST_CASE("entry: what does not fit is an error") {
    const char* const kEntry = "/phones/0/servers/1";
    for (const char* key : {"expires", "retry"}) {
        check_problem(kEntry, {{"server", "gateway"}, {"register", false}, {key, "300s"}},
                      "the phone does not register there");
    }
    check_problem(kEntry, {{"server", "gateway"}, {"expires", "1500ms"}}, "whole seconds");
    check_problem(kEntry, {{"server", "gateway"}, {"calls", {{"first", "primary"}}}}, "\"first\"");
    json design = with(kEntry, {{"server", "gateway"}, {"transport", "tcp"}});
    design["phones"][0]["nat"] = {{"lifetime", "30s"}};
    CHECK(problems_of(design).find("what a NAT does to connections") != std::string::npos);
}

}  // namespace failback::tests::model_entry_test

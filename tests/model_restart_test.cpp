// Restarts of a phone: what is forgotten, what the registrar makes of it, and when.
#include <catch2/catch.hpp>

#include "model/file/design_file.hpp"
#include "model/nodes/boot_span.hpp"
#include "tests/run_fixture.hpp"

namespace failback::tests::model_restart_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

constexpr AfterRestart kLockedOut{false, true, false, false};   // OpenSIPS issue 641
constexpr AfterRestart kContinues{false, false, false, false};
constexpr AfterRestart kNewContact{true, false, true, false};
constexpr AfterRestart kWithInstance{true, false, true, true};

Design restarting(const Fault& fault, AfterRestart after = {}) {
    Design design = design_with(1);
    design.phones[0].after_restart = after;
    design.phones[0].expires = 120'000;
    design.faults.push_back(fault);
    return design;
}

bool is_boot(const Event& event) { return event.kind == EventKind::boot; }
bool strikes(const Event& event) { return event.kind == EventKind::fault_strikes; }
bool ends(const Event& event) { return event.kind == EventKind::fault_ends; }
bool is_answer(const Event& event) { return event.kind == EventKind::message_to_phone; }

auto request_with(std::uint8_t cseq) {
    return [cseq](const Event& event) {
        return event.kind == EventKind::message_to_server && event.cseq == cseq;
    };
}

// The phone registers, restarts while the REGISTER is under way, and is registered before that one
// arrives, at 500.
void overtake(Run& run) {
    run.until(99);
    REQUIRE(run.happens(strikes, 100));
    REQUIRE(run.happens(ends, 200));
    REQUIRE(run.happens(is_boot, 200));
    REQUIRE(run.happens(request_with(kCurrentCSeq), 300));
    REQUIRE(run.happens(is_answer, 400));
    REQUIRE(run.usage(0).believes == 1);
    REQUIRE(run.happens(request_with(kCurrentCSeq - 1), 500));
}

Design with_slow_links(AfterRestart after) {
    Design design = restarting(restart(100, 100), after);
    design.default_delay = {100, 10'000};
    return design;
}

}  // namespace

TEST_CASE("boot span: the requests between two starts belong together") {
    const BootStarts starts = with_start(with_start(0, 3), 5);
    const auto text = [&](std::uint8_t cseq) {
        const BootSpan span = boot_of(starts, cseq);
        return std::to_string(span.first) + "-" + std::to_string(span.last);
    };
    CHECK(text(2) == "0-2");
    CHECK(text(3) == "3-4");
    CHECK(text(4) == "3-4");
    CHECK(text(5) == "5-255");
    CHECK(text(7) == "5-255");
    CHECK(lowered(starts) == with_start(with_start(0, 2), 4));
    CHECK(lowered(with_start(0, 1)) == with_start(0, 1));
    CHECK(starts_after(starts, 2) == starts);
    CHECK(starts_after(starts, 3) == with_start(0, 5));
    CHECK(starts_after(starts, 5) == 0);
}

TEST_CASE("restart: all that the phone knows is gone at once, and it boots again") {
    Design design = restarting(restart(5000, 3000));
    design.phones[0].boot = sim::exactly(200);
    Run run(design);
    run.until(4999);
    CHECK(run.usage(0).believes == 1);
    CHECK(run.sip().working(run.state(), 0) == 0);
    run.until(5000);
    CHECK(run.sip().off(run.state(), 0));
    CHECK(run.usage(0).believes == 0);
    CHECK(run.sip().working(run.state(), 0) == kNoEntry);
    CHECK(run.sip().bound(run.state(), 0));  // nothing was deregistered
    run.until(200'000);
    CHECK(run.observed(Notice::restarts) == Instants{5000});
    CHECK(run.observed(Notice::boots) == Instants{200, 8200});
    CHECK(run.observed(Notice::registered) == Instants{220, 8220, 68'240, 128'260, 188'280});
    CHECK(run.observed(Notice::lapses).empty());
    CHECK(run.observed(Notice::fails).empty());
}

TEST_CASE("restart: a boot that is still to come is put off") {
    Design design = restarting(restart(1000, 500));
    design.phones[0].boot = sim::exactly(60'000);
    Run run(design);
    run.until(61'600);
    CHECK(run.observed(Notice::boots) == Instants{61'500});
}

TEST_CASE("restart: retransmissions end, and a REGISTER under way is processed") {
    Run run(restarting(restart(5, 1000)));
    run.until(1100);
    CHECK(run.observed(Notice::accepted) == Instants{10, 1015});
    CHECK(run.observed(Notice::registered) == Instants{1025});
    Design cut = restarting(restart(700, 10'000));
    cut.faults.push_back(unreachable(0, 0, 60'000));
    Run silent(cut);
    silent.until(11'300);
    CHECK(silent.requests(Method::register_) == Instants{0, 500, 10'700, 11'200});
}

TEST_CASE("restart: answers to what was asked before match nothing (RFC 3261 17.1.3)") {
    Run on_again(restarting(restart(15, 2)));
    on_again.until(100);
    CHECK(on_again.observed(Notice::registered) == Instants{37});
    Run off(restarting(restart(15, 100)));
    off.until(20);
    CHECK(off.steps().back().log.dropped);
    off.until(200);
    CHECK(off.observed(Notice::registered) == Instants{135});
}

TEST_CASE("restart: subscriptions begin anew with the registration") {
    Design design = restarting(restart(1000, 1000));
    design.phones[0].subscription.to = SubscribeTo::primary;
    Run run(design);
    run.until(1000);
    CHECK(run.usage(1).believes == 0);
    run.until(3000);
    CHECK(run.observed(Notice::registered, 1) == Instants{40, 2040});
}

TEST_CASE("restart: the lifetime that a 423 asked for is forgotten") {
    Design design = restarting(restart(1000, 1000));
    design.servers[0].min_expires = 200'000;
    Run run(design);
    run.until(3000);
    const auto for_120s = [](const Event& event) {
        return event.kind == EventKind::message_to_server && event.expires == 120'000;
    };
    CHECK(run.sent(for_120s) == Instants{0, 2000});
}

TEST_CASE("restart: several at once are one, until the last has ended") {
    Design design = restarting(restart(1000, 5000));
    design.faults.push_back(restart(2000, 1000));
    Run run(design);
    run.until(7000);
    CHECK(run.observed(Notice::restarts) == Instants{1000});
    CHECK(run.observed(Notice::boots) == Instants{0, 6000});
}

TEST_CASE("restart: a new Call-ID takes over at once (RFC 3261 10.3 step 7)") {
    for (const AfterRestart& after : {AfterRestart{}, kContinues}) {
        Run run(restarting(restart(30'000, 1000), after));
        run.until(100'000);
        CHECK(run.observed(Notice::registered) == Instants{20, 31'020, 91'040});
        CHECK(run.observed(Notice::refused).empty());
    }
}

TEST_CASE("restart: the same Call-ID with lower CSeqs is locked out while the binding lasts") {
    Run run(restarting(restart(30'000, 1000), kLockedOut));
    run.until(122'000);
    CHECK(run.observed(Notice::refused) == Instants{31'020, 61'040, 91'060});
    CHECK(run.observed(Notice::registered) == Instants{20, 121'080});  // it expired at 120 010
}

TEST_CASE("restart: with another contact nothing is compared, so nothing locks out") {
    AfterRestart after = kLockedOut;
    after.new_contact = true;
    Run elsewhere(restarting(restart(30'000, 1000), after));
    elsewhere.until(60'000);
    CHECK(elsewhere.observed(Notice::registered) == Instants{20, 31'020});
    after.instance_id = true;  // it is the same binding after all
    Run the_same(restarting(restart(30'000, 1000), after));
    the_same.until(60'000);
    CHECK(the_same.observed(Notice::registered) == Instants{20});
}

TEST_CASE("restart: a late REGISTER from before, with another Call-ID, is taken") {
    Run run(with_slow_links({}));
    overtake(run);
    CHECK(run.observed(Notice::accepted) == Instants{300, 500});
    run.until(61'000);
    CHECK(run.observed(Notice::refused).empty());
}

TEST_CASE("restart: a late REGISTER from before is out of order if CSeqs continue") {
    Run run(with_slow_links(kContinues));
    overtake(run);
    CHECK(run.observed(Notice::accepted) == Instants{300});
}

TEST_CASE("restart: a late REGISTER from before locks out if CSeqs began anew") {
    Run run(with_slow_links(kLockedOut));
    overtake(run);
    CHECK(run.observed(Notice::accepted) == Instants{300, 500});
    run.until(61'000);
    CHECK(run.observed(Notice::refused) == Instants{60'600});  // the refresh
}

TEST_CASE("restart: the binding of the old contact stays until it expires") {
    Run run(restarting(restart(30'000, 1000), kNewContact));
    run.until(31'009);
    CHECK(run.sip().ghost(run.state(), 0));
    CHECK_FALSE(run.sip().bound(run.state(), 0));
    run.until(120'009);
    CHECK(run.sip().ghost(run.state(), 0));
    CHECK(run.sip().bound(run.state(), 0));
    run.until(120'010);
    CHECK_FALSE(run.sip().ghost(run.state(), 0));
    CHECK(run.sip().bound(run.state(), 0));
}

TEST_CASE("restart: with an instance-id the new contact replaces the old one (RFC 5626 4.1)") {
    Run run(restarting(restart(30'000, 1000), kWithInstance));
    run.until(31'009);
    CHECK(run.sip().ghost(run.state(), 0));
    run.until(31'010);
    CHECK_FALSE(run.sip().ghost(run.state(), 0));
    CHECK(run.sip().bound(run.state(), 0));
}

TEST_CASE("restart: who wipes at boot removes the old contact, too (RFC 3261 10.2.2)") {
    Design design = restarting(restart(30'000, 1000), kNewContact);
    design.phones[0].wipe_at_boot = true;
    Run run(design);
    run.until(31'010);
    CHECK_FALSE(run.sip().ghost(run.state(), 0));
    run.until(31'030);
    CHECK(run.sip().bound(run.state(), 0));
}

TEST_CASE("restart: a design has room for as many contacts as restarts may give") {
    Design design = restarting(restart(40'000, 1000), kNewContact);
    design.faults[0].count = 7;
    Run run(design);
    run.until(290'000);
    CHECK(run.usage(0).contact == 7);
    design.faults[0].count = 8;
    CHECK_THROWS_AS(SipModel(design, whole(design)), InputError);
    design.faults[0].count = 100;
    design.faults.insert(design.faults.end(), 4, design.faults[0]);
    CHECK_THROWS_AS(SipModel(design, whole(design)), InputError);
    design.phones[0].after_restart = {};
    CHECK_NOTHROW(SipModel(design, whole(design)));
}

TEST_CASE("restart: what a server lost of a contact that is gone is no longer missed") {
    Design design = restarting(restart(30'000, 1000), kNewContact);
    design.faults.push_back(crash(0, 20'000, 1000));
    design.faults[1].keeps_bindings = false;
    Run run(design);
    run.until(29'999);
    CHECK(run.sip().binding_lost(run.state(), 0));
    run.until(30'000);
    CHECK_FALSE(run.sip().binding_lost(run.state(), 0));
}

TEST_CASE("restart: a call attempt ends without a word, and is no failure") {
    Design design = restarting(restart(2000, 500));
    design.faults.push_back(unreachable(0, 500, 1'000'000));
    dial_at(design, 1000);
    design.calls[0].count = 2;
    Run run(design);
    run.until(3400);
    CHECK(run.observed(Notice::dials) == Instants{1000, 3000});  // 1 s after the call was cut off
    CHECK(run.observed(Notice::call_fails).empty());
    CHECK(run.requests(Method::invite) == Instants{1000, 1500, 3000});
}

TEST_CASE("restart: who finds the phone off has dialled in vain") {
    Design design = restarting(restart(500, 1000));
    dial_at(design, 1000);
    design.calls[0].count = 2;
    Run run(design);
    run.until(5000);
    CHECK(run.observed(Notice::dials) == Instants{2000});
    CHECK(run.observed(Notice::answered) == Instants{2020});
}

TEST_CASE("restart: the 200 to a call from before is not acknowledged") {
    Design design = restarting(restart(1015, 1));
    dial_at(design, 1000);
    Run run(design);
    run.until(1600);
    CHECK(run.responses(Method::invite, Status::ok_200).size() == 2);
    CHECK(run.requests(Method::ack).empty());
    CHECK(run.observed(Notice::answered).empty());
}

TEST_CASE("restart: other phones notice nothing") {
    Design design = restarting(restart(5000, 1000));
    design.phones.push_back(design.phones[0]);
    design.phones[1].name = "other";
    design.phones[1].lines[0] = {"line2", "sip:1002@example.com", {}};
    Run run(design);
    run.until(30'000);
    CHECK(run.observed(Notice::boots, 0) == Instants{0, 6000});
    CHECK(run.observed(Notice::boots, 1) == Instants{0});
    CHECK(run.usage(1).believes == 1);
}

TEST_CASE("restart: a reduced model does the same, without what cannot matter") {
    for (const AfterRestart& after : {AfterRestart{}, kContinues, kLockedOut, kNewContact}) {
        const Design design = restarting(restart(30'000, 1000), after);
        Run full(design);
        Run reduced(design, Fidelity::reduced);
        full.until(300'000);
        reduced.until(300'000);
        for (const Notice notice : {Notice::boots, Notice::registered, Notice::refused,
                                    Notice::accepted, Notice::lapses, Notice::restarts}) {
            CHECK(full.observed(notice) == reduced.observed(notice));
        }
    }
}

}  // namespace failback::tests::model_restart_test

// The server's side of a transaction: a retransmission is answered again, not processed again.
#include <catch2/catch.hpp>

#include "sim/check.hpp"
#include "tests/run_fixture.hpp"

namespace failback::tests::model_server_transactions_test {
namespace {

using namespace failback::model;
using Instants = Run::Instants;

// One server; the first answer gets lost.
Design losing_an_answer() {
    Design design = design_with(1);
    design.faults.push_back(of_messages(FaultKind::loss, 1));
    return design;
}

Fate lose_answers(const Event& event) {
    return event.kind == EventKind::message_to_phone ? Fate::lost : Fate::delivered;
}

}  // namespace

TEST_CASE("server transactions: what was remembered is recalled until it is forgotten") {
    ServerTransactions memory{};
    CHECK_FALSE(recall(memory, 3));
    remember(memory, {1, 3, Status::ok_200, 0, 3'600'000});
    remember(memory, {1, 2, Status::interval_too_brief_423, 0, 60'000});
    REQUIRE(recall(memory, 3));
    CHECK(recall(memory, 3)->expires == 3'600'000);
    CHECK(recall(memory, 2)->status == Status::interval_too_brief_423);
    forget(memory, 3);
    CHECK_FALSE(recall(memory, 3));
    CHECK(recall(memory, 2));
    const ServerTransactions before = memory;
    forget(memory, 3);  // its Timer J ends nothing any more
    CHECK(memory == before);
}

TEST_CASE("server transactions: equal contents are equal bytes, whatever the order") {
    ServerTransactions one{};
    ServerTransactions other{};
    for (std::uint8_t cseq = 1; cseq <= 3; ++cseq) {
        remember(one, {1, cseq, Status::ok_200, 0, 0});
        remember(other, {1, static_cast<std::uint8_t>(4 - cseq), Status::ok_200, 0, 0});
    }
    CHECK(one == other);
    forget(one, 2);
    forget(other, 2);
    CHECK(one == other);
}

TEST_CASE("server transactions: more than there is room for is a limit, never a verdict") {
    ServerTransactions memory{};
    for (std::uint8_t cseq = 1; cseq <= kRememberedTransactions; ++cseq) {
        remember(memory, {1, cseq, Status::ok_200, 0, 0});
    }
    CHECK_THROWS_AS(remember(memory, {1, 9, Status::ok_200, 0, 0}), ModelLimit);
}

TEST_CASE("RFC 3261 17.2.2: a retransmission gets the same answer and is not processed") {
    Run run(losing_an_answer());
    run.fate = lose_answers;
    run.until(10'000);
    CHECK(run.requests(Method::register_) == Instants{0, 500});
    CHECK(run.observed(Notice::accepted) == Instants{10});
    CHECK(run.responses(Method::register_, Status::ok_200) == Instants{10, 510});
    CHECK(run.observed(Notice::registered) == Instants{520});
}

TEST_CASE("a retransmitted answer tells the lifetime of the first, which has not been extended") {
    Design design = losing_an_answer();
    design.phones[0].expires = 61'000;
    design.phones[0].refresh = {RefreshRule::fraction, 0, 100};
    design.faults.push_back(unreachable(0, 1000, 100'000));
    Run run(design);
    run.fate = lose_answers;
    run.until(61'009);
    CHECK(run.sip().bound(run.state(), 0));
    run.until(61'010);
    CHECK_FALSE(run.sip().bound(run.state(), 0));  // counted from the first copy
    CHECK(run.observed(Notice::registered) == Instants{520});
}

TEST_CASE("Timer J: the copy of a request that was forgotten is refused, the binding stays") {
    Design design = losing_an_answer();
    design.servers[0].timer_j = 200;
    Run run(design);
    run.fate = lose_answers;
    run.until(600);
    CHECK(run.responses(Method::register_, Status::server_error_500) == Instants{510});
    CHECK(run.observed(Notice::refused) == Instants{520});
    CHECK(run.sip().bound(run.state(), 0));
    CHECK(run.usage(0).believes == 0);
    run.until(31'000);  // the next attempt has the next CSeq
    CHECK(run.observed(Notice::registered) == Instants{30'540});
}

TEST_CASE("Timer J of 32 s forgets a transaction 32 s after its request") {
    Run run(design_with(1));
    const auto remembers = [&run] {
        const auto& memory = run.state().transactions[0];
        return std::ranges::any_of(memory, [](const auto& known) { return known.used != 0; });
    };
    run.until(32'009);
    CHECK(remembers());
    run.until(32'010);
    CHECK_FALSE(remembers());
}

TEST_CASE("a crash forgets transactions: the copy is refused because of its CSeq") {
    Design design = losing_an_answer();
    design.faults.push_back(crash(0, 100, 200));  // bindings kept
    Run run(design);
    run.fate = lose_answers;
    run.until(600);
    CHECK(run.responses(Method::register_, Status::server_error_500) == Instants{510});
    CHECK(run.sip().bound(run.state(), 0));
    run.until(31'000);
    CHECK(run.usage(0).believes == 1);
}

TEST_CASE("a crash that loses bindings too lets the copy register anew") {
    Design design = losing_an_answer();
    design.faults.push_back(crash(0, 100, 200));
    design.faults[1].keeps_bindings = false;
    Run run(design);
    run.fate = lose_answers;
    run.until(600);
    CHECK(run.observed(Notice::accepted) == Instants{10, 510});
    CHECK(run.observed(Notice::registered) == Instants{520});
}

TEST_CASE("over TCP a server remembers no transactions") {
    Design design = design_with(1);
    design.phones[0].transport = Transport::tcp;
    Run run(design);
    run.until(1000);
    CHECK(run.state().transactions[0] == ServerTransactions{});
    CHECK(run.usage(0).believes == 1);
}

}  // namespace failback::tests::model_server_transactions_test

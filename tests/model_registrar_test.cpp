// RFC 3261 section 10.3, step by step: what a registrar makes of a REGISTER.
#include <catch2/catch.hpp>

#include "model/nodes/registrar.hpp"
#include "sim/check.hpp"

namespace failback::tests::model_registrar_test {
namespace {

using namespace failback::model;

constexpr DelayMs kSecond = 1000;
constexpr DelayMs kHour = 3'600'000;

RegisterRequest contact(std::uint8_t slot, std::uint8_t cseq, std::optional<DelayMs> expires,
                        std::uint8_t call_id = 1) {
    return {slot, false, call_id, cseq, expires};
}

RegisterRequest wildcard(std::uint8_t cseq, std::optional<DelayMs> expires,
                         std::uint8_t call_id = 1) {
    return {std::nullopt, true, call_id, cseq, expires};
}

// A registrar with one record, and what a request did to it.
struct Registrar {
    RegistrarConfig config{};
    AorRecord record{};

    RegisterOutcome handle(const RegisterRequest& request) {
        return step(record, config, request);
    }

    bool has(std::size_t slot) const { return record.bindings[slot].present != 0; }

    // Refused with `status`, and nothing changed.
    void check_refused(const RegisterRequest& request, Status status) {
        const AorRecord before = record;
        const RegisterOutcome outcome = handle(request);
        CHECK(outcome.status == status);
        CHECK(outcome.cancelled.empty());
        CHECK(outcome.scheduled.empty());
        CHECK(record == before);
    }
};

// Contact 0 of Call-ID 1 with CSeq 5, contact 1 of Call-ID 2 with CSeq 9.
Registrar with_two_bindings() {
    Registrar registrar;
    (void)registrar.handle(contact(0, 5, kHour, 1));
    (void)registrar.handle(contact(1, 9, kHour, 2));
    return registrar;
}

// The lifetime granted to a first REGISTER; 0 if it is refused.
DelayMs granted(const RegistrarConfig& config, std::optional<DelayMs> requested) {
    Registrar registrar{config};
    const RegisterOutcome outcome = registrar.handle(contact(0, 1, requested));
    return outcome.status == Status::ok_200 ? outcome.expires : 0;
}

}  // namespace

TEST_CASE("RFC 3261 10.3 step 6: a request without Contact asks and changes nothing") {
    Registrar registrar = with_two_bindings();
    registrar.check_refused({std::nullopt, false, 1, 6, kHour}, Status::ok_200);
    CHECK(registrar.has(0));
}

TEST_CASE("RFC 3261 10.3 step 6: `*` needs Expires 0, else 400") {
    Registrar registrar = with_two_bindings();
    registrar.check_refused(wildcard(6, kHour), Status::bad_request_400);
    registrar.check_refused(wildcard(6, 1), Status::bad_request_400);
    registrar.check_refused(wildcard(6, std::nullopt), Status::bad_request_400);
}

TEST_CASE("RFC 3261 10.3 step 6: `*` beside another contact is refused with 400") {
    Registrar registrar = with_two_bindings();
    RegisterRequest both = wildcard(6, 0);
    both.contact = 0;
    registrar.check_refused(both, Status::bad_request_400);
}

TEST_CASE("RFC 3261 10.3 step 6: `*` removes every binding, of other Call-IDs whatever the CSeq") {
    Registrar registrar = with_two_bindings();
    const RegisterOutcome outcome = registrar.handle(wildcard(6, 0));
    CHECK(outcome.status == Status::ok_200);
    CHECK(outcome.cancelled == std::vector<std::uint8_t>{0, 1});
    CHECK(outcome.scheduled.empty());
    CHECK(registrar.record == AorRecord{});

    registrar = with_two_bindings();
    CHECK(registrar.handle(wildcard(1, 0, 3)).status == Status::ok_200);
    CHECK(registrar.record == AorRecord{});
}

TEST_CASE("RFC 3261 10.3 step 6: `*` with a CSeq that is not higher fails as a whole") {
    Registrar registrar = with_two_bindings();
    registrar.check_refused(wildcard(5, 0, 1), Status::server_error_500);
    registrar.check_refused(wildcard(4, 0, 1), Status::server_error_500);
    CHECK(registrar.has(1));  // although its Call-ID is another one
}

TEST_CASE("RFC 3261 10.3 step 7: without a lifetime the registrar chooses its own") {
    CHECK(granted({}, std::nullopt) == kHour);
    RegistrarConfig brief;
    brief.max_expires = 600 * kSecond;
    CHECK(granted(brief, std::nullopt) == 600 * kSecond);
}

TEST_CASE("RFC 3261 10.3 step 7: the registrar may shorten a lifetime, never lengthen it") {
    const RegistrarConfig config{60 * kSecond, kHour, TooBrief::reject_423, 0, true};
    const auto requested = GENERATE(60, 61, 600, 3599, 3600, 3601, 7200);
    const DelayMs lifetime = granted(config, requested * kSecond);
    CHECK(lifetime == std::min(requested * kSecond, kHour));
    CHECK(lifetime <= requested * kSecond);
}

TEST_CASE("RFC 3261 10.3 step 7: 423 only if 0 < requested < 3600 and below the minimum") {
    struct Row {
        DelayMs minimum;
        DelayMs requested;
        Status status;
    };
    const auto row = GENERATE(values<Row>({
        {60, 1, Status::interval_too_brief_423},
        {60, 59, Status::interval_too_brief_423},
        {60, 60, Status::ok_200},
        {60, 0, Status::ok_200},                      // a removal has no lifetime
        {7200, 3599, Status::interval_too_brief_423},
        {7200, 3600, Status::ok_200},                 // an hour is never too brief
        {7200, 5000, Status::ok_200},
    }));
    Registrar registrar;
    registrar.config.min_expires = row.minimum * kSecond;
    registrar.config.max_expires = 10 * kHour;
    const RegisterOutcome outcome = registrar.handle(contact(0, 1, row.requested * kSecond));
    CAPTURE(row.minimum, row.requested);
    CHECK(outcome.status == row.status);
    if (row.status == Status::interval_too_brief_423) {
        CHECK(outcome.expires == row.minimum * kSecond);  // Min-Expires
        CHECK(registrar.record == AorRecord{});
    } else {
        CHECK(outcome.expires == row.requested * kSecond);
    }
}

TEST_CASE("RFC 3261 10.3 step 7: a refusal as too brief leaves the old binding as it was") {
    Registrar registrar = with_two_bindings();
    registrar.check_refused(contact(0, 6, kSecond), Status::interval_too_brief_423);
}

TEST_CASE("Kamailio min_expires_mode 0, Asterisk: a brief lifetime is raised instead of refused") {
    const RegistrarConfig raising{600 * kSecond, kHour, TooBrief::raise, 0, true};
    CHECK(granted(raising, kSecond) == 600 * kSecond);
    CHECK(granted(raising, 599 * kSecond) == 600 * kSecond);
    CHECK(granted(raising, 601 * kSecond) == 601 * kSecond);
    Registrar registrar{raising};
    (void)registrar.handle(contact(0, 1, kHour));
    CHECK(registrar.handle(contact(0, 2, 0)).status == Status::ok_200);
    CHECK_FALSE(registrar.has(0));  // Expires 0 is no brief lifetime
}

TEST_CASE("RFC 3261 10.3 step 7: Expires 0 removes the one contact") {
    Registrar registrar = with_two_bindings();
    const RegisterOutcome outcome = registrar.handle(contact(0, 6, 0));
    CHECK(outcome.status == Status::ok_200);
    CHECK(outcome.expires == 0);
    CHECK(outcome.cancelled == std::vector<std::uint8_t>{0});
    CHECK(outcome.scheduled.empty());
    CHECK_FALSE(registrar.has(0));
    CHECK(registrar.has(1));

    CHECK(registrar.handle(contact(0, 7, 0)).cancelled.empty());  // it is gone already
}

TEST_CASE("RFC 3261 10.3 step 7: another Call-ID updates, whatever its CSeq") {
    Registrar registrar = with_two_bindings();
    const RegisterOutcome outcome = registrar.handle(contact(0, 1, kHour, 7));
    CHECK(outcome.status == Status::ok_200);
    CHECK(registrar.record.bindings[0] == Binding{1, 7, 1, 0});
    CHECK(registrar.handle(contact(0, 1, 0, 8)).status == Status::ok_200);
    CHECK_FALSE(registrar.has(0));
}

TEST_CASE("RFC 3261 10.3 step 7: the same Call-ID updates with a higher CSeq only") {
    Registrar registrar = with_two_bindings();
    registrar.check_refused(contact(0, 4, kHour), Status::server_error_500);
    registrar.check_refused(contact(0, 5, kHour), Status::server_error_500);
    registrar.check_refused(contact(0, 5, 0), Status::server_error_500);
    CHECK(registrar.handle(contact(0, 6, kHour)).status == Status::ok_200);
    CHECK(registrar.record.bindings[0].cseq == 6);
}

TEST_CASE("RFC 3261 10.3 step 7: an absent binding is added, whatever the CSeq was before") {
    Registrar registrar = with_two_bindings();
    (void)registrar.handle(contact(0, 6, 0));
    CHECK(registrar.handle(contact(0, 2, kHour)).status == Status::ok_200);
    CHECK(registrar.has(0));
}

TEST_CASE("RFC 3261 10.3 step 7: contacts are independent of each other") {
    Registrar registrar = with_two_bindings();
    const Binding other = registrar.record.bindings[1];
    (void)registrar.handle(contact(0, 6, 600 * kSecond));
    CHECK(registrar.record.bindings[1] == other);
    (void)registrar.handle(contact(2, 1, kHour, 1));  // the same Call-ID, another contact
    CHECK(registrar.record.bindings[1] == other);
    CHECK(registrar.record.bindings[0].cseq == 6);
    CHECK(registrar.has(2));
}

TEST_CASE("RFC 3261 10.3 step 8: the 200 tells the lifetime that was granted") {
    Registrar registrar;
    registrar.config.max_expires = 600 * kSecond;
    CHECK(registrar.handle(contact(0, 1, kHour)).expires == 600 * kSecond);
}

TEST_CASE("RFC 3261 10.2.2: a binding expires with its lifetime, or up to a sweep later") {
    Registrar registrar;
    registrar.config.expiry_sweep = 30 * kSecond;
    const RegisterOutcome first = registrar.handle(contact(0, 1, 600 * kSecond));
    REQUIRE(first.scheduled.size() == 1);
    CHECK(first.scheduled[0].slot == 0);
    CHECK(first.scheduled[0].delay == Interval{600 * kSecond, 630 * kSecond});
    CHECK(first.cancelled.empty());
    const RegisterOutcome second = registrar.handle(contact(0, 2, 600 * kSecond));
    CHECK(second.cancelled == std::vector<std::uint8_t>{0});  // the old expiry
    CHECK(second.scheduled.size() == 1);
    expire(registrar.record, 0);
    CHECK(registrar.record == AorRecord{});
    CHECK_THROWS_AS(expire(registrar.record, 0), sim::InternalError);
}

TEST_CASE("a restart without bindings marks them as lost until they are registered again") {
    Registrar registrar = with_two_bindings();
    CHECK(forget_bindings(registrar.record) == std::vector<std::uint8_t>{0, 1});
    CHECK_FALSE(registrar.has(0));
    CHECK(registrar.record.bindings[0] == Binding{0, 0, 0, 1});
    CHECK(registrar.handle(contact(0, 1, kHour)).status == Status::ok_200);  // any CSeq will do
    CHECK(registrar.record.bindings[0] == Binding{1, 1, 1, 0});
    CHECK(forget_bindings(registrar.record) == std::vector<std::uint8_t>{0});
}

TEST_CASE("RFC 3261 10.3 step 7: requests of two boots are not compared, unless Call-IDs agree") {
    Registrar registrar = with_two_bindings();
    RegisterRequest request = contact(0, 8, kHour);
    request.boot = {7, 0xff};      // the binding is older, and its CSeqs are the higher ones
    request.same_call_id = true;
    registrar.check_refused(request, Status::server_error_500);
    request.same_call_id = false;  // another Call-ID
    CHECK(registrar.handle(request).status == Status::ok_200);
    request = contact(0, 4, kHour);
    request.boot = {0, 6};         // a late one from before, against the binding of CSeq 8
    CHECK(registrar.handle(request).status == Status::ok_200);
    CHECK(registrar.record.bindings[0] == Binding{1, 1, 4, 0});
    registrar.check_refused(request, Status::server_error_500);
}

TEST_CASE("RFC 5626 6: with an instance-id the other contact of the instance is replaced") {
    Registrar registrar = with_two_bindings();
    RegisterRequest request = contact(2, 6, kHour);
    request.instance = {0, 3};
    request.call_id = 2;           // that of contact 1, whose CSeq is higher
    registrar.check_refused(request, Status::server_error_500);
    request.cseq = 10;
    const RegisterOutcome outcome = registrar.handle(request);
    CHECK(outcome.status == Status::ok_200);
    CHECK(outcome.cancelled == std::vector<std::uint8_t>{0, 1});
    CHECK_FALSE(registrar.has(0));
    CHECK_FALSE(registrar.has(1));
    CHECK(registrar.has(2));
}

TEST_CASE("Kamailio issue 497: a registrar may answer 200 and store nothing") {
    Registrar registrar;
    registrar.config.stores_bindings = false;
    const RegisterOutcome outcome = registrar.handle(contact(0, 1, kHour));
    CHECK(outcome.status == Status::ok_200);
    CHECK(outcome.expires == kHour);
    CHECK(outcome.scheduled.empty());
    CHECK_FALSE(registrar.has(0));
}

}  // namespace failback::tests::model_registrar_test

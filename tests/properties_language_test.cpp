// The property language: what is written is read, and written again the same.
#include <catch2/catch.hpp>

#include "properties/atoms.hpp"
#include "properties/property.hpp"
#include "sim/random.hpp"
#include "tests/run_fixture.hpp"

namespace failback::tests::properties_language_test {
namespace {

using namespace failback::properties;

std::string round_trip(const std::string& text, const model::Design& design) {
    return to_text(parse_property(text, design), design);
}

// An atom in the words of its shape, about line1 and server s1.
std::string written(const AtomShape& shape) {
    const char* const arguments[] = {"(line1)", "(s1)", "(line1, s1)", "(s1, line1)"};
    std::string text(shape.word);
    text += arguments[static_cast<std::size_t>(shape.arguments)];
    return shape.kind == AtomKind::working ? text + " = s1" : text;
}

}  // namespace

TEST_CASE("language: every atom is read and written back") {
    const model::Design design = design_with(2);
    for (const AtomShape& shape : atom_shapes()) {
        const std::string atom = written(shape);
        CAPTURE(atom);
        CHECK(to_text(parse_expression(atom, design), design) == atom);
        CHECK(to_text(parse_expression("not " + atom, design), design) == "not " + atom);
        CHECK_FALSE(shape.meaning.empty());
    }
    CHECK(atom_shapes().size() >= 38);
}

TEST_CASE("language: every pattern is read and written back") {
    const model::Design design = design_with(2);
    const std::string text = GENERATE(
        "never registered(line1, s1)",
        "never registered(line1, s1) until fails(s1)",
        "never registered(line1, s1) for 2s",
        "never registered(line1, s1) and not binding(s1, line1) for 2s until fails(s1)",
        "whenever fails(s1) then never registered(line1, s1)",
        "whenever fails(s1) then never registered(line1, s1) until recovers(s1)",
        "whenever registers(line1, s1) then never requests(line1, s1) before 30m",
        "whenever unanswered(line1, s1) then never requests(line1, s1) before 1ms until up(s2)",
        "whenever recovers(s1) then working(line1) = s1 within 66500ms",
        "whenever recovers(s1) then working(line1) = s1 within 90s unless fails(s1)",
        "never registers(line1, s1) more than 3 times since fails(s1)",
        "never registers(line1, s1) more than 3 times within 90s",
        "always up(s1)",
        "always not up(s1) or up(s2) until fails(s1)",
        "whenever fails(s1) then always up(s2)",
        "whenever fails(s1) then always up(s2) until recovers(s1)",
        "whenever fails(s1) then always up(s2) for 90s until recovers(s1)",
        "whenever fails(s1) then working(line1) = s2 within 90s and stays",
        "whenever fails(s1) then working(line1) = s2 within 90s and stays unless recovers(s1)",
        "never working(line1) = none",
        "never registered(line1, s1) and (working(line1) = none or working(line1) = s2)",
        "never (up(s1) or up(s2)) and not (calling(line1) and dials(line1))",
        "never not (not up(s1))");
    CHECK(round_trip(text, design) == text);
}

TEST_CASE("language: other ways to write the same") {
    const model::Design design = design_with(2);
    CHECK(round_trip("  never   up( s1 )and up(s2)  ", design) == "never up(s1) and up(s2)");
    CHECK(round_trip("never (up(s1))", design) == "never up(s1)");
    CHECK(round_trip("never (up(s1) and up(s2)) and up(s1)", design) ==
          "never up(s1) and up(s2) and up(s1)");
    CHECK(round_trip("never up(s1) and (up(s2) and up(s1))", design) ==
          "never up(s1) and (up(s2) and up(s1))");
    CHECK(round_trip("never working(line1)!=s1", design) == "never not working(line1) = s1");
    CHECK(round_trip("never working(\"line1\") = \"s1\"", design) ==
          "never working(line1) = s1");
    CHECK(round_trip("whenever fails(s1) then not(up(s1)) within 60s", design) ==
          "whenever fails(s1) then not up(s1) within 1m");
}

TEST_CASE("language: what is sent to a server is sent by some line") {
    model::Design design = design_with(2);
    design.phones.push_back(design.phones[0]);
    design.phones[1].lines[0] = {"line2", "sip:1002@example.com", {}};
    design.phones[1].servers.pop_back();
    const auto means = [&](const char* text) {
        return to_text(parse_expression(text, design), design);
    };
    CHECK(means("sent(INVITE, s1)") == "invites(line1, s1) or invites(line2, s1)");
    CHECK(means("sent(REGISTER, s2)") == "requests(line1, s2)");
    CHECK(means("not sent(SUBSCRIBE, s2)") == "not subscribes(line1, s2)");
    CHECK(round_trip("whenever fails(s1) then never sent(REGISTER, s1) until recovers(s1)",
                     design) ==
          "whenever fails(s1) then never requests(line1, s1) or requests(line2, s1) until "
          "recovers(s1)");
    CHECK(parse_property("never sent(INVITE, s1) more than 3 times", design).pattern ==
          Pattern::never_more);
    design.phones[0].servers[0].registers = design.phones[1].servers[0].registers = false;
    CHECK_THROWS_AS(parse_expression("sent(REGISTER, s1)", design), LanguageError);
}

TEST_CASE("language: `and` binds closer than `or`") {
    const model::Design design = design_with(2);
    const Expression both = parse_expression("up(s1) or up(s2) and calling(line1)", design);
    REQUIRE(both.op == Expression::Op::disjunction);
    REQUIRE(both.operands.size() == 2);
    CHECK(both.operands[1].op == Expression::Op::conjunction);
    const Expression negated = parse_expression("not up(s1) and up(s2)", design);
    REQUIRE(negated.op == Expression::Op::conjunction);
    CHECK(negated.operands[0].op == Expression::Op::negation);
}

TEST_CASE("language: a pattern becomes the property that it says") {
    const model::Design design = design_with(2);
    const Property response =
        parse_property("whenever fails(s1) then up(s1) within 90s unless up(s2)", design);
    CHECK(response.pattern == Pattern::response);
    CHECK(response.within == 90'000);
    CHECK(response.release.has_value());
    CHECK_FALSE(response.standing);
    const Property standing = parse_property("never up(s1) for 2s", design);
    CHECK(standing.pattern == Pattern::response);
    CHECK(standing.standing);
    CHECK(standing.conclusion.op == Expression::Op::negation);
    CHECK(parse_property("never up(s1)", design).pattern == Pattern::never);
    CHECK(parse_property("whenever up(s1) then never up(s2)", design).pattern ==
          Pattern::after_never);
    const Property pause =
        parse_property("whenever fails(s1) then never up(s2) before 90s", design);
    CHECK(pause.pattern == Pattern::never_before);
    CHECK(pause.within == 90'000);
}

TEST_CASE("language: names of several lines and servers are told apart") {
    model::Design design = design_with(2);
    design.phones[0].lines.push_back({"line2", "sip:2@example.com", {}});
    design.phones.push_back(design.phones[0]);
    design.phones[1].lines[0].name = "line3";
    design.phones[1].lines[1].name = "line-4.b";
    const Expression atom = parse_expression("registered(line-4.b, s2)", design);
    CHECK(atom.atom.phone == 1);
    CHECK(atom.atom.line == 1);
    CHECK(atom.atom.server == 1U);
    CHECK(to_text(atom, design) == "registered(line-4.b, s2)");
}

TEST_CASE("language: a server may be called none, in quotes") {
    model::Design design = design_with(2);
    design.servers[1].name = "none";
    CHECK_FALSE(parse_expression("working(line1) = none", design).atom.server.has_value());
    const Expression named = parse_expression("working(line1) = \"none\"", design);
    CHECK(named.atom.server == 1U);
    CHECK(to_text(named, design) == "working(line1) = \"none\"");
}

TEST_CASE("language: names that are words of the language") {
    model::Design design = design_with(2);
    design.phones[0].lines[0].name = "then";
    design.servers[0].name = "within";
    design.servers[1].name = "not";
    const std::string text = "whenever fails(within) then registered(then, not) within 1s";
    CHECK(round_trip(text, design) == text);
}

namespace {

const std::vector<std::string>& tokens() {
    static const std::vector<std::string> words = [] {
        std::vector<std::string> all{
            "never", "always", "stays", "more", "than", "times", "since",
            "whenever", "then", "within", "unless", "until", "before", "for", "not", "and",
            "or", "(", ")", ",", "=", "!=", "\"", "none", "line1", "s1", "s2", "90s", "66500ms",
            "2", "-", "\n", "\xff", "\"s1\"", "nevr", "up", "working"};
        for (const AtomShape& shape : atom_shapes()) {
            all.push_back(written(shape));
        }
        return all;
    }();
    return words;
}

}  // namespace

TEST_CASE("language: 5 000 random sequences of words are read or refused, never more") {
    const model::Design design = design_with(2);
    sim::Random random(20'040'915);
    int read = 0;
    for (int sequence = 0; sequence < 5000; ++sequence) {
        std::string text = random.below(2) == 0 ? "never " : "";
        for (std::uint64_t length = random.below(12); length > 0; --length) {
            text += tokens()[random.below(tokens().size())] + (random.below(5) == 0 ? "" : " ");
        }
        try {
            const Property property = parse_property(text, design);
            const std::string again = to_text(property, design);
            CHECK(round_trip(again, design) == again);
            ++read;
        } catch (const LanguageError& error) {
            CHECK(error.column() >= 1);
            CHECK(error.column() <= text.size() + 1);
            CHECK_FALSE(error.expected().empty());
        }
    }
    CHECK(read > 50);
}

TEST_CASE("language: brackets as deep as a design file allows") {
    const model::Design design = design_with(1);
    const std::string open(950, '(');
    const std::string close(950, ')');
    CHECK(round_trip("never " + open + "up(s1)" + close, design) == "never up(s1)");
    CHECK_THROWS_AS(parse_property("never " + open, design), LanguageError);
}

}  // namespace failback::tests::properties_language_test

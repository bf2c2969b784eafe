// What the property language says of texts that it cannot read.
#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "model/file/design_file.hpp"
#include "properties/catalogue.hpp"
#include "tests/run_fixture.hpp"

namespace failback::tests::properties_language_errors_test {
namespace {

using namespace failback::properties;

// "column: found | expected | hint"
std::string refused(const std::string& text) {
    model::Design design = design_with(2);
    design.servers[0].name = "primary";
    design.servers[1].name = "gateway";
    try {
        (void)parse_property(text, design);
    } catch (const LanguageError& error) {
        return fmt::format("{}: {} | {} | {}", error.column(), error.found(), error.expected(),
                           error.hint());
    }
    return "none";
}

}  // namespace

TEST_CASE("language errors: nothing at all") {
    const std::string kinds = "'never ...', 'always ...', or 'whenever ... then ... within ...' | ";
    const std::string expected = "the end | " + kinds;
    CHECK(refused("") == "1: " + expected);
    CHECK(refused("  ") == "3: " + expected);
    CHECK(refused("ever up(primary)") == "1: \"ever up(primary)\" | " + kinds);
}

TEST_CASE("language errors: an unknown word, with the word that was probably meant") {
    CHECK(refused("never registerd(line1, primary)").starts_with("7: \"registerd\" | the name of a "
                                                               "condition or event: working, "));
    CHECK(refused("never registerd(line1, primary)")
              .ends_with("| did you mean \"registered\"?"));
    CHECK(refused("never xyzzy(line1, primary)").ends_with("| "));
}

TEST_CASE("language errors: an unknown server or line, at its own column") {
    CHECK(refused("never registered(line1, primry)") ==
          "25: \"primry\" | the name of a server: primary, gateway | did you mean \"primary\"?");
    CHECK(refused("never registered(lin1, primary)") ==
          "18: \"lin1\" | the name of a line: line1 | did you mean \"line1\"?");
    CHECK(refused("never working(line1) = gatway") ==
          "24: \"gatway\" | the name of a server: primary, gateway | did you mean \"gateway\"?");
    CHECK(refused("never up(line1)").starts_with("10: \"line1\" | the name of a server"));
}

TEST_CASE("language errors: what is over at once can neither hold always nor stay") {
    CHECK(refused("always fails(primary)") ==
          "8: fails | a condition that can last, after 'always' | "
          "such as registered(line1, primary)");
    CHECK(refused("whenever fails(primary) then recovers(primary) within 9s and stays") ==
          "30: recovers | a condition that can last, before 'and stays' | "
          "such as registered(line1, primary)");
    CHECK(refused("whenever fails(primary) then up(gateway) within 9s and up(gateway)") ==
          "56: \"up(gateway)\" | 'stays' | ");
    CHECK(refused("whenever up(primary) then always up(gateway) for 9s") ==
          "50: \"for 9s\" | an event after 'whenever', from which it is counted | "
          "such as registers(line1, primary)");
}

TEST_CASE("language errors: what is over at once is told where it stands") {
    CHECK(refused("whenever fails(primary) then registers(line1, primary) within 9s and stays "
                  "unless fails(gateway)")
              .starts_with("30: registers | "));
    CHECK(refused("whenever fails(primary) then always registers(line1, primary) for 5s until "
                  "fails(gateway)")
              .starts_with("37: registers | "));
    CHECK(refused("always (up(primary) or not fails(primary)) and (up(gateway) and fails(gateway))")
              .starts_with("65: fails | "));
    CHECK(refused("always up(primary) or fails(primary)") == "none");
}

TEST_CASE("language errors: texts that are too deep or too long") {
    const auto nested = [](std::size_t depth, const std::string& open, const std::string& close) {
        std::string text = "never ";
        for (std::size_t i = 0; i < depth; ++i) {
            text += open;
        }
        text += "up(primary)";
        for (std::size_t i = 0; i < depth; ++i) {
            text += close;
        }
        return text;
    };
    const std::string deep = "brackets and 'not' at most 1000 deep | ";
    CHECK(refused(nested(999, "(", ")")) == "none");
    CHECK(refused(nested(1000, "(", ")")) == "1009: '(' deep within others | " + deep);
    CHECK(refused(nested(9000, "(", ")")) == "1007: '(' deep within others | " + deep);
    CHECK(refused(nested(999, "not ", "")) == "none");
    CHECK(refused(nested(4000, "not ", "")) == "4007: 'not' deep within others | " + deep);
    CHECK(refused(nested(500, "not (", ")")).ends_with(deep));
    CHECK(refused(nested(12'000, "(", ")")) ==
          "1: a text of 24017 bytes | at most 20000 bytes | ");
    std::string wide = "never up(primary)";
    for (int i = 0; i < 400; ++i) {
        wide += " and not (not up(\"gateway\"))";
    }
    CHECK(refused(wide) == "none");
    CHECK(refused("never up(\"((((") != "none");
}

TEST_CASE("language errors: times within a duration") {
    CHECK(refused("never fails(primary) more than 0 times within 9s") ==
          "32: 0 | a number from 1 to 8 of times within a duration | ");
    CHECK(refused("never fails(primary) more than 9 times within 9s") ==
          "32: 9 | a number from 1 to 8 of times within a duration | ");
    CHECK(refused("never fails(primary) more than 1 times within 0s") ==
          "47: 0s | a duration above 0 | ");
    CHECK(refused("never up(primary) more than 1 times within 9s").starts_with("29: "));
}

TEST_CASE("language errors: a pause of no time") {
    CHECK(refused("whenever fails(primary) then never up(gateway) before 0s") ==
          "55: 0s | a duration above 0 | ");
    CHECK(refused("whenever fails(primary) then never up(gateway) before")
              .starts_with("54: the end | a duration"));
}

TEST_CASE("language errors: a pause after what lasts") {
    const auto after = [](const std::string& premise) {
        return refused("whenever " + premise + " then never fails(gateway) before 2s");
    };
    CHECK(after("up(primary)") == "55: \"before 2s\" | an event after 'whenever', from which it is "
                                  "counted | such as registers(line1, primary)");
    CHECK(after("not fails(primary)").find("an event") != std::string::npos);
    CHECK(after("fails(primary) or up(primary)").find("an event") != std::string::npos);
    CHECK(after("fails(primary) and up(gateway)") == "none");
    CHECK(after("fails(primary) or recovers(primary)") == "none");
}

TEST_CASE("language errors: brackets") {
    CHECK(refused("never up") == "9: the end | '(' after the word | ");
    CHECK(refused("never up(primary") == "17: the end | ')' | ");
    CHECK(refused("never (up(primary)") == "19: the end | ')' | ");
    CHECK(refused("never up()") == "10: \")\" | the name of a line or a server | ");
    CHECK(refused("never up(primary))") ==
          "18: \")\" | the end, or 'and' or 'or' with another condition | ");
}

TEST_CASE("language errors: the number of names in brackets") {
    CHECK(refused("never up(primary, gateway)") ==
          "7: up with another number of names | up(server) | ");
    CHECK(refused("never registered(line1)") ==
          "7: registered with another number of names | registered(line, server) | ");
    CHECK(refused("never binding(primary)") ==
          "7: binding with another number of names | binding(server, line) | ");
    CHECK(refused("never up(primary,)") ==
          "18: \")\" | the name of a line or a server | ");
}

TEST_CASE("language errors: what is sent") {
    CHECK(refused("never sent(primary)") ==
          "7: sent(...) | a method and a server, as in sent(INVITE, primary) | ");
    CHECK(refused("never sent(INVIT, primary)") ==
          "12: \"INVIT\" | the name of a method: REGISTER, INVITE, SUBSCRIBE | "
          "did you mean \"INVITE\"?");
    CHECK(refused("never sent(INVITE, primry)")
              .starts_with("20: \"primry\" | the name of a server"));
    CHECK(refused("never sent(INVITE, primary) = gateway").starts_with("7: sent(...)"));
}

TEST_CASE("language errors: comparisons") {
    CHECK(refused("never working(line1)") ==
          "7: working(...) | a comparison, as in working(line1) = primary | ");
    CHECK(refused("never up(primary) = gateway") ==
          "7: up(...) | no comparison after up | ");
    CHECK(refused("never working(line1) =") ==
          "23: the end | the name of a server, or none | ");
}

TEST_CASE("language errors: within, and its duration") {
    const std::string fails = "whenever fails(primary) then up(primary)";
    CHECK(refused(fails) ==
          "41: the end | 'within' and a duration, or 'and' or 'or' with another condition | ");
    CHECK(refused(fails + " within").starts_with("48: the end | a duration with unit"));
    const std::string without_unit = refused(fails + " within 90");
    CHECK(without_unit.starts_with("49: 90 | "));
    CHECK(without_unit.find("90s") != std::string::npos);
    CHECK(refused(fails + " within 90sec").starts_with("49: 90sec | "));
    CHECK(refused(fails + " within 11000h").starts_with("49: 11000h | "));
    CHECK(refused("never up(primary) for").starts_with("22: the end | a duration with unit"));
}

TEST_CASE("language errors: the parts of `whenever`") {
    CHECK(refused("whenever fails(primary)") ==
          "24: the end | 'then', or 'and' or 'or' with another condition | ");
    CHECK(refused("whenever then") == "14: the end | '(' after the word | ");
    CHECK(refused("whenever fails(primary) then") ==
          "29: the end | a condition such as registered(line1, primary) | ");
    CHECK(refused("never up(primary) and") ==
          "22: the end | a condition after 'and' or 'not' | ");
    CHECK(refused("never up(primary) or") == "21: the end | a condition after 'or' | ");
    CHECK(refused("never not") == "10: the end | a condition after 'and' or 'not' | ");
}

TEST_CASE("language errors: text after the end") {
    CHECK(refused("never up(primary) please") ==
          "19: \"please\" | the end, or 'and' or 'or' with another condition | ");
    CHECK(refused("never up(primary) until fails(primary) for 2s").starts_with("40: \"for 2s\""));
    CHECK(refused("never up(primary) unless fails(primary)").starts_with("19: \"unless"));
}

TEST_CASE("language errors: columns go on over line breaks") {
    CHECK(refused("never up(primary)\nplease").starts_with("19: \"please\" | "));
    CHECK(refused("never\nup(primry)").starts_with("10: \"primry\" | "));
}

TEST_CASE("language errors: what() is one sentence") {
    const model::Design design = design_with(1);
    try {
        (void)parse_expression("upp(s1)", design);
        FAIL("it was read");
    } catch (const LanguageError& error) {
        const std::string what = error.what();
        CHECK(what.starts_with("found \"upp\", expected the name of a condition or event: "));
        CHECK(what.ends_with("(did you mean \"up\"?)"));
    }
}

TEST_CASE("language errors: a design says where its property stands, all errors at once") {
    model::Design design = design_with(2);
    design.file = "d.json";
    const auto use = [](const char* name, const char* says, const char* of, int line) {
        model::PropertyUse property;
        property.name = name;
        property.says = says;
        property.use = of;
        property.position = {line, 7};
        return property;
    };
    design.properties = {use("mine", "never upp(s1)", "", 3), use("", "", "failbak", 4),
                         use("fine", "never up(s1)", "", 5), use("", "", "failback", 6)};
    try {
        (void)instances_of(design);
        FAIL("it was read");
    } catch (const model::InputError& error) {
        REQUIRE(error.problems().size() == 3);
        CHECK(error.problems()[0].position.line == 3);
        CHECK(error.problems()[0].found == "\"upp\" at character 7 of \"never upp(s1)\"");
        CHECK(error.problems()[1].position.line == 4);
        CHECK(error.problems()[1].hint == "did you mean \"failback\"?");
        // No server of this design ever fails.
        CHECK(error.problems()[2].found.find("says nothing about this design") !=
              std::string::npos);
    }
}

}  // namespace failback::tests::properties_language_errors_test

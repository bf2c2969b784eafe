#include "model/file/json_source.hpp"

#include <string>

#include <catch2/catch.hpp>

#include "model/file/design_text.hpp"

namespace failback::model::json_source_test {
namespace {

std::string place(Position position) {
    return std::to_string(position.line) + ':' + std::to_string(position.column);
}

std::string error_of(std::string_view text) {
    try {
        const JsonSource source(text, "f");
    } catch (const InputError& error) {
        CHECK(error.problems().size() == 1);
        return error.what();
    }
    return "no error";
}

}  // namespace

TEST_CASE("json source: positions of keys and values", "[json]") {
    const JsonSource source(
        "{\n"
        "  \"a\" : [ -1.5e+3,true ,null,\"x\\\"]\\\\\", {} ],\n"
        "\t\"b/c\":{\"~\": [[ ]]}, \"\xC3\xA9\": false }\n",
        "f");
    const auto value = [&](const char* pointer) { return place(source.value_position(pointer)); };
    const auto key = [&](const char* pointer) { return place(source.key_position(pointer)); };
    CHECK(value("") == "1:1");
    CHECK(key("/a") == "2:3");
    CHECK(value("/a") == "2:9");
    CHECK(value("/a/0") == "2:11");
    CHECK(value("/a/1") == "2:19");
    CHECK(value("/a/2") == "2:25");
    CHECK(value("/a/3") == "2:30");
    CHECK(value("/a/4") == "2:40");
    CHECK(key("/b~1c") == "3:2");
    CHECK(key("/b~1c/~0") == "3:9");
    CHECK(value("/b~1c/~0/0") == "3:15");
    CHECK(key("/\xC3\xA9") == "3:22");
    CHECK(value("/\xC3\xA9") == "3:27");
    CHECK(value("/none") == "0:0");
    CHECK(source.root().at("a").at(3) == "x\"]\\");
}

TEST_CASE("json source: a byte order mark and CRLF do not shift positions", "[json]") {
    const JsonSource source("\xEF\xBB\xBF{\r\n \"a\": 1\r\n}", "f");
    CHECK(place(source.value_position("")) == "1:1");
    CHECK(place(source.value_position("/a")) == "2:7");
}

TEST_CASE("json source: syntax errors say where and what", "[json]") {
    CHECK(error_of("") == "f:1:1: found the end of the file, expected a JSON value");
    CHECK(error_of("{\"a\": 1 \"b\": 2}") == "f:1:9: found '\"b\"', expected ',' or '}'");
    CHECK(error_of("{\"a\" 1}") == "f:1:6: found '1', expected ':' and a value");
    CHECK(error_of("[1,\n  2\n  3]") == "f:3:3: found '3', expected ',' or ']'");
    CHECK(error_of("[1,,2]") == "f:1:4: found ',', expected a JSON value");
    CHECK(error_of("[01]") == "f:1:3: found '1', expected ',' or ']'");
    CHECK(error_of("{\"a\": 1,\n}") ==
          "f:2:1: found '}', expected a key in double quotes (remove the comma before it)");
    CHECK(error_of("// x\n{}") ==
          "f:1:1: found '//', expected a JSON value (JSON has no comments)");
    CHECK(error_of("{'a': 1}") == "f:1:2: found ''a'', expected a key in double quotes "
                                  "(strings stand in double quotes)");
    CHECK(error_of("{} x") == "f:1:4: found 'x', expected nothing after the end of the JSON value");
    CHECK(error_of("{\"a\": tru}") == "f:1:7: found 'tru', expected a JSON value");
    CHECK(error_of("{\"a\": [1") == "f:1:9: found the end of the file, expected ',' or ']'");
    CHECK(error_of("{\"a\": \"b") ==
          "f:1:7: found a string without an end: '\"b', expected a closing double quote");
    CHECK(error_of("[\"a\nb\"]") == "f:1:2: found a string with a bad escape, a line end or a "
                                    "control character: \"a, expected a JSON string, which is on "
                                    "one line");
    CHECK(error_of("[\"\xFF\"]") ==
          "f:1:3: found bytes that are not UTF-8: \\xff\"], expected a text in UTF-8");
    CHECK(error_of("[1e999]") == "f:1:2: found '1e999', expected a number that is not that large");
    CHECK(error_of(std::string_view("\0\0", 2)) ==
          "f:1:1: found '\\u0000\\u0000', expected a JSON value");
}

TEST_CASE("json source: keys that stand twice", "[json]") {
    const JsonSource source("{\"a\": 1,\n \"b\": {\"a\": 2},\n \"a\": 3}", "f");
    REQUIRE(source.problems().size() == 1);
    CHECK(to_text(source.problems()[0]) ==
          "f:3:2: /a: found \"a\" a second time, after line 1, "
          "expected each key of an object once");
    CHECK(source.root().at("a") == 3);
}

TEST_CASE("json source: hostile files end early with one error", "[json]") {
    constexpr std::size_t kMany = 10'000'000;
    CHECK(error_of(std::string(kMany, '[')) ==
          "f:1:65: found more than 64 levels, expected values that are not nested so deeply");
    std::string objects;
    for (int i = 0; i < 1000; ++i) {
        objects += "{\"a\":";
    }
    CHECK(error_of(objects).find("more than 64 levels") != std::string::npos);
    CHECK(error_of('"' + std::string(kMany, 'a')).size() < 200);
    CHECK(error_of(std::string(kMany, 'a')).size() < 200);
    std::string zeros = "[0";
    for (std::size_t i = 0; i < kMany / 2; ++i) {
        zeros += ",0";
    }
    CHECK(error_of(zeros).find("more than 200000 values") != std::string::npos);
    // A long key makes each pointer below it long.
    const std::string longer = "{\"" + std::string(kMany / 10, 'k') + "\":" + zeros + "]}";
    CHECK(error_of(longer).find("far too long keys") != std::string::npos);
}

TEST_CASE("json source: what is quoted is printable and short", "[json]") {
    CHECK(in_quotes("plain") == "\"plain\"");
    CHECK(printable("a\tb\x7F\xC2\x85") == "a\\u0009b\\u007f\\u0085");
    const std::string wide = "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";
    CHECK(printable(wide) == wide);
    CHECK(printable("\xC0\xAF\xED\xA0\x80\xF5") == "\\xc0\\xaf\\xed\\xa0\\x80\\xf5");
    CHECK(printable("\xE2\x80\xAE") == "\\u202e");
    CHECK(printable("\xE2\x82") == "\\xe2\\x82");
    CHECK(printable(std::string(100, 'a')) == std::string(60, 'a') + "...");
    CHECK(printable("aaa\xC3\xA9", 4) == "aaa...");
}

TEST_CASE("json source: guesses", "[json]") {
    const std::vector<std::string_view> keys{"expires", "retry", "refresh", "max_retries", "t1"};
    CHECK(did_you_mean("expire", keys) == R"(did you mean "expires"?)");
    CHECK(did_you_mean("Retry", keys) == R"(did you mean "retry"?)");
    CHECK(did_you_mean("max-retries", keys) == R"(did you mean "max_retries"?)");
    CHECK(did_you_mean("T1", keys) == R"(did you mean "t1"?)");
    CHECK(did_you_mean("password", keys).empty());
    CHECK(did_you_mean("", keys).empty());
    CHECK(did_you_mean(std::string(1'000'000, 'a'), keys).empty());
}

}  // namespace failback::model::json_source_test

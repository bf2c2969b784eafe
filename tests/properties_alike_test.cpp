// Properties that ask the same but for names have the same key; all others have not.
#include <catch2/catch.hpp>

#include <regex>
#include <set>

#include <nlohmann/json.hpp>

#include "model/file/design_file.hpp"
#include "properties/alike.hpp"
#include "tests/alike_site.hpp"
#include "tests/check_fixture.hpp"

namespace failback::tests::properties_alike_test {
namespace {

using nlohmann::json;

model::Design design_of(const json& one, const json& other) {
    json design = {{"format", 1}, {"name", "two-sites"}, {"properties", json::array()}};
    for (const char* key :
         {"servers", "phones", "links", "faults", "calls", "incoming", "seizures"}) {
        design[key] = one.at(key);
        design[key].insert(design[key].end(), other.at(key).begin(), other.at(key).end());
    }
    return model::parse_design(design.dump(), "two-sites.json");
}

bool same(const model::Design& design, const std::string& one, const std::string& other) {
    const auto key = [&](const std::string& says) {
        return properties::key_of(properties::parse_property(says, design), design);
    };
    return key(one) == key(other);
}

// Of two sites; about all that a site has.
bool same(const json& one, const json& other) {
    const std::string says =
        "whenever recovers(main@) then working(line@) = spare@ or subscribed(line@, main@) or "
        "answered(line@) or rings(line@, main@) within 10s unless recovers(spare@)";
    return same(design_of(one, other), replaced(says, "1"), replaced(says, "2"));
}

const json& schema() {
    static const json text = json::parse(model::kDesignSchema);
    return text;
}

const json& resolved(const json& value) {
    if (value.contains("allOf") && value["allOf"][0].contains("$ref")) {
        const auto& name = value["allOf"][0]["$ref"].get_ref<const std::string&>();
        return schema().at(json::json_pointer(name.substr(1)));
    }
    return value;
}

// The keys of an object of the schema that hold one value each: "/phones/timers/t1".
void add_keys(const json& object, const std::string& prefix, std::map<std::string, json>& keys) {
    for (const auto& [key, value] : object.at("properties").items()) {
        if (resolved(value).contains("properties")) {
            add_keys(resolved(value), prefix + "/" + key, keys);
        } else {
            keys[prefix + "/" + key] = value;
        }
    }
}

std::map<std::string, json> keys_of_schema() {
    std::map<std::string, json> keys;
    for (const auto& [list, definition] :
         {std::pair{"servers", "server"}, {"phones", "phone"}, {"links", "link"},
          {"faults", "fault"}, {"calls", "call_plan"}, {"incoming", "incoming_plan"},
          {"seizures", "seizure_plan"}}) {
        add_keys(schema()["definitions"][definition], std::string("/") + list, keys);
    }
    return keys;
}

// Another value of the same kind; null if there is none that fits by itself.
json another(const json& value, const json& definition) {
    if (value.is_boolean()) {
        return !value.get<bool>();
    }
    if (value.is_number_integer()) {
        return value.get<int>() + 1;
    }
    const auto text = value.get<std::string>();
    std::smatch parts;
    if (std::regex_match(text, parts, std::regex("([0-9]+)([a-z]+)"))) {
        return std::to_string(std::stoi(parts[1]) + 1) + parts[2].str();
    }
    for (const json& choice : definition.value("enum", json::array())) {
        if (choice != value && choice != "nobody") {
            return choice;
        }
    }
    return nullptr;
}

// "/phones/0/timers/t1" -> "/phones/timers/t1"; status codes are no indices.
std::string key_of_pointer(const std::string& pointer) {
    return std::regex_replace(pointer, std::regex("/[0-9](?![0-9])"), "");
}

}  // namespace

TEST_CASE("alike: two sites that differ in one parameter of the schema are not the same") {
    const json one = site("1");
    REQUIRE(same(one, site("2")));
    const auto keys = keys_of_schema();
    std::set<std::string> changed = kByHand;
    const json values = site("2").flatten();
    for (const auto& [pointer, value] : values.items()) {
        const std::string key = key_of_pointer(pointer);
        if (kByHand.contains(key) || key.starts_with("/phones/lines/") ||
            key == "/phones/servers/server") {
            continue;
        }
        CAPTURE(pointer);
        const auto definition = keys.find(key);
        json other = site("2");
        other[json::json_pointer(pointer)] =
            another(value, definition == keys.end() ? json::object() : definition->second);
        CHECK_FALSE(same(one, other));
        changed.insert(key);
    }
    for (const auto& [key, definition] : keys) {
        CAPTURE(key);
        CHECK(changed.contains(key));
    }
}

TEST_CASE("alike: notes make no difference, a profile does by its values") {
    json other = site("2");
    other["phones"][0]["notes"] = {"Another phone."};
    other["phones"][0]["profile"] = "b222s";  // the site writes all that the profile says
    CHECK(same(site("1"), other));
    other["phones"][0].erase("retry");
    CHECK_FALSE(same(site("1"), other));
}

// Two sites with a value are the same, and no longer if one of them has another.
void differs(const char* pointer, const json& value, const json& changed) {
    json one = site("1");
    json other = site("2");
    one[json::json_pointer(pointer)] = other[json::json_pointer(pointer)] = value;
    CAPTURE(pointer);
    CHECK(same(one, other));
    other[json::json_pointer(pointer)] = changed;
    CHECK_FALSE(same(one, other));
}

TEST_CASE("alike: how a phone registers, and when it goes back") {
    differs("/phones/0/failback", "immediate", "stay");
    differs("/phones/0/failback", {{"after", "60s"}}, {{"after", "61s"}});
    differs("/phones/0/failback", {{"hold", "60s"}}, {{"hold", "61s"}});
    const json successive = {{"order", "successive"}};
    differs("/phones/0/registration", successive, "concurrent");
    const auto probing = [](const char* probe, const char* hold) {
        return json{{"probe", probe}, {"hold", hold}};
    };
    const auto make_successive = [](json& site) {
        site["phones"][0]["registration"] = "successive";
    };
    for (const json& changed : {probing("31s", "120s"), probing("30s", "121s")}) {
        json one = site("1");
        json other = site("2");
        make_successive(one);
        make_successive(other);
        one["phones"][0]["failback"] = other["phones"][0]["failback"] = probing("30s", "120s");
        CHECK(same(one, other));
        other["phones"][0]["failback"] = changed;
        CHECK_FALSE(same(one, other));
    }
    const json others = {{"pause_after", "attempt"}, {"after_loss", "first-server"},
                         {"old_binding", "removed"},
                         {"while_returning", "unregistered"}};
    for (const auto& [key, value] : others.items()) {
        json changed = successive;
        changed[key] = value;
        differs("/phones/0/registration", successive, changed);
    }
}

TEST_CASE("alike: what is in the way of a flow, and how it is kept up") {
    differs("/links/0/ageing", "60s", "61s");
    differs("/phones/0/nat", {{"lifetime", "30s"}}, {{"lifetime", "31s"}});
    const json stun = {{"method", "stun"}, {"every", "25s"}, {"max_lost", 2}};
    for (const auto& [key, value] :
         {std::pair{"method", "options"}, std::pair{"every", "26s"}}) {
        json changed = stun;
        changed[key] = value;
        differs("/phones/0/keep_alive", stun, changed);
    }
    differs("/phones/0/keep_alive", stun,
            {{"method", "stun"}, {"every", "25s"}, {"max_lost", 3}});
    json phone = site("1")["phones"][0];
    phone["transport"] = "tcp";
    phone["rto"] = "1s";
    phone["keep_alive"] = {{"method", "crlf"}, {"every", "95s"}, {"answer_within", "10s"}};
    for (const auto& [pointer, value] : {std::pair{"/rto", json("2s")},
                                         std::pair{"/keep_alive/answer_within", json("11s")},
                                         std::pair{"/keep_alive", json{{"method", "crlf"},
                                                                       {"every", "95s"},
                                                                       {"answered", false}}}}) {
        json one = site("1");
        json other = site("2");
        const auto put = [](json& to, const json& from) {
            for (const char* key : {"transport", "rto", "keep_alive"}) {
                to["phones"][0][key] = from[key];
            }
        };
        put(one, phone);
        put(other, phone);
        CHECK(same(one, other));
        json changed = phone;
        changed[json::json_pointer(pointer)] = value;
        put(other, changed);
        CAPTURE(pointer);
        CHECK_FALSE(same(one, other));
    }
}

TEST_CASE("alike: whom a server challenges, and what a phone answers") {
    json challenging = {{"challenges", {"register"}}, {"nonce_lifetime", "300s"}};
    const json others = {{"challenges", {"subscribe"}},
                         {"algorithms", {"SHA-256"}},  // the phone does not support it
                         {"nonce_lifetime", "301s"},
                         {"nonce_reuse", "one-time"},
                         {"stale", false},
                         {"nonce_secret", "cluster"},
                         {"other_users", "unknown"}};
    for (const auto& [key, value] : others.items()) {
        json changed = challenging;
        changed[key] = value;
        differs("/servers/0/authentication", challenging, changed);
    }
    const json answers = {{"nonce", "forgotten"},   {"new_nonce", "if-stale"},
                          {"stale_retries", 3},     {"after_423", "forgotten"},
                          {"refused", "replays"}};
    for (const auto& [key, value] : answers.items()) {
        differs("/phones/0/credentials", json::object(), {{key, value}});
    }
    // Not the same realm twice in one of two sites.
    json one = site("1");
    json other = site("2");
    for (json* each : {&one, &other}) {
        (*each)["servers"][0]["authentication"] = challenging;
        (*each)["servers"][0]["authentication"]["realm"] = each == &one ? "one" : "another";
    }
    CHECK(same(one, other));
    other["servers"][1]["authentication"]["realm"] = "another";
    CHECK_FALSE(same(one, other));
    one["servers"][1]["authentication"]["realm"] = "one";
    CHECK(same(one, other));
    other["phones"][0]["credentials"]["accounts"] = {{{"password", "wrong"}}};
    CHECK_FALSE(same(one, other));
}

TEST_CASE("alike: what only changes along with something else") {
    const json growing = {{"base", "10s"}, {"max", "60s"}, {"percent", {50, 100}}};
    for (const char* retry : {"/phones/0/retry", "/phones/0/subscription/retry"}) {
        differs(retry, growing, {{"base", "11s"}, {"max", "60s"}, {"percent", {50, 100}}});
        differs(retry, growing, {{"base", "10s"}, {"max", "61s"}, {"percent", {50, 100}}});
        differs(retry, growing, {{"base", "10s"}, {"max", "60s"}, {"percent", {51, 100}}});
        differs(retry, growing, {{"base", "10s"}, {"max", "60s"}, {"percent", {50, 99}}});
        differs(retry, {{"rejected", "1s"}, {"unanswered", "2s"}},
                {{"rejected", "2s"}, {"unanswered", "1s"}});
    }
    const json lead = {{"rule", "lead"}, {"lead", "60s"}};
    const auto fraction = [](int percent) {
        return json{{"rule", "fraction"}, {"percent", percent}};
    };
    for (const char* pointer : {"/phones/0/refresh", "/phones/0/subscription/refresh"}) {
        differs(pointer, fraction(50), fraction(60));
        differs(pointer, fraction(50), lead);
    }
    differs("/faults/2/kind", "loss", "duplication");
    differs("/faults/2/ratio", {1, 5}, {1, 6});
    differs("/phones/0/on_status", {{"other", "20s"}}, {{"other", "21s"}});
    differs("/phones/0/on_status", {{"403", "give-up"}}, {{"403", "retry"}});
    differs("/phones/0/after_restart", json::object(), {{"call_id", "same"}});
    differs("/phones/0/after_restart", json::object(), {{"contact", "new"}});
    for (const char* key : {"/faults/1/phone", "/faults/2/phone", "/faults/2/server",
                            "/faults/0/at", "/faults/2/window", "/calls/0/at"}) {
        CAPTURE(key);
        json other = site("2");
        const json::json_pointer pointer(key);
        other[pointer.parent_pointer()].erase(pointer.back());
        CHECK_FALSE(same(site("1"), other));
    }
    for (const char* list : {"links", "faults", "calls"}) {
        CAPTURE(list);
        json other = site("2");
        other[list].erase(list == std::string("faults") ? 1 : 0);  // another one is after the first
        CHECK_FALSE(same(site("1"), other));
    }
    json spare = site("2");
    spare["faults"][0]["server"] = "spare2";
    CHECK_FALSE(same(site("1"), spare));
    json other = site("2");
    std::swap(other["faults"][0], other["faults"][2]);  // which budget is spent first
    CHECK_FALSE(same(site("1"), other));
}

TEST_CASE("alike: gateways that watch, and faults of them") {
    const auto both = [](json& one, json& other, const char* pointer, const json& value) {
        one[json::json_pointer(pointer)] = other[json::json_pointer(pointer)] = value;
    };
    json one = site("1");
    json other = site("2");
    other["servers"][1].erase("watches");
    CHECK_FALSE(same(one, other));
    other = site("2");
    other["servers"][0]["kind"] = "gateway";
    CHECK_FALSE(same(one, other));
    other = site("2");
    both(one, other, "/servers/1/subscriptions", false);
    both(one, other, "/servers/1/subscribe_answer", "489");
    CHECK(same(one, other));
    other["servers"][1]["subscribe_answer"] = "404";
    CHECK_FALSE(same(one, other));
    one = site("1");
    other = site("2");
    for (json* changed : {&one, &other}) {
        json& cut = (*changed)["faults"][1];
        cut["server"] = (*changed)["servers"][0]["name"];
        cut["gateway"] = (*changed)["servers"][1]["name"];
        cut.erase("phone");
    }
    CHECK(same(one, other));
    other["faults"][1].erase("gateway");
    CHECK_FALSE(same(one, other));
}

TEST_CASE("alike: the same parts under another property") {
    const model::Design design = design_of(site("1"), site("2"));
    const std::string says = "never working(line1) = spare1 for 10s until recovers(main1)";
    CHECK(same(design, says, "never working(line2) = spare2 for 10s until recovers(main2)"));
    for (const char* other : {"never working(line2) = spare2 for 11s until recovers(main2)",
                              "never working(line2) = spare2 until recovers(main2)",
                              "never working(line2) = none for 10s until recovers(main2)",
                              "never working(line2) = spare2 for 10s until recovers(spare2)",
                              "never working(line2) = spare2 for 10s until fails(main2)",
                              "never working(line2) = spare2 for 10s until not recovers(main2)",
                              "never working(line2) = spare2 for 10s until recovers(main1)",
                              "never working(line2) = spare2 for 10s"}) {
        CAPTURE(other);
        CHECK_FALSE(same(design, says, other));
    }
    const std::string response = "whenever dials(line1) then answered(line1) within 10s";
    CHECK(same(design, response, "whenever dials(line2) then answered(line2) within 10s"));
    CHECK_FALSE(same(design, response, "whenever dials(line2) then never answered(line2)"));
    CHECK_FALSE(same(design, response, "whenever dials(line2) then answered(line1) within 10s"));
}

namespace {

// Phones with lines of their own that are all the same.
model::Design phones(std::size_t count) {
    model::Design design = design_with(2);
    design.faults.push_back(crash(0, 0, 60'000));
    for (std::size_t i = 2; i <= count; ++i) {
        model::Phone phone = design.phones[0];
        phone.name += std::to_string(i);
        phone.lines[0].name = "line" + std::to_string(i);
        phone.lines[0].aor = "sip:100" + std::to_string(i) + "@example.com";
        design.phones.push_back(phone);
    }
    return design;
}

constexpr const char* kFirst = "never registered(line1, s1)";
constexpr const char* kSecond = "never registered(line2, s1)";

}  // namespace

TEST_CASE("alike: faults of one phone") {
    model::Design design = phones(3);
    CHECK(same(design, kFirst, kSecond));
    for (std::size_t phone = 0; phone < 3; ++phone) {
        model::Fault loss = of_messages(model::FaultKind::loss, 1);
        loss.phone = phone;
        design.faults.push_back(loss);
        CHECK(same(design, kFirst, kSecond) == (phone > 0));  // each one's own
    }
    model::Fault cut = unreachable(0, 0, 1000);
    cut.phone = 2;  // neither's, but both see that the server fails
    design.faults.push_back(cut);
    CHECK(same(design, kFirst, kSecond));
    design.faults.back().phone = 1;
    CHECK_FALSE(same(design, kFirst, kSecond));
    design.faults.back() = of_messages(model::FaultKind::loss, 1);  // any one's
    CHECK(same(design, kFirst, kSecond));
    CHECK(same(design, "never reachable(line1, s1)", "never reachable(line2, s1)"));
    design.faults.back() = cut;
    design.faults.back().phone = 1;
    CHECK_FALSE(same(design, "never reachable(line1, s1)", "never reachable(line2, s1)"));
}

TEST_CASE("alike: which phone has which line") {
    model::Design design = phones(4);
    for (const std::size_t phone : {0U, 3U}) {  // lines 1 and 5, 2, 3, 4 and 6
        model::Line second = design.phones[phone].lines[0];
        second.name = phone == 0 ? "line5" : "line6";
        second.aor = "sip:" + second.name + "@example.com";
        design.phones[phone].lines.push_back(second);
    }
    const auto all = [](const char* one, const char* two, const char* three) {
        return std::string("never registered(") + one + ", s1) and registered(" + two +
               ", s1) and registered(" + three + ", s1)";
    };
    CHECK(same(design, all("line1", "line2", "line3"), all("line2", "line3", "line4")));
    CHECK_FALSE(same(design, all("line1", "line5", "line2"), all("line3", "line4", "line6")));
}

TEST_CASE("alike: whose fault and whose calls") {
    const std::string both = "never calling(line1) and calling(line2)";
    const auto key = [&](std::size_t dials, std::optional<std::size_t> cut_off) {
        model::Design design = phones(3);
        design.calls.push_back({dials, 0, 1, sim::exactly(0), {}, {}});
        model::Fault cut = unreachable(0, 0, 1000);
        cut.phone = cut_off;
        design.faults.push_back(cut);
        return properties::key_of(properties::parse_property(both, design), design);
    };
    CHECK(key(0, 0) == key(0, 0));
    CHECK(key(0, 0) != key(1, 0));
    CHECK(key(0, 0) != key(0, 1));
    CHECK(key(0, 0) != key(0, 2));
    CHECK(key(0, 2) != key(0, std::nullopt));
    model::Design design = phones(2);
    design.calls = {{0, 0, 1, sim::exactly(0), {}, {}}, {1, 0, 2, sim::exactly(0), {}, {}}};
    const auto property = properties::parse_property(both, design);
    const auto before = properties::key_of(property, design);
    std::swap(design.calls[0].count, design.calls[1].count);
    std::swap(design.calls[0], design.calls[1]);  // the counts stand as they stood
    CHECK(properties::key_of(property, design) != before);
}

TEST_CASE("alike: lines that share an address of record") {
    model::Design design = phones(3);
    for (model::Phone& phone : design.phones) {
        phone.wipe_at_boot = true;
    }
    const std::string both = "whenever boots(line1, s1) then boots(line2, s1) within 1s";
    const std::string others = "whenever boots(line2, s1) then boots(line3, s1) within 1s";
    CHECK(same(design, kFirst, kSecond));
    CHECK(same(design, both, others));
    design.phones[2].lines[0].aor = design.phones[1].lines[0].aor;
    CHECK_FALSE(same(design, kFirst, kSecond));
    CHECK_FALSE(same(design, both, others));
    for (model::Phone& phone : design.phones) {
        phone.wipe_at_boot = false;  // the slices now have the same parts again
    }
    CHECK(same(design, kFirst, kSecond));
    CHECK_FALSE(same(design, both, others));
}

TEST_CASE("alike: a design with a phone that wipes anywhere reduces less") {
    model::Design design = phones(1);
    const auto key = [&] {
        return properties::key_of(properties::parse_property(kFirst, design), design);
    };
    design.phones.push_back(phones(2).phones[1]);
    const auto before = key();
    design.phones[1].wipe_at_boot = true;
    CHECK(key() != before);
}

TEST_CASE("alike: servers that become slow take the same time") {
    const auto slow = [](const std::string& number, const char* time) {
        json design = site(number);
        design["faults"].push_back({{"name", "backup" + number},
                                    {"kind", "slowdown"},
                                    {"server", "main" + number},
                                    {"time", time}});
        return design;
    };
    CHECK(same(slow("1", "1s"), slow("2", "1s")));
    CHECK_FALSE(same(slow("1", "1s"), slow("2", "2s")));
}

}  // namespace failback::tests::properties_alike_test

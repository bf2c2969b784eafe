#include <array>

#include "model/file/design_parts.hpp"
#include "model/file/design_text.hpp"

namespace failback::model {
namespace {

constexpr std::string_view kForms =
    R"(the name of a property, {"use": NAME, ...} or {"name": NAME, "says": EXPRESSION})";

constexpr std::array<Choice<Expected>, 3> kVerdicts{{{"holds", Expected::holds},
                                                     {"violated", Expected::violated},
                                                     {"vacuous", Expected::vacuous}}};

// A reference that is kept as a name: the catalogue resolves it together with the property.
std::string read_restriction(ObjectReader& reader, std::string_view key, const Names& names) {
    const auto index = reader.reference(key, names);
    return index ? reader.member(key)->value->get<std::string>() : std::string();
}

void read_use(DesignParts& parts, ObjectReader& reader, PropertyUse& property) {
    reader.refuse("says", R"(a property has either "use" or "says")");
    property.use = reader.name("use").value_or("");
    property.name = reader.name("name").value_or(property.use);
    if (reader.has("within")) {
        property.within = reader.duration("within", 0);
    }
    (void)reader.member("within");
    property.phone = read_restriction(reader, "phone", parts.phones);
    property.line = read_restriction(reader, "line", parts.lines);
    property.server = read_restriction(reader, "server", parts.servers);
    property.event = reader.name("event").value_or("");
    property.position = parts.input.position(*reader.member("use"));
}

void read_expression(DesignParts& parts, ObjectReader& reader, PropertyUse& property) {
    constexpr std::string_view kWhy = R"(an expression under "says" names it itself)";
    property.name = reader.required_name("name").value_or("");
    const Node says = *reader.member("says");
    if (*says.value == "") {
        parts.input.report(
            says, {R"("")", R"(a property, such as "never working(line1) = none for 2m")"});
    } else {
        property.says = reader.text("says").value_or("");
    }
    property.position = parts.input.position(*reader.member("says"));
    for (const std::string_view key : {"within", "phone", "line", "server", "event"}) {
        reader.refuse(key, kWhy);
    }
}

PropertyUse read_property(DesignParts& parts, const Node& node) {
    PropertyUse property;
    property.position = parts.input.position(node);
    if (!node.value->is_object()) {
        if (node.value->is_string()) {
            property.use = property.name = read_name(parts.input, node).value_or("");
        } else {
            parts.input.report(node, {describe(*node.value), std::string(kForms)});
        }
        return property;
    }
    ObjectReader reader(parts.input, node, "a property");
    if (reader.has("use")) {
        read_use(parts, reader, property);
    } else if (reader.has("says")) {
        read_expression(parts, reader, property);
    } else {
        parts.input.report(node, {R"(neither "use" nor "says")", std::string(kForms)});
        return property;
    }
    property.expect = reader.choice("expect", kVerdicts);
    reader.finish();
    return property;
}

}  // namespace

void read_properties(DesignParts& parts, ObjectReader& root) {
    parts.design.all_properties = !root.has("properties");
    Names names("property");
    for (const Node& node : root.elements("properties", {0, kMostEntries})) {
        const PropertyUse property = read_property(parts, node);
        if (!property.name.empty()) {
            names.add(parts.input, node, property.name, parts.design.properties.size());
        }
        parts.design.properties.push_back(property);
    }
}

}  // namespace failback::model

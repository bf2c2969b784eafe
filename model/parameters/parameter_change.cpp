// Where a parameter is written, and the design with one that is shorter.
#include "model/duration.hpp"
#include "model/file/profiles.hpp"
#include "model/parameters/parameters.hpp"

namespace failback::model {

Position position_of(const Parameter& parameter, const JsonSource& source) {
    const std::string end = parameter.end == End::shortest ? "/0" : "/1";
    const Position of_end =
        parameter.end == End::whole ? Position{} : source.value_position(parameter.key + end);
    return of_end.line > 0 ? of_end : source.value_position(parameter.key);
}

std::optional<nlohmann::json> shortened(const nlohmann::json& written, const Parameter& parameter,
                                        DelayMs by) {
    if (!parameter.value) {
        return std::nullopt;
    }
    Interval value = *parameter.value;
    if (parameter.end != End::longest) {
        value.earliest -= by;
    }
    if (parameter.end != End::shortest && value.latest != sim::kNever) {
        value.latest -= by;
    }
    if (value.earliest < 0 || !sim::is_valid(value)) {
        return std::nullopt;
    }
    nlohmann::json changed = written;
    nlohmann::json& place = place_in(changed, nlohmann::json::json_pointer(parameter.key));
    if (parameter.end == End::whole) {
        place = duration_text(value.latest);
    } else {
        place = {duration_text(value.earliest), duration_text(value.latest)};
    }
    return changed;
}

}  // namespace failback::model

// Words for names of servers and their look-ups.
#include "traces/describe.hpp"

namespace failback::traces {

using model::Event;
using model::EventKind;

const std::string& Describer::listed_name(std::size_t name) const {
    const auto& info = model_->names()[name];
    return model_->design().phones[info.phone].names[info.name].name;
}

std::string Describer::of_name(const Event& event) const {
    const std::string whose =
        listed_name(event.index) + " (" + phone_name(model_->names()[event.index].phone) + ")";
    if (event.kind == EventKind::name_expires) {
        return "time to live of " + whose + " over";
    }
    constexpr const char* ends[] = {"", "answered", "denied", "not answered",
                                    "not asked, known not to exist"};
    return "query for " + whose + " " + ends[event.key];
}

bool Describer::is_exact_of_name(const Event& event) {
    return event.kind == EventKind::name_expires ||
           (event.kind == EventKind::query_ends &&
            static_cast<model::QueryEnd>(event.key) == model::QueryEnd::silence);
}

}  // namespace failback::traces

#include "traces/places.hpp"

#include <fmt/format.h>

namespace failback::traces {

std::string Places::words_for(const model::Event& event) const {
    if (event.kind == model::EventKind::deadline) {
        return fmt::format("deadline {}", event.key);
    }
    return fmt::format("{} {} {}", static_cast<int>(event.kind), static_cast<int>(event.status),
                       describer_.pending(event));
}

}  // namespace failback::traces

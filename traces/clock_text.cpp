#include "traces/clock_text.hpp"

#include <fmt/format.h>

#include "model/duration.hpp"

namespace failback::traces {

std::string clock_text(sim::TimeMs instant) {
    const char* sign = instant < 0 ? "-" : "";
    const sim::TimeMs ms = instant < 0 ? -instant : instant;
    return fmt::format("{}{}:{:02}:{:02}.{:03}", sign, ms / 3'600'000, ms / 60'000 % 60,
                       ms / 1000 % 60, ms % 1000);
}

std::string short_clock_text(sim::TimeMs instant) {
    std::string text = clock_text(instant);
    if (instant % 1000 == 0) {
        text.resize(text.size() - 4);
    }
    return text;
}

std::string span_text(sim::TimeMs span) {
    constexpr sim::TimeMs kLong = 100'000;
    const bool is_whole = span % 60'000 == 0 && span / 60'000 < 100;
    const bool is_hours = span % 3'600'000 == 0;
    if ((span < kLong && span > -kLong) || is_whole || is_hours) {
        return model::people_text(span);
    }
    return short_clock_text(span);
}

}  // namespace failback::traces

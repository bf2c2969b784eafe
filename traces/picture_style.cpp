#include "traces/picture_style.hpp"

#include <fmt/format.h>

#include "traces/clock_text.hpp"

namespace failback::traces {

int draw_heading(Svg& svg, const Trace& trace, int x, int width) {
    constexpr int kLineHeight = 17;
    int y = 30;
    const std::string title = picture_title(trace);
    svg.text({x, y}, fitted(title, width, 17, true),
             {outcome_color(trace), 17, Anchor::start, true});
    const auto paragraph = [&](const std::string& text, std::string_view color) {
        if (!text.empty()) {
            for (const std::string& line : wrapped(text, width, 12)) {
                y += kLineHeight;
                svg.text({x, y}, line, {color, 12});
            }
        }
    };
    y += 3;
    paragraph(trace.reason, kInk);
    paragraph(trace.says, kFaint);
    const sim::TimeMs end = trace.steps.empty() ? 0 : trace.steps.back().at;
    paragraph(
        fmt::format("{}{}{} steps until {}", trace.design_file,
                    trace.design_file.empty() ? "" : " · ", trace.steps.size(), clock_text(end)),
        kFaint);
    return y + kLineHeight;
}

std::string picture_title(const Trace& trace) {
    return fmt::format("{}: {}", trace.property.empty() ? "simulation" : trace.property,
                       trace.outcome);
}

std::string_view outcome_color(const Trace& trace) {
    return trace.outcome == "violated" ? kBad : kInk;
}

}  // namespace failback::traces

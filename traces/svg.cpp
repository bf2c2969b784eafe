#include "traces/svg.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>

#include <fmt/format.h>

namespace failback::traces {
namespace {

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            // XML 1.0 has no way to write the other control characters.
            default:
                result += c >= 0 && c < ' ' && c != '\n' ? ' ' : c;
        }
    }
    return result;
}

// Tenths of a pixel as a decimal number.
std::string decimal(int tenths) {
    const char* sign = tenths < 0 ? "-" : "";
    const int size = std::abs(tenths);
    return size % 10 == 0 ? fmt::format("{}{}", sign, size / 10)
                          : fmt::format("{}{}.{}", sign, size / 10, size % 10);
}

int square_root(int number) {
    int root = 0;
    for (int bit = 1 << 15; bit > 0; bit >>= 1) {
        if ((root + bit) <= number / (root + bit)) {
            root += bit;
        }
    }
    return root;
}

std::string stroke(const LineStyle& style) {
    std::string text = fmt::format(R"(stroke="{}")", style.color);
    if (style.tenths != 10) {
        text += fmt::format(R"( stroke-width="{}")", decimal(style.tenths));
    }
    if (!style.dashes.empty()) {
        text += fmt::format(R"( stroke-dasharray="{}")", style.dashes);
    }
    return text;
}

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

// Hundredths of the font size; the widths of DejaVu Sans, the widest of the common fonts.
int character_width(char c) {
    constexpr std::string_view kNarrow = "ijl.,:;'|! ftr()[]-/I";
    constexpr std::string_view kWide = "mwMW@%+=<>";
    if (kNarrow.find(c) != std::string_view::npos) {
        return 40;
    }
    if (kWide.find(c) != std::string_view::npos) {
        return 95;
    }
    return c >= 'A' && c <= 'Z' ? 71 : 63;
}

}  // namespace

void Svg::begin(std::string_view title) {
    body_ += fmt::format("<g><title>{}</title>\n", escaped(title));
}

void Svg::end() { body_ += "</g>\n"; }

void Svg::line(Point from, Point to, const LineStyle& style) {
    body_ += fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" {}/>\n", from.x, from.y,
                         to.x, to.y, stroke(style));
}

void Svg::arrow(Point from, Point to, const LineStyle& style) {
    constexpr int kLength = 90;  // of the head, in tenths of a pixel; so is the half width
    constexpr int kHalf = 40;
    const int dx = to.x - from.x;
    const int dy = to.y - from.y;
    const int length = square_root(dx * dx + dy * dy);
    if (length == 0) {
        return;
    }
    const int base_x = to.x * 10 - dx * kLength / length;
    const int base_y = to.y * 10 - dy * kLength / length;
    const int side_x = dy * kHalf / length;
    const int side_y = dx * kHalf / length;
    body_ += fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" {}/>\n", from.x, from.y,
                         decimal(base_x), decimal(base_y), stroke(style));
    body_ += fmt::format("<path d=\"M{} {}L{} {}L{} {}z\" fill=\"{}\"/>\n", to.x, to.y,
                         decimal(base_x + side_x), decimal(base_y - side_y),
                         decimal(base_x - side_x), decimal(base_y + side_y), style.color);
}

void Svg::cross(Point center, std::string_view color) {
    constexpr int kArm = 5;
    const LineStyle style{color, 25, {}};
    line({center.x - kArm, center.y - kArm}, {center.x + kArm, center.y + kArm}, style);
    line({center.x - kArm, center.y + kArm}, {center.x + kArm, center.y - kArm}, style);
}

void Svg::rectangle(const Box& box, std::string_view fill, std::string_view stroke_color,
                    int radius) {
    body_ += fmt::format(R"(<rect x="{}" y="{}" width="{}" height="{}" fill="{}")", box.x, box.y,
                         box.width, box.height, fill);
    if (stroke_color != "none") {
        body_ += fmt::format(R"( stroke="{}")", stroke_color);
    }
    if (radius != 0) {
        body_ += fmt::format(R"( rx="{}")", radius);
    }
    body_ += "/>\n";
}

void Svg::circle(Point center, int radius, std::string_view fill, std::string_view stroke_color) {
    body_ += fmt::format(
        "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\" stroke=\"{}\" stroke-width=\"1.5\"/>\n",
        center.x, center.y, radius, fill, stroke_color);
}

void Svg::polygon(const std::vector<Point>& points, std::string_view fill) {
    body_ += "<polygon points=\"";
    for (const Point& point : points) {
        body_ += fmt::format("{},{} ", point.x, point.y);
    }
    body_.back() = '"';
    body_ += fmt::format(" fill=\"{}\"/>\n", fill);
}

void Svg::text(Point baseline, std::string_view text, const TextStyle& style) {
    constexpr std::array<std::string_view, 3> kAnchors{"start", "middle", "end"};
    body_ += fmt::format(R"(<text x="{}" y="{}" font-size="{}" fill="{}")", baseline.x, baseline.y,
                         style.size, style.color);
    if (style.anchor != Anchor::start) {
        body_ += fmt::format(R"( text-anchor="{}")",
                             kAnchors.at(static_cast<std::size_t>(style.anchor)));
    }
    if (style.bold) {
        body_ += R"( font-weight="bold")";
    }
    if (style.monospace) {
        body_ += R"( font-family="monospace")";
    }
    if (style.halo) {
        body_ += fmt::format(
            R"( paint-order="stroke" stroke="{}" stroke-width="4" stroke-linejoin="round")",
            kBackground);
    }
    body_ += fmt::format(">{}</text>\n", escaped(text));
}

std::string Svg::picture(int width, int height, std::string_view title) const {
    return fmt::format(
        R"(<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}" )"
        "font-family=\"sans-serif\">\n<title>{2}</title>\n"
        "<defs><pattern id=\"failback-down\" width=\"6\" height=\"6\" "
        "patternUnits=\"userSpaceOnUse\">"
        "<rect width=\"6\" height=\"6\" fill=\"#fde3da\"/>"
        "<path d=\"M-1 1L1 -1M0 6L6 0M5 7L7 5\" stroke=\"#c8371b\" stroke-width=\"1.6\"/>"
        "</pattern></defs>\n"
        "<rect width=\"{0}\" height=\"{1}\" fill=\"{3}\"/>\n{4}</svg>\n",
        width, height, escaped(title), kBackground, body_);
}

int text_width(std::string_view text, int size, bool bold) {
    int hundredths = 0;
    for (const char c : text) {
        hundredths += begins_character(c) ? character_width(c) : 0;
    }
    return (hundredths * size * (bold ? 112 : 100) + 9999) / 10000;
}

std::string fitted(std::string_view text, int width, int size, bool bold) {
    if (text_width(text, size, bold) <= width) {
        return std::string(text);
    }
    std::string result;
    for (const char c : text) {
        if (begins_character(c) && text_width(result + c + "…", size, bold) > width) {
            break;
        }
        result += c;
    }
    return result + "…";
}

std::vector<std::string> wrapped(std::string_view text, int width, int size) {
    std::vector<std::string> lines;
    std::string line;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::string longer =
            line.empty() ? std::string(word) : fmt::format("{} {}", line, word);
        if (!line.empty() && text_width(longer, size) > width) {
            lines.push_back(line);
            line = word;
        } else {
            line = longer;
        }
    }
    lines.push_back(line);
    return lines;
}

}  // namespace failback::traces

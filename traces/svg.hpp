// Writing SVG, element by element. Whole pixels only, so that pictures are the same everywhere.
//
//  1. Attributes stand in the elements and not in a style sheet: a picture may be put into a page
//     together with others. All ids begin with "failback-" and mean the same in every picture.
//  2. Texts, titles and attribute values from a trace are escaped.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace failback::traces {

struct Point {
    int x = 0;
    int y = 0;
};

struct Box {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
};

enum class Anchor : unsigned char { start, middle, end };

struct TextStyle {
    std::string_view color = "#1b2733";
    int size = 12;
    Anchor anchor = Anchor::start;
    bool bold = false;
    bool halo = false;  // a rim of the background colour, for text over lines
    bool monospace = false;
};

struct LineStyle {
    std::string_view color = "#1b2733";
    int tenths = 10;               // width in tenths of a pixel
    std::string_view dashes = {};  // as stroke-dasharray
};

class Svg {
public:
    // Everything until the matching end() has this tooltip.
    void begin(std::string_view title);
    void end();

    void line(Point from, Point to, const LineStyle& style);
    void arrow(Point from, Point to, const LineStyle& style);  // the head is at `to`
    void cross(Point center, std::string_view color);
    void rectangle(const Box& box, std::string_view fill, std::string_view stroke = "none",
                   int radius = 0);
    void circle(Point center, int radius, std::string_view fill, std::string_view stroke);
    void polygon(const std::vector<Point>& points, std::string_view fill);
    void text(Point baseline, std::string_view text, const TextStyle& style);

    // The whole picture: a light ground, then what was drawn.
    [[nodiscard]] std::string picture(int width, int height, std::string_view title) const;

private:
    std::string body_;
};

inline constexpr std::string_view kBackground = "#ffffff";
inline constexpr std::string_view kHatched = "url(#failback-down)";  // red hatching: out of order

// Upper estimate of the width of a text in pixels, for the usual sans-serif fonts.
[[nodiscard]] int text_width(std::string_view text, int size, bool bold = false);

// The text, or as much of its beginning as fits into `width` with "…" behind it.
[[nodiscard]] std::string fitted(std::string_view text, int width, int size, bool bold = false);

// Lines of whole words, none wider than `width` unless a single word is.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, int width, int size);

}  // namespace failback::traces

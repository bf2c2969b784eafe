// Keeps the texts of messages in a ladder picture clear of other arrows.
//
//  1. A text stands above its own arrow, as near to the sender as it can be without touching
//     another arrow, text or lifeline. If it cannot, it touches as few as possible.
//  2. Arrows lead to the left or to the right, never straight down.
#pragma once

#include <cstddef>
#include <vector>

#include "traces/svg.hpp"

namespace failback::traces {

class LabelPlacer {
public:
    struct Place {
        Point baseline;
        Anchor anchor = Anchor::start;
    };

    // Returns the number of the arrow.
    std::size_t add_arrow(Point from, Point to);
    void add_lifeline(int x) { lifelines_.push_back(x); }
    void add_text(const Box& box) { texts_.push_back(box); }

    // The place of a text that is `width` pixels wide; it is added to the others.
    Place place(std::size_t arrow, int width);

private:
    struct Arrow {
        Point from;
        Point to;

        [[nodiscard]] int y_at(int x) const;
        [[nodiscard]] bool touches(const Box& box) const;
    };

    [[nodiscard]] int cost(const Box& box, std::size_t own) const;

    std::vector<Arrow> arrows_;
    std::vector<int> lifelines_;
    std::vector<Box> texts_;
};

}  // namespace failback::traces

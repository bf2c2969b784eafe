#include "traces/ladder_labels.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>

namespace failback::traces {
namespace {

constexpr int kFirst = 6;    // between the start of an arrow and its text
constexpr int kAbove = 4;    // between an arrow and the baseline above it
constexpr int kAscent = 9;   // of a text over its baseline
constexpr int kDescent = 3;  // and below it
constexpr int kFarthest = 150;  // from the sender; further off nobody looks for it
constexpr int kGrain = 6;

bool overlap(const Box& a, const Box& b) {
    return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height &&
           b.y < a.y + a.height;
}

}  // namespace

int LabelPlacer::Arrow::y_at(int x) const {
    return from.y + (to.y - from.y) * (x - from.x) / (to.x - from.x);
}

bool LabelPlacer::Arrow::touches(const Box& box) const {
    const int left = std::max(box.x, std::min(from.x, to.x));
    const int right = std::min(box.x + box.width, std::max(from.x, to.x));
    return left <= right && std::min(y_at(left), y_at(right)) <= box.y + box.height &&
           std::max(y_at(left), y_at(right)) >= box.y;
}

std::size_t LabelPlacer::add_arrow(Point from, Point to) {
    arrows_.push_back({from, to});
    return arrows_.size() - 1;
}

int LabelPlacer::cost(const Box& box, std::size_t own) const {
    constexpr int kText = 20;  // two texts on each other cannot be read at all
    constexpr int kArrow = 3;
    constexpr int kLifeline = 3;
    int sum = 0;
    for (std::size_t i = 0; i < arrows_.size(); ++i) {
        sum += i != own && arrows_[i].touches(box) ? kArrow : 0;
    }
    for (const int x : lifelines_) {
        sum += box.x < x && x < box.x + box.width ? kLifeline : 0;
    }
    for (const Box& text : texts_) {
        sum += overlap(text, box) ? kText : 0;
    }
    return sum;
}

LabelPlacer::Place LabelPlacer::place(std::size_t arrow, int width) {
    const Arrow& own = arrows_[arrow];
    const int direction = own.from.x < own.to.x ? 1 : -1;
    const int length = std::abs(own.to.x - own.from.x);
    const int last = std::clamp(length - width - kFirst, kFirst, kFarthest);
    int least = std::numeric_limits<int>::max();
    Place best;
    Box taken;
    for (int away = kFirst; away <= last && least > 0; away += kGrain) {
        const int x = own.from.x + direction * away;
        // At the start the arrow has not fallen yet: the text stands right above the sender's line.
        const int baseline = own.y_at(own.from.x + direction * (away - kFirst)) - kAbove;
        const Box box{direction > 0 ? x : x - width, baseline - kAscent, width,
                      kAscent + kDescent};
        const int now = cost(box, arrow);
        if (now < least) {
            least = now;
            best = {{x, baseline}, direction > 0 ? Anchor::start : Anchor::end};
            taken = box;
        }
    }
    texts_.push_back(taken);
    return best;
}

}  // namespace failback::traces
